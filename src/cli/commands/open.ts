// attempt-runbook: the screen, from the first one or straight into a run, and what is put away when it is left.

import {keyInput} from '../../adapters/key-input.ts';
import {operatorPaths} from '../../adapters/operator-paths.ts';
import {preferenceFile} from '../../adapters/preferences.ts';
import {pageText} from '../../adapters/pager.ts';
import {exitCodeOf, endOf, type ExitCode} from '../../ui/text/exit.ts';
import type {Opening} from '../../ui/tui/home-model.ts';
import type {TuiExit} from '../../ui/tui/options.ts';
import type {CliContext} from '../context.ts';
import {homeOf, type OpenedOnScreen} from '../home.ts';
import {settle} from '../interruption.ts';
import {leaveRun} from '../leave-run.ts';
import {loadNamed} from '../load.ts';
import {recordSession} from '../record-session.ts';
import {findRun, readRun} from '../read-run.ts';
import {screenBundles} from '../screen-bundles.ts';
import {showClosing, showTrouble} from '../show.ts';
import {watchPictures, type PictureTaker} from '../take-picture.ts';
import {VERSION} from '../version.ts';
import {watchSleep} from '../watch-sleep.ts';

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

const openingOf = (context: CliContext, wanted: Wanted): Opening | undefined => {
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
      // A damaged journal can be looked at; going on with it is impossible.
      const damaged = read.ok && read.value.journal.damage !== undefined;
      return damaged ? {kind: 'view', run: found.value.run} : {kind: 'resume', run: found.value.run, ...given};
    }
  }
};

/** A paused rehearsal keeps its server and can be continued; any other way of leaving ends it. */
const putAway = async (reason: TuiExit['reason'], {run, embedded}: OpenedOnScreen, keep: boolean): Promise<void> => {
  const isPaused = reason === 'paused' && run.session.view().state.closed === undefined;
  await leaveRun(run, embedded, keep || isPaused);
};

export const open = async (context: CliContext, wanted?: Wanted, options: OpenOptions = {}): Promise<ExitCode> => {
  const loaded = loadNamed(context, options.runbook);
  if (!loaded.ok) return showTrouble(context, loaded.trouble);
  if (!context.interactive) {
    // Without a terminal there is nobody to ask: the scripted rehearsal is what can be shown.
    const {BESIDE_RUNS, rehearse} = await import('./rehearse.ts');
    return rehearse(context, {...options, export: BESIDE_RUNS});
  }
  const home = homeOf(context, loaded.value, options.scratch);
  const opening = wanted === undefined ? undefined : openingOf(context, wanted);
  if (wanted !== undefined && opening === undefined) {
    return showTrouble(context, {code: 'run-unknown', run: wanted.kind === 'resume' ? wanted.run : undefined});
  }
  const first = opening === undefined ? undefined : await home.model.open(opening);
  const trouble = home.trouble();
  const asked = opening !== undefined && first?.ok === false && 'ask' in first ? {opening, ask: first.ask} : undefined;
  if (first?.ok === false && asked === undefined && trouble !== undefined) return showTrouble(context, trouble);
  const {startTui} = await import('../../ui/tui/start.tsx');
  const hangup = new AbortController();
  let endedBy: NodeJS.Signals | undefined;
  const handlers = (['SIGHUP', 'SIGTERM', 'SIGINT'] as const).map((signal) => {
    const handle = (): void => {
      endedBy ??= signal;
      hangup.abort();
    };
    process.on(signal, handle);
    return {signal, handle};
  });
  let bug: unknown;
  const onBug = (error: unknown): void => {
    bug ??= error;
    hangup.abort();
  };
  process.on('uncaughtException', onBug);
  // A terminal that is gone answers every write with EIO; without a listener that would end us before the run is settled.
  for (const stream of [process.stdin, process.stdout, process.stderr]) stream.on('error', () => hangup.abort());
  const awake = watchSleep((ms) => void home.current()?.run.session.noticeSleep(ms));
  const recording = recordSession(context, () => home.current()?.run);
  const preferences = preferenceFile();
  let {locale} = context;
  let pictures: PictureTaker | undefined;
  /** From the first frame of a run on. */
  const taker = (): PictureTaker | undefined => {
    const run = home.current()?.run;
    if (run !== undefined)
      pictures ??= watchPictures(
        context,
        run,
        () => locale,
        () => undefined,
      );
    return pictures;
  };
  // Before the first frame: a key that the line still echoes would scroll the screen, and Ctrl+C would not ask.
  process.stdin.setRawMode(true);
  const typed = keyInput(process.stdin);
  const exit = await startTui({
    locale: context.locale,
    ascii: context.options.ascii === true,
    colour: context.env['NO_COLOR'] === undefined || context.env['NO_COLOR'] === '',
    timeZone: context.timeZone,
    tool: VERSION,
    home: home.model,
    onLocale: (chosen) => {
      locale = chosen;
      preferences.rememberLocale(chosen);
    },
    now: Date.now,
    hangup: hangup.signal,
    stdin: typed.stdin,
    letGoOfKeys: typed.letGo,
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
    bundles: screenBundles(context),
    ...(first?.ok === true ? {session: first.session} : {}),
    ...(asked === undefined ? {} : {asked}),
  }).finally(() => process.stdin.setRawMode(false));
  process.removeListener('uncaughtException', onBug);
  awake();
  // Our bug: nothing more is written, so what was running is in doubt, and the terminal can show what happened.
  if (bug !== undefined) throw bug;
  const current = home.current();
  if (current !== undefined) {
    const {session} = current.run;
    await settle(session);
    // Whoever hangs up does not wait.
    await (exit.reason === 'hangup' ? pictures?.leave() : pictures?.close());
    await recording.seal();
    await putAway(exit.reason, current, options.keep === true);
    if (exit.reason !== 'hangup') showClosing({...context, locale: exit.locale}, current.run.run, session);
  }
  for (const {signal, handle} of handlers) process.removeListener(signal, handle);
  if (endedBy !== undefined) {
    // Ink's own listeners stay for good; with one left the signal would come too late to end us, and we would exit.
    process.removeAllListeners(endedBy);
    process.kill(process.pid, endedBy);
  }
  if (current === undefined) return 0;
  const code = exitCodeOf(endOf(current.run.session.view()));
  const isRehearsal = current.run.session.view().state.opened?.environment === 'rehearsal';
  // An effect that could not be stopped would keep us here for as long as it runs.
  if (Object.values(current.run.session.view().state.steps).some(({status}) => status === 'running'))
    process.exit(code);
  // A rehearsal that came back has succeeded.
  return isRehearsal && code === 5 ? 0 : code;
};
