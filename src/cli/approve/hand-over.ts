// How an approver's word reaches a run that another process has: signed words into its inbox, and a look at what it made of
// them. The journal is only read here; one process writes it.

import {leaveWords, type LeftWords} from '../../adapters/inbox/leave-words.ts';
import {refusedNote, type RefusedNote} from '../../adapters/inbox/refused.ts';
import {readJournal} from '../../adapters/journal-file.ts';
import type {RunDirectory} from '../../adapters/run-directory.ts';
import {isInUse} from '../../adapters/run-lock.ts';
import type {Recorded} from '../../core/event.ts';
import type {Sha256} from '../../core/ids.ts';
import {next} from '../../core/next.ts';
import {fold} from '../../core/reduce.ts';
import type {Holder} from '../../core/trouble.ts';
import {drawStatement, signedWords} from '../../engine/approvals.ts';
import type {CliContext} from '../context.ts';
import {readRun, type ReadRun} from '../read-run.ts';
import {opened, trouble, type Opening} from '../trouble.ts';
import {commandOf, isStatementOnly, orderOf, type ApproveOptions} from './options.ts';
import {prepare, writtenTo, type Done} from './prepare.ts';

/** 10 s: the session looks every second, and asks ssh-keygen three times. */
export const ANSWERED_WITHIN_MS = 10_000;
const LOOK_MS = 100;

type Left = Extract<LeftWords, {ok: true}>;

export type HandedOver =
  | Done
  /** In the session's own words. */
  | Readonly<{did: 'turned-down'; note: RefusedNote}>
  | Readonly<{did: 'unanswered'; left: Left}>
  /** The session went away before it took them: whoever locks the run now can take them himself. */
  | Readonly<{did: 'left-alone'; left: Left}>;

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, LOOK_MS));

/** A journal that is being written on may end in half a record for a moment. */
const readBetweenRecords = async (directory: RunDirectory): Promise<Opening<ReadRun>> => {
  const deadline = performance.now() + ANSWERED_WITHIN_MS;
  for (;;) {
    const read = readRun(directory);
    if (!read.ok || read.value.journal.tornBytes === 0 || performance.now() > deadline) return read;
    await pause();
  }
};

/** The record of these words and the end of its step; undefined while the record is not there, or the end still comes. */
const answerIn = ({directory, runbook}: ReadRun, text: Sha256): readonly Recorded[] | undefined => {
  const {events} = readJournal(directory.journal);
  const at = events.findIndex(
    (event) =>
      (event.type === 'ApprovalGranted' || event.type === 'ApprovalRefused') && event.statement.sha256 === text,
  );
  const record = events[at];
  if (record === undefined || !('step' in record)) return undefined;
  const end = events.slice(at + 1).find((event) => event.type === 'StepSucceeded' && event.step === record.step);
  const isEnding = end === undefined && next(runbook, fold(events)).kind === 'conclusion';
  return isEnding ? undefined : [record, ...(end === undefined ? [] : [end])];
};

const answered = async (read: ReadRun, left: Left): Promise<HandedOver> => {
  const {path} = read.directory;
  const deadline = performance.now() + ANSWERED_WITHIN_MS;
  for (;;) {
    // First: a session that takes the words and goes leaves its answer before it lets go.
    const isLive = isInUse(path);
    const events = answerIn(read, left.sha256);
    if (events !== undefined) return {did: 'decided', events};
    const note = refusedNote(path, left.sha256);
    if (note !== undefined) return {did: 'turned-down', note};
    if (!isLive) return {did: 'left-alone', left};
    if (performance.now() > deadline) return {did: 'unanswered', left};
    await pause();
  }
};

/** @param told hears that the words lie there, before it is waited for what becomes of them. */
export const handOver = async (
  context: CliContext,
  directory: RunDirectory,
  holder: Holder | undefined,
  options: ApproveOptions,
  told: () => void,
): Promise<Opening<Readonly<{done: HandedOver; read: ReadRun}>>> => {
  const found = await readBetweenRecords(directory);
  if (!found.ok) return found;
  const read = found.value;
  const ended = (done: HandedOver) => opened({done, read});
  const wants = (what: 'signature' | 'statement-file') =>
    trouble({code: 'run-locked', run: directory.run, holder, wants: what});
  const prepared = prepare(context, read, options);
  if (!prepared.ok) return ended({did: 'refused', refusal: prepared.refusal});
  if (isStatementOnly(options)) {
    if (typeof options.statement !== 'string') return wants('statement-file');
    const drawn = drawStatement(prepared.approving, orderOf(options));
    if (!drawn.ok) return ended({did: 'refused', refusal: drawn.refusal});
    const written = writtenTo(options.statement, drawn.text, false);
    return written.ok ? ended(written.value) : written;
  }
  const command = commandOf(options);
  if (command.type === 'GiveApproval' && command.key === undefined) return wants('signature');
  const words = await signedWords(prepared.approving, command);
  if (!words.ok) return ended({did: 'refused', refusal: words.refusal});
  const left = leaveWords(directory.path, words.text, words.signature);
  if (!left.ok) return trouble({code: 'file-not-written', path: left.path, message: left.message});
  told();
  return ended(await answered(read, left));
};
