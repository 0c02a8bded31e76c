// Do the approvals of a bundle say what the journal around them says, and did nothing happen without one that wanted one?
// Each is decided on once more, from the journal before it and the signed text, and has to come out as it was recorded: a
// history that was written anew, with a chain and lists of its own, gives other words than those that were signed.

import {isApproved, lapsedApproval, type ApprovalProof} from '../core/approval.ts';
import type {ApprovalEvidence, ApprovalFault} from '../core/approval-evidence.ts';
import {isDangerous} from '../core/decide.ts';
import {takeApproval, type Presented, type SignatureCheck} from '../core/decide-approval.ts';
import type {ApprovalStep, RunbookDefinition} from '../core/definition.ts';
import type {Recorded} from '../core/event.ts';
import type {Instant, StepId} from '../core/ids.ts';
import {stepsOf} from '../core/outline.ts';
import {emptyState, stepState, type RunState} from '../core/state.ts';
import {reduce} from '../core/reduce.ts';
import {sha256Of} from './hashing.ts';

export type ApprovalMaterial = Readonly<{
  runbook: RunbookDefinition;
  events: readonly Recorded[];
  /** A file of the run, by its path there. */
  file: (path: string) => Uint8Array | undefined;
  /** Asks ssh-keygen, as of an instant; undefined where there is none. */
  check: (
    text: Uint8Array,
    signature: Uint8Array,
    signers: Uint8Array | undefined,
    at: Instant,
  ) => Promise<SignatureCheck | undefined>;
}>;

export type CheckedApprovals =
  | Readonly<{ok: true; approvals: readonly ApprovalEvidence[]}>
  | Readonly<{ok: false; fault: ApprovalFault}>;

type Decided = Extract<Recorded, {type: 'ApprovalGranted'} | {type: 'ApprovalRefused'}>;

/** Keys sorted: two records are the same when they say the same. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

const signersFor = (
  {file}: ApprovalMaterial,
  {signers}: ApprovalStep,
  proof: ApprovalProof,
): Uint8Array | undefined => {
  if (signers !== undefined) return file(`plan/signers/${signers}`);
  return proof.how === 'signed' && proof.list === 'operator' && proof.listSha256 !== undefined
    ? file(`artifacts/approvals/signers.${proof.listSha256.slice(0, 12)}`)
    : undefined;
};

type Judged = Readonly<{because?: Extract<ApprovalFault, {code: 'approval-broken'}>['because']; checked: boolean}>;

/** What the record is built from, as it lies in the bundle; the keys of the operator's home are not there to be asked. */
const judge = async (
  material: ApprovalMaterial,
  state: RunState,
  before: readonly Recorded[],
  event: Decided,
): Promise<Judged> => {
  const {runbook, file, check} = material;
  const step = runbook.steps.find(({id}) => id === event.step);
  if (step?.kind !== 'approval') return {because: 'other', checked: true};
  const text = file(event.statement.path);
  if (text === undefined || sha256Of(text) !== event.statement.sha256)
    return {because: 'statement-missing', checked: true};
  const {proof} = event;
  const list = signersFor(material, step, proof);
  let signature: Presented['signature'];
  let checked = true;
  if (proof.how === 'signed') {
    const bytes = file(proof.path);
    if (bytes === undefined || sha256Of(bytes) !== proof.sha256) return {because: 'signature-missing', checked: true};
    const found = await check(text, bytes, list, event.at);
    checked = found !== undefined;
    // Without ssh-keygen what was recorded is all there is, and the result says so.
    const said: SignatureCheck =
      proof.principals === undefined
        ? {status: 'no-list', key: proof.key}
        : {status: 'good', key: proof.key, principals: proof.principals};
    signature = {check: found ?? said, path: proof.path, sha256: proof.sha256};
  }
  const presented: Presented = {
    text: new TextDecoder('utf-8', {ignoreBOM: true}).decode(text),
    statement: event.statement,
    ...(signature === undefined ? {} : {signature}),
    list: step.signers === undefined ? (list === undefined ? 'none' : 'operator') : 'plan',
    ...(list === undefined ? {} : {listSha256: sha256Of(list)}),
    ownKeys: [],
  };
  const history = {events: before, head: event.prev};
  const taken = takeApproval({runbook, state, history, step, by: event.recordedBy, now: event.at}, presented);
  if (!taken.ok) return {because: taken.problem.why, checked};
  const {v: _, seq: __, at: ___, prev: ____, ...recorded} = event;
  return canonical(taken.events[0]) === canonical(recorded) ? {checked} : {because: 'recorded-otherwise', checked};
};

/** A record is written a moment after it was decided: a minute is more than any disk takes. */
const MOMENT_MS = 60_000;

/** The approval that the plan wants before this record and that is not there. */
const missingBefore = (runbook: RunbookDefinition, state: RunState, event: Recorded): StepId | undefined => {
  if (state.opened === undefined || state.rollback !== undefined || !('step' in event)) return undefined;
  if (!['StepStarted', 'StepSucceeded', 'StepWaived', 'ItemChecked'].includes(event.type)) return undefined;
  const steps = stepsOf(runbook, state.opened.environment);
  const at = steps.findIndex(({id}) => id === event.step);
  const step = steps[at];
  if (step === undefined) return undefined;
  const isOpen = (of: (typeof steps)[number]): boolean => {
    const {status} = stepState(state, of.id);
    return of.kind === 'approval' && status !== 'succeeded' && !(status === 'waived' && of.optional === true);
  };
  const open = steps.slice(0, at).find(isOpen);
  if (open !== undefined) return open.id;
  if (step.kind === 'approval') {
    if (event.type === 'StepWaived') return step.optional === true ? undefined : step.id;
    return event.type === 'StepSucceeded' && !isApproved(state, step) ? step.id : undefined;
  }
  if (event.type !== 'StepStarted' || !isDangerous(step)) return undefined;
  const then = new Date(Date.parse(event.at) - MOMENT_MS).toISOString();
  return lapsedApproval(runbook, state, step.id, event.by.name, then)?.step.id;
};

export const checkApprovals = async (material: ApprovalMaterial): Promise<CheckedApprovals> => {
  const {runbook, events} = material;
  const approvals: ApprovalEvidence[] = [];
  let state = emptyState;
  for (const [index, event] of events.entries()) {
    const record = index + 1;
    const missing = missingBefore(runbook, state, event);
    if (missing !== undefined) return {ok: false, fault: {code: 'approval-missing', record, step: missing}};
    if (event.type === 'ApprovalGranted' || event.type === 'ApprovalRefused') {
      const {because, checked} = await judge(material, state, events.slice(0, index), event);
      const {step, by, at, head, proof} = event;
      if (because !== undefined) return {ok: false, fault: {code: 'approval-broken', record, step, by, because}};
      const decision = event.type === 'ApprovalGranted' ? 'approved' : 'refused';
      approvals.push({record, step, decision, by, at, head, proof, checked});
    }
    // Artifacts are gathered in arrays that are copied each time, and nobody here asks for them.
    state = event.type === 'ArtifactSealed' ? {...state, seq: event.seq, at: event.at} : reduce(state, event);
  }
  const {opened, closed} = state;
  const steps = opened === undefined || closed?.outcome !== 'completed' ? [] : stepsOf(runbook, opened.environment);
  const never = steps.find(
    ({id, kind}) => kind === 'approval' && !['succeeded', 'waived'].includes(stepState(state, id).status),
  );
  return never === undefined
    ? {ok: true, approvals}
    : {ok: false, fault: {code: 'approval-missing', record: events.length, step: never.id}};
};
