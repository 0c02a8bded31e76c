// The way back by the author's own revert script; owner, grants, options, comments and dependants are put back by us.

import {columnsSql} from '../catalog/bare.ts';
import {diffSnapshots, splitChanges} from '../catalog/diff.ts';
import {fallsOf, isCreated} from '../catalog/falls.ts';
import {isSame} from '../catalog/recreate.ts';
import {qualifiedName, snapshotText, type Dependant, type Snapshot} from '../catalog/snapshot.ts';
import type {RevertOption, RunbookDefinition} from '../core/definition.ts';
import type {FactsOf} from '../core/facts.ts';
import {failed, success, type Result} from '../core/failure.ts';
import {isDropped, type ScriptEffects} from '../core/script-effects.ts';
import {factsOf} from '../core/state.ts';
import {versionStatements} from './alembic-versions.ts';
import {inChangeTransaction, refuseOthers, timesOf} from './change.ts';
import {execute, runScript} from './change-messages.ts';
import type {Kind, StepContext} from './kind.ts';
import {asMadeAnew, dropDependants, putBack} from './put-back.ts';
import {sealCatalog} from './seal-catalog.ts';
import {LOCK_TIMEOUT_MS} from './sessions.ts';
import {settleByXid} from './settle.ts';
import {takenSnapshot} from './snapshot.ts';

/**
 * The declared objects get back what they had before the change; dependants, what they have now, but for the losses
 * that were accepted: those were accepted for the change and come back with the way back, last what hangs on the most.
 */
const wantedBack = (
  {steps}: RunbookDefinition,
  snapshot: Snapshot,
  now: Snapshot,
  falling: readonly Dependant[],
  effects: ScriptEffects,
) => {
  const accepted = steps.flatMap((step) => (step.kind === 'migration' ? (step.accept ?? []) : []));
  const isAccepted = (of: Dependant): boolean => accepted.some(({object}) => object === qualifiedName(of));
  const isIn = (list: readonly Dependant[], of: Dependant): boolean => list.some((one) => isSame(one, of));
  const before = snapshot.dependants.filter(isAccepted);
  // What the script makes itself is there when it has run.
  const isMade = (of: Dependant): boolean => !isIn(falling, of) || isCreated(effects, qualifiedName(of));
  const asItWas = (of: Dependant): Dependant => [...snapshot.objects, ...before].find((one) => isSame(one, of)) ?? of;
  const lost = before.filter((of) => !isIn(now.dependants, of));
  return {
    objects: [...snapshot.objects.filter(isMade), ...before.filter((of) => isIn(now.dependants, of) && isMade(of))],
    dependants: [...falling.filter((of) => !isMade(of)).map(asItWas), ...lost],
  };
};

const perform = async (option: RevertOption, context: StepContext): Promise<Result<FactsOf<'revert'>>> => {
  const taken = await takenSnapshot(context.state, context.files);
  if (!taken.ok) return taken;
  const snapshot = taken.value;
  const effects = await context.scriptEffects([option.sql]);
  const reverted = await inChangeTransaction(context, option, async (change, now) => {
    const {falling, others, inTheWay} = fallsOf(now, context.runbook.objects, effects);
    const replayable = refuseOthers({others});
    if (!replayable.ok) return replayable;
    if (inTheWay.length > 0) return failed({code: 'script-meets-dependants', meetings: inTheWay});
    const dropped = await execute(change, dropDependants(falling));
    if (!dropped.ok) return dropped;
    const ran = await runScript(context, change, [option.sql], columnsSql(context.runbook.objects));
    if (!ran.ok) return ran;
    change.fallen?.();
    const back = await putBack(context, change, wantedBack(context.runbook, snapshot, now, falling, effects), {
      first: versionStatements(factsOf(context.state, 'snapshot')[0]?.facts.versions),
      expected: (of) => (isDropped(effects, qualifiedName(of)) ? asMadeAnew(ran.value)(of) : undefined),
    });
    if (!back.ok) return back;
    const all = diffSnapshots(snapshot, back.value.after).filter(
      ({aspect, before}) => !(aspect === 'existence' && before === ''),
    );
    // A script may word the definition differently; anything else is not the state that was promised.
    const {meant, unmeant} = splitChanges(context.runbook.objects, all);
    const columns = meant.filter(({aspect}) => aspect !== 'definition');
    if (unmeant.length + columns.length > 0)
      return failed({code: 'catalog-differs', changes: [...columns, ...unmeant]});
    const digest = context.sha256(snapshotText(back.value.after));
    return success({putBack: back.value.putBack, changes: meant, digest, after: back.value.after});
  });
  if (!reverted.ok) return reverted;
  const {value} = reverted.value;
  const {after, ...done} = value;
  const differs = done.changes.length > 0 ? {differs: true as const} : {};
  const kept = await sealCatalog(context, snapshot, after);
  return success({kind: 'revert', ...timesOf(reverted.value), ...done, ...differs, ...kept});
};

const nothing = {dependants: [], grants: 0, comments: 0, options: 0, owners: 0} as const;

export const revert: Kind<'revert'> = {
  kind: 'revert',
  outline: (option, sql) => [
    {title: 'session', language: 'sql', text: `SET lock_timeout = '${LOCK_TIMEOUT_MS}ms';\nBEGIN;`},
    {title: option.sql, language: 'sql', text: sql(option.sql)},
    {title: 'session', language: 'sql', text: 'COMMIT;'},
  ],
  perform,
  reconcile: (_option, doubt, context) =>
    settleByXid(doubt, context, {
      facts: (_xid, after) => ({kind: 'revert', durationMs: 0, putBack: nothing, changes: [], digest: '', ...after}),
      // A catalog as before is what it was to lead to; no file says more.
      isLost: () => false,
    }),
};
