// How an approver's word gets into the journal: what lies on the table is looked at, decided on, sealed, then written down.

import {approvalAttempt, operatorsOf} from '../core/approval.ts';
import type {Approvals, Signers} from '../core/approval-port.ts';
import {headOf, statementFor} from '../core/approval-standing.ts';
import {oneLine, statementText} from '../core/approval-statement.ts';
import type {Command, Refusal} from '../core/command.ts';
import {approvalAsked, decide, type Asking, type Decision} from '../core/decide.ts';
import {isPersonName, type ApprovalProblem, type Presented, type SignatureCheck} from '../core/decide-approval.ts';
import type {ApprovalStep, RunbookDefinition} from '../core/definition.ts';
import type {RunEvent} from '../core/event.ts';
import type {StepId} from '../core/ids.ts';
import type {RunState} from '../core/state.ts';

export type ApprovalCommand = Extract<Command, {type: 'GiveApproval'} | {type: 'ImportApproval'}>;

export type Approving = Readonly<{
  runbook: RunbookDefinition;
  state: RunState;
  approvals: Approvals;
  asking: Asking;
  redact: (text: string) => string;
}>;

export type Approved = Readonly<{ok: true; events: readonly RunEvent[]}> | Readonly<{ok: false; refusal: Refusal}>;

/** What an import is made of when it is no file of this machine's that a person named, but was handed over. */
export type Handed = Readonly<{text: string; signature: Uint8Array}>;

/** Who is asked to sign what, as a text that can be carried to another machine. */
export type StatementOrder = Readonly<{
  step: StepId;
  decision: 'approved' | 'refused';
  approver: string;
  reason?: string;
}>;

export type WrittenStatement =
  /** `place` is where the file lies on this machine. */
  Readonly<{ok: true; place: string; text: string}> | Readonly<{ok: false; refusal: Refusal}>;

type Drawn = Readonly<{ok: true; text: string}> | Readonly<{ok: false; problem: ApprovalProblem}>;

/** The text over what stands on disk now. Redacted before it is signed: afterwards not a byte of it may change. */
const draw = (
  {runbook, state, approvals, asking, redact}: Approving,
  step: ApprovalStep,
  of: StatementOrder,
): Drawn => {
  if (!isPersonName(of.approver)) return {ok: false, problem: {why: 'name-malformed'}};
  const reason = oneLine(redact(of.reason ?? ''));
  const said = {
    decision: of.decision,
    approver: oneLine(of.approver),
    at: asking.now,
    ...(reason === '' ? {} : {reason}),
  };
  return {
    ok: true,
    text: statementText(statementFor(runbook, state, step, headOf(approvals.history()), said)),
  };
};

const refused = (step: StepId, problem: ApprovalProblem): Readonly<{ok: false; refusal: Refusal}> => ({
  ok: false,
  refusal: {code: 'approval-not-taken', step, problem},
});

/** The text that is to be signed elsewhere; nothing is kept of it. */
export const drawStatement = (
  of: Approving,
  order: StatementOrder,
): Readonly<{ok: true; text: string}> | Readonly<{ok: false; refusal: Refusal}> => {
  const asked = approvalAsked(of.runbook, of.state, order.step);
  if (!asked.ok) return asked;
  if (order.decision === 'refused' && (order.reason ?? '').trim() === '')
    return {ok: false, refusal: {code: 'reason-missing'}};
  const drawn = draw(of, asked.step, order);
  return drawn.ok ? drawn : refused(order.step, drawn.problem);
};

export const writeStatement = (of: Approving, order: StatementOrder): WrittenStatement => {
  const drawn = drawStatement(of, order);
  if (!drawn.ok) return drawn;
  const attempt = approvalAttempt(of.state, order.step);
  const kept = of.approvals.keepStatement(order.step, attempt, drawn.text);
  return kept.ok
    ? {ok: true, place: of.approvals.absolute(kept.artifact.path), text: drawn.text}
    : refused(order.step, {why: 'not-written', path: kept.path, message: kept.message});
};

/** A text, the signature over it, and where the text lies already, if it does. */
type Table =
  | Readonly<{ok: true; text: string; path?: string; signature?: Uint8Array; check?: SignatureCheck}>
  | Readonly<{ok: false; refusal: Refusal}>;

const unchecked = {why: 'not-made', problem: {code: 'ssh-keygen-missing'}} as const;

const givenHere = async (
  of: Approving,
  step: ApprovalStep,
  command: Extract<ApprovalCommand, {type: 'GiveApproval'}>,
): Promise<Table> => {
  if (command.decision === 'refused' && (command.reason ?? '').trim() === '')
    return {ok: false, refusal: {code: 'reason-missing'}};
  const drawn = draw(of, step, command);
  if (!drawn.ok) return refused(step.id, drawn.problem);
  const {text} = drawn;
  if (command.key === undefined) return {ok: true, text};
  const signed = await of.approvals.sign(text, command.key);
  if (!signed.ok) return refused(step.id, {why: 'not-made', problem: signed.problem});
  const check = await of.approvals.check(text, signed.signature, of.approvals.signers(step));
  return check === undefined ? refused(step.id, unchecked) : {ok: true, text, signature: signed.signature, check};
};

