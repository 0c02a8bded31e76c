// How dropped views come back inside the transaction that dropped them, exactly as they were.

import {keepsOwner, toCreate, toPutBack, withoutLeft} from '../catalog/accept.ts';
import {
  createStatements,
  dropStatement,
  ownerStatements,
  putBackStatements,
  rightStatements,
} from '../catalog/recreate.ts';
import {qualifiedName, type Dependant, type Snapshot} from '../catalog/snapshot.ts';
import type {Acceptance} from '../core/acceptance.ts';
import type {PutBack} from '../core/facts.ts';
import {success, type Result} from '../core/failure.ts';
import {executeAndLook, type Change} from './change-messages.ts';
import type {StepContext} from './kind.ts';
import {countComments, countGrants, countOptions} from './snapshot.ts';

/** Drops dependants, last created first. RESTRICT: whatever was not captured stops us here. */
export const dropDependants = (dependants: readonly Dependant[]): readonly string[] =>
  dependants.toReversed().map(dropStatement);

const byName = ({objects, dependants}: Snapshot): ReadonlyMap<string, Dependant> =>
  new Map([...objects, ...dependants].map((of) => [qualifiedName(of), of]));

/**
 * A materialised view is filled as it is created, and whoever owns the views that it reads must have his rights by
 * then: everything before a filled one has its rights back before it is made. Rules, triggers and defaults wait for
 * the end: they may lead to what is made later.
 */
const batches = (all: readonly Dependant[]): readonly (readonly Dependant[])[] => {
  const starts = all.flatMap((of, at) => (of.kind === 'materialized view' && of.populated && at > 0 ? [at] : []));
  return [0, ...starts].map((start, nth) => all.slice(start, starts[nth]));
};

/**
 * Creates the dependants again and gives them and the declared objects, which exist then, back their owners, options,
 * comments and grants.
 * @param first statements that come before, in the same message.
 * @param acceptances what is not put back: whole objects, or parts of them.
 * @returns the catalog as it is then, to be compared before COMMIT, and what was put back.
 */
export const putBack = async (
  context: StepContext,
  change: Change,
  wanted: Readonly<{objects: readonly Dependant[]; dependants: readonly Dependant[]}>,
  {first = [], acceptances = []}: Readonly<{first?: readonly string[]; acceptances?: readonly Acceptance[]}> = {},
): Promise<Result<Readonly<{after: Snapshot; putBack: PutBack; statements: number}>>> => {
  const dependants = withoutLeft(wanted.dependants, acceptances);
  const all: readonly Dependant[] = [...withoutLeft(wanted.objects, acceptances), ...dependants];
  context.scribe.progress({code: 'putting-back', objects: all.length});
  const declared = new Set(wanted.objects);
  const isDeclared = (of: Dependant): boolean => declared.has(of);
  // The body of a function in a string is the author's affair, read with a search_path that only its callers have.
  let due: readonly string[] = [...first, 'SET LOCAL check_function_bodies = off'];
  let count = first.length;
  const inTurn = batches(all);
  for (const [nth, batch] of inTurn.entries()) {
    const creating = batch.flatMap((of) => [
      ...(isDeclared(of) ? [] : createStatements(toCreate(of, acceptances))),
      ...(keepsOwner(of, acceptances) ? ownerStatements(of) : []),
    ]);
    const bare = await executeAndLook(change, [...due, ...creating]);
    if (!bare.ok) return bare;
    const isLast = nth === inTurn.length - 1;
    const there = byName(bare.value);
    due = (isLast ? all : batch).flatMap((of) => {
      const present = there.get(qualifiedName(of));
      if (present === undefined) return [];
      const left = toPutBack(of, present, acceptances);
      return isLast ? putBackStatements(left, present) : rightStatements(left, present);
    });
    context.scribe.output('note', due.map((statement) => `${statement};\n`).join(''));
    count += creating.length + due.length;
  }
  const after = await executeAndLook(change, due);
  if (!after.ok) return after;
  return success({
    after: after.value,
    statements: count,
    putBack: {
      dependants: dependants.map(qualifiedName),
      grants: countGrants(all),
      comments: countComments(all),
      options: countOptions(all),
      owners: all.length,
    },
  });
};
