// Which ways back there are now, in which order they should be considered, and why.

import type {OptionKind, RollbackOption, RunbookDefinition, StepDefinition} from './definition.ts';
import type {FactsOf} from './facts.ts';
import type {Failure} from './failure.ts';
import {rollbackStepId, type Instant, type StepId} from './ids.ts';
import {lossOf, type Loss, type TableNow} from './loss.ts';
import type {MadeSince} from './way-back/made-since.ts';
import type {WritesSince} from './way-back/writes-since.ts';
import {stepsOf} from './outline.ts';
import {predictionOf, type Prediction} from './rehearsed.ts';
import {earlierAttempts, factsOf, stepState, type RunState, type StepState} from './state.ts';
import {isOfTool, mayWrite} from './tools.ts';

/** What was asked of the target at the moment of the decision. */
export type RollbackFacts = Readonly<{
  /** Per declared table: rows now, and rows written since the backup was taken, when that can be told. */
  tables: readonly TableNow[];
  /** What others have written since the backup, in any table of it; not known when absent. */
  writes?: WritesSince;
  /** Objects that have come since the backup; absent where nobody could tell. */
  made?: MadeSince;
  /** Objects that depend on the declared objects now and did not when the snapshot was taken. */
  newDependants: readonly string[];
  /** Objects that depend on the declared objects now. */
  dependants: readonly string[];
  /**
   * Materialized views with rows that would be dropped and filled anew, of the snapshot and of what is there now; absent where
   * nobody looked, as in a report: then what the snapshot step wrote down counts.
   */
  refilled?: readonly string[];
  /** How much of the change window is left; absent where there is none, or it is not open. */
  windowLeftMs?: number;
}>;

export type Advice = 'recommended' | 'possible' | 'not-advised' | 'emergency' | 'last-resort' | 'impossible';

/** Why an option stands where it stands; the words are in ui/text. */
export type AdviceReason =
  | 'exact-and-lossless'
  | 'exact-and-refilled'
  | 'same-end-state-by-script'
  | 'already-tried'
  | 'nothing-applied'
  | 'rehearsed'
  | 'rehearsal-failed'
  | 'differs-on-copy'
  | 'not-rehearsed'
  | 'longer-than-window'
  | 'leaves-nothing'
  | 'loses-rows'
  | 'loses-nothing-now'
  | 'no-writes-counted'
  | 'counted-by-server'
  | 'loss-unknown'
  | 'made-since-stays'
  | 'made-since-in-the-way'
  | 'snapshot-missing'
  | 'objects-missing'
  | 'backup-missing'
  | 'backup-stand-in'
  | 'backup-schema-only'
  | 'backup-lacks-declared'
  | 'new-dependants'
  | 'dependants-in-the-way';

/**
 * 'none': it drops and makes nothing that holds rows. 'refilled': it computes the rows of materialized views anew.
 * 'not-looked-at': a script or a program does it, or nobody could ask; whatever it drops is lost. 'impossible': nothing is done.
 */
export type LossClaim = 'none' | 'refilled' | 'not-looked-at' | 'impossible';

export type RankedOption = Readonly<{
  option: RollbackOption;
  advice: Advice;
  reasons: readonly AdviceReason[];
  loss: readonly Loss[];
  /** What is said of its loss where no table is listed. */
  claim: LossClaim;
  /** What has come since the backup that it would restore. */
  made?: MadeSince;
  prediction: Prediction;
  backupTakenAt?: Instant;
}>;

/** Steps that write into the target, or may: a shell line does, unless its author says that it does not. */
export const isChange = (step: StepDefinition): boolean => {
  if (isOfTool(step)) return mayWrite(step);
  return step.kind === 'migration' || (step.kind === 'command' && step.writes !== false);
};

/** True when a step that changes the target was begun, whatever became of it. */
export const hasChanged = (runbook: RunbookDefinition, state: RunState): boolean =>
  state.opened !== undefined &&
  stepsOf(runbook, state.opened.environment).some((step) => isChange(step) && stepState(state, step.id).attempt > 0);

/** Why nothing can be restored from this backup. */
export const unfit = ({method, scope, lacks = []}: FactsOf<'backup'>): AdviceReason | undefined => {
  if (method === 'stand-in') return 'backup-stand-in';
  if (scope === 'schema-only') return 'backup-schema-only';
  return lacks.length > 0 ? 'backup-lacks-declared' : undefined;
};

