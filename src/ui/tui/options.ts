// What the full-screen front is given when it starts, and what it says when it ends.

import type {RunId} from '../../core/ids.ts';
import type {Locale} from '../../core/text.ts';
import type {Elsewhere} from '../text/approvals/command.ts';
import type {Camera} from './picture.ts';
import type {Recording} from './recorder.ts';
import type {BundleWork} from './bundle.ts';
import type {PathsOfOperator} from './evidence-desk.ts';
import type {Session} from '../../engine/session.ts';
import type {Confirmation, HomeModel, Opening} from './home-model.ts';

/** What is read behind the first frame: the runbook, its runs, and what a run needs. */
export type Behind = Readonly<{
  home: HomeModel;
  /** A run to open at once, instead of the first screen. */
  session?: Session;
  /** What was asked for on the command line, and wants a confirmation on the first screen. */
  asked?: Readonly<{opening: Opening; ask: Confirmation}>;
  /** Shows a text in $PAGER; the screen is handed over meanwhile. */
  openPager?: (text: string | AsyncIterable<string>) => Promise<void>;
  /** How a path that the operator types is understood. */
  paths?: PathsOfOperator;
  /** What an approver's command needs in another terminal. */
  elsewhere?: Elsewhere;
  /** Records what is shown of a run that can be continued, and the keys that led to commands. */
  record?: Recording;
  /** Keeps what is on the screen of a run as a picture. */
  camera?: Camera;
  /** Writes the evidence bundle of a run, and checks any bundle. */
  bundles?: BundleWork;
}>;

export type TuiOptions = Readonly<{
  locale: Locale;
  /** Draws borders and signs with ASCII characters. */
  ascii: boolean;
  colour: boolean;
  /** IANA name, for the times on the screen. */
  timeZone: string;
  /** The version of the tool. */
  tool: string;
  /** A function is called once the first frame stands; undefined: it cannot be read, and `hangup` ends the screen. */
  behind: Behind | (() => Promise<Behind | undefined>);
  /** The operator has chosen a language: to be remembered. */
  onLocale: (locale: Locale) => void;
  /** Epoch milliseconds. */
  now: () => number;
  /** Aborted on SIGHUP or SIGTERM: the screen is left with the reason 'hangup'. */
  hangup?: AbortSignal;
  stdin?: NodeJS.ReadStream;
  /** Leaves what is typed to another program, which has the terminal next. */
  letGoOfKeys?: () => Promise<void>;
  stdout?: NodeJS.WriteStream;
}>;

export type TuiExit = Readonly<{
  /**
   * 'quit': left at the first screen. 'paused': a run was left that is not closed; 'interrupted': the same, by Ctrl+C.
   * 'closed': a closed run was left.
   * 'hangup': the terminal or the process is going away.
   */
  reason: 'quit' | 'paused' | 'interrupted' | 'closed' | 'hangup';
  run?: RunId;
  locale: Locale;
}>;
