// What the first screen offers, as plain data, and what it may ask of the program that started it.

import type {DoctorCheck} from '../../core/doctor.ts';
import type {Failure} from '../../core/failure.ts';
import type {Environment, Instant, RunId, Sha256, TargetIdentity} from '../../core/ids.ts';
import type {RealEnvironment} from '../../core/known-target.ts';
import type {LocalText} from '../../core/text.ts';
import type {Outcome} from '../../core/event.ts';
import type {LockTrouble} from '../../core/trouble.ts';
import type {OpeningStage} from '../text/opening.ts';
import type {Session} from '../../engine/session.ts';

/** Where the connection URL is found. Never the URL itself: it would stay on the screen, and may hold a password. */
export type UrlSource = `env:${string}` | `service:${string}` | `file:${string}`;

type Choice =
  | Readonly<{kind: 'rehearse'; server: LocalText}>
  | Readonly<{
      kind: 'resume';
      run: RunId;
      environment: Environment;
      /** Steps done and steps there are: `step 4 of 17`. */
      step: number;
      of: number;
      stoppedAgoMs: number;
      inDoubt: boolean;
      /** A way back was begun: which step of the way there it is at says nothing any more. */
      goesBack?: true;
      /** A rehearsal brings its own server; any other run has to be told again how to reach its target. */
      asksSource: boolean;
      suggestedSource?: UrlSource;
    }>
  | Readonly<{kind: 'start-staging' | 'start-production'; suggestedSource?: UrlSource}>
  /** Undefined: not counted yet. */
  | Readonly<{kind: 'past-runs'; count: number | undefined}>
  | Readonly<{kind: 'verify-bundle'}>
  | Readonly<{kind: 'doctor'}>;

/** A choice that is not possible now stays on the screen and says why on its own line. */
export type HomeEntry = Readonly<{id: string}> &
  Choice &
  (Readonly<{enabled: true}> | Readonly<{enabled: false; because: LocalText}>);

export type PastRun = Readonly<{
  run: RunId;
  environment: Environment;
  openedAt: Instant;
  /** Undefined: not closed. */
  outcome?: Outcome;
  /** The run cannot be read; it is listed all the same. */
  damaged?: true;
  /** A newer version of the tool has gone on with it. */
  newer?: true;
}>;

export type Opening =
  /** Without a backup, on the runbook's sample. */
  | Readonly<{kind: 'rehearse'; fromBackup?: string; scratchUrl?: string}>
  | Readonly<{kind: 'resume'; run: RunId; source?: UrlSource; ssh?: string; takeOver?: RunId}>
  | Readonly<{
      kind: 'start';
      environment: RealEnvironment;
      source: UrlSource;
      /** The bastion that the command line named. */
      ssh?: string;
      /** The system identifier that the operator has confirmed. */
      pin?: string;
      /** The run from which the operator takes the target. */
      takeOver?: RunId;
    }>
  /** A session that shows the run and refuses every command. */
  | Readonly<{kind: 'view'; run: RunId}>;

/** What has to be typed before it can be opened: nothing that Enter alone would do. */
export type Confirmation =
  | Readonly<{kind: 'pin'; environment: RealEnvironment; target: TargetIdentity}>
  /** `run`: whose place would be taken. */
  | Readonly<{kind: 'take-over'; run: RunId; trouble: LockTrouble}>;

export type Opened =
  | Readonly<{ok: true; session: Session}>
  | Readonly<{ok: false; failure: Failure}>
  | Readonly<{ok: false; ask: Confirmation}>
  /** Trouble that the start-up code already has words for: another run holds the target, a source names nothing. */
  | Readonly<{ok: false; because: LocalText}>;

export type HomeModel = Readonly<{
  runbook: Readonly<{id: string; title: LocalText; summary: LocalText}>;
  plan: Sha256;
  steps: number;
  /** Asked again each time the first screen is shown. */
  entries: () => readonly HomeEntry[];
  /** The run that was left last, for one line at the bottom. */
  last?: () => PastRun | undefined;
  pastRuns: () => readonly PastRun[];
  /** Looks at programs, disks and terminal; takes a second or two. */
  doctor: () => Promise<readonly DoctorCheck[]>;
  /** @param tell hears what is being done meanwhile. */
  open: (opening: Opening, tell?: (stage: OpeningStage) => void) => Promise<Opened>;
}>;
