// How dropped views come back inside the transaction that dropped them, exactly as they were.

import {bareOf, bareWith, columnsFrom} from '../catalog/bare.ts';
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
import type {Rows} from '../core/ports.ts';
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

/** How an object is once it has its owner, as far as that is known without a look; undefined where only a look can tell. */
export type Expected = (of: Dependant) => Dependant | undefined;

/** @param columns what `columnsSql` found once the script had run. */
export const asMadeAnew =
  (columns: Rows): Expected =>
  (of) => {
    const has = columnsFrom(columns).get(qualifiedName(of));
    return has === undefined ? undefined : bareWith(of, has);
  };

type Made = Readonly<{after: Snapshot; statements: number}>;
type ToMake = Readonly<{
  all: readonly Dependant[];
  acceptances: readonly Acceptance[];
  first: readonly string[];
  creating: (batch: readonly Dependant[]) => readonly string[];
}>;

const say = ({scribe}: StepContext, statements: readonly string[]): void =>
  scribe.output('note', statements.map((statement) => `${statement};\n`).join(''));

/**
 * All in one message, for objects that are as expected: a look is a third of the time under the lock. The look at the end
 * decides: rights and options that are otherwise than expected are put right after it.
 */
const makeAtOnce = async (
  context: StepContext,
  change: Change,
  {all, acceptances, first, creating}: ToMake,
  expected: (of: Dependant) => Dependant,
): Promise<Result<Made>> => {
  const created = creating(all);
  const due = all.flatMap((of) => putBackStatements(toPutBack(of, expected(of), acceptances), expected(of)));
  say(context, due);
  const after = await executeAndLook(change, [...first, ...created, ...due]);
  if (!after.ok) return after;
  const there = byName(after.value);
  const rest = all.flatMap((of) => {
    const present = there.get(qualifiedName(of));
    return present === undefined ? [] : rightStatements(toPutBack(of, present, acceptances), present);
  });
  const statements = created.length + due.length + rest.length;
  if (rest.length === 0) return success({after: after.value, statements});
  say(context, rest);
  const again = await executeAndLook(change, rest);
  return again.ok ? success({after: again.value, statements}) : again;
};

const makeInTurn = async (
  context: StepContext,
  change: Change,
  {all, acceptances, first, creating}: ToMake,
): Promise<Result<Made>> => {
  let due = first;
  let statements = 0;
  const inTurn = batches(all);
  for (const [nth, batch] of inTurn.entries()) {
    const created = creating(batch);
    const bare = await executeAndLook(change, [...due, ...created]);
    if (!bare.ok) return bare;
    const isLast = nth === inTurn.length - 1;
    const there = byName(bare.value);
    due = (isLast ? all : batch).flatMap((of) => {
      const present = there.get(qualifiedName(of));
      if (present === undefined) return [];
      const left = toPutBack(of, present, acceptances);
      return isLast ? putBackStatements(left, present) : rightStatements(left, present);
    });
    say(context, due);
    statements += created.length + due.length;
  }
  const after = await executeAndLook(change, due);
  return after.ok ? success({after: after.value, statements}) : after;
};

/** What is made as an object of its own, and belongs to the state of the relation that it is on as well. */
const isOnRelation = ({kind}: Dependant): boolean => kind === 'rule' || kind === 'trigger' || kind === 'column default';

/** What is expected of each, when something is expected of all and nothing has to be filled in between. */
const expectedOfAll = (all: readonly Dependant[], expected: Expected): ((of: Dependant) => Dependant) | undefined => {
  if (batches(all).length > 1 || all.some(isOnRelation)) return undefined;
  const known = new Map(all.map((of) => [of, expected(of)]));
  const isKnown = all.every((of) => known.get(of) !== undefined);
  return isKnown ? (of) => known.get(of) ?? of : undefined;
};

/**
 * Creates the dependants again and gives them and the declared objects, which exist then, back their owners, options,
 * comments and grants.
 * @param first statements that come before, in the same message.
 * @param acceptances what is not put back: whole objects, or parts of them.
 * @param expected how the declared objects are by now; nothing is known of them when absent.
 * @returns the catalog as it is then, to be compared before COMMIT, and what was put back.
 */
export const putBack = async (
  context: StepContext,
  change: Change,
  wanted: Readonly<{objects: readonly Dependant[]; dependants: readonly Dependant[]}>,
  {
    first = [],
    acceptances = [],
    expected = () => undefined,
  }: Readonly<{first?: readonly string[]; acceptances?: readonly Acceptance[]; expected?: Expected}> = {},
): Promise<Result<Readonly<{after: Snapshot; putBack: PutBack; statements: number}>>> => {
  const dependants = withoutLeft(wanted.dependants, acceptances);
  const all: readonly Dependant[] = [...withoutLeft(wanted.objects, acceptances), ...dependants];
  context.scribe.progress({code: 'putting-back', objects: all.length});
  const declared = new Set(wanted.objects);
  const isDeclared = (of: Dependant): boolean => declared.has(of);
  const toMake: ToMake = {
    all,
    acceptances,
    // The body of a function in a string is the author's affair, read with a search_path that only its callers have.
    first: [...first, 'SET LOCAL check_function_bodies = off'],
    creating: (batch) =>
      batch.flatMap((of) => [
        ...(isDeclared(of) ? [] : createStatements(toCreate(of, acceptances))),
        ...(keepsOwner(of, acceptances) ? ownerStatements(of) : []),
      ]),
  };
  // An owner that is not given back has the rights of another.
  const whole: Expected = (of) =>
    keepsOwner(of, acceptances) ? (isDeclared(of) ? expected(of) : bareOf(of)) : undefined;
  const known = expectedOfAll(all, whole);
  const made =
    known === undefined ? await makeInTurn(context, change, toMake) : await makeAtOnce(context, change, toMake, known);
  if (!made.ok) return made;
  return success({
    after: made.value.after,
    statements: first.length + made.value.statements,
    putBack: {
      dependants: dependants.map(qualifiedName),
      grants: countGrants(all),
      comments: countComments(all),
      options: countOptions(all),
      owners: all.length,
    },
  });
};
