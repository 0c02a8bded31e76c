// What a step may ask of the world. Adapters implement these; steps, catalog and engine know only them.

import type {Recorded, RunEvent} from './event.ts';
import type {Artifact, ScratchWhere} from './facts.ts';
import type {EndedSession} from './doubt.ts';
import type {Blocker, Obstacle, Result} from './failure.ts';
import type {Instant, StepId, TargetIdentity} from './ids.ts';
import type {TranscriptRecord} from './transcript.ts';

export type Clock = Readonly<{
  now: () => Instant;
  /** Milliseconds that only ever grow; for durations. */
  monotonicMs: () => number;
  /** Resolves after `ms`, or at once when the signal aborts. Used for the pauses between lock tries only. */
  pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** A number in [0, 1), for jitter. */
  random: () => number;
}>;

/** A row as the server sends it: every value as text, NULL as null. Exactness is worth more than convenience. */
export type Row = Readonly<Record<string, string | null>>;
export type Rows = Readonly<{
  columns: readonly string[];
  rows: readonly Row[];
  count: number;
  /** The type of each column as the server numbers it, with its modifier. */
  types?: readonly Readonly<{oid: number; modifier: number}>[];
}>;

export type QueryOptions = Readonly<{
  values?: readonly string[];
  file?: string;
  /** Lines that the tool put before the file's text, so that a position still means a line of the file. */
  linesBefore?: number;
}>;

export type DatabaseSession = Readonly<{
  backendPid: number;
  /** Runs one message. `file` names the SQL file the text came from, so that a refusal can point into it. */
  query: (sql: string, options?: QueryOptions) => Promise<Result<Rows>>;
  /** Runs statements in one message and tells what each answered. Only where the message as a whole may fail or stand. */
  queryAll: (statements: readonly string[]) => Promise<Result<readonly Rows[]>>;
  close: () => Promise<void>;
}>;

export type SessionOptions = Readonly<{
  /** Every transaction is READ ONLY and a temp_file_limit is set. */
  readOnly: boolean;
  /** 0 waits for ever. */
  statementTimeoutMs: number;
  lockTimeoutMs: number;
  /** How long a transaction may sit idle before the server ends it; 60 s when absent, 0 never. */
  idleInTransactionTimeoutMs?: number;
  /** True leaves jit as the server has it, for queries that are timed as others send them; otherwise it is off. */
  jit?: boolean;
  /** SET ROLE after connecting. */
  role?: string;
  signal?: AbortSignal;
  /** Told of every notice and warning that the server sends. */
  onNotice?: (notice: Readonly<{pid: number; severity: string; code: string; message: string}>) => void;
}>;

/** Text of a session's statement, or the login from which the server hides it. */
export type SessionQuery = Readonly<{pid: number; query: string; hiddenFrom?: string}>;

/** What a change locks against everybody, and the tables that it only reads. */
export type Relations = Readonly<{objects: readonly string[]; tables: readonly string[]}>;

export type Database = Readonly<{
  connect: (options: SessionOptions) => Promise<Result<DatabaseSession>>;
  /**
   * Who keeps the sessions of this attempt waiting for a lock at this moment: whoever holds it, and whoever stands in line
   * before them. Where none of them waits (any more): who holds a lock on these relations that would keep a change waiting.
   * Asked on a connection of its own.
   */
  blockers: (relations: Relations) => Promise<Result<readonly Blocker[]>>;
  /** Sessions that carry this application_name now. */
  sessionsNamed: (applicationName: string) => Promise<Result<readonly Blocker[]>>;
  /** What these sessions run or have run last: it may hold personal data, so it is shown on request and never kept. */
  queriesOf: (pids: readonly number[]) => Promise<Result<readonly SessionQuery[]>>;
  /** Cancels what sessions with exactly this application_name do, and ends those that stay; nobody else's. */
  endSessionsNamed: (applicationName: string) => Promise<Result<readonly EndedSession[]>>;
}>;

