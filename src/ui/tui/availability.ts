// Whether a key acts now, and if not, why: an impossible key stays on the screen and says it.

import {reopenedBySnapshot} from '../../core/decide.ts';
import {isByHand} from '../../core/by-hand.ts';
import {stepOf} from '../../core/outline.ts';
import {hasChanged} from '../../core/rollback.ts';
import {chosenItem, evidenceItems} from './evidence-items.ts';
import type {Because, Condition} from './keys.ts';
import {actionShown, currentOf, runningStep, shownOf, stateOf, type Scene} from './scene.ts';
import {blockersOf, standingOf} from './standing.ts';

export type Availability =
  | Readonly<{acts: true}>
  | Readonly<{acts: false; because: Because}>
  /** The key has no meaning here, so nothing is said about it. */
  | Readonly<{acts: false; because?: never}>;

const yes: Availability = {acts: true};
const meaningless: Availability = {acts: false};
const no = (because: Because): Availability => ({acts: false, because});

export const availabilityOf = (condition: Condition, scene: Scene): Availability => {
  const {view, ui, isReadOnly, can} = scene;
  const standing = standingOf(scene);
  const isMute = isReadOnly || view.fault !== undefined;
  switch (condition) {
    case 'always':
      return yes;
    case 'choices':
      return standing.kind === 'settle' || standing.kind === 'checklist' || standing.kind === 'approval'
        ? yes
        : meaningless;
    case 'shown-action': {
      const action = actionShown(scene);
      if (action === undefined) return meaningless;
      return action.kind === 'checklist' ? meaningless : yes;
    }
    case 'retryable':
      if (standing.kind !== 'failed' && standing.kind !== 'blocked' && standing.kind !== 'settle') return meaningless;
      return isMute ? no('read-only') : yes;
    case 'stale':
      if (reopenedBySnapshot(view.runbook, view.state).length === 0) return meaningless;
      return isMute ? no('read-only') : yes;
    case 'running':
      if (standing.kind !== 'running') return meaningless;
      return isMute ? no('read-only') : yes;
    case 'blocked':
      return blockersOf(scene).length > 0 && !isReadOnly ? yes : meaningless;
    case 'changed':
      if (isMute) return no('read-only');
      if (runningStep(scene) !== undefined) return no('step-running');
      if (view.state.closed !== undefined && view.state.closed.outcome !== 'completed') return no('run-closed');
      return hasChanged(view.runbook, view.state) ? yes : no('nothing-changed');
    case 'waivable': {
      if (isMute) return meaningless;
      if (standing.kind === 'elsewhere' || standing.kind === 'closed' || standing.kind === 'closing')
        return meaningless;
      const current = currentOf(scene);
      const step = current === undefined ? undefined : stepOf(view.runbook, current);
      if (step === undefined) return meaningless;
      if (isByHand(step, stateOf(scene, step.id))) return yes;
      if (step.optional !== true) return no('mandatory');
      return standing.kind === 'running' || standing.kind === 'asking' || standing.kind === 'settle'
        ? no('step-running')
        : yes;
    }
    case 'output':
      return ui.tab === 'output' && shownOf(scene) !== undefined ? yes : meaningless;
    case 'searched':
      return ui.tab === 'output' && ui.search !== undefined ? yes : meaningless;
    case 'attachable':
      if (ui.tab !== 'evidence') return meaningless;
      if (isMute) return no('read-only');
      return view.state.closed === undefined ? yes : no('run-closed');
    case 'evidence':
      return ui.tab === 'evidence' && evidenceItems(scene).length > 1 ? yes : meaningless;
    case 'scoped':
      return ui.tab === 'evidence' && shownOf(scene) !== undefined ? yes : meaningless;
    case 'bundles':
      return can.bundles ? yes : meaningless;
    case 'shell':
      if (can.shell !== true) return meaningless;
      if (isMute) return no('read-only');
      if (view.state.closed !== undefined) return no('run-closed');
      return runningStep(scene) === undefined ? yes : no('step-running');
    case 'camera':
      return can.takePicture === true && shownOf(scene) !== undefined ? yes : meaningless;
    case 'pager':
      if (!can.openPager) return meaningless;
      if (ui.tab === 'evidence') return chosenItem(scene).kind === 'record' ? meaningless : yes;
      return shownOf(scene) === undefined ? meaningless : yes;
  }
};
