// What can keep a command from starting, as data; the words are in ui/text/trouble.

import type {AttachProblem} from './attachment.ts';
import type {Blocker, Failure} from './failure.ts';
import type {RunId, TargetIdentity} from './ids.ts';
import type {Newer} from './newer.ts';
import type {TunnelProblem} from './via.ts';
import type {ExpectedTarget, RealEnvironment, TargetClaim} from './known-target.ts';

/** Why a connection source (`env:NAME`, `service:NAME`, `file:PATH`) names no connection. */
export type SourceProblem =
  | Readonly<{code: 'source-unknown'; source: string}>
  /** A URL was given where a name belongs: it is in the shell's history and in the process list now. */
  | Readonly<{code: 'source-is-url'}>
  | Readonly<{code: 'variable-missing'; name: string}>
  | Readonly<{code: 'file-unreadable'; path: string; message: string}>
  | Readonly<{code: 'service-missing'; name: string; path: string}>
  | Readonly<{code: 'url-invalid'; source: string; problem: 'not-a-postgresql-url' | 'several-hosts' | 'port-invalid'}>;

/** Why the server of a rehearsal does not run. */
export type ServerProblem =
  | Readonly<{code: 'platform-unsupported'; platform: string}>
  /** We are root, PostgreSQL refuses root, and this system has no user `nobody` to be instead. */
  | Readonly<{code: 'no-unprivileged-user'}>
  /** No base directory gives a socket path that the system accepts. */
  | Readonly<{code: 'socket-path-too-long'; path: string; limitBytes: number}>
  /** A file operation was refused: `reason` is the system's code, ENOSPC, EACCES and the like. */
  | Readonly<{code: 'directory-unusable'; path: string; reason: string}>
  | Readonly<{code: 'initdb-failed'; output: string}>
  /** The server ended (`exited`) or did not answer in time; `log` is the end of its log. */
  | Readonly<{code: 'server-did-not-start'; exited: boolean; log: string}>
  /** Nothing is left of the server: no data directory, or not one of ours. */
  | Readonly<{code: 'gone'; directory: string}>
  /** Another running process of ours works with this server. */
  | Readonly<{code: 'in-use'; directory: string; pid: number}>;

/** What we made and may still be there: by name, or by its beginning (`names` is empty) where nobody could be asked. */
export type LeftBehind = Readonly<{names: readonly string[]; prefix: string; server?: string; failure: Failure}>;

/** Why a backup file cannot be rehearsed on. */
export type DumpProblem =
  | Readonly<{code: 'missing'; message: string}>
  | Readonly<{code: 'unreadable'; message: string}>
  /** SQL text, for psql: it cannot be checked before it runs. */
  | Readonly<{code: 'plain-text'}>
  | Readonly<{code: 'too-new'; made: string; here: string}>
  | Readonly<{code: 'extension-missing'; extensions: readonly string[]}>
  /** On a server that is not the tool's own no role is made: it would outlive the database. */
  | Readonly<{code: 'roles-missing'; roles: readonly string[]}>
  | Readonly<{code: 'restore-failed'; message: string}>
  | Readonly<{code: 'program-missing'; install: string}>
  | Readonly<{code: 'cancelled'}>;

/** Why nothing was signed. */
export type SignatureProblem =
  | Readonly<{code: 'ssh-keygen-missing'}>
  | Readonly<{code: 'key-unreadable'; path: string; message: string}>
  /** It wants a passphrase, and nobody can type one here. */
  | Readonly<{code: 'key-locked'; path: string}>
  /** A public key whose private half no agent has. */
  | Readonly<{code: 'key-not-in-agent'; path: string}>
  | Readonly<{code: 'signing-failed'; message: string}>
  /** A timestamp was asked for, and no signature that it would be about. */
  | Readonly<{code: 'key-missing'}>
  /** The operator's program got no answer of a time-stamping authority. */
  | Readonly<{code: 'timestamp-failed'; program: string; message: string}>;

export type Holder = Readonly<{pid: number; host: string; operator: string; since: string}>;

/** Why a process does not have its run any more: another process wrote into it, or its files were removed. */
export type RunLoss = Readonly<{by: 'process'; holder?: Holder} | {by: 'removal'; file: string}>;

