// What happens to the declared objects between the lock and the verify file: what must fall falls, the script runs, and
// everything that it does not speak of is as it was.

import {judge} from '../../catalog/accept.ts';
import {columnsSql} from '../../catalog/bare.ts';
import {diffSnapshots, splitChanges} from '../../catalog/diff.ts';
import {fallsOf, isCreated} from '../../catalog/falls.ts';
import {isSame} from '../../catalog/recreate.ts';
import {qualifiedName, snapshotText, type Dependant, type Snapshot} from '../../catalog/snapshot.ts';
import {wantedAfter} from '../../catalog/wanted.ts';
import type {SqlMigrationStep} from '../../core/definition.ts';
import {failed, success, type CatalogChange, type Result} from '../../core/failure.ts';
import {isDropped, type ScriptEffects} from '../../core/script-effects.ts';
import {refuseOthers} from '../change.ts';
import {execute, executeAndLook, executeAndRead, runScript, type Change} from '../change-messages.ts';
import type {StepContext} from '../kind.ts';
import {acceptedFacts, type Applied} from '../migration-facts.ts';
import {asMadeAnew, dropDependants, putBack, type Expected} from '../put-back.ts';
import {rowChanges, rowsIn} from './rows.ts';

export type Declared = Applied & Readonly<{after: Snapshot}>;

/** What has to be driven to a state after the script, what has to be created, and how the catalog shall be in the end. */
type Goal = Readonly<{
  objects: readonly Dependant[];
  dependants: readonly Dependant[];
  catalog: Snapshot;
  expected?: Expected;
}>;

/**
 * A script that does nothing but make declared objects anew leaves nothing to be told from what a drop took; and whatever
 * one that nobody can read did of that is set back, since nobody can tell the one from the other.
 */
const asBefore = (now: Snapshot, falling: readonly Dependant[], isMade: (of: Dependant) => boolean): Goal => ({
  objects: now.objects.filter((of) => isMade(of) && !falling.some((one) => isSame(one, of))),
  dependants: falling,
  catalog: now,
});

/** Then the catalog need not be looked at between script and put-back, which is a third of the time under the lock. */
const onlyMakesAnew = (effects: ScriptEffects, now: Snapshot): boolean =>
  effects.effects.every((said) => {
    const declared = now.objects.find((one) => qualifiedName(one) === said.object);
    return (
      said.of === 'relation' &&
      (said.what === 'create' || (said.what === 'drop' && isCreated(effects, said.object))) &&
      said.kind === declared?.kind
    );
  });

const asSaid = async (
  context: StepContext,
  change: Change,
  now: Snapshot,
  falling: readonly Dependant[],
  effects: ScriptEffects,
): Promise<Result<Goal>> => {
  const looked = await executeAndLook(change, []);
  if (!looked.ok) return looked;
  const after = looked.value;
  const {standing, falling: toCreate, catalog} = wantedAfter(now, after, falling, effects, context.target.user);
  const present = new Map([...after.objects, ...after.dependants].map((of) => [qualifiedName(of), of]));
  const isDone = (of: Dependant): boolean => {
    const is = present.get(qualifiedName(of));
    return is !== undefined && !isDropped(effects, qualifiedName(of)) && JSON.stringify(is) === JSON.stringify(of);
  };
  // A new owner has the rights of the one before: then only a look tells what there is.
  const expected: Expected = (of) => {
    const is = present.get(qualifiedName(of));
    return is?.owner === of.owner ? is : undefined;
  };
  return success({objects: standing.filter((of) => !isDone(of)), dependants: toCreate, catalog, expected});
};

const isListed = (list: readonly CatalogChange[], {object, aspect}: CatalogChange): boolean =>
  list.some((one) => one.object === object && one.aspect === aspect);

/** @param now the catalog under the locks, as it was before the change. */
export const changeDeclared = async (
  step: SqlMigrationStep,
  context: StepContext,
  change: Change,
  now: Snapshot,
  effects: ScriptEffects,
): Promise<Result<Declared>> => {
  const {objects} = context.runbook;
  const {inTheWay, falling, others: lost} = fallsOf(now, objects, effects);
  const replayable = refuseOthers({others: lost});
  if (!replayable.ok) return replayable;
  if (inTheWay.length > 0) return failed({code: 'script-meets-dependants', meetings: inTheWay});
  const rows = await rowsIn((statements) => executeAndRead(change, statements), falling);
  if (!rows.ok) return rows;
  const dropped = await execute(change, dropDependants(falling));
  if (!dropped.ok) return dropped;
  const ran = await runScript(context, change, step.apply, columnsSql(objects));
  if (!ran.ok) return ran;
  change.fallen?.();
  const isUnread = effects.opaque.length > 0;
  // Whoever is not touched is not moved: not even an owner that he has already is given to him again.
  const isMade = (of: Dependant): boolean =>
    isUnread || isDropped(effects, qualifiedName(of)) || isCreated(effects, qualifiedName(of));
  const goal =
    isUnread || onlyMakesAnew(effects, now)
      ? success<Goal>({
          ...asBefore(now, falling, isMade),
          expected: (of) =>
            !isUnread && isDropped(effects, qualifiedName(of)) ? asMadeAnew(ran.value)(of) : undefined,
        })
      : await asSaid(context, change, now, falling, effects);
  if (!goal.ok) return goal;
  const acceptances = step.accept ?? [];
  const {expected} = goal.value;
  const back = await putBack(context, change, goal.value, {acceptances, ...(expected === undefined ? {} : {expected})});
  if (!back.ok) return back;
  const {after} = back.value;
  const refilled = await rowsIn((statements) => executeAndRead(change, statements), goal.value.dependants);
  if (!refilled.ok) return refilled;
  const others = rowChanges(rows.value, refilled.value);
  const unmeant = [...splitChanges(objects, diffSnapshots(goal.value.catalog, after)).unmeant, ...others];
  const judged = judge(unmeant, acceptances);
  if (judged.unmeant.length > 0) return failed({code: 'catalog-differs', changes: judged.unmeant});
  const changes = [...diffSnapshots(now, after), ...others];
  // A loss that the script speaks of itself is no loss, and was accepted all the same.
  const {notNeeded} = judge(changes, acceptances);
  return success({
    changes: changes.filter((one) => !isListed(unmeant, one)),
    ...(acceptances.length === 0 ? {} : acceptedFacts({...judged, notNeeded})),
    ...(isUnread ? {unread: effects.opaque} : {}),
    putBack: back.value.putBack,
    digest: context.sha256(snapshotText(after)),
    after,
  });
};
