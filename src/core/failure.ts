// Which troubles are expected, as codes and data. The words for them are in ui/text, in two languages.

import type {MissingRight} from './rights.ts';
import type {ToolFinding} from './tool-finding.ts';
import type {AlembicTrouble} from './alembic.ts';
import type {Meeting} from './script-effects.ts';

/** Somebody who holds a lock that the change needs. Query text is left out: it may hold personal data. */
export type Blocker = Readonly<{
  /** 0 for a prepared transaction, which no session has any more. */
  pid: number;
  user: string;
  application: string;
  /** Empty where the server does not say it. */
  state: string;
  /** How long its transaction has been open; absent where it has none, and where the server does not say it. */
  ageMs?: number;
  /** The login from which the server hides age and state. Older journals have an age of 0 and an empty state instead. */
  hiddenFrom?: string;
  /** The name of a prepared transaction. */
  prepared?: string;
  /** What it waits for itself, in the server's words: `Lock relation`, `Client ClientRead`. */
  waitsFor?: string;
  /** Whether it holds a lock that the change needs, or stands in line for one, before the change. */
  role?: 'holds' | 'waits';
}>;

/** Who stood in the way, when somebody looked. */
export type Obstacle = Readonly<{
  blockers: readonly Blocker[];
  /** Nobody looked, or the server did not answer: that nobody is listed says nothing. */
  isUnseen?: true;
}>;

/** Those who stand in line as well are held up as we are. */
export const holdersOf = (blockers: readonly Blocker[]): readonly Blocker[] =>
  blockers.filter(({role}) => role !== 'waits');

/** One difference between the catalog that was expected and the one that was found. */
export type CatalogChange = Readonly<{object: string; aspect: string; before: string; after: string}>;

/** One line of a query that found something wrong, as text. */
export type Finding = Readonly<Record<string, string | null>>;

/** What of a backup was not as it should be; 'schema': what it says before it is restored; 'restore': pg_restore failed. */
export type RestoreDoubt = 'schema' | 'restore' | 'objects' | 'rows' | 'catalog' | 'alone';

/** Why there is no database to try things in; `message` is a version, a name or the server's words. */
export type ScratchProblem = 'no-server-programs' | 'server-did-not-start' | 'server-too-old' | 'source-unusable';

/** The tunnel to the target has ended: its name, and what it said last. */
export type BrokenLine = Readonly<{name: string; said: string}>;
/** Why another program could not be asked. */
export type ToolTrouble = 'missing' | 'login' | 'network' | 'no-answer';

/** `holder` is who has the target's lock in our place, '' when nobody says. */
export type LockLoss = Readonly<{
  holder: string;
  /** 'unreachable': the target could not be asked; 'own-session': our own former session, whose end the server has not noticed. */
  because?: 'unreachable' | 'own-session';
}>;

