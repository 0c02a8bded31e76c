// What a front sees of a run: state out, commands in, plain JSON values only, so that it can later cross a socket.

import type {AttachProblem, AttachRequest} from '../core/attachment.ts';
import type {ShellEnd} from './shell.ts';
import type {StatementOrder, WrittenStatement} from './approvals.ts';
import type {Command, Refusal} from '../core/command.ts';
import type {RunbookDefinition} from '../core/definition.ts';
import type {Recorded} from '../core/event.ts';
import type {EvidenceReader} from '../core/evidence-reading.ts';
import type {Artifact} from '../core/facts.ts';
import type {InboxNews} from '../core/inbox/inbox.ts';
import type {Newer} from '../core/newer.ts';
import type {Need} from '../core/next.ts';
import type {OutputStream, Progress, SessionQuery} from '../core/ports.ts';
import type {Preview} from '../core/preview.ts';
import type {RankedOption} from '../core/rollback.ts';
import type {Holder} from '../core/trouble.ts';
import type {Failure, Result} from '../core/failure.ts';
import type {RunState} from '../core/state.ts';

/** Why the engine does nothing more in this process. */
export type Fault =
  | Readonly<{code: 'journal-failed'; message: string}>
  /** Another process has the run now; what this one wrote beside it would damage the journal of both. */
  | Readonly<{code: 'run-taken-over'; holder?: Holder}>
  /** A file of the run that this process has open is gone, and no other process has been at it. */
  | Readonly<{code: 'run-removed'; file: string}>
  | Readonly<{code: 'run-damaged'; seq: number; detail: string}>
  /** Records that this version cannot read stand in its journal: it is looked at, and never continued. */
  | (Readonly<{code: 'run-newer'}> & Newer)
  | Readonly<{code: 'bug'; message: string}>;

export type SessionView = Readonly<{
  runbook: RunbookDefinition;
  state: RunState;
  need: Need;
  /** What the running effect does now. */
  progress?: Progress;
  fault?: Fault;
  /** Bytes of a torn last record that were cut off and kept aside when the journal was opened. */
  droppedBytes: number;
}>;

export type SessionMessage =
  | Readonly<{type: 'event'; event: Recorded}>
  | Readonly<{type: 'view'}>
  /** What became of something that lay in the inbox; what was taken has come as an event before. */
  | Readonly<{type: 'inbox'; news: InboxNews}>
  | Readonly<{type: 'output'; step: string; attempt: number; stream: OutputStream; text: string}>;

export type Session = Readonly<{
  subscribe: (listener: (message: SessionMessage) => void) => () => void;
  /** The same object until something changed. */
  view: () => SessionView;
  /** Resolves when the command's events are on disk; the effect they begin goes on by itself. */
  submit: (command: Command) => Promise<Refusal | undefined>;
  /** The ways back, ranked by what the target says now. */
  rollbackOptions: () => Promise<
    Readonly<{ok: true; options: readonly RankedOption[]}> | Readonly<{ok: false; failure: Failure}>
  >;
  /** What these sessions of the target run or ran last; never written down. */
  blockerQueries: (pids: readonly number[]) => Promise<Result<readonly SessionQuery[]>>;
  /** What a step or option would do, exactly: SQL text or argv, before it runs. */
  preview: (step: string) => Promise<Preview>;
  /** The text that an approver signs elsewhere, over what stands now; nothing of it is in the journal yet. */
  writeStatement: (order: StatementOrder) => Promise<WrittenStatement>;
  /** The end of what an attempt has said so far, from the file: at most `TRANSCRIPT_END_BYTES`, and whole lines. */
  transcript: (step: string, attempt: number) => Promise<string>;
  /** Keeps a copy of the file as evidence of this run, or says why not. */
  attach: (request: AttachRequest) => Promise<AttachProblem | undefined>;
  /** A psql on the target, on the terminal that the front has freed; resolves when it was left. */
  openShell: () => Promise<ShellEnd>;
  /** A file of the run that a front has made is sealed; false when nothing can be written any more. */
  seal: (step: string, attempt: number, artifact: Artifact) => Promise<boolean>;
  /** A piece of a kept file, and what a kept file is now; both read it, and hold little of it. */
  evidence: EvidenceReader;
  /** Takes what others have left in the run's inbox, once the run waits for somebody; refuses what is none of it. */
  takeInbox: () => Promise<void>;
  /** The process did not run for this long: the target's lock is asked for before anything else that is submitted. */
  noticeSleep: (sleptMs: number) => Promise<void>;
  /** Resolves when no effect is running and nothing is left to do without a human. */
  settled: () => Promise<void>;
}>;

export type {StatementOrder} from './approvals.ts';
export type {ShellEnd} from './shell.ts';
export type {Impact, Preview} from '../core/preview.ts';