export type ToolName = 'pg_dump' | 'pg_restore' | 'psql';
export type Tool = Readonly<{path: string; version: string; major: number}>;

export type OutputStream = 'stdout' | 'stderr' | 'note';

export type ProcessRun = Readonly<{
  program: string;
  args: readonly string[];
  /** True gives the child the target as PG* variables and a private password file; never through its arguments. */
  toTarget: boolean;
  lockTimeoutMs?: number;
  /** Every transaction begins READ ONLY, unless the child says otherwise itself; only with `toTarget`. */
  readOnly?: boolean;
  /**
   * The variable in which it gets the target as a URL; only with `toTarget`. With the password, unless libpq will find that
   * by itself; `percentDoubled` where an ini file takes a single % for its own.
   */
  url?: Readonly<{variable: string; scheme?: string; password?: 'omitted'; percentDoubled?: boolean}>;
  /** 'operator': all that the operator's shell has, for programs with a login of their own; else only what a child needs. */
  environment?: 'operator';
  /** Public values for its environment. */
  variables?: Readonly<Record<string, string>>;
  /** Where it runs, seen from where the tool was started; `/` when absent. */
  directory?: string;
  timeoutMs: number;
  signal: AbortSignal;
  /** Bytes that are no UTF-8 come as lone surrogates, so that a transcript can keep them. */
  onOutput: (stream: 'stdout' | 'stderr', text: string) => void;
  /** Names that are handed on from the operator's environment. */
  inherit?: readonly string[];
  /** Told of every statement that it sends; only for a database that is reached without TLS. */
  onStatement?: (sql: string) => void;
  /** Told the names of the child's environment, before it starts. */
  onStart?: (environment: readonly string[]) => void;
}>;

export type ProcessEnd = Readonly<{
  exitCode?: number;
  signal?: string;
  timedOut: boolean;
  cancelled: boolean;
  durationMs: number;
  /** The last lines of standard error, then of standard output, redacted. */
  lastLines: readonly string[];
}>;

export type Processes = Readonly<{
  /** The tool, or undefined; prefers one that is not older than the server. */
  find: (tool: ToolName, serverMajor: number) => Promise<Tool | undefined>;
  /** One command that installs the PostgreSQL client here. */
  installHint: () => string;
  run: (run: ProcessRun) => Promise<Result<ProcessEnd>>;
  /** The interpreter that a script of this machine is run by, as its first line says. */
  interpreterOf: (program: string, cwd: string) => Promise<string | undefined>;
  /** Runs a program on the operator's own terminal, which has to be free; what appears on it comes as output, too. */
  onTerminal: (run: Omit<ProcessRun, 'environment' | 'directory'>) => Promise<Result<ProcessEnd>>;
  /** Runs a shell line of the runbook's author. */
  shell: (
    run: Omit<ProcessRun, 'program' | 'args' | 'toTarget'> & Readonly<{script: string}>,
  ) => Promise<Result<ProcessEnd>>;
}>;

export type RoleNeed = Readonly<{name: string; superuser?: boolean}>;

/** How a database is reached as one role. */
export type Reached = Readonly<{
  database: Database;
  /** `toTarget` means this database here. */
  processes: Processes;
  target: TargetIdentity;
}>;

/** A database that the tool made for itself, marked as its own, and drops again; reached as whoever made it. */
export type Scratch = Reached &
  Readonly<{
    name: string;
    where: ScratchWhere;
    /**
     * Roles that owners and grants need. On a server that goes away afterwards the missing ones are made, NOLOGIN; on any
     * other nothing is made, since a role outlives the database.
     * @returns the names that are still missing.
     */
    ensureRoles: (roles: readonly RoleNeed[]) => Promise<Result<readonly string[]>>;
    /**
     * Runs statements that make a login, as the server's superuser, and reaches the database as that login. Undefined on a
     * server that stays.
     */
    makeLogin: ((login: string, statements: readonly string[]) => Promise<Result<Reached>>) | undefined;
    /** May be called again. Refuses a database that does not carry this run's mark. */
    drop: () => Promise<Result<void>>;
  }>;

