// The words of the report, in English.

import type {ReportLabels, ReportText} from '../../evidence/report/words.ts';
import {formatBytes, formatCount, formatMs} from './numbers.ts';

export const labelsEn: ReportLabels = {
  report: 'Report of a run',
  run: 'Run',
  runbook: 'Runbook',
  result: 'Result',
  complete: 'Complete',
  environment: 'Environment',
  target: 'Target',
  system: 'System identifier',
  operators: 'Operator',
  opened: 'Opened',
  closed: 'Closed',
  notClosed: 'not closed',
  took: 'Duration',
  approvedBy: 'Approved by',
  notApproved: 'No approval is recorded in this run.',
  plan: 'Plan digest',
  head: 'Journal head',
  tool: 'Made by',
  copyOf: 'On a copy',
  lastRecord: 'Last record',
  nothingRemarkable: 'Nothing: no failure, no waiver, no remark, no interruption.',
  attentionLead: 'What an approver must not overlook, in the order in which it happened.',
  formLead: 'Filled from the journal. What nobody recorded is said to be missing, not left blank.',
  executor: 'Executed by',
  date: 'Date',
  pullRequest: 'Pull request',
  commit: 'Commit',
  upgradeOutput: 'Output of the upgrade',
  smokeOutput: 'Output of the smoke test',
  rowCount: 'count(*)',
  newestRows: 'Five newest rows',
  downstreamOutput: 'Output of the downstream samples',
  decision: 'Decision',
  notes: 'Notes',
  notRecorded: 'not recorded',
  impactLead:
    'Worked out from the snapshot that was taken before the change: what the screen shows before the change can be started.',
  impactNone: 'This run has no snapshot, so no impact was worked out.',
  objects: 'Objects of the change',
  taken: 'Taken and put back',
  kept: 'Set again',
  changes: 'Will change',
  accepted: 'Accepted losses',
  opaque: 'What Alembic took on the copy',
  notReplayable: 'Cannot be put back',
  lock: 'Lock',
  nothing: 'nothing',
  found: 'Found',
  happened: 'What the change then did',
  timeLead: 'From the first record to the last. A bar is a step; a thin one was over at once.',
  attempt: 'Attempt',
  started: 'Started',
  ended: 'Ended',
  operator: 'Operator',
  outcome: 'Outcome',
  transaction: 'Transaction',
  session: 'Session',
  why: 'Why',
  statements: 'Sent',
  evidence: 'Evidence',
  file: 'File',
  size: 'Size',
  hash: 'SHA-256',
  masked: 'Masked',
  transcript: 'Transcript',
  recording: 'Recording',
  play: 'Play the recording',
  end: 'End of the log',
  check: 'Check',
  sample: 'Sample',
  observed: 'Observed',
  rows: 'Rows',
  time: 'Time',
  budget: 'Budget',
  median: 'Median',
  runs: 'Runs',
  executionPlan: 'Execution plan',
  costShare: 'share of the estimated cost',
  waysBackLead:
    'In the order that the journal alone gives. Who depends on the object by now, and how many rows a restore would lose, is asked of the database when a way back is chosen.',
  lossUnknown: 'rows written since the backup; how many is asked at that moment',
  losesNothing: 'no rows',
  rank: 'Rank',
  wayBack: 'Way back',
  advice: 'Advice',
  loss: 'Loses',
  rehearsed: 'Rehearsed',
  lockHeld: 'Lock held',
  notRehearsed: 'not rehearsed in this run',
  chosen: 'Taken in this run',
  filesLead: 'Every file that the journal seals, with the hash that it was sealed with.',
  verifyLead:
    'This page is made from the journal, the plan and the transcripts of the bundle. It proves nothing by itself: check the bundle that it came with.',
  sha256Recipe: 'Is every file as it was exported? Without this tool:',
  verifyRecipe: 'Do journal, plan, sealed files and this page agree? Offline:',
  signatureRecipe: 'Whose signature is it?',
  where: 'Where',
  database: 'The database',
  now: 'What to do',
  reason: 'Reason',
  contents: 'Contents',
  language: 'Language',
  sealedBy: 'Sealed by step',
  notSealed: 'not sealed: the attempt was interrupted before that',
  steps: 'Steps',
  leftOut: 'Left out',
  item: 'Item',
  who: 'Who',
  when: 'When',
  approvals: 'Approvals',
  attachments: 'Attachments',
  torn: 'The last record of the journal was torn; it was set aside and counts for nothing.',
  damage: 'The journal is damaged. What stands behind the damage is not known.',
  noLock: 'none on the declared objects',
  approvalLead:
    'As the journal has it. Whether the signatures hold, and whose keys they are, is what attempt-runbook verify says.',
  signature: 'Signature',
  picture: 'Picture of the screen',
  catalogDiff: 'Catalog afterwards, where it differs from before',
  catalogDiffUnread:
    'What differs in the catalog is not shown here: the file is missing, too large or not as it was written:',
  equalToBefore: 'Catalog afterwards: equal to before',
  equalInPart: 'Catalog afterwards: equal to before in what the snapshot of format 1 holds; the rest was not compared',
  object: 'Object',
  aspect: 'Aspect',
  before: 'Before',
  after: 'Afterwards',
};

