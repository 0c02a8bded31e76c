// A snapshot: what the declared objects and everything that depends on them look like before the change.

import {captureSnapshot} from '../catalog/capture.ts';
import {DECLARED_SQL, DEPENDANTS_SQL, STATE_SQL} from '../catalog/capture-sql.ts';
import {qualifiedName, snapshotText, type ObjectState, type Snapshot} from '../catalog/snapshot.ts';
import {failed, success, type Result} from '../core/failure.ts';
import {factsOf, type RunState} from '../core/state.ts';
import type {RunFiles} from '../core/ports.ts';
import type {Kind} from './kind.ts';
import {readsOnly, withReader} from './sessions.ts';

const sum = (objects: readonly ObjectState[], count: (of: ObjectState) => number): number =>
  objects.reduce((total, of) => total + count(of), 0);

/** Grants that somebody gave, without those that every owner has anyway. */
export const countGrants = (objects: readonly ObjectState[]): number =>
  sum(
    objects,
    (of) =>
      new Set(
        of.grants.filter(({grantee}) => grantee !== of.owner).map(({grantee, privilege}) => `${grantee} ${privilege}`),
      ).size + sum([of], ({columns}) => columns.reduce((total, {grants}) => total + grants.length, 0)),
  );

export const countComments = (objects: readonly ObjectState[]): number =>
  sum(objects, (of) => (of.comment === null ? 0 : 1) + of.columns.filter(({comment}) => comment !== null).length);

export const countOptions = (objects: readonly ObjectState[]): number => sum(objects, ({options}) => options.length);

export const snapshot: Kind<'snapshot'> = {
  kind: 'snapshot',
  outline: () =>
    [DECLARED_SQL, DEPENDANTS_SQL, STATE_SQL].map((text, at) => ({
      title: `pg_catalog ${at + 1}/3`,
      language: 'sql',
      text: text.trim(),
    })),
  perform: (_step, context) =>
    withReader(context, {}, async (session) => {
      // One transaction, so that the three queries look at the same catalog.
      const begun = await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      if (!begun.ok) return begun;
      const captured = await captureSnapshot(session, context.runbook.objects);
      if (!captured.ok) return captured;
      const taken = captured.value;
      const text = snapshotText(taken);
      const path = `artifacts/${context.step}.${context.attempt}.snapshot.json`;
      const written = await context.files.write(path, text, 'application/json');
      if (!written.ok) return written;
      context.scribe.sealed(written.value);
      const all = [...taken.objects, ...taken.dependants];
      context.scribe.output(
        'stdout',
        all.map((of) => `${of.kind} ${qualifiedName(of)}  owner ${of.owner}  ${of.columns.length} columns\n`).join(''),
      );
      return success({
        kind: 'snapshot',
        digest: context.sha256(text),
        path,
        objects: taken.objects.map(qualifiedName),
        missing: taken.missing,
        dependants: taken.dependants.map(qualifiedName),
        notReplayable: taken.others.map(({type, identity}) => `${type} ${identity}`),
        grants: countGrants(all),
        comments: countComments(all),
        options: countOptions(all),
      });
    }),
  reconcile: readsOnly,
};

/** The snapshot that this run took, checked against its recorded hash. */
export const takenSnapshot = async (state: RunState, files: RunFiles): Promise<Result<Snapshot>> => {
  const taken = factsOf(state, 'snapshot')[0];
  if (taken === undefined) return failed({code: 'snapshot-missing'});
  const text = await files.read(taken.facts.path, taken.facts.digest);
  // The hash proves that these are the bytes that `perform` wrote, so the shape is its own.
  return text.ok ? success(JSON.parse(text.value) as Snapshot) : text;
};