export type ScratchPlace = Readonly<{
  /** Where scratch databases lie on this machine's disk; undefined where nobody can tell. */
  freeBytes: () => Promise<number | undefined>;
  /** @param name from `scratchName`. What an earlier process of this run left under it is dropped first. */
  open: (name: string, applicationName: string, signal: AbortSignal) => Promise<Result<Scratch>>;
  /** Drops what earlier processes of this run left behind; returns the names. */
  sweep: () => Promise<Result<readonly string[]>>;
}>;

/** Files of the run directory; every path is relative to it. */
export type RunFiles = Readonly<{
  absolute: (path: string) => string;
  write: (path: string, content: string, mediaType: string) => Promise<Result<Artifact>>;
  read: (path: string, sha256: string) => Promise<Result<string>>;
  /** Hashes what is on disk by reading it again; a directory by the `sha256sum` list of its files, which comes along. */
  hash: (path: string) => Promise<Result<Readonly<{bytes: number; sha256: string; list?: string}>>>;
  /** Syncs the file, or the directory with all its files, gives it its final name and syncs the directory. */
  publish: (partial: string, path: string) => Promise<Result<void>>;
  size: (path: string) => Promise<number | undefined>;
  remove: (path: string) => Promise<void>;
  /** Undefined when the disk does not say. */
  freeBytes: () => Promise<number | undefined>;
}>;

/** What an effect is doing now. Shown, never journalled. */
export type Progress = Readonly<
  | {code: 'connecting'}
  | {code: 'querying'; file: string}
  | {code: 'checking'; id: string; index: number; total: number}
  | {code: 'sampling'; id: string; index: number; total: number; run: number; runs: number}
  | ({code: 'waiting-for-lock'; tries: number; of: number; nextInMs: number} & Obstacle)
  /** A statement that holds nobody up waits for its lock. */
  | ({code: 'held-up'; atMostMs: number} & Obstacle)
  | {code: 'applying'; file: string}
  | {code: 'putting-back'; objects: number}
  | {code: 'dumping'; bytes: number; ofBytes?: number; elapsedMs?: number}
  | {code: 'verifying-backup'}
  | {code: 'opening-scratch'; name: string}
  | {code: 'restoring-into-scratch'; name: string}
  | {code: 'comparing-backup'}
  | {code: 'restoring'}
  | {code: 'rehearsing'; part: string; index: number; total: number}
  | {code: 'running'; program: string}
  /** `status` is the provider's word. */
  | {code: 'waiting-for-backup'; name: string; status: string; percent?: number}
>;

/** What a step may tell while it acts. */
export type Scribe = Readonly<{
  /** Writes TransactionOpened and syncs it; the script may run only after this has returned. */
  transactionOpened: (xid: string, backendPid: number, walFlushed?: string) => void;
  sealed: (artifact: Artifact) => void;
  output: (stream: OutputStream, text: string) => void;
  progress: (progress: Progress) => void;
}>;

export type Journal = Readonly<{
  /** Returns when the event is on disk and synced; throws when it is not, and then nothing more may be done. */
  append: (event: RunEvent) => Recorded;
}>;

export type Transcript = Readonly<{
  /** Writes what a child or a step said, redacted; returns what may be shown. */
  write: (stream: OutputStream, text: string) => string;
  /** Writes down what was sent, or the shape of what came back. */
  record: (record: TranscriptRecord) => void;
  /** The files that it is in; a failure when the disk did not take all of it. */
  close: () => Promise<Result<readonly Artifact[]>>;
}>;

export type Transcripts = Readonly<{
  /** A failure when the file cannot be made; then nothing was begun. */
  open: (step: StepId, attempt: number) => Result<Transcript>;
  read: (step: StepId, attempt: number) => Promise<string>;
}>;