/** The statement that the signature is over: the one that came with it, or one of those that were written here. */
const brought = async (
  {state, approvals}: Approving,
  step: ApprovalStep,
  command: Extract<ApprovalCommand, {type: 'ImportApproval'}>,
): Promise<Table> => {
  const unreadable = ({path, message}: Readonly<{path: string; message: string}>) =>
    refused(step.id, {why: 'unreadable', path, message});
  const signature = approvals.read(command.signature);
  if (!signature.ok) return unreadable(signature);
  const given = command.statement === undefined ? undefined : approvals.read(command.statement);
  if (given?.ok === false) return unreadable(given);
  const attempt = approvalAttempt(state, step.id);
  const texts: readonly Readonly<{text: string; path?: string}>[] =
    given === undefined ? approvals.written(step.id, attempt) : [{text: new TextDecoder().decode(given.bytes)}];
  if (texts.length === 0) return refused(step.id, {why: 'no-statement'});
  let last: SignatureCheck | undefined;
  for (const of of texts) {
    const check = await approvals.check(of.text, signature.bytes, approvals.signers(step));
    if (check === undefined) return refused(step.id, unchecked);
    if (check.status !== 'bad') return {ok: true, ...of, signature: signature.bytes, check};
    last = check;
  }
  return refused(step.id, {why: 'signature-bad', detail: last?.status === 'bad' ? last.detail : ''});
};

/** Brought by nobody who could be asked for a path: text and signature are all there is. */
const handedOver = async ({approvals}: Approving, step: ApprovalStep, {text, signature}: Handed): Promise<Table> => {
  const check = await approvals.check(text, signature, approvals.signers(step));
  if (check === undefined) return refused(step.id, unchecked);
  return check.status === 'bad'
    ? refused(step.id, {why: 'signature-bad', detail: check.detail})
    : {ok: true, text, signature, check};
};

type Considered = Readonly<{
  ok: true;
  step: ApprovalStep;
  signers: Signers;
  table: Extract<Table, {ok: true}>;
  /** What becomes of it when its files lie there. */
  decideAt: (statement: string, signature: string) => Decision;
}>;

/** All that is asked before anything is written: what is not taken leaves nothing behind. */
const consider = async (
  of: Approving,
  command: ApprovalCommand,
  handed?: Handed,
): Promise<Considered | Readonly<{ok: false; refusal: Refusal}>> => {
  const {runbook, state, approvals, asking} = of;
  const asked = approvalAsked(runbook, state, command.step);
  if (!asked.ok) return asked;
  const {step} = asked;
  const table = await (command.type === 'GiveApproval'
    ? givenHere(of, step, command)
    : handed === undefined
      ? brought(of, step, command)
      : handedOver(of, step, handed));
  if (!table.ok) return table;
  const {text, signature, check} = table;
  const signers = approvals.signers(step);
  const isOwnHome = operatorsOf(state).includes(asking.by.name);
  const presentedAs = (statement: string, signedAt: string): Presented => ({
    text,
    statement: {path: statement, sha256: approvals.sha256(text)},
    ...(signature === undefined || check === undefined
      ? {}
      : {signature: {check, path: signedAt, sha256: approvals.sha256(signature)}}),
    list: signers.list,
    ...(signers.sha256 === undefined ? {} : {listSha256: signers.sha256}),
    ownKeys: isOwnHome ? approvals.ownKeys() : [],
  });
  const history = approvals.history();
  const decideAt = (statement: string, signedAt: string): Decision =>
    decide(runbook, state, command, {...asking, approval: {history, presented: presentedAs(statement, signedAt)}});
  const first = decideAt(table.path ?? '', '');
  return first.ok ? {ok: true, step, signers, table, decideAt} : {ok: false, refusal: first.refusal};
};

/**
 * An approver's word that this process may not write down, since another one has the run: checked as if it could be, and
 * handed back. Without a signature there is nothing that another process could check again.
 */
export const signedWords = async (
  of: Approving,
  command: ApprovalCommand,
): Promise<Readonly<{ok: true} & Handed> | Readonly<{ok: false; refusal: Refusal}>> => {
  const considered = await consider(of, command);
  if (!considered.ok) return considered;
  const {text, signature} = considered.table;
  return signature === undefined ? refused(command.step, {why: 'not-signed'}) : {ok: true, text, signature};
};

/**
 * Files first, then the events that seal them: a crash in between leaves files that no record names, and asks again.
 * @param handed in place of the paths of an import.
 */
export const approve = async (of: Approving, command: ApprovalCommand, handed?: Handed): Promise<Approved> => {
  const considered = await consider(of, command, handed);
  if (!considered.ok) return considered;
  const {step, signers, table, decideAt} = considered;
  const {state, approvals} = of;
  const {text, signature} = table;
  const attempt = approvalAttempt(state, step.id);
  const kept = approvals.keepStatement(step.id, attempt, text);
  if (!kept.ok) return refused(step.id, {why: 'not-written', path: kept.path, message: kept.message});
  const sig = signature === undefined ? undefined : approvals.keepSignature(kept.artifact.path, signature);
  const list = signature === undefined ? undefined : approvals.keepSigners(signers);
  const failed = [sig, list].find((one) => one?.ok === false);
  if (failed?.ok === false) return refused(step.id, {why: 'not-written', path: failed.path, message: failed.message});
  const sealed = [kept, sig, list].flatMap((one): readonly RunEvent[] =>
    one?.ok === true ? [{type: 'ArtifactSealed', step: step.id, attempt, artifact: one.artifact}] : [],
  );
  const taken = decideAt(kept.artifact.path, sig?.ok === true ? sig.artifact.path : '');
  return taken.ok ? {ok: true, events: [...sealed, ...taken.events]} : taken;
};
