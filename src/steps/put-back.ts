// How dropped views come back inside the transaction that dropped them, exactly as they were.

import {captureSnapshot} from '../catalog/capture.ts';
import {createStatements, dropStatement, isSame, ownerStatement, putBackStatements} from '../catalog/recreate.ts';
import {qualifiedName, type ObjectState, type Snapshot} from '../catalog/snapshot.ts';
import type {PutBack} from '../core/facts.ts';
import {success, type Result} from '../core/failure.ts';
import type {DatabaseSession} from '../core/ports.ts';
import {execute} from './change.ts';
import type {StepContext} from './kind.ts';
import {countComments, countGrants, countOptions} from './snapshot.ts';

/** Drops dependants, last created first. RESTRICT: whatever was not captured stops us here. */
export const dropDependants = (session: DatabaseSession, dependants: readonly ObjectState[]): Promise<Result<void>> =>
  execute(session, dependants.toReversed().map(dropStatement));

const findIn = (snapshot: Snapshot, wanted: ObjectState): ObjectState | undefined =>
  [...snapshot.objects, ...snapshot.dependants].find((other) => isSame(other, wanted));

/**
 * Creates `missing` again and gives `wanted` (which includes them) back its owners, options, comments and grants.
 * @returns the catalog as it is then, to be compared before COMMIT, and what was put back.
 */
export const putBack = async (
  context: StepContext,
  session: DatabaseSession,
  wanted: Readonly<{objects: readonly ObjectState[]; dependants: readonly ObjectState[]}>,
): Promise<Result<Readonly<{after: Snapshot; putBack: PutBack; statements: number}>>> => {
  const all = [...wanted.objects, ...wanted.dependants];
  context.scribe.progress({code: 'putting-back', objects: all.length});
  const creating = [
    ...wanted.objects.map(ownerStatement),
    ...wanted.dependants.flatMap((of) => [...createStatements(of), ownerStatement(of)]),
  ];
  const created = await execute(session, creating);
  if (!created.ok) return created;
  const bare = await captureSnapshot(session, context.runbook.objects);
  if (!bare.ok) return bare;
  const statements = all.flatMap((of) => {
    const present = findIn(bare.value, of);
    return present === undefined ? [] : putBackStatements(of, present);
  });
  context.scribe.output('note', statements.map((statement) => `${statement};\n`).join(''));
  const given = await execute(session, statements);
  if (!given.ok) return given;
  const after = await captureSnapshot(session, context.runbook.objects);
  if (!after.ok) return after;
  return success({
    after: after.value,
    statements: creating.length + statements.length,
    putBack: {
      dependants: wanted.dependants.map(qualifiedName),
      grants: countGrants(all),
      comments: countComments(all),
      options: countOptions(all),
      owners: all.length,
    },
  });
};