/** The backup that a restore would use: the first that it can use, else the first, which says why not. */
export const chosenBackup = (state: RunState): FactsOf<'backup'> | undefined => {
  const taken = factsOf(state, 'backup').map(({facts}) => facts);
  return taken.find((facts) => unfit(facts) === undefined) ?? taken[0];
};
/** Before any of these, the version table and the catalog were seen to be as they were. */
const leftNothing: ReadonlySet<Failure['code']> = new Set([
  'alembic-unfit',
  'alembic-failed',
  'cancelled',
  'snapshot-missing',
  'snapshot-stale',
  'dependants-not-replayable',
  'rights-missing',
  'script-meets-dependants',
  'program-missing',
  'target-lock-lost',
  'target-unreachable',
  'session-refused',
  'authentication-refused',
]);

/** Before any of these, no statement of the step had been sent. */
const sentNothing: ReadonlySet<Failure['code']> = new Set([
  'not-recordable',
  'rights-missing',
  'target-unreachable',
  'session-refused',
  'authentication-refused',
  'session-unguarded',
]);

export type Ended = Readonly<{status: StepState['status']; failure?: Failure['code'] | undefined}>;

const leftByAlembic = ({status, failure}: Ended): boolean => {
  switch (status) {
    case 'succeeded':
    case 'running':
    case 'in-doubt':
      return true;
    case 'failed':
      return failure === undefined || !leftNothing.has(failure);
    // It is blocked only once nothing was seen to be different.
    case 'blocked':
    case 'waiting':
    case 'waived':
      return false;
  }
};

const leftByTransaction = ({status, failure}: Ended): boolean => {
  switch (status) {
    case 'succeeded':
    case 'running':
    case 'in-doubt':
      return true;
    case 'failed':
      // One transaction, rolled back; a script that ended it by itself is the exception.
      return failure === 'transaction-lost';
    case 'waiting':
    case 'blocked':
    case 'waived':
      return false;
  }
};

/** Whether one attempt that was begun has left something in the target, or may have. */
export const attemptLeft = (step: StepDefinition, ended: Ended): boolean => {
  // A program of others commits by itself: once it was begun, nobody here knows that it left nothing.
  if (step.kind !== 'migration') return true;
  if (step.migrator === 'alembic') return leftByAlembic(ended);
  // Each file commits by itself, and a CREATE INDEX CONCURRENTLY that failed leaves an index that is not valid.
  if (step.transaction === 'none')
    return !(ended.status === 'failed' && ended.failure !== undefined && sentNothing.has(ended.failure));
  return leftByTransaction(ended);
};

/** Whether an attempt before the last one has left something: a later one that is refused takes nothing of it away. */
const leftEarlier = (state: RunState, step: StepDefinition): boolean =>
  isChange(step) && earlierAttempts(state, step.id).some((ended) => attemptLeft(step, ended));

/** Whether a step's change is in the target, or a part of it: what its attempts left, as far as the journal knows. */
export const leftSomething = (state: RunState, step: StepDefinition): boolean => {
  const of = stepState(state, step.id);
  if (!isChange(step) || of.attempt === 0) return false;
  // Who leaves a step out takes nothing away of what its attempts did.
  if (of.status === 'waived') return leftEarlier(state, step);
  const failure = of.status === 'failed' || of.status === 'blocked' ? of.failure.code : undefined;
  return attemptLeft(step, {status: of.status, failure}) || leftEarlier(state, step);
};

/** False when every change that was begun, but for the last attempt at the step `except`, is known to have left nothing behind. */
export const isApplied = (runbook: RunbookDefinition, state: RunState, except?: StepId): boolean =>
  state.opened !== undefined &&
  stepsOf(runbook, state.opened.environment).some((step) =>
    step.id === except ? leftEarlier(state, step) : leftSomething(state, step),
  );

/** What the run had done to the target before a step failed: a change that stays, or one from which a way back was taken. */
export type Earlier = 'nothing' | 'change' | 'way-back';

export const earlierThan = (runbook: RunbookDefinition, state: RunState, step?: StepId): Earlier => {
  if (waysBackTaken(runbook, state).length > 0) return 'way-back';
  return isApplied(runbook, state, step) ? 'change' : 'nothing';
};

/** Every way back that was carried out, whichever was begun last. */
export const waysBackTaken = (runbook: RunbookDefinition, state: RunState): readonly RollbackOption[] =>
  runbook.rollback.filter(({id}) => stepState(state, rollbackStepId(id)).status === 'succeeded');

/** The way back that was begun last was carried out; what follows it may still be open. */
export const hasGoneBack = (state: RunState): boolean =>
  state.rollback !== undefined && stepState(state, rollbackStepId(state.rollback.option)).status === 'succeeded';

