// How the catalog stands, seen from a step in doubt: what of the declared objects is there, and is it as it was before?

import {captureSnapshot} from '../catalog/capture.ts';
import {diffSnapshots} from '../catalog/diff.ts';
import {qualifiedName, type Snapshot} from '../catalog/snapshot.ts';
import type {CatalogStanding} from '../core/doubt.ts';
import {success, type Result} from '../core/failure.ts';
import type {DatabaseSession} from '../core/ports.ts';
import {verified} from './change.ts';
import type {StepContext} from './kind.ts';
import {takenSnapshot} from './snapshot.ts';
import {saysAbsent} from './way-back/verify-says.ts';

/** Differences that matter: views that somebody has built on the object since are nobody's loss. */
export const lastingChanges = (snapshot: Snapshot, now: Snapshot) =>
  diffSnapshots(snapshot, now).filter(({aspect, before}) => !(aspect === 'existence' && before === ''));

/** How it stands, and the catalogs that say so. */
export type CatalogLook = Readonly<{standing: CatalogStanding; before?: Snapshot; now: Snapshot}>;

export const catalogLook = async (
  context: StepContext,
  session: DatabaseSession,
  verify: string | undefined,
): Promise<Result<CatalogLook>> => {
  const now = await captureSnapshot(session, context.runbook.objects);
  if (!now.ok) return now;
  const taken = await takenSnapshot(context.state, context.files);
  const promised = verify === undefined ? undefined : await verified(context, session, verify);
  const standing: CatalogStanding = {
    present: now.value.objects.map(qualifiedName),
    ...(taken.ok && context.runbook.objects.length > 0
      ? {asBefore: lastingChanges(taken.value, now.value).length === 0}
      : {}),
    ...(promised?.ok === true ? {verify: 'holds' as const} : {}),
    ...(promised?.ok === false && saysAbsent(promised.failure) ? {verify: 'fails' as const} : {}),
  };
  return success({standing, now: now.value, ...(taken.ok ? {before: taken.value} : {})});
};
