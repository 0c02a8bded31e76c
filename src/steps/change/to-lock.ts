// What of the captured objects does a change lock, and so take from its readers for a moment?

import {fallsOf} from '../../catalog/falls.ts';
import {qualifiedName, type Dependant} from '../../catalog/snapshot.ts';
import {saidOf, type ScriptEffects} from '../../core/script-effects.ts';
import {lockAll, type ToLock} from '../hold-catalog.ts';

/**
 * What the script drops or speaks of, and what falls for it: nobody else has to wait for a change that does not touch what
 * he reads. Dependants come first, the order in which their readers lock.
 */
export const toLockFor =
  (declared: readonly string[], effects: ScriptEffects): ToLock =>
  (snapshot) => {
    if (effects.opaque.length > 0) return lockAll(snapshot);
    const falling = new Set(fallsOf(snapshot, declared, effects).falling);
    const isTouched = (of: Dependant): boolean => falling.has(of) || saidOf(effects, qualifiedName(of)).length > 0;
    return lockAll(snapshot).filter(isTouched);
  };
