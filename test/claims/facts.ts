// What does the success of each kind of step say of the database, in its summary and in its lines?

import type {Facts} from '../../src/core/facts.ts';
import {factsText} from '../../src/ui/text/facts.ts';
import {facts as samples} from '../unit/ui/text/samples.ts';
import {at, by, claim, nothing, type Claim, type Said} from './claim.ts';

const said =
  (facts: Facts): Said =>
  (locale) =>
    factsText(facts, locale).join('\n');

const first = <K extends Facts['kind']>(kind: K): Extract<Facts, {kind: K}> => {
  const [sample] = samples[kind];
  if (sample === undefined) throw new Error(`no sample of ${kind}`);
  return sample;
};

const findings = nothing('each of its findings has an entry of its own');

export const factsClaims = {
  checklist: nothing('a person has ticked it'),
  approval: nothing('people have signed it'),
  command: nothing('its exit code and the number of its lines'),
  settled: nothing('a person says so, and the sentence says that it was a person'),
  pytest: findings,
  'pull-request': findings,
  'managed-backup': findings,
  psql: findings,
  'downstream-jobs': findings,
  'kubernetes-job': findings,
  query: claim(
    'so many rows were found',
    by('steps/query.ts', 'query'),
    [said(first('query')), said({...first('query'), rows: 1, findings: [{id: '1'}]})],
    at('integration/steps/data.test.ts', 'finds each class of bad row exactly, and stops the run at it'),
  ),
  snapshot: claim(
    'these objects and dependants are there, and none is missing',
    by('catalog/capture.ts', 'captureSnapshot'),
    [said(first('snapshot')), said({...first('snapshot'), objects: [], missing: ['public.attempt']})],
    at(
      'headless/init.test.ts',
      'a view, a function and a table: each lints clean and rehearses, there and back (the view in a database; LONG: each on a server of its own)',
    ),
  ),
  backup: claim(
    'it was read to its end, restored and found equal',
    by('steps/prove.ts', 'proveByRestore'),
    [
      said({
        ...first('backup'),
        proof: {
          level: 'restored',
          where: 'embedded',
          serverVersion: '15',
          objects: 1,
          tables: 1,
          alone: [],
          restoreMs: 1,
          durationMs: 1,
        },
      }),
      said({...first('backup'), proof: {level: 'read', because: 'no-room'}}),
    ],
    at(
      'integration/steps/backup-proof.test.ts',
      'is refused when the declared objects are not what they were, restored from it alone',
    ),
  ),
  rehearse: claim(
    'each part went so on the copy, whose catalog was that of the snapshot',
    by('steps/rehearse-walk.ts', 'walkCopy'),
    [said({...first('rehearse'), isFaithful: true}), said({...first('rehearse'), isFaithful: false})],
    at(
      'integration/steps/rehearse.test.ts',
      'is amber where a way back fails, says which, and goes on with the others',
    ),
  ),
  migration: claim(
    'it was committed, its lock was held so long, and this differs from the snapshot',
    by('steps/change.ts', 'inChangeTransaction'),
    [said(first('migration')), said({...first('migration'), reconciled: true})],
    at(
      'integration/steps/doubt.test.ts',
      'is found to have taken effect when only the answer to COMMIT was lost (the answer is withheld by the test)',
    ),
  ),
  'alembic-check': claim(
    'the version table says this, and env.py connects to the target',
    by('steps/alembic-fit.ts', 'fitOf'),
    [said(first('alembic-check')), said({...first('alembic-check'), current: ['r0']})],
    at('integration/steps/alembic-trouble.test.ts', '$what'),
  ),
  smoke: claim(
    'each check was asked and answered so',
    by('steps/smoke.ts', 'smoke'),
    [
      said({kind: 'smoke', checks: [{id: 'c', verdict: 'pass', rows: 5, observed: '5', durationMs: 1}]}),
      said({kind: 'smoke', checks: [{id: 'c', verdict: 'amber', rows: 0, observed: '5', durationMs: 1}]}),
    ],
    at('integration/steps/data.test.ts', 'is amber, not green, on an empty table'),
  ),
  downstream: claim(
    'each sample was run and took so long',
    by('steps/downstream.ts', 'downstream'),
    [
      said({
        kind: 'downstream',
        samples: [{id: 's', verdict: 'pass', rows: 5, medianMs: 2, runsMs: [2], budgetMs: 10, estimatedCost: 5}],
      }),
      said({
        kind: 'downstream',
        samples: [{id: 's', verdict: 'amber', rows: 0, medianMs: 0, runsMs: [], budgetMs: 10, estimatedCost: 5}],
      }),
    ],
    at('integration/steps/downstream.test.ts', 'are only planned, and amber, when they would cost too much to run'),
  ),
  'restore-objects': claim(
    'the objects are as they were captured: compared before COMMIT',
    by('catalog/diff.ts', 'diffSnapshots'),
    [
      said({...first('restore-objects'), catalogAfter: {path: 'a', sha256: 'b', diff: {path: 'c', differences: 0}}}),
      said({...first('restore-objects'), catalogAfter: {path: 'a', sha256: 'b', diff: {path: 'c', differences: 2}}}),
    ],
    at(
      'integration/steps/catalog-after.test.ts',
      'is kept with what differs: the change in its aspects, and nothing after the way back',
    ),
  ),
  revert: claim(
    'the script ran, and the objects are as they were captured',
    by('catalog/diff.ts', 'splitChanges'),
    [said({...first('revert'), changes: []}), said({...first('revert'), differs: true})],
    at(
      'integration/steps/undone.test.ts',
      'by a script that words the definition in another way than it was captured is amber, with the difference',
    ),
  ),
  downgrade: claim(
    'the version table is back, nothing is missing and nothing differs',
    by('steps/alembic-run.ts', 'standingNow'),
    [said({...first('downgrade'), missing: [], changes: []}), said(first('downgrade'))],
    at(
      'integration/steps/alembic-trouble.test.ts',
      'leaves no view at all where nothing hangs on it, and has failed for it',
    ),
  ),
  'drop-object': claim(
    'these objects are gone, and nothing came in their place',
    by('steps/drop-object.ts', 'dropObject'),
    [said(first('drop-object')), said({...first('drop-object'), dropped: []})],
    at(
      'integration/steps/rollback.test.ts',
      'is impossible while something depends on the object, refused by the server all the same, and no end of the ways back',
    ),
  ),
  'restore-backup': claim(
    'the catalog is that of the snapshot, and each declared table has the rows of the backup',
    by('steps/restore-backup.ts', 'restoreBackup'),
    [said(first('restore-backup')), said({...first('restore-backup'), tables: []})],
    at(
      'integration/steps/rollback.test.ts',
      'is the last way back: ranked, counted, refused, out of the way of readers, and then exact',
    ),
  ),
} satisfies Record<Facts['kind'], Claim>;
