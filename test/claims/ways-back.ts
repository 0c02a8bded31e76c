// What is said of the database where a way back is ranked, and of what it would lose?

import type {Advice, AdviceReason, LossClaim} from '../../src/core/rollback.ts';
import type {Loss} from '../../src/core/loss.ts';
import type {MadeSince} from '../../src/core/way-back/made-since.ts';
import type {WritesSince} from '../../src/core/way-back/writes-since.ts';
import {adviceReasonText, lossClaimText, lossText, madeSinceTexts} from '../../src/ui/text/advice.ts';
import {at, by, claim, nothing, type Claim, type Probe, type Said, type TestAt} from './claim.ts';

const reason =
  (of: AdviceReason): Said =>
  (locale) =>
    adviceReasonText(of, locale);

const unit = 'unit/core/rollback.test.ts';
const facts = by('steps/rollback-facts.ts', 'rollbackFacts');
const restored = at(
  'integration/steps/rollback.test.ts',
  'is the last way back: ranked, counted, refused, out of the way of readers, and then exact',
);

const of = (code: AdviceReason, claims: string, probe: Probe, other: AdviceReason, otherwise: TestAt): Claim =>
  claim(claims, probe, [reason(code), reason(other)], otherwise);

const ofAdvice = nothing('a rank; what it rests on stands in its reasons');
const copy = at(unit, '%s');
const rehearsal = by('steps/rehearse/ways-back.ts', 'backAndForth');
const ofTheJournal = nothing('what the run has, by its journal, and not what the database has');

export const adviceClaims = {
  recommended: ofAdvice,
  possible: ofAdvice,
  'not-advised': ofAdvice,
  emergency: ofAdvice,
  'last-resort': ofAdvice,
  impossible: ofAdvice,
} satisfies Record<Advice, Claim>;

export const reasonClaims = {
  'exact-and-lossless': of(
    'exact-and-lossless',
    'what it drops and makes again holds no rows, and nothing else has come to depend on it',
    facts,
    'exact-and-refilled',
    at(
      'integration/steps/rollback.test.ts',
      'is not said to keep the rows of a materialized view that somebody made since, and that it fills anew',
    ),
  ),
  'exact-and-refilled': of(
    'exact-and-refilled',
    'the captured objects include materialized views with rows',
    facts,
    'exact-and-lossless',
    at(unit, 'stand from exact and lossless to last resort, whatever order the runbook has'),
  ),
  'same-end-state-by-script': of(
    'same-end-state-by-script',
    'the script reaches the definition of before',
    by('catalog/diff.ts', 'splitChanges'),
    'differs-on-copy',
    at('integration/steps/rollback.test.ts', 'is refused when its script makes something else than what was there'),
  ),
  'already-tried': ofTheJournal,
  'nothing-applied': of(
    'nothing-applied',
    'no change of this run is in the target',
    by('core/rollback.ts', 'isApplied'),
    'same-end-state-by-script',
    at('unit/core/left.test.ts', 'is applied, whatever the last one met: %s'),
  ),
  rehearsed: of('rehearsed', 'it worked on the copy', rehearsal, 'rehearsal-failed', copy),
  'rehearsal-failed': of('rehearsal-failed', 'it failed on the copy', rehearsal, 'rehearsed', copy),
  'differs-on-copy': of(
    'differs-on-copy',
    'the copy was not afterwards what had been captured',
    rehearsal,
    'rehearsed',
    at(unit, 'is one way among others where it brought back what there was'),
  ),
  'not-rehearsed': ofTheJournal,
  'longer-than-window': nothing('a time on the copy beside a time of the clock'),
  'leaves-nothing': of(
    'leaves-nothing',
    'no such object is there afterwards',
    rehearsal,
    'same-end-state-by-script',
    at(unit, 'is one way among others where it brought back what there was'),
  ),
  'loses-rows': of('loses-rows', 'rows were written since the backup', facts, 'no-writes-counted', restored),
  'loses-nothing-now': of(
    'loses-nothing-now',
    'no other transaction has written in the whole server since the backup',
    by('steps/way-back/write-marks.ts', 'marksSince'),
    'counted-by-server',
    restored,
  ),
  'no-writes-counted': of(
    'no-writes-counted',
    'the server has counted no write since',
    by('steps/way-back/write-marks.ts', 'countsNow'),
    'loses-rows',
    at(unit, 'is what the server has counted, also in tables that no runbook names'),
  ),
  'counted-by-server': of(
    'counted-by-server',
    'the server has counted these writes',
    by('steps/way-back/write-marks.ts', 'countsNow'),
    'loss-unknown',
    at(unit, 'cannot be told of a table that was emptied or made anew since'),
  ),
  'loss-unknown': nothing('it says that nobody knows'),
  'made-since-stays': of(
    'made-since-stays',
    'objects have come since the backup, and a restore leaves them',
    by('steps/way-back/write-marks.ts', 'inventoryNow'),
    'made-since-in-the-way',
    at(unit, 'is not offered where something made since stands in its way'),
  ),
  'made-since-in-the-way': of(
    'made-since-in-the-way',
    'objects have come since the backup that a restore stumbles over',
    by('steps/way-back/write-marks.ts', 'builtOn'),
    'made-since-stays',
    at(unit, '%s %#'),
  ),
  'snapshot-missing': ofTheJournal,
  'objects-missing': of(
    'objects-missing',
    'some declared objects were not there before the change',
    by('catalog/capture.ts', 'captureSnapshot'),
    'exact-and-lossless',
    at(unit, 'rule out %s'),
  ),
  'backup-missing': ofTheJournal,
  'backup-stand-in': ofTheJournal,
  'backup-schema-only': ofTheJournal,
  'backup-lacks-declared': of(
    'backup-lacks-declared',
    'the backup does not hold what is declared',
    by('steps/prove.ts', 'proveByRestore'),
    'loss-unknown',
    at('integration/steps/backup-scope.test.ts', 'does not stand in the way of a whole one that the run took as well'),
  ),
  'new-dependants': of(
    'new-dependants',
    'other objects have come to depend on it',
    facts,
    'exact-and-lossless',
    at(unit, 'rank the snapshot no higher than possible once somebody has built on the new object'),
  ),
  'dependants-in-the-way': of(
    'dependants-in-the-way',
    'other objects depend on it now',
    facts,
    'leaves-nothing',
    at('integration/steps/rollback.test.ts', 'leaves nothing where nothing depends on the object, as an emergency'),
  ),
} satisfies Record<AdviceReason, Claim>;