/** Why an option cannot be carried out at all, as far as the journal knows. */
export const impossibility = (state: RunState, option: RollbackOption): AdviceReason | undefined => {
  switch (option.kind) {
    case 'restore-objects':
    case 'revert': {
      const snapshot = factsOf(state, 'snapshot')[0];
      if (snapshot === undefined) return 'snapshot-missing';
      return snapshot.facts.missing.length > 0 && option.kind === 'restore-objects' ? 'objects-missing' : undefined;
    }
    case 'downgrade':
      // What it was before must be known, or nobody could say what the downgrade has left.
      return factsOf(state, 'snapshot').length === 0 ? 'snapshot-missing' : undefined;
    case 'drop-object':
      return undefined;
    case 'restore-backup': {
      const backup = chosenBackup(state);
      if (backup === undefined) return 'backup-missing';
      // What the restore has left is compared with it: without one nobody could say that it went well.
      return unfit(backup) ?? (factsOf(state, 'snapshot').length === 0 ? 'snapshot-missing' : undefined);
    }
  }
};

const rank: Record<Advice, number> = {
  recommended: 0,
  possible: 1,
  'not-advised': 2,
  emergency: 3,
  'last-resort': 4,
  impossible: 5,
};

/** Among equals, the narrower and more exact way comes first. */
const kindRank: Record<OptionKind, number> = {
  'restore-objects': 0,
  revert: 1,
  downgrade: 2,
  'drop-object': 3,
  'restore-backup': 4,
};

/** Whether the rehearsal on a copy has seen that no declared object is there after this way back. */
export const leavesNothing = (state: RunState, option: RollbackOption): boolean =>
  factsOf(state, 'rehearse')
    .at(-1)
    ?.facts.parts.some(({step, leaves}) => step === rollbackStepId(option.id) && leaves === 'nothing') ?? false;

/** It worked on the copy, and what it left there was not what had been captured. */
const differsOnCopy = (state: RunState, step: StepId): boolean =>
  factsOf(state, 'rehearse')
    .at(-1)
    ?.facts.parts.some((of) => of.step === step && of.verdict === 'amber' && of.digestEqual === false && !of.leaves) ??
  false;

type Judged = Omit<RankedOption, 'prediction'>;

/** Rows that the restored objects hold themselves are computed anew, from what the tables hold then. */
const refills = (state: RunState, {refilled}: RollbackFacts): boolean =>
  (refilled ?? factsOf(state, 'snapshot')[0]?.facts.refilled ?? []).length > 0;

/** What is said of a restore: what is known to be lost, by what it is known, and what is not known. */
const restored = (
  state: RunState,
  option: RollbackOption,
  {tables, writes = {known: 'unknown'}, made}: RollbackFacts,
): Judged => {
  const loss = lossOf(tables, writes);
  const backup = chosenBackup(state);
  const loses = loss.some(({rows, deleted, by}) => rows > 0 || deleted.atLeast > 0 || by === 'rewritten');
  const known: Readonly<Record<WritesSince['known'], readonly AdviceReason[]>> = {
    none: ['loses-nothing-now'],
    counted: loses ? ['loses-rows', 'counted-by-server'] : ['no-writes-counted'],
    unknown: [...(loses ? (['loses-rows'] as const) : []), 'loss-unknown'],
  };
  const isBlocked = made !== undefined && made.blocks.length > 0;
  return {
    option,
    advice: isBlocked ? 'impossible' : 'last-resort',
    reasons: [
      ...(isBlocked ? (['made-since-in-the-way'] as const) : []),
      ...known[writes.known],
      ...(made !== undefined && made.stays.length > 0 ? (['made-since-stays'] as const) : []),
    ],
    loss,
    claim: isBlocked ? 'impossible' : writes.known === 'none' ? 'none' : 'not-looked-at',
    ...(made === undefined ? {} : {made}),
    ...(backup === undefined ? {} : {backupTakenAt: backup.takenAt}),
  };
};

/** What an option is worth by its kind and by what the target says, before anybody asks how it went on the copy. */
const judged = (state: RunState, option: RollbackOption, facts: RollbackFacts): Judged => {
  const because = impossibility(state, option);
  if (because !== undefined) return {option, advice: 'impossible', reasons: [because], loss: [], claim: 'impossible'};
  const script = {option, loss: [], claim: 'not-looked-at'} as const;
  switch (option.kind) {
    case 'restore-objects': {
      const claim = refills(state, facts) ? 'refilled' : 'none';
      const exact = claim === 'none' ? 'exact-and-lossless' : 'exact-and-refilled';
      return facts.newDependants.length > 0
        ? {option, advice: 'possible', reasons: ['new-dependants'], loss: [], claim}
        : {option, advice: 'recommended', reasons: [exact], loss: [], claim};
    }
    case 'revert':
      return {...script, advice: 'possible', reasons: ['same-end-state-by-script']};
    case 'downgrade': {
      // Only the copy can tell: what a downgrade does is in a Python file.
      const isKnown = predictionOf(state, rollbackStepId(option.id)).status === 'rehearsed';
      if (leavesNothing(state, option)) return {...script, advice: 'not-advised', reasons: ['leaves-nothing']};
      return isKnown
        ? {...script, advice: 'possible', reasons: ['same-end-state-by-script']}
        : {...script, advice: 'not-advised', reasons: []};
    }
    case 'drop-object': {
      const claim = refills(state, facts) ? 'not-looked-at' : 'none';
      return facts.dependants.length > 0
        ? {option, advice: 'impossible', reasons: ['dependants-in-the-way', 'leaves-nothing'], loss: [], claim}
        : {option, advice: 'emergency', reasons: ['leaves-nothing'], loss: [], claim};
    }
    case 'restore-backup':
      return restored(state, option, facts);
  }
};

