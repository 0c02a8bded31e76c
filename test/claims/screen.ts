// What do the screen and the report say of the database in sentences of their own, beside those of other tables?

import type {ActionKind} from '../../src/core/definition.ts';
import type {Outcome} from '../../src/core/event.ts';
import type {Headline} from '../../src/evidence/report/standing.ts';
import type {ReportLabels} from '../../src/evidence/report/words.ts';
import {sentencesEn} from '../../src/ui/text/report-en.ts';
import {sentencesKo} from '../../src/ui/text/report-ko.ts';
import {labelsEn} from '../../src/ui/text/report-en.ts';
import {labelsKo} from '../../src/ui/text/report-ko.ts';
import {screenText, type ScreenText} from '../../src/ui/text/screen.ts';
import {at, by, claim, nothing, type Claim, type Said} from './claim.ts';

type Screen = ScreenText;

const say =
  (pick: (text: Screen) => string | readonly string[]): Said =>
  (locale) =>
    [pick(screenText(locale))].flat().join('\n');

const names = nothing('labels, keys and headings');
const acts = nothing('what the step does when it is started, and not what was found');
const readOnly = (kind: ActionKind): Claim =>
  claim(
    'the step only reads: its sessions cannot write',
    by('steps/sessions.ts', 'withReader'),
    [say(({kind: of}) => of[kind]), say(({kind: of}) => of.migration)],
    at('integration/steps/downstream.test.ts', 'cannot write, not even as the owner'),
  );

export const kindClaims = {
  checklist: acts,
  approval: acts,
  command: acts,
  migration: acts,
  pytest: acts,
  psql: acts,
  'downstream-jobs': acts,
  'kubernetes-job': acts,
  'pull-request': nothing('it asks GitHub'),
  'managed-backup': nothing('it asks a provider'),
  query: readOnly('query'),
  snapshot: readOnly('snapshot'),
  backup: readOnly('backup'),
  rehearse: readOnly('rehearse'),
  'alembic-check': readOnly('alembic-check'),
  smoke: readOnly('smoke'),
  downstream: readOnly('downstream'),
  'restore-objects': acts,
  revert: acts,
  downgrade: acts,
  'drop-object': acts,
  'restore-backup': acts,
} satisfies Record<ActionKind, Claim>;

const closed = 'unit/ui/tui/closed.test.ts';

export const closedClaims = {
  completed: claim(
    'the change is in place',
    by('core/way-back/in-place.ts', 'isProvenInPlace'),
    [say(({closed: of}) => of.inPlace), say(({closed: of}) => of.database.completed)],
    at(closed, 'a completed run says that its change is in place once that was looked for, and not by its steps'),
  ),
  'rolled-back': claim(
    'the way back was checked, and nothing of the change is left',
    by('core/way-back/proven-undone.ts', 'isProvenUndone'),
    [say(({closed: of}) => of.database['rolled-back']), say(({closed: of}) => of.unproven)],
    at(
      'integration/steps/undone.test.ts',
      'proves nothing where the verify held before the change, which is a remark on the change',
    ),
  ),
  abandoned: claim(
    'nothing was rolled back',
    by('core/reduce.ts', 'reduce'),
    [say(({closed: of}) => of.database.abandoned), say(({closed: of}) => of.wayBackLeft)],
    at(closed, 'an abandoned run whose way back was begun does not say that nothing was rolled back'),
  ),
} satisfies Record<Outcome, Claim>;

export const nextStepClaims = {
  completed: nothing('what to do next'),
  'rolled-back': claim(
    'the earlier definition is back',
    by('core/way-back/proven-undone.ts', 'isBackAsCaptured'),
    [say(({closed: of}) => of.definitionBack), say(({closed: of}) => of.definitionNotBack)],
    at(closed, 'a run that dropped the object tells nobody that the earlier definition is back'),
  ),
  abandoned: nothing('what to do next'),
} satisfies Record<Outcome, Claim>;

const lock = 'integration/steps/lock.test.ts';