const lossClaim =
  (claims: LossClaim): Said =>
  (locale) =>
    lossClaimText(claims, locale) ?? '-';

export const lossClaims = {
  none: claim(
    'no row is lost',
    by('core/rollback.ts', 'rollbackPlan'),
    [lossClaim('none'), lossClaim('not-looked-at')],
    at(unit, 'concerns no other way back, and only the one that drops nothing with rows says that it loses none'),
  ),
  refilled: claim(
    'no row of a table is lost, and materialized views are filled anew',
    by('core/rollback.ts', 'rollbackPlan'),
    [lossClaim('refilled'), lossClaim('none')],
    at(unit, 'is told of a restored materialized view: its rows are computed anew'),
  ),
  'not-looked-at': nothing('it says that nobody knows'),
  impossible: nothing('nothing is said where nothing would be done'),
} satisfies Record<LossClaim, Claim>;

const written: Loss = {
  table: 'public.t',
  rows: 3,
  exact: false,
  by: 'counters',
  inserted: {atLeast: 3, atMost: 3},
  deleted: {atLeast: 0},
};
const none: Loss = {
  table: 'public.t',
  rows: 0,
  exact: true,
  inserted: {atLeast: 0, atMost: 0},
  changed: {atLeast: 0, atMost: 0},
  deleted: {atLeast: 0, atMost: 0},
};
const unknown: Loss = {table: 'public.t', rows: 0, exact: false, inserted: {atLeast: 0}, deleted: {atLeast: 0}};
const loss =
  (one: Loss): Said =>
  (locale) =>
    lossText(one, locale);

/** Of each table that a restore would replace, by what is known of the writes since. */
export const writesClaims = {
  none: claim(
    'the table loses no rows',
    by('steps/way-back/write-marks.ts', 'marksSince'),
    [loss(none), loss(unknown)],
    at(unit, 'is nothing only where nobody else has written'),
  ),
  counted: claim(
    'the table loses so many rows, as the server counted',
    by('steps/way-back/write-marks.ts', 'countsNow'),
    [loss(written), loss({...written, by: 'rewritten'})],
    at(unit, 'is not counted in a table that %s'),
  ),
  unknown: nothing('a lower bound by what is seen, and the word for it'),
} satisfies Record<WritesSince['known'], Claim>;

const since =
  (made: MadeSince): Said =>
  (locale) =>
    madeSinceTexts(made, locale).join('\n');

export const madeSinceClaims = {
  stays: claim(
    'these have come since the backup, and stay',
    by('steps/way-back/write-marks.ts', 'inventoryNow'),
    [since({stays: ['table public.new'], blocks: []}), since({stays: [], blocks: ['table public.new']})],
    at(unit, '%s %#'),
  ),
  blocks: claim(
    'these have come since the backup, and stop a restore',
    by('steps/way-back/write-marks.ts', 'builtOn'),
    [since({stays: [], blocks: ['table public.new']}), since({stays: ['table public.new'], blocks: []})],
    at(unit, '%s %#'),
  ),
} satisfies Record<keyof MadeSince, Claim>;
