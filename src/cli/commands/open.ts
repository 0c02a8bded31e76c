// attempt-runbook: the screen, from the first one or straight into a run, drawn before anything is read for it.

import {keyInput} from '../../adapters/key-input.ts';
import {rememberLocale} from '../../adapters/preferences.ts';
import type {ExitCode} from '../../ui/text/exit.ts';
import type {Behind} from '../../ui/tui/options.ts';
import type {CliContext} from '../context.ts';
import type {OpenOptions, ScreenWorld, Wanted} from '../screen-world.ts';
import type {StartTrouble} from '../trouble.ts';
import {VERSION} from '../version.ts';
import {watchSleep} from '../watch-sleep.ts';

// What the first frame does not need is loaded here and below, so that it need not wait for it.
const showTrouble = async (context: CliContext, of: StartTrouble): Promise<ExitCode> =>
  (await import('../show.ts')).showTrouble(context, of);

export const open = async (context: CliContext, wanted?: Wanted, options: OpenOptions = {}): Promise<ExitCode> => {
  if (!context.interactive) {
    // Without a terminal there is nobody to ask: the scripted rehearsal is what can be shown.
    const {BESIDE_RUNS, rehearse} = await import('./rehearse.ts');
    return rehearse(context, {...options, export: BESIDE_RUNS});
  }
  let {locale} = context;
  const read = async () => (await import('../screen-world.ts')).screenWorld(context, options, wanted, () => locale);
  // What a command line asks for is opened first: its trouble belongs on the normal screen.
  const first = wanted === undefined ? undefined : await read();
  if (first?.ok === false) return showTrouble(context, first.trouble);
  let world: ScreenWorld | undefined = first?.value;
  let unreadable: StartTrouble | undefined;
  const hangup = new AbortController();
  const readBehind = async (): Promise<Behind | undefined> => {
    const found = await read();
    if (found.ok) {
      world = found.value;
      return world.behind;
    }
    unreadable = found.trouble;
    hangup.abort();
    return undefined;
  };
  const {startTui} = await import('../../ui/tui/start.tsx');
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
  const awake = watchSleep((ms) => world?.slept(ms));
  let remembered: Promise<void> | undefined;
  // Before the first frame: a key that the line still echoes would scroll the screen, and Ctrl+C would not ask.
  process.stdin.setRawMode(true);
  const typed = keyInput(process.stdin);
  const exit = await startTui({
    locale: context.locale,
    ascii: context.options.ascii === true,
    colour: context.env['NO_COLOR'] === undefined || context.env['NO_COLOR'] === '',
    timeZone: context.timeZone,
    tool: VERSION,
    behind: world?.behind ?? readBehind,
    onLocale: (chosen) => {
      locale = chosen;
      remembered = rememberLocale(locale);
    },
    now: Date.now,
    hangup: hangup.signal,
    stdin: typed.stdin,
    letGoOfKeys: typed.letGo,
  }).finally(() => process.stdin.setRawMode(false));
  process.removeListener('uncaughtException', onBug);
  awake();
  // Our bug: nothing more is written, so what was running is in doubt, and the terminal can show what happened.
  if (bug !== undefined) throw bug;
  await remembered;
  await world?.putAway(exit);
  for (const {signal, handle} of handlers) process.removeListener(signal, handle);
  if (endedBy !== undefined) {
    // Ink's own listeners stay for good; with one left the signal would come too late to end us, and we would exit.
    process.removeAllListeners(endedBy);
    process.kill(process.pid, endedBy);
  }
  if (unreadable !== undefined) return showTrouble({...context, locale}, unreadable);
  return world?.exitCode() ?? 0;
};