export type Failure =
  | Readonly<{
      code: 'query-refused';
      sqlState: string;
      message: string;
      /** The file under `sql/<runbook>/`, with the place of the error and its source line when the server named one. */
      file?: string;
      line?: number;
      column?: number;
      sourceLine?: string;
      hint?: string;
    }>
  | Readonly<{code: 'privilege-missing'; sqlState: string; message: string; file?: string}>
  | Readonly<{code: 'lock-timeout'; tries: number} & Obstacle>
  /** The locks of the change were held for longer than agreed; it was cancelled before COMMIT. */
  | Readonly<{code: 'hold-exceeded'; holdMs: number}>
  | Readonly<{code: 'statement-timeout'; afterMs: number; file?: string}>
  | Readonly<{code: 'target-unreachable'; address: string; message: string; line?: BrokenLine}>
  /** The server was reached and takes no session of this login on this database: in its own words, and its SQLSTATE. */
  | Readonly<{
      code: 'session-refused';
      address: string;
      user: string;
      database: string;
      sqlState: string;
      message: string;
    }>
  | Readonly<{
      code: 'authentication-refused';
      address: string;
      user: string;
      message: string;
      /** A password file from which nothing was taken, since others can read it. */
      ignoredPassfile?: string;
    }>
  | Readonly<{code: 'connection-lost'; message: string; line?: BrokenLine}>
  | Readonly<{code: 'target-read-only'; address: string}>
  /** The role may not ask the server who it is; an unknown target would be taken for any other. */
  | Readonly<{code: 'identity-hidden'; address: string; user: string}>
  /** Settings that were set and are not there: `name: wanted -> found`. */
  | Readonly<{code: 'session-unguarded'; missing: readonly string[]}>
  | Readonly<{code: 'application-role-missing'; role: string}>
  /** What the login may not do and the change, its ways back or the steps after it have to; asked before any of them. */
  | Readonly<{code: 'rights-missing'; missing: readonly MissingRight[]}>
  | Readonly<{code: 'program-missing'; program: string; install: string}>
  /** Where a program was to be run. */
  | Readonly<{code: 'directory-missing'; path: string}>
  | Readonly<{code: 'program-too-old'; program: string; version: string; serverVersion: string; install: string}>
  | Readonly<{
      code: 'process-failed';
      program: string;
      exitCode?: number;
      signal?: string;
      lastLines: readonly string[];
    }>
  | Readonly<{code: 'disk-full'; path: string; neededBytes?: number; freeBytes?: number}>
  /** What the step says could not be recorded, so the step was not begun. */
  | Readonly<{code: 'not-recordable'; path: string; message: string}>
  | Readonly<{code: 'backup-unreadable'; message: string}>
  /** It was restored into a scratch database, and that failed or gave something else; the first `lines` of `count`. */
  | Readonly<{
      code: 'backup-not-restorable';
      what: RestoreDoubt;
      /** Absent when it did not come to a restore. */
      where?: 'target-server' | 'embedded' | 'declared';
      count: number;
      lines: readonly string[];
    }>
  | Readonly<{code: 'backup-changed'; expected: string; actual: string}>
  | Readonly<{code: 'artifact-unreadable'; path: string; message: string}>
  /** Built outside of a transaction, broken off, and there all the same: no query uses it. */
  | Readonly<{code: 'index-invalid'; indexes: readonly string[]}>
  /**
   * A script outside of a transaction may have committed some or all of what it does, and a second run might do that again.
   * `cause` is what stopped it; absent when only its verify file was asked, after nobody had written down how it ended.
   */
  | Readonly<{code: 'partly-applied'; files: readonly string[]; verify: string; cause?: Failure}>
  | Readonly<{code: 'expectation-missed'; what: string; expected: string; actual: string; findings: readonly Finding[]}>
  | Readonly<{
      code: 'checks-failed';
      failed: readonly string[];
      total: number;
      checks: readonly Readonly<{id: string; verdict: 'pass' | 'amber' | 'fail'; rows: number; observed: string}>[];
      /** What the query steps that the runbook names for it find now; `message` when one could not be asked. */
      found?: readonly Readonly<{
        step: string;
        sql: string;
        rows: number;
        findings: readonly Finding[];
        message?: string;
      }>[];
    }>
  /** Another program was asked, and what it found is not what must be. */
  | Readonly<{code: 'tool-findings'; tool: string; findings: readonly ToolFinding[]}>
  /** Another program could not be asked: a human may look instead. */
  | Readonly<{code: 'tool-unavailable'; tool: string; why: ToolTrouble; message: string}>
  /** What another program reported cannot be read. */
  | Readonly<{code: 'report-unreadable'; tool: string; path: string; message: string}>
  | Readonly<{code: 'snapshot-missing'}>
  | Readonly<{code: 'backup-missing'}>
  | Readonly<{code: 'snapshot-stale'; changes: readonly CatalogChange[]}>
  | Readonly<{code: 'dependants-not-replayable'; objects: readonly string[]}>
  /** What the tool would drop for the script and make again after it, the script itself needs in between. */
  | Readonly<{code: 'script-meets-dependants'; meetings: readonly Meeting[]}>
  | Readonly<{code: 'catalog-differs'; changes: readonly CatalogChange[]}>
  /** The lock that keeps other runs off the target was lost while the step ran; `holder` is '' when nobody says. */
  | (Readonly<{code: 'target-lock-lost'}> & LockLoss)
  | Readonly<{code: 'transaction-lost'; xid: string}>
  | Readonly<{code: 'server-toolchain-missing'; install: string}>
  | Readonly<{code: 'scratch-unavailable'; problem: ScratchProblem; message: string}>
  /** A database has the name that the tool wanted and does not carry its mark. */
  | Readonly<{code: 'scratch-not-ours'; name: string}>
  /** Roles that the backup needs and that nobody may make on a server that is not ours. */
  | Readonly<{code: 'scratch-roles-missing'; roles: readonly string[]}>
  /** The role of the scratch server may not do what a restore does; of the backup that says nothing. */
  | Readonly<{code: 'scratch-role-limited'; role: string; message: string}>
  /** A dump or a restore holds a lock on each table; there is `room` for as many by `setting`, max_locks_per_transaction. */
  | Readonly<{code: 'locks-too-few'; tables?: number; room?: number; setting?: number}>
  /** What failed on the copy; the target was not touched. `part` is a step's id. */
  | Readonly<{code: 'rehearsal-failed'; part: string; failure: Failure}>
  /** An approver has said no. */
  | Readonly<{code: 'approval-refused'; by: string; reason: string}>
  /** The history, the project or the connection of an Alembic migration is not as the runbook says. */
  | Readonly<{code: 'alembic-unfit'; troubles: readonly AlembicTrouble[]}>
  /** Alembic failed; the version table and the catalog are as they were. `lines` are the few that say why. */
  | Readonly<{code: 'alembic-failed'; command: string; exitCode?: number; signal?: string; lines: readonly string[]}>
  /** Alembic ended, well or not, and what it has left is not what was promised. */
  | Readonly<{
      code: 'alembic-incomplete';
      exitCode?: number;
      /** What the version table should say, and what it says. */
      expected: string;
      versions: readonly string[];
      /** Declared objects that are gone. */
      missing: readonly string[];
      /** What was taken and is not back. */
      changes: readonly CatalogChange[];
      lines: readonly string[];
    }>
  /** A way back was carried out, and the change is still there by its own verify, or a declared object is not. */
  | Readonly<{
      code: 'way-back-missed';
      inPlace: readonly Readonly<{step: string; verify: string}>[];
      missing: readonly string[];
    }>
  | Readonly<{code: 'timed-out'; afterMs: number}>
  | Readonly<{code: 'cancelled'}>;

export type FailureCode = Failure['code'];
export type FailureOf<C extends FailureCode> = Extract<Failure, {code: C}>;

/** A value, or the expected trouble that kept us from it. */
export type Result<T> = Readonly<{ok: true; value: T}> | Readonly<{ok: false; failure: Failure}>;

export const success = <T>(value: T): Result<T> => ({ok: true, value});
export const failed = (failure: Failure): Readonly<{ok: false; failure: Failure}> => ({ok: false, failure});

/** The login may not do it, as the tool has asked beforehand or the server has answered. */
export const isLackOfRights = ({code}: Failure): boolean => code === 'rights-missing' || code === 'privilege-missing';
