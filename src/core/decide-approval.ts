// Whether an approver's word is taken: who says it, over what, and with which key. The rules that keep one person from
// being two, and yesterday's yes from being today's.

import {
  approvalAttempt,
  approvalsOf,
  namesOf,
  operatorsOf,
  samePerson,
  standingApprovals,
  type ApprovalProof,
  type SignerList,
} from './approval.ts';
import {statementProblem, type History, type StatementProblem} from './approval-standing.ts';
import {parseStatement, type Statement} from './approval-statement.ts';
import type {ApprovalStep, RunbookDefinition} from './definition.ts';
import type {RunEvent} from './event.ts';
import type {Identity, Instant, Sha256} from './ids.ts';
import type {RunState} from './state.ts';
import type {SignatureProblem} from './trouble.ts';

/** What was found out about a signature, by ssh-keygen. */
export type SignatureCheck =
  /** Over this text, in our namespace, by a key that the list has and that counts now. */
  | Readonly<{status: 'good'; key: string; principals: readonly string[]}>
  /** The list has the key, and says that it does not count: not now, not for this, or not any more. */
  | Readonly<{status: 'not-valid'; key: string; principals: readonly string[]; detail: string}>
  | Readonly<{status: 'not-listed'; key: string}>
  /** No list was there to ask. */
  | Readonly<{status: 'no-list'; key: string}>
  /** Over another text, in another namespace, or no signature at all. */
  | Readonly<{status: 'bad'; detail: string}>;

/** What lies on the table: a statement, perhaps signed, and what was found out about it. */
export type Presented = Readonly<{
  text: string;
  statement: Readonly<{path: string; sha256: Sha256}>;
  signature?: Readonly<{check: SignatureCheck; path: string; sha256: Sha256}>;
  list: SignerList;
  listSha256?: Sha256;
  /** Keys that lie in the operator's own home, as fingerprints, where the operator is at the keyboard. */
  ownKeys: readonly string[];
}>;

export type ApprovalProblem =
  | StatementProblem
  /** It is no text of ours. */
  | Readonly<{why: 'not-a-statement'}>
  /** No statement that was written for this step is what the signature is over. */
  | Readonly<{why: 'signature-bad'; detail: string}>
  | Readonly<{why: 'no-statement'}>
  | Readonly<{why: 'name-malformed'}>
  /** The operator of the run, who may not approve it himself. */
  | Readonly<{why: 'own-approval'; person: string; operator: string}>
  | Readonly<{why: 'own-key'; key: string}>
  | Readonly<{why: 'same-person'; person: string; seq: number}>
  | Readonly<{why: 'same-key'; key: string; seq: number}>
  | Readonly<{why: 'replayed'; seq: number}>
  | Readonly<{why: 'expired'; at: Instant}>
  | Readonly<{why: 'not-yet'; at: Instant}>
  | Readonly<{why: 'not-signed'}>
  | Readonly<{why: 'no-list'}>
  | Readonly<{why: 'not-listed'; key: string}>
  | Readonly<{why: 'key-not-valid'; key: string; principals: readonly string[]; detail: string}>
  /** The list gives the key to somebody else than the statement names. */
  | Readonly<{why: 'other-person'; said: string; principals: readonly string[]}>
  | Readonly<{why: 'unreadable'; path: string; message: string}>
  | Readonly<{why: 'not-written'; path: string; message: string}>
  | Readonly<{why: 'not-made'; problem: SignatureProblem}>;

/** No controls, nothing hidden, no line breaks; long enough for an address. */
export const isPersonName = (name: string): boolean =>
  name.trim() !== '' && name.length <= 100 && !/[\p{C}\p{Zl}\p{Zp}]/u.test(name);

const proofOf = ({signature, list, listSha256}: Presented): ApprovalProof => {
  if (signature === undefined) return {how: 'attested'};
  const {check, path, sha256} = signature;
  if (check.status === 'bad') throw new Error('a signature that is none was taken for a proof');
  const isListed = check.status === 'good';
  return {
    how: 'signed',
    key: check.key,
    ...(isListed ? {principals: check.principals} : {}),
    list: isListed ? list : 'none',
    ...(isListed && listSha256 !== undefined ? {listSha256} : {}),
    path,
    sha256,
  };
};

