// The way back that restores the declared objects exactly as the snapshot has them, in one transaction.

import {isSame} from '../catalog/recreate.ts';
import {inOrder, snapshotText} from '../catalog/snapshot.ts';
import type {FactsOf} from '../core/facts.ts';
import {failed, success, type Result} from '../core/failure.ts';
import {factsOf} from '../core/state.ts';
import {versionStatements} from './alembic-versions.ts';
import {inChangeTransaction, refuseOthers, timesOf} from './change.ts';
import type {Kind, StepContext} from './kind.ts';
import {dropDependants, putBack} from './put-back.ts';
import {sealCatalog} from './seal-catalog.ts';
import {settleByXid} from './settle.ts';
import {lastingChanges} from './catalog-standing.ts';
import {takenSnapshot} from './snapshot.ts';

const restore = async (context: StepContext): Promise<Result<FactsOf<'restore-objects'>>> => {
  const taken = await takenSnapshot(context.state, context.files);
  if (!taken.ok) return taken;
  const snapshot = taken.value;
  const restored = await inChangeTransaction(context, {}, async (change, now) => {
    const replayable = refuseOthers(now);
    if (!replayable.ok) return replayable;
    const statements = [
      ...versionStatements(factsOf(context.state, 'snapshot')[0]?.facts.versions),
      ...dropDependants(inOrder(now)),
    ];
    const newcomers = now.dependants.filter((of) => !snapshot.dependants.some((other) => isSame(of, other)));
    // A declared object may hang on a dependant: all are made in one order, whatever the runbook's is.
    const dependants = [...inOrder(snapshot), ...newcomers];
    const back = await putBack(context, change, {objects: [], dependants}, {first: statements});
    if (!back.ok) return back;
    const changes = lastingChanges(snapshot, back.value.after);
    if (changes.length > 0) return failed({code: 'catalog-differs', changes});
    return success({
      digest: context.sha256(snapshotText(back.value.after)),
      statements: back.value.statements,
      after: back.value.after,
    });
  });
  if (!restored.ok) return restored;
  const {value} = restored.value;
  const {after, ...done} = value;
  const kept = await sealCatalog(context, snapshot, after);
  return success({kind: 'restore-objects', ...timesOf(restored.value), ...done, ...kept});
};

export const restoreObjects: Kind<'restore-objects'> = {
  kind: 'restore-objects',
  // The statements come from the snapshot, which the engine adds to the preview once there is one.
  outline: () => [{title: 'transaction', language: 'text', text: 'BEGIN; DROP … RESTRICT; CREATE …; GRANT …; COMMIT'}],
  perform: (_option, context) => restore(context),
  reconcile: (_option, doubt, context) =>
    settleByXid(doubt, context, {
      facts: (_xid, after) => ({kind: 'restore-objects', digest: '', durationMs: 0, statements: 0, ...after}),
      isLost: ({catalog}) => catalog?.asBefore === false,
    }),
};