/** By the parts of the screen; those with several claims are keyed once more. */
export const screenClaims = {
  head: names,
  tabs: names,
  tree: names,
  kind: nothing('each kind has an entry of its own'),
  usual: names,
  because: claim(
    'no step that changes anything was begun',
    by('core/rollback.ts', 'hasChanged'),
    [say(({because: of}) => of['nothing-changed']), say(({because: of}) => of['step-running'])],
    at('unit/core/rollback.test.ts', '%s: is a change, and is known by the run, %#'),
  ),
  keys: nothing('what a key does'),
  step: nothing('each sentence has an entry of its own'),
  result: nothing('the parts of a failure, which has an entry of its own'),
  preview: nothing('the parts of an impact, which have entries of their own'),
  output: names,
  evidence: names,
  ask: nothing('what will be done once it is confirmed'),
  notice: nothing('what the screen itself does'),
  help: names,
  plan: names,
  sql: names,
  queries: claim(
    'these sessions are gone',
    by('adapters/postgres/other-sessions.ts', 'otherSessions'),
    [say(({queries: of}) => of.none), say(({queries: of}) => of.unknown)],
    at(lock, 'ends blocked after its tries, names who holds it, changes nothing, and goes on once the holder is gone'),
  ),
  more: names,
  scrolled: names,
  wayBack: claim(
    'no rows are lost',
    by('core/rollback.ts', 'rollbackPlan'),
    [say(({wayBack: of}) => of.losesNothing), say(({wayBack: of}) => of.unknown)],
    at(
      'unit/core/rollback.test.ts',
      'concerns no other way back, and only the one that drops nothing with rows says that it loses none',
    ),
  ),
  closed: nothing('each outcome has an entry of its own'),
  fault: names,
  tooSmall: names,
  tooSmallLeave: names,
  tooSmallRunning: names,
  home: nothing('what there is to open, and where it would run'),
} satisfies Record<keyof Screen, Claim>;

export const stepClaims = {
  why: names,
  next: names,
  running: names,
  starting: names,
  waitingForLock: names,
  lockTry: names,
  lockHarmless: claim(
    'the statement that waits has changed nothing',
    by('steps/change.ts', 'inChangeTransaction'),
    [say(({step: of}) => of.lockHarmless), say(({step: of}) => of.stillRunning)],
    at(
      lock,
      'stops between two tries when the operator asks for it, and succeeds by itself when the holder commits between two',
    ),
  ),
  blockedBy: names,
  blockersUnseen: nothing('it says that nobody could look'),
  noBlockers: claim(
    'no session stands in the way',
    by('adapters/postgres/other-sessions.ts', 'otherSessions'),
    [say(({step: of}) => of.noBlockers), say(({step: of}) => of.blockersUnseen)],
    at('component/frames.test.ts', '$name'),
  ),
  lastOutput: names,
  noteWanted: names,
  inDoubt: nothing('it says that nobody wrote it down'),
  startedAt: names,
  transaction: names,
  askingDatabase: nothing('it says that the database is asked'),
  stillRunning: nothing('it says what will become of it'),
  cannotTell: nothing('it says that nobody knows'),
  settle: nothing('what a person may answer'),
  mayStartAgain: claim(
    'nothing is left of that attempt',
    by('steps/settle.ts', 'settleByXid'),
    [say(({step: of}) => of.mayStartAgain), say(({step: of}) => of.cannotTell)],
    at('unit/steps/migration.test.ts', 'of several files took effect in part, whatever a second run would do: %j'),
  ),
  closing: names,
} satisfies Record<keyof Screen['step'], Claim>;

const meaning =
  (of: Headline): Said =>
  (locale) =>
    (locale === 'en' ? sentencesEn : sentencesKo).headline[of].meaning;
const label =
  (of: keyof ReportLabels): Said =>
  (locale) =>
    (locale === 'en' ? labelsEn : labelsKo)[of];

export const headlineClaims = {
  completed: nothing('how the steps ended; each says for itself what it found'),
  remarks: nothing('how the steps ended; each says for itself what it found'),
  'rolled-back': claim(
    'the change is not in place',
    by('core/way-back/proven-undone.ts', 'isProvenUndone'),
    [meaning('rolled-back'), meaning('rolled-back-remarks')],
    at('unit/core/proven-undone.test.ts', 'is not said where %s'),
  ),
  'rolled-back-remarks': nothing('it says that it is not proven'),
  abandoned: nothing('it says that whatever was changed stays'),
  'abandoned-after-way-back': claim(
    'a way back was carried out',
    by('core/rollback.ts', 'waysBackTaken'),
    [meaning('abandoned-after-way-back'), meaning('abandoned')],
    at(
      'unit/evidence/report.test.ts',
      'says of a run that was given up behind a way back that one was taken, and not that its change stays',
    ),
  ),
  open: nothing('it says that the run goes on'),
  'in-doubt': nothing('it says that nobody knows yet'),
  damaged: nothing('it says not to rely on the run'),
} satisfies Record<Headline, Claim>;