const rows = (of: number): string => `${formatCount(of)} ${of === 1 ? 'byte' : 'bytes'}`;

export const sentencesEn: Pick<
  ReportText,
  | 'section'
  | 'headline'
  | 'completeness'
  | 'interrupted'
  | 'stillOpen'
  | 'rowsNotKept'
  | 'budgetShare'
  | 'sharedTime'
  | 'notRun'
  | 'castLeftOut'
  | 'castCut'
  | 'logLeftOut'
  | 'planTooLarge'
  | 'pictureLeftOut'
  | 'seeReport'
> = {
  section: {
    attention: 'Attention',
    form: 'Approval form',
    impact: 'Impact analysis before the change',
    time: 'Course of the run',
    steps: 'Steps',
    waysBack: 'Ways back',
    files: 'Evidence files',
    policy: 'Policy',
    verify: 'How to check this',
  },
  headline: {
    completed: {title: 'Completed', meaning: 'Every step has passed.'},
    remarks: {
      title: 'Completed, with remarks',
      meaning: 'Every step has passed or was waived; some prove less than they seem to. See Attention.',
    },
    'rolled-back': {
      title: 'Rolled back',
      meaning: 'The way back was carried out and checked. The change is not in place.',
    },
    'rolled-back-remarks': {
      title: 'Rolled back, with remarks',
      meaning: 'The way back was carried out. That nothing of the change is left is not proven. See Attention.',
    },
    abandoned: {
      title: 'Abandoned',
      meaning: 'The run was ended before its last step. What it had changed until then stays as it is.',
    },
    'abandoned-after-way-back': {
      title: 'Abandoned after a way back',
      meaning:
        'A way back was carried out, and the run was ended before all that follows it was done. What was left then stays as it is.',
    },
    open: {title: 'Not finished', meaning: 'The run was not closed. Steps may follow that are not in this report.'},
    'in-doubt': {
      title: 'In doubt',
      meaning: 'A step was begun and nobody knows yet whether it took effect. Do not rely on this run.',
    },
    damaged: {title: 'Damaged', meaning: 'The journal is damaged. Do not rely on this run.'},
  },
  completeness: (isComplete, tornBytes, isClosed) =>
    isComplete
      ? 'yes: the run was closed, and its journal is whole'
      : isClosed
        ? `no: ${rows(tornBytes)} behind the last record are torn`
        : 'no: the run was not closed',
  interrupted: 'interrupted: its outcome was not written down',
  stillOpen: 'no outcome is recorded',
  rowsNotKept: 'The rows themselves were not kept, since no step declares them as evidence.',
  budgetShare: (median, budget) =>
    `${formatMs(median)} of ${formatMs(budget)} (${((100 * median) / Math.max(1, budget)).toFixed(1)} %)`,
  sharedTime: (durationMs, checks) => `${formatMs(durationMs)} for ${formatCount(checks)} checks together`,
  notRun: (cost) => `not run: its estimated cost of ${formatCount(cost)} is too high`,
  castLeftOut: (path) =>
    `The recording is not embedded here, to keep this page small. It is in the bundle: data/${path}`,
  castCut: (path) => `Only the beginning of the recording is embedded here. All of it is in the bundle: data/${path}`,
  logLeftOut: (bytes, path) => `${formatBytes(bytes)} left out here; all of it is in the bundle: data/${path}`,
  pictureLeftOut: (path) => `A picture of the screen is not shown here; it is in the bundle: data/${path}`,
  planTooLarge: (path) => `The plan is too large, or not readable, to be drawn here; it is in the bundle: data/${path}`,
  seeReport: (leftOut) =>
    `${formatCount(leftOut)} ${leftOut === 1 ? 'line was' : 'lines were'} left out here. report.html has all of them.`,
};
