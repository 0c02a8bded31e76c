// Does a statement say what stands? Asked when it is given, and again by whoever verifies the evidence later.

import {approvalAttempt, operatorsOf, samePerson} from './approval.ts';
import {statementText, type ApprovalDecision, type Head, type Statement} from './approval-statement.ts';
import type {ApprovalStep, RunbookDefinition} from './definition.ts';
import type {Recorded} from './event.ts';
import type {Instant, Sha256, StepId} from './ids.ts';
import {stepsOf} from './outline.ts';
import {fold} from './reduce.ts';
import type {RunState} from './state.ts';

/** A journal, and the SHA-256 of its last line. */
export type History = Readonly<{events: readonly Recorded[]; head: Sha256}>;

export type StatementProblem =
  | Readonly<{
      why: 'other';
      what: 'run' | 'runbook' | 'environment' | 'database' | 'system-identifier' | 'plan' | 'step' | 'attempt';
      said: string;
      is: string;
    }>
  /** The journal has another record there: somebody has rewritten it, or it is another journal. */
  | Readonly<{why: 'head-differs'; seq: number}>
  /** Something has happened since: `after` is the first record that matters. */
  | Readonly<{why: 'head-moved'; seq: number; after: Readonly<{seq: number; type: string}>}>
  /** Everything that identifies it is right, and some other word is not what the tool wrote. */
  | Readonly<{why: 'not-as-written'}>;

/** The SHA-256 of a record's line: the next record names it. */
const hashAt = ({events, head}: History, seq: number): Sha256 | undefined =>
  seq === events.length ? head : events[seq]?.prev;

export const headOf = ({events, head}: History): Head => ({seq: events.length, sha256: head});

const stepsThat = (runbook: RunbookDefinition, state: RunState, is: (of: RunState['steps'][string]) => boolean) =>
  state.opened === undefined
    ? []
    : stepsOf(runbook, state.opened.environment)
        .map(({id}) => id)
        .filter((id) => Object.hasOwn(state.steps, id) && is(state.steps[id] as RunState['steps'][string]));

export type Said = Readonly<{decision: ApprovalDecision; approver: string; at: Instant; reason?: string}>;

/** What an approver would sign on a state; `head` is the record that the state was folded up to. */
export const statementFor = (
  runbook: RunbookDefinition,
  state: RunState,
  step: ApprovalStep,
  head: Head,
  said: Said,
): Statement => {
  const {opened} = state;
  if (opened === undefined) throw new Error('a statement about a run that was never opened');
  const operators = [opened.operator, ...(state.operators ?? [])].map(({name, host}) => `${name}@${host}`);
  const {validForMs} = step;
  return {
    decision: said.decision,
    approver: said.approver,
    approves: step.statement,
    run: opened.run,
    runbook: opened.runbook,
    environment: opened.environment,
    step: step.id,
    attempt: approvalAttempt(state, step.id),
    database: opened.target.database,
    systemIdentifier: opened.target.systemIdentifier,
    plan: opened.plan,
    head,
    amber: stepsThat(runbook, state, (of) => of.status === 'succeeded' && of.verdict === 'amber'),
    waived: stepsThat(runbook, state, (of) => of.status === 'waived'),
    operator: operators.join(', '),
    at: said.at,
    ...(validForMs === undefined ? {} : {expires: new Date(Date.parse(said.at) + validForMs).toISOString()}),
    ...(said.reason === undefined ? {} : {reason: said.reason}),
  };
};

/** Records that change nothing of what is approved: another approver's yes, a pause, a file that was sealed. */
const isHarmless = (event: Recorded, step: StepId, known: RunState): boolean => {
  switch (event.type) {
    case 'ArtifactSealed':
    case 'EvidenceAttached':
      return true;
    case 'ApprovalGranted':
      return event.step === step;
    case 'RunResumed':
      return event.historyChanged !== true && operatorsOf(known).some((name) => samePerson(name, event.operator.name));
    case 'SleepNoticed':
      return event.lockLostTo === undefined;
    case 'StepProbedAgain':
      return event.holds === true;
    default:
      return false;
  }
};

/** Undefined when the statement says what stood at its head, and nothing that matters has happened since. */
export const statementProblem = (
  runbook: RunbookDefinition,
  history: History,
  statement: Statement,
  step: ApprovalStep,
): StatementProblem | undefined => {
  const {events} = history;
  const now = fold(events);
  const {opened} = now;
  if (opened === undefined) return {why: 'head-differs', seq: statement.head.seq};
  const {target} = opened;
  const compared: readonly (readonly [Extract<StatementProblem, {why: 'other'}>['what'], string, string])[] = [
    ['run', statement.run, opened.run],
    ['runbook', statement.runbook, opened.runbook],
    ['environment', statement.environment, opened.environment],
    ['system-identifier', statement.systemIdentifier, target.systemIdentifier],
    ['database', statement.database, target.database],
    ['plan', statement.plan, opened.plan],
    ['step', statement.step, step.id],
    ['attempt', `${statement.attempt}`, `${approvalAttempt(now, step.id)}`],
  ];
  const other = compared.find(([, said, is]) => said !== is);
  if (other !== undefined) return {why: 'other', what: other[0], said: other[1], is: other[2]};
  const {head} = statement;
  if (head.seq < 1 || hashAt(history, head.seq) !== head.sha256) return {why: 'head-differs', seq: head.seq};
  const then = fold(events.slice(0, head.seq));
  const after = events.slice(head.seq).find((event) => !isHarmless(event, step.id, then));
  if (after !== undefined) return {why: 'head-moved', seq: head.seq, after: {seq: after.seq, type: after.type}};
  const {decision, approver, at, reason} = statement;
  const said = {decision, approver, at, ...(reason === undefined ? {} : {reason})};
  const expected = statementText(statementFor(runbook, then, step, head, said));
  return statementText(statement) === expected ? undefined : {why: 'not-as-written'};
};