const ofReport = nothing('a label, or how the report is made');

export const labelClaims = {
  report: ofReport,
  run: ofReport,
  runbook: ofReport,
  result: ofReport,
  complete: ofReport,
  environment: ofReport,
  target: ofReport,
  system: ofReport,
  operators: ofReport,
  opened: ofReport,
  closed: ofReport,
  notClosed: ofReport,
  took: ofReport,
  approvedBy: ofReport,
  notApproved: ofReport,
  plan: ofReport,
  head: ofReport,
  tool: ofReport,
  copyOf: ofReport,
  lastRecord: ofReport,
  nothingRemarkable: ofReport,
  attentionLead: ofReport,
  formLead: ofReport,
  executor: ofReport,
  date: ofReport,
  pullRequest: ofReport,
  commit: ofReport,
  upgradeOutput: ofReport,
  smokeOutput: ofReport,
  rowCount: ofReport,
  newestRows: ofReport,
  downstreamOutput: ofReport,
  decision: ofReport,
  notes: ofReport,
  notRecorded: ofReport,
  impactLead: nothing('where the impact comes from; its parts have entries of their own'),
  impactNone: ofReport,
  objects: ofReport,
  taken: ofReport,
  kept: ofReport,
  changes: ofReport,
  accepted: ofReport,
  opaque: ofReport,
  notReplayable: ofReport,
  lock: ofReport,
  nothing: ofReport,
  found: ofReport,
  happened: ofReport,
  timeLead: ofReport,
  attempt: ofReport,
  started: ofReport,
  ended: ofReport,
  operator: ofReport,
  outcome: ofReport,
  transaction: ofReport,
  session: ofReport,
  why: ofReport,
  statements: ofReport,
  evidence: ofReport,
  file: ofReport,
  size: ofReport,
  hash: ofReport,
  masked: ofReport,
  transcript: ofReport,
  recording: ofReport,
  play: ofReport,
  end: ofReport,
  check: ofReport,
  sample: ofReport,
  observed: ofReport,
  rows: ofReport,
  time: ofReport,
  budget: ofReport,
  median: ofReport,
  runs: ofReport,
  executionPlan: ofReport,
  costShare: ofReport,
  waysBackLead: ofReport,
  lossUnknown: nothing('it says that nobody was asked'),
  losesNothing: claim(
    'no rows are lost',
    by('core/rollback.ts', 'rollbackPlan'),
    [label('losesNothing'), label('lossUnknown')],
    at(
      'unit/core/rollback.test.ts',
      'concerns no other way back, and only the one that drops nothing with rows says that it loses none',
    ),
  ),
  rank: ofReport,
  wayBack: ofReport,
  advice: ofReport,
  loss: ofReport,
  rehearsed: ofReport,
  lockHeld: ofReport,
  notRehearsed: ofReport,
  chosen: ofReport,
  filesLead: ofReport,
  verifyLead: ofReport,
  sha256Recipe: ofReport,
  verifyRecipe: ofReport,
  signatureRecipe: ofReport,
  where: ofReport,
  database: ofReport,
  now: ofReport,
  reason: ofReport,
  contents: ofReport,
  language: ofReport,
  sealedBy: ofReport,
  notSealed: ofReport,
  steps: ofReport,
  leftOut: ofReport,
  item: ofReport,
  who: ofReport,
  when: ofReport,
  approvals: ofReport,
  attachments: ofReport,
  torn: ofReport,
  damage: ofReport,
  noLock: ofReport,
  approvalLead: ofReport,
  signature: ofReport,
  picture: ofReport,
  catalogDiff: ofReport,
  catalogDiffUnread: ofReport,
  equalToBefore: claim(
    'the catalog afterwards is equal to before',
    by('steps/seal-catalog.ts', 'sealCatalog'),
    [label('equalToBefore'), label('equalInPart')],
    at(
      'integration/steps/catalog-after.test.ts',
      'is kept with what differs: the change in its aspects, and nothing after the way back',
    ),
  ),
  equalInPart: nothing('it says what was not compared'),
  object: ofReport,
  aspect: ofReport,
  before: ofReport,
  after: ofReport,
} satisfies Record<keyof ReportLabels, Claim>;
