// What stands behind the screen: the runbook and its runs as they are read, what a run needs, and what is left of it.

import {operatorPaths} from '../adapters/operator-paths.ts';
import {pageText} from '../adapters/pager.ts';
import type {Locale} from '../core/text.ts';
import {exitCodeOf, endOf, type ExitCode} from '../ui/text/exit.ts';
import type {Opening as Wish} from '../ui/tui/home-model.ts';
import type {Behind, TuiExit} from '../ui/tui/options.ts';
import {elsewhereOf} from './approve/elsewhere.ts';
import type {CliContext} from './context.ts';
import {homeOf, type OpenedOnScreen} from './home.ts';
import {settle} from './interruption.ts';
import {leaveRun} from './leave-run.ts';
import {loadNamed} from './load.ts';
import {recordSession} from './record-session.ts';
import {findRun, readRun} from './read-run.ts';
import {faultOf} from './view-only.ts';
import {screenBundles} from './screen-bundles.ts';
import {showClosing} from './show.ts';
import {watchPictures, type PictureTaker} from './take-picture.ts';
import {opened, trouble, type Opening} from './trouble.ts';

export type OpenOptions = Readonly<{runbook?: string; keep?: boolean; scratch?: string}>;

/** What a command line asks for before the first screen: a run to open at once. */
export type Wanted =
  | Readonly<{kind: 'rehearse'; fromBackup?: string; scratchUrl?: string}>
  | Readonly<{
      kind: 'start';
      environment: 'staging' | 'production';
      source: string;
      ssh?: string;
      pin?: string;
      takeOver?: string;
    }>
  | Readonly<{kind: 'resume'; run?: string; url?: string; ssh?: string; takeOver?: string | true}>;

export type ScreenWorld = Readonly<{
  behind: Behind;
  /** This process did not run for so long. */
  slept: (ms: number) => void;
  /** The screen has been left: the run is settled, sealed and closed, and what became of it is printed. */
  putAway: (exit: TuiExit) => Promise<void>;
  exitCode: () => ExitCode;
}>;

const wishOf = (context: CliContext, wanted: Wanted): Wish | undefined => {
  switch (wanted.kind) {
    case 'rehearse':
      return wanted;
    case 'start':
      return {...wanted, source: wanted.source as `env:${string}`};
    case 'resume': {
      const found = findRun(context, wanted.run);
      if (!found.ok) return undefined;
      const {url, ssh, takeOver} = wanted;
      const given = {
        ...(ssh === undefined ? {} : {ssh}),
        ...(url === undefined ? {} : {source: url as `env:${string}`}),
        ...(takeOver === undefined ? {} : {takeOver: takeOver === true ? found.value.run : takeOver}),
      };
      const read = readRun(found.value);
      // A damaged journal, or one of a newer version, can be looked at; going on with it is impossible.
      const isFaulty = read.ok && faultOf(read.value.journal) !== undefined;
      return isFaulty ? {kind: 'view', run: found.value.run} : {kind: 'resume', run: found.value.run, ...given};
    }
  }
};

/** A paused rehearsal keeps its server and can be continued; any other way of leaving ends it. */
const leave = async (reason: TuiExit['reason'], {run, embedded}: OpenedOnScreen, keep: boolean): Promise<void> => {
  const isPaused = reason === 'paused' && run.session.view().state.closed === undefined;
  await leaveRun(run, embedded, keep || isPaused);
};

/** @param locale the language that the operator has chosen last. */
export const screenWorld = async (
  context: CliContext,
  options: OpenOptions,
  wanted: Wanted | undefined,
  locale: () => Locale,
): Promise<Opening<ScreenWorld>> => {
  const loaded = loadNamed(context, options.runbook);
  if (!loaded.ok) return loaded;
  const home = homeOf(context, loaded.value, options.scratch);
  const wish = wanted === undefined ? undefined : wishOf(context, wanted);
  if (wanted !== undefined && wish === undefined)
    return trouble({code: 'run-unknown', run: wanted.kind === 'resume' ? wanted.run : undefined});
  const first = wish === undefined ? undefined : await home.model.open(wish);
  const refused = home.trouble();
  const asked =
    wish !== undefined && first?.ok === false && 'ask' in first ? {opening: wish, ask: first.ask} : undefined;
  if (first?.ok === false && asked === undefined && refused !== undefined) return trouble(refused);
  const recording = recordSession(context, () => home.current()?.run);
  let pictures: PictureTaker | undefined;
  /** From the first frame of a run on. */
  const taker = (): PictureTaker | undefined => {
    const run = home.current()?.run;
    if (run !== undefined) pictures ??= watchPictures(context, run, locale, () => undefined);
    return pictures;
  };
  const behind: Behind = {
    home: home.model,
    record: {
      ...recording,
      begin: (size) => {
        taker();
        recording.begin(size);
      },
    },
    camera: {
      redact: recording.redact,
      take: (picture) =>
        taker()?.take(picture) ?? Promise.resolve({kind: 'not-kept', path: 'artifacts/screens', message: 'no run'}),
    },
    openPager: (text) => pageText(text, context.env),
    paths: operatorPaths(context.env),
    elsewhere: elsewhereOf(context),
    bundles: screenBundles(context),
    ...(first?.ok === true ? {session: first.session} : {}),
    ...(asked === undefined ? {} : {asked}),
  };
  return opened({
    behind,
    slept: (ms) => void home.current()?.run.session.noticeSleep(ms),
    putAway: async (exit) => {
      const current = home.current();
      if (current === undefined) return;
      const {session} = current.run;
      await settle(session);
      // Whoever hangs up does not wait.
      await (exit.reason === 'hangup' ? pictures?.leave() : pictures?.close());
      await recording.seal();
      await leave(exit.reason, current, options.keep === true);
      if (exit.reason !== 'hangup') showClosing({...context, locale: exit.locale}, current.run.run, session);
    },
    exitCode: () => {
      const current = home.current();
      if (current === undefined) return 0;
      const view = current.run.session.view();
      const code = exitCodeOf(endOf(view));
      // An effect that could not be stopped would keep us here for as long as it runs.
      if (Object.values(view.state.steps).some(({status}) => status === 'running')) process.exit(code);
      // A rehearsal that came back has succeeded.
      return view.state.opened?.environment === 'rehearsal' && code === 5 ? 0 : code;
    },
  });
};
