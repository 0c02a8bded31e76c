// The emergency way back: the declared objects go, nothing comes in their place, and nothing else may be taken along.

import {inOrder, qualifiedName, type Dependant, type Snapshot} from '../catalog/snapshot.ts';
import {failed, success} from '../core/failure.ts';
import {inChangeTransaction, timesOf} from './change.ts';
import {executeAndLook} from './change-messages.ts';
import type {Kind} from './kind.ts';
import {dropDependants} from './put-back.ts';
import {sealCatalog} from './seal-catalog.ts';
import {settleByXid} from './settle.ts';
import {takenSnapshot} from './snapshot.ts';

/** The declared objects alone, each after those that it hangs on, whatever the runbook's order is. */
const declaredIn = (now: Snapshot): readonly Dependant[] => {
  const declared = new Set(now.objects.map(qualifiedName));
  return inOrder(now).filter((of) => declared.has(qualifiedName(of)));
};

export const dropObject: Kind<'drop-object'> = {
  kind: 'drop-object',
  outline: () => [{title: 'statement', language: 'text', text: 'DROP … RESTRICT'}],
  perform: async (_option, context) => {
    const changed = await inChangeTransaction(context, {}, async (change, now) => {
      // RESTRICT leaves dependants standing and fails instead; the guide's CASCADE would have taken them silently.
      const after = await executeAndLook(change, dropDependants(declaredIn(now)));
      if (!after.ok) return after;
      const left = after.value.objects.map(qualifiedName);
      return left.length === 0
        ? success({dropped: now.objects.map(qualifiedName), after: after.value})
        : failed({code: 'expectation-missed', what: 'drop', expected: 'absent', actual: left.join(', '), findings: []});
    });
    if (!changed.ok) return changed;
    const {value} = changed.value;
    const before = await takenSnapshot(context.state, context.files);
    const kept = await sealCatalog(context, before.ok ? before.value : undefined, value.after);
    return success({kind: 'drop-object', dropped: value.dropped, ...timesOf(changed.value), ...kept});
  },
  reconcile: (_option, doubt, context) =>
    settleByXid(doubt, context, {
      facts: (_xid, after) => ({kind: 'drop-object', dropped: context.runbook.objects, durationMs: 0, ...after}),
      isLost: ({catalog}) => catalog !== undefined && catalog.present.length > 0,
    }),
};
