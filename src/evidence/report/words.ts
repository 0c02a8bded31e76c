// What a report has to be able to say, in one language; the words come from outside, since this folder knows none.

import type {ApprovalProof} from '../../core/approval.ts';
import type {ApprovalDecision} from '../../core/approval-statement.ts';
import type {Action, RunbookDefinition} from '../../core/definition.ts';
import type {Recorded, Verdict} from '../../core/event.ts';
import type {Artifact, CheckVerdict, Facts, RehearsedPart} from '../../core/facts.ts';
import type {Failure} from '../../core/failure.ts';
import type {CopyOf, Environment, Identity, Instant, StepId, TargetIdentity} from '../../core/ids.ts';
import type {TargetTrust} from '../../core/known-target.ts';
import type {Impact} from '../../core/preview.ts';
import type {Advice, AdviceReason, Earlier, LossClaim} from '../../core/rollback.ts';
import type {RunState, StepState} from '../../core/state.ts';
import type {Locale} from '../../core/text.ts';
import type {Headline} from './standing.ts';

type Sections = 'attention' | 'form' | 'impact' | 'time' | 'steps' | 'waysBack' | 'files' | 'policy' | 'verify';

/** Labels: the same name in both languages, or it does not compile. */
export type ReportLabels = Readonly<
  Record<
    | 'report'
    | 'run'
    | 'runbook'
    | 'result'
    | 'complete'
    | 'environment'
    | 'target'
    | 'system'
    | 'operators'
    | 'opened'
    | 'closed'
    | 'notClosed'
    | 'took'
    | 'approvedBy'
    | 'notApproved'
    | 'plan'
    | 'head'
    | 'tool'
    | 'copyOf'
    | 'lastRecord'
    | 'nothingRemarkable'
    | 'attentionLead'
    | 'formLead'
    | 'executor'
    | 'date'
    | 'pullRequest'
    | 'commit'
    | 'upgradeOutput'
    | 'smokeOutput'
    | 'rowCount'
    | 'newestRows'
    | 'downstreamOutput'
    | 'decision'
    | 'notes'
    | 'notRecorded'
    | 'impactLead'
    | 'impactNone'
    | 'objects'
    | 'taken'
    | 'kept'
    | 'changes'
    | 'accepted'
    | 'notReplayable'
    | 'opaque'
    | 'lock'
    | 'nothing'
    | 'found'
    | 'happened'
    | 'timeLead'
    | 'attempt'
    | 'started'
    | 'ended'
    | 'operator'
    | 'outcome'
    | 'transaction'
    | 'session'
    | 'why'
    | 'statements'
    | 'evidence'
    | 'file'
    | 'size'
    | 'hash'
    | 'masked'
    | 'transcript'
    | 'recording'
    | 'play'
    | 'end'
    | 'check'
    | 'sample'
    | 'observed'
    | 'rows'
    | 'time'
    | 'budget'
    | 'median'
    | 'runs'
    | 'executionPlan'
    | 'costShare'
    | 'waysBackLead'
    | 'lossUnknown'
    | 'losesNothing'
    | 'rank'
    | 'wayBack'
    | 'advice'
    | 'loss'
    | 'rehearsed'
    | 'lockHeld'
    | 'notRehearsed'
    | 'chosen'
    | 'filesLead'
    | 'verifyLead'
    | 'sha256Recipe'
    | 'verifyRecipe'
    | 'signatureRecipe'
    | 'where'
    | 'database'
    | 'now'
    | 'reason'
    | 'contents'
    | 'language'
    | 'sealedBy'
    | 'notSealed'
    | 'steps'
    | 'leftOut'
    | 'item'
    | 'who'
    | 'when'
    | 'approvals'
    | 'attachments'
    | 'torn'
    | 'damage'
    | 'noLock'
    | 'approvalLead'
    | 'signature'
    | 'picture'
    | 'catalogDiff'
    | 'catalogDiffUnread'
    | 'equalToBefore'
    | 'equalInPart'
    | 'object'
    | 'aspect'
    | 'before'
    | 'after',
    string
  >
>;

/** What a run that took a way back says of it, each part under its label. */
export type GoneBack = Readonly<{
  label: Readonly<Record<'way' | 'failed' | 'left', string>>;
  way: string;
  failed?: string;
  left: readonly string[];
}>;

export type ReportText = Readonly<{
  locale: Locale;
  /** Shows what acts or hides as what it is. */
  visible: (text: string) => string;
  say: ReportLabels;
  section: Readonly<Record<Sections, string>>;
  headline: Readonly<Record<Headline, Readonly<{title: string; meaning: string}>>>;
  completeness: (isComplete: boolean, tornBytes: number, isClosed: boolean) => string;
  environment: (environment: Environment) => string;
  trust: (trust: TargetTrust) => string;
  target: (target: TargetIdentity) => string;
  copyOf: (copy: CopyOf) => string;
  who: (by: Identity) => string;
  /** UTC, with the operator's own time beside it where the journal knows that. */
  instant: (at: Instant) => string;
  moment: (at: Instant) => Readonly<{utc: string; local?: string}>;
  /** The time of day in UTC. */
  timeOfDay: (at: Instant) => string;
  duration: (ms: number) => string;
  ms: (ms: number) => string;
  count: (of: number) => string;
  records: (of: number) => string;
  bytes: (of: number) => string;
  titleOf: (step: StepId) => string;
  status: (state: StepState) => string;
  sign: (state: StepState) => string;
  verdictSign: Readonly<Record<CheckVerdict, string>>;
  verdict: (verdict: Verdict, by: 'probe' | Identity) => string;
  counts: (counts: Readonly<Record<string, number>>) => string;
  facts: (facts: Facts) => readonly string[];
  /** Of an amber step: the lines of its facts that make it amber. */
  doubts: (facts: Facts) => readonly string[];
  goneBack: (runbook: RunbookDefinition, state: RunState) => GoneBack | undefined;
  failure: (
    failure: Failure,
    action?: Action,
    earlier?: Earlier,
  ) => Readonly<{what: string; where?: string; database: string; now: string}>;
  event: (event: Recorded) => string;
  masked: (artifact: Artifact) => string;
  impact: (impact: Impact) => Readonly<{
    changes: readonly string[];
    kept: readonly string[];
    accepted: readonly string[];
    /** What a copy has shown of a migration that nobody could read beforehand. */
    opaque: readonly string[];
    privileges: string;
    lock: string;
  }>;
  advice: (advice: Advice) => string;
  adviceReason: (reason: AdviceReason) => string;
  rehearsedPart: (part: RehearsedPart) => string;
  decision: (decision: ApprovalDecision) => string;
  proof: (proof: ApprovalProof) => string;
  until: (at: Instant) => string;
  scanned: (scanned: boolean) => string;
  pictureLeftOut: (path: string) => string;
  interrupted: string;
  stillOpen: string;
  rowsNotKept: string;
  budgetShare: (median: number, budget: number) => string;
  /** The time of one statement that answered so many checks. */
  sharedTime: (durationMs: number, checks: number) => string;
  notRun: (cost: number) => string;
  castLeftOut: (path: string) => string;
  castCut: (path: string) => string;
  logLeftOut: (bytes: number, path: string) => string;
  planTooLarge: (path: string) => string;
  lossClaim: (claim: LossClaim) => string;
  lossSince: (backupAt: Instant) => string;
  seeReport: (leftOut: number) => string;
}>;
