// Who approved a step, whether that counts, and what an approval may never be: one's own, one person's twice, or expired.

import type {ApprovalDecision, Head} from './approval-statement.ts';
import type {ApprovalStep, RunbookDefinition, StepDefinition} from './definition.ts';
import type {Identity, Instant, Sha256, StepId} from './ids.ts';
import {stepsOf} from './outline.ts';
import {stepState, type RunState} from './state.ts';

/** Whose list of signers has the key: the plan's, one that the operator gave (kept in the evidence), or nobody's. */
export type SignerList = 'plan' | 'operator' | 'none';

export type ApprovalProof =
  /** A name that somebody typed: nothing shows that it was that person. */
  | Readonly<{how: 'attested'}>
  | Readonly<{
      how: 'signed';
      /** `SHA256:…`, as ssh-keygen prints it. */
      key: string;
      /** As the list names the key's holder; absent when no list has it. */
      principals?: readonly string[];
      list: SignerList;
      listSha256?: Sha256;
      /** The signature, sealed as a file. */
      path: string;
      sha256: Sha256;
    }>;

/** One decision of one person, as the journal has it. */
export type RecordedApproval = Readonly<{
  seq: number;
  attempt: number;
  decision: ApprovalDecision;
  by: string;
  recordedBy: Identity;
  at: Instant;
  head: Head;
  expires?: Instant;
  reason?: string;
  statement: Readonly<{path: string; sha256: Sha256}>;
  proof: ApprovalProof;
}>;

const folded = (name: string): string => name.normalize('NFC').trim().toLowerCase();
const local = (name: string): string => name.split('@')[0] ?? name;

/** `Lee`, `lee` and `lee@example.org` are one person; two addresses are one person only when they are equal. */
export const samePerson = (a: string, b: string): boolean => {
  const [one, other] = [folded(a), folded(b)];
  if (one === other) return true;
  return one.includes('@') && other.includes('@') ? false : local(one) === local(other);
};

/** Every name that an approval goes by: the one that was said, and those that the list gives its key. */
export const namesOf = ({by, proof}: Pick<RecordedApproval, 'by' | 'proof'>): readonly string[] => [
  by,
  ...(proof.how === 'signed' ? (proof.principals ?? []) : []),
];

export const approvalsOf = (state: RunState, step: StepId): readonly RecordedApproval[] =>
  (state.approvals !== undefined && Object.hasOwn(state.approvals, step) ? state.approvals[step] : undefined) ?? [];

/** The attempt that an approval given now belongs to; those of earlier attempts, refused or lapsed, no longer count. */
export const approvalAttempt = (state: RunState, step: StepId): number => {
  const of = stepState(state, step);
  return of.status === 'succeeded' ? of.attempt : of.attempt + 1;
};

/** Everybody who has had the run in hand, by name. */
export const operatorsOf = (state: RunState): readonly string[] => [
  ...new Set([
    ...(state.opened === undefined ? [] : [state.opened.operator.name]),
    ...(state.operators ?? []).map(({name}) => name),
  ]),
];

export const neededApprovers = ({approvers}: ApprovalStep): number => approvers ?? 1;

/** The approvals of the attempt that stands now. */
export const standingApprovals = (state: RunState, step: StepId): readonly RecordedApproval[] => {
  const attempt = approvalAttempt(state, step);
  return approvalsOf(state, step).filter((of) => of.attempt === attempt && of.decision === 'approved');
};

const keyOf = ({proof}: RecordedApproval): string | undefined => (proof.how === 'signed' ? proof.key : undefined);

/** By the key where both have one, else by a name in common. Each step asks for different persons by itself only. */
const isSamePerson = (a: RecordedApproval, b: RecordedApproval): boolean =>
  (keyOf(a) !== undefined && keyOf(a) === keyOf(b)) ||
  namesOf(a).some((one) => namesOf(b).some((other) => samePerson(one, other)));

/** Other steps whose standing approvals are this person's as well. */
export const alsoApproved = (state: RunState, step: StepId, approval: RecordedApproval): readonly StepId[] =>
  Object.keys(state.approvals ?? {}).filter(
    (other) => other !== step && standingApprovals(state, other).some((of) => isSamePerson(of, approval)),
  );

export type Lapse = Readonly<{because: 'expired'; at: Instant} | {because: 'operates'; person: string}>;

/** Why an approval that was given does not count now. Whoever approved and then took the run in hand is its operator. */
export const lapseOf = (
  step: ApprovalStep,
  approval: RecordedApproval,
  operators: readonly string[],
  now: Instant,
): Lapse | undefined => {
  if (approval.expires !== undefined && approval.expires <= now) return {because: 'expired', at: approval.expires};
  const names = namesOf(approval);
  const own = operators.find((operator) => names.some((name) => samePerson(name, operator)));
  return step.self === 'allowed' || own === undefined ? undefined : {because: 'operates', person: approval.by};
};

/** Enough people have approved in this attempt; asked when one of them is written down, whatever the clock says. */
export const isApproved = (state: RunState, step: ApprovalStep): boolean =>
  standingApprovals(state, step.id).length >= neededApprovers(step);

const before = (runbook: RunbookDefinition, state: RunState, step: StepId): readonly StepDefinition[] => {
  if (state.opened === undefined) return [];
  const steps = stepsOf(runbook, state.opened.environment);
  const at = steps.findIndex(({id}) => id === step);
  return at < 0 ? [] : steps.slice(0, at);
};

/** The first approval before a step that was given and no longer counts. */
export const lapsedApproval = (
  runbook: RunbookDefinition,
  state: RunState,
  step: StepId,
  operator: string,
  now: Instant,
): Readonly<{step: ApprovalStep; attempt: number; lapse: Lapse}> | undefined => {
  const operators = [...operatorsOf(state), operator];
  for (const of of before(runbook, state, step)) {
    const at = stepState(state, of.id);
    if (of.kind !== 'approval' || at.status !== 'succeeded') continue;
    const lapses = standingApprovals(state, of.id).map((approval) => lapseOf(of, approval, operators, now));
    const lapse = lapses.find((one) => one !== undefined);
    const counted = lapses.filter((one) => one === undefined).length;
    if (lapse !== undefined && counted < neededApprovers(of)) return {step: of, attempt: at.attempt, lapse};
  }
  return undefined;
};