/** A refusal is taken from anybody and without a key: no is the safe answer. A yes wants all that the step demands. */
const keyProblem = (step: ApprovalStep, statement: Statement, presented: Presented): ApprovalProblem | undefined => {
  const {signature, list, ownKeys} = presented;
  const isYes = statement.decision === 'approved';
  if (signature === undefined) return isYes && step.signature === 'required' ? {why: 'not-signed'} : undefined;
  const {check} = signature;
  if (check.status === 'bad') return {why: 'signature-bad', detail: check.detail};
  const {key} = check;
  if (check.status === 'not-valid')
    return {why: 'key-not-valid', key, principals: check.principals, detail: check.detail};
  if (check.status === 'not-listed') return {why: 'not-listed', key};
  if (check.status === 'good' && !check.principals.some((of) => samePerson(of, statement.approver)))
    return {why: 'other-person', said: statement.approver, principals: check.principals};
  if (!isYes) return undefined;
  if (step.self !== 'allowed' && ownKeys.includes(key)) return {why: 'own-key', key};
  return step.signature === 'required' && (check.status === 'no-list' || list === 'none')
    ? {why: 'no-list'}
    : undefined;
};

const personProblem = (
  step: ApprovalStep,
  state: RunState,
  statement: Statement,
  presented: Presented,
): ApprovalProblem | undefined => {
  if (!isPersonName(statement.approver)) return {why: 'name-malformed'};
  const proof = proofOf(presented);
  const names = namesOf({by: statement.approver, proof});
  if (statement.decision === 'refused') return undefined;
  const operator = operatorsOf(state).find((of) => names.some((name) => samePerson(name, of)));
  if (step.self !== 'allowed' && operator !== undefined)
    return {why: 'own-approval', person: statement.approver, operator};
  for (const given of standingApprovals(state, step.id)) {
    if (proof.how === 'signed' && given.proof.how === 'signed' && proof.key === given.proof.key)
      return {why: 'same-key', key: proof.key, seq: given.seq};
    if (namesOf(given).some((other) => names.some((name) => samePerson(name, other))))
      return {why: 'same-person', person: statement.approver, seq: given.seq};
  }
  return undefined;
};

export type Taken = Readonly<{ok: true; events: readonly RunEvent[]}> | Readonly<{ok: false; problem: ApprovalProblem}>;

export type Taking = Readonly<{
  runbook: RunbookDefinition;
  state: RunState;
  history: History;
  step: ApprovalStep;
  by: Identity;
  now: Instant;
}>;

/** The event that an approver's word becomes, or why it is not taken. */
export const takeApproval = ({runbook, state, history, step, by, now}: Taking, presented: Presented): Taken => {
  const no = (problem: ApprovalProblem): Taken => ({ok: false, problem});
  const statement = parseStatement(presented.text);
  if (statement === undefined) return no({why: 'not-a-statement'});
  if (presented.signature?.check.status === 'bad')
    return no({why: 'signature-bad', detail: presented.signature.check.detail});
  // Before anything else is asked of it: whoever sends the same text again learns that, and not that its head has moved.
  const replayed = approvalsOf(state, step.id).find((of) => of.statement.sha256 === presented.statement.sha256);
  if (replayed !== undefined) return no({why: 'replayed', seq: replayed.seq});
  const said = statementProblem(runbook, history, statement, step);
  if (said !== undefined) return no(said);
  if (statement.at > now) return no({why: 'not-yet', at: statement.at});
  if (statement.expires !== undefined && statement.expires <= now) return no({why: 'expired', at: statement.expires});
  const problem = keyProblem(step, statement, presented) ?? personProblem(step, state, statement, presented);
  if (problem !== undefined) return no(problem);
  const {decision, approver, head, plan, expires, reason} = statement;
  return {
    ok: true,
    events: [
      {
        type: decision === 'approved' ? 'ApprovalGranted' : 'ApprovalRefused',
        step: step.id,
        attempt: approvalAttempt(state, step.id),
        by: approver,
        recordedBy: by,
        plan,
        head,
        ...(expires === undefined ? {} : {expires}),
        ...(reason === undefined ? {} : {reason}),
        statement: presented.statement,
        proof: proofOf(presented),
      },
    ],
  };
};
