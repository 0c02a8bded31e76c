// What is said of the copy that a change was rehearsed on, of the backup that it came from, and how far that was proven?

import type {BackupProof, NotRehearsed, RehearsedPart} from '../../src/core/facts.ts';
import type {Prediction} from '../../src/core/rehearsed.ts';
import {proofLines, proofSummary} from '../../src/ui/text/proof.ts';
import {predictionText, rehearsedPartText} from '../../src/ui/text/rehearsed.ts';
import {at, by, claim, nothing, type Claim, type Said} from './claim.ts';

const part =
  (of: Partial<RehearsedPart>): Said =>
  (locale) =>
    rehearsedPartText({step: 'rollback/x', verdict: 'pass', durationMs: 12, ...of}, locale);
const left = (because: NotRehearsed): Said => part({verdict: 'not-run', because});
const walk = by('steps/rehearse-walk.ts', 'walkCopy');
const laps = 'integration/steps/rehearse-laps.test.ts';

export const notRehearsedClaims = {
  'dependants-in-the-way': claim(
    'other objects depended on it on the copy',
    by('steps/rehearse/ways-back.ts', 'backAndForth'),
    [left('dependants-in-the-way'), part({leaves: 'nothing'})],
    at('integration/steps/rollback.test.ts', 'leaves nothing where nothing depends on the object, as an emergency'),
  ),
  impossible: nothing('by the journal of the rehearsal; the reason stands where the way back is offered'),
  'earlier-part-failed': nothing('what came before it failed, which has its own line'),
  'left-out': nothing('it says that nothing is known of it'),
  'needs-left-out': nothing('it says that nobody knows'),
} satisfies Record<NotRehearsed, Claim>;

export const rehearsedPartClaims = {
  pass: claim(
    'it worked on the copy, and a way back left the catalog as before',
    walk,
    [part({digestEqual: true}), part({verdict: 'amber', digestEqual: false})],
    at(
      'integration/steps/rehearse.test.ts',
      'is amber where a way back fails, says which, and goes on with the others',
    ),
  ),
  amber: claim(
    'it worked on the copy, and left there what had not been captured, or nothing at all',
    by('steps/rehearse/ways-back.ts', 'backAndForth'),
    [part({verdict: 'amber', digestEqual: false}), part({verdict: 'amber', digestEqual: true})],
    at(
      'unit/ui/text/rehearsed.test.ts',
      'says that the catalog is not as before, or that nothing is left, also where the part went well',
    ),
  ),
  fail: claim(
    'it failed on the copy',
    walk,
    [part({verdict: 'fail', digestEqual: false}), part({digestEqual: true})],
    at(
      'integration/steps/rehearse.test.ts',
      'walks the change, the checks and every way back, and compares the catalog after each',
    ),
  ),
  'not-run': nothing('each reason has an entry of its own'),
} satisfies Record<RehearsedPart['verdict'], Claim>;

const predicted =
  (of: Prediction): Said =>
  (locale) =>
    predictionText(of, locale);

export const predictionClaims = {
  'not-rehearsed': nothing('it says that nobody knows'),
  rehearsed: claim(
    'on a copy with so many rows it took so long, and held its lock so long',
    walk,
    [
      predicted({status: 'rehearsed', durationMs: 41, lockHeldMs: 6, tables: [{table: 'public.t', rows: 100}]}),
      predicted({status: 'failed'}),
    ],
    at(
      laps,
      'what cannot be made a second time stays as it was judged, and what waits for it says why it was not tried',
    ),
  ),
  failed: claim(
    'it failed on the copy',
    walk,
    [predicted({status: 'failed'}), predicted({status: 'rehearsed', durationMs: 41, tables: []})],
    at(laps, 'a step outside of a transaction that a way back has undone is made again with the others'),
  ),
} satisfies Record<Prediction['status'], Claim>;

const whole: BackupProof = {
  level: 'restored',
  where: 'embedded',
  serverVersion: '15.18',
  objects: 9,
  tables: 1,
  alone: [],
  restoreMs: 1,
  durationMs: 2,
};
const read: BackupProof = {level: 'read', because: 'no-room'};
const proof =
  (of: BackupProof): Said =>
  (locale) =>
    [proofSummary(of, locale) ?? '', ...proofLines(of, locale)].join('\n');

export const proofClaims = {
  restored: claim(
    'it was restored and is equal there: objects, owners, grants, rows',
    by('steps/compare-restored.ts', 'rowDifferences'),
    [proof(whole), proof(read)],
    at(
      'integration/steps/backup-proof.test.ts',
      'is refused when it cannot be restored: a check that its rows do not pass',
    ),
  ),
  read: claim(
    'it was read to its end',
    by('steps/dump.ts', 'readWhole'),
    [proof(read), proof(whole)],
    at('integration/steps/backup-damage.test.ts', 'is refused in directory format as well'),
  ),
} satisfies Record<BackupProof['level'], Claim>;

type Gap = Extract<BackupProof, {level: 'read'}>['because'];

const gap = (one: BackupProof): Claim =>
  claim(
    'the scratch server could not hold it, so it was restored nowhere',
    by('steps/prove.ts', 'proveByRestore'),
    [proof(one), proof(whole)],
    at(
      'integration/steps/backup-proof.test.ts',
      'is proven on a server of this machine where nobody named one, roles of all kinds included',
    ),
  );

export const gapClaims = {
  'no-scratch': gap({level: 'read', because: 'no-scratch', failure: {code: 'server-toolchain-missing', install: 'x'}}),
  'roles-missing': gap({level: 'read', because: 'roles-missing', names: ['r']}),
  'extensions-missing': gap({level: 'read', because: 'extensions-missing', names: ['e']}),
  'no-room': gap({level: 'read', because: 'no-room', neededBytes: 2, freeBytes: 1}),
  'client-older-than-scratch': gap({level: 'read', because: 'client-older-than-scratch'}),
} satisfies Record<Gap, Claim>;