/** The session that holds a target, as it says of itself and as the server sees it. */
export type TargetHolder = Readonly<{
  /** Absent when the session is not one of this tool. */
  run?: RunId;
  /** `name@host`, as far as it can be seen. */
  operator: string;
  /** Its application_name. */
  session: string;
  user: string;
  /** '' for a local socket, and for roles that may not see it. */
  address: string;
  pid: number;
  /** '' for roles that may not see it. */
  since: string;
}>;

/** Why a database is not taken for the target of an environment. */
export type TargetTrouble =
  /** First use of the environment; `command` is what would confirm it. */
  | Readonly<{code: 'target-unconfirmed'; environment: RealEnvironment; target: TargetIdentity; command: string}>
  | Readonly<{
      code: 'target-differs';
      runbook: string;
      environment: RealEnvironment;
      target: TargetIdentity;
      expected: ExpectedTarget;
      /** Another environment that knows this database as its own. */
      claim?: TargetClaim;
    }>
  | Readonly<{code: 'target-shared'; environment: RealEnvironment; target: TargetIdentity; claim: TargetClaim}>
  | Readonly<{code: 'pin-differs'; pin: string; target: TargetIdentity}>
  | Readonly<{code: 'known-targets-unreadable'; path: string; message: string}>;

/** Who has the run or the target, so that this process has not. */
export type LockTrouble =
  /** `takeOver` is the command that would take it from a process on another host, which nobody here can look at. */
  | Readonly<{
      code: 'run-locked';
      run: RunId;
      holder: Holder | undefined;
      takeOver?: string;
      /** What an approver has to add so that the session that has the run can be handed it. */
      wants?: 'signature' | 'statement-file';
    }>
  /** Another run works on the same objects of the same database. */
  | Readonly<{
      code: 'target-locked';
      holder: TargetHolder | undefined;
      takeOver?: string;
      /** The holder is a former session of this very run. */
      own?: Readonly<{isInDoubt: boolean}>;
    }>
  /** The target was to be taken over from a run that is at work, or from one that does not have it. */
  | Readonly<{code: 'take-over-at-work'; holder: TargetHolder; sessions: readonly Blocker[]}>
  | Readonly<{code: 'take-over-other'; named: RunId; holder: TargetHolder | undefined}>;

export type Trouble =
  | TargetTrouble
  | LockTrouble
  | Readonly<{code: 'runbook-unknown'; name: string; known: readonly string[]}>
  | Readonly<{code: 'answers-missing'; path: string}>
  | Readonly<{code: 'source'; problem: SourceProblem}>
  | Readonly<{code: 'source-needed'; run: RunId}>
  | Readonly<{code: 'failure'; failure: Failure}>
  /** The database of a rehearsal's own could not be made or filled: statements went there, and nowhere else. */
  | Readonly<{code: 'not-filled'; failure: Failure}>
  | Readonly<{code: 'server'; problem: ServerProblem}>
  | Readonly<{code: 'dump'; path: string; problem: DumpProblem}>
  | Readonly<{code: 'sample-missing'; runbook: string}>
  | Readonly<{code: 'environment-missing'; runbook: string; environment: string}>
  | Readonly<{code: 'run-unknown'; run: RunId | undefined}>
  | Readonly<{code: 'run-unreadable'; run: RunId; message: string}>
  /** Its journal has records that only a newer version can read: a report of the others would be no report of the run. */
  | (Readonly<{code: 'run-newer'; run: RunId}> & Newer)
  /** The disk takes nothing more into the run's directory, so the run cannot go on. */
  | Readonly<{code: 'run-not-written'; run: RunId; message: string}>
  | Readonly<{code: 'other-target'; expected: string; actual: string}>
  /** A pooler between us and the server may give every transaction another session; a lock would mean nothing. */
  | Readonly<{code: 'pooler-detected'; address: string}>
  | Readonly<{code: 'runs-directory'; path: string; message: string}>
  | Readonly<{code: 'file-not-written'; path: string; message: string}>
  /** A folder that a bundle would take the place of, and that is none. */
  | Readonly<{code: 'not-a-bundle'; path: string}>
  | Readonly<{code: 'evidence-unreadable'; path: string; message: string}>
  /** The way to the database (`name`) could not be opened; `said` are its own last words. */
  | Readonly<{code: 'tunnel'; name: string; problem: TunnelProblem; said: string}>
  | Readonly<{code: 'via-malformed'; text: string}>
  | Readonly<{code: 'signature'; problem: SignatureProblem}>
  | Readonly<{code: 'attachment'; problem: AttachProblem}>
  | Readonly<{code: 'step-unknown'; step: string; known: readonly string[]}>;