const rehearsal: Record<Prediction['status'], AdviceReason> = {
  rehearsed: 'rehearsed',
  failed: 'rehearsal-failed',
  'not-rehearsed': 'not-rehearsed',
};

/** One step down; what is only for an emergency is that already. */
const lower: Record<Advice, Advice> = {
  recommended: 'possible',
  possible: 'not-advised',
  'not-advised': 'not-advised',
  emergency: 'emergency',
  'last-resort': 'last-resort',
  impossible: 'impossible',
};

/** The copy and the clock have their say: a way that failed there is not advised, and one that takes too long stands lower. */
const weighed = (runbook: RunbookDefinition, state: RunState, of: Judged, facts: RollbackFacts): RankedOption => {
  const step = rollbackStepId(of.option.id);
  const prediction = predictionOf(state, step);
  if (of.advice === 'impossible') return {...of, prediction};
  const hasFailedHere = stepState(state, step).status === 'failed';
  const isTooLong =
    prediction.status === 'rehearsed' && facts.windowLeftMs !== undefined && prediction.durationMs > facts.windowLeftMs;
  const applied = isApplied(runbook, state);
  const isDifferent = differsOnCopy(state, step);
  const demotions = [hasFailedHere, isTooLong, isDifferent].filter(Boolean).length;
  const lowered = demotions === 0 ? of.advice : demotions === 1 ? lower[of.advice] : lower[lower[of.advice]];
  return {
    ...of,
    advice: prediction.status === 'failed' || !applied ? 'not-advised' : lowered,
    reasons: [
      ...(applied ? [] : (['nothing-applied'] as const)),
      ...of.reasons,
      // A runbook without a rehearsal on a copy has nothing to say about one.
      ...(prediction.status === 'not-rehearsed' && !rehearses(runbook, state) ? [] : [rehearsal[prediction.status]]),
      ...(isDifferent ? (['differs-on-copy'] as const) : []),
      ...(isTooLong ? (['longer-than-window'] as const) : []),
      ...(hasFailedHere ? (['already-tried'] as const) : []),
    ],
    prediction,
  };
};

const rehearses = (runbook: RunbookDefinition, {opened}: RunState): boolean =>
  opened !== undefined && stepsOf(runbook, opened.environment).some(({kind}) => kind === 'rehearse');

const doubts: readonly AdviceReason[] = ['already-tried', 'longer-than-window', 'differs-on-copy'];

/** Where the exact way is not the one, the best of the others is, provided that it loses nothing and went well on the copy. */
const withRecommendation = (plan: readonly RankedOption[], {newDependants}: RollbackFacts): readonly RankedOption[] => {
  // What somebody has built on the new object since was in no rehearsal.
  if (newDependants.length > 0 || plan.some(({advice}) => advice === 'recommended')) return plan;
  const best = plan.find(
    ({advice, reasons, prediction}) =>
      advice === 'possible' && prediction.status === 'rehearsed' && !reasons.some((reason) => doubts.includes(reason)),
  );
  return plan.map((of): RankedOption => (of === best ? {...of, advice: 'recommended'} : of)).toSorted(byRank);
};

/** A way that is not advised keeps its place among its kind: a failed restore of everything is still the last one. */
const place = ({option, advice}: RankedOption): number => {
  if (advice !== 'not-advised') return rank[advice];
  return option.kind === 'restore-backup' ? rank['last-resort'] : option.kind === 'drop-object' ? rank.emergency : 2;
};

const byRank = (a: RankedOption, b: RankedOption): number =>
  place(a) - place(b) || kindRank[a.option.kind] - kindRank[b.option.kind];

/** Every way back, best first. The order is total: equal options keep the order of the runbook. */
export const rollbackPlan = (
  runbook: RunbookDefinition,
  state: RunState,
  facts: RollbackFacts,
): readonly RankedOption[] =>
  withRecommendation(
    runbook.rollback.map((option) => weighed(runbook, state, judged(state, option, facts), facts)).toSorted(byRank),
    facts,
  );
