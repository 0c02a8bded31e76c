// How does a test drive the built tool as a person does, in a real terminal, by keys and by what stands on the screen?

import {execFileSync} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {spawn} from '@lydell/node-pty';
import xterm from '@xterm/headless';
import {inject} from 'vitest';
import {isMap, isSeq, parseDocument} from 'yaml';
import {removeServer, type EmbeddedRecord} from '../../src/adapters/embedded/server.ts';
import type {Recorded} from '../../src/core/event.ts';
import {linkFonts} from './fonts.ts';
import {UnicodeGraphemesAddon} from './graphemes.ts';
import {briefFlags} from './node-flags.ts';
import type {TestDatabase} from './postgres.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const launcher = join(root, 'src', 'cli', 'launcher.js');

export const shippedRunbook = 'attempt-view-v1-lock';

/** 40 s: a rehearsal is ready in two; this is for a machine on which everything else runs as well. */
const patienceMs = 40_000;

// ── The place: a home, a temporary folder and a runbook folder of the test's own ─────────────────────────────────────

export type Place = AsyncDisposable &
  Readonly<{
    folder: string;
    runs: string;
    /** For `--runbook-dir`; its SQL lies beside it, as in the package. */
    runbooks: string;
    /** The whole environment of the tool: nothing of the test's own gets in, above all no CI, NO_COLOR or PG*. */
    env: Readonly<Record<string, string>>;
    /** The names of the runs, in no order. */
    runNames: () => readonly string[];
    journal: (run: string) => readonly Recorded[];
    /** The embedded server of a rehearsal, as the run's own note names it. */
    server: (run: string) => EmbeddedRecord;
    /** What the tool's servers have left in the place's temporary folder. */
    leftovers: () => readonly string[];
    remove: () => Promise<void>;
  }>;

export type PlaceOptions = Readonly<{
  /** Exam results of the rehearsal's sample: 300 make every step take milliseconds. */
  results?: number;
  /** Changes the text of the runbook before the tool reads it. */
  alter?: (yaml: string) => string;
}>;

export const createPlace = ({results = 300, alter = (yaml) => yaml}: PlaceOptions = {}): Place => {
  const folder = mkdtempSync(join(tmpdir(), 'at-'));
  // As root the servers run as nobody, who has to be able to go in; as anybody else this opens an empty folder.
  chmodSync(folder, 0o755);
  const inside = (name: string): string => join(folder, name);
  const temporary = inside('tmp');
  for (const path of [temporary, inside('home'), inside('home/data'), inside('runs')]) mkdirSync(path, {mode: 0o755});
  linkFonts(inside('home/data/fonts'));
  for (const name of ['runbook', 'sql'])
    cpSync(join(root, name, shippedRunbook), join(folder, name, shippedRunbook), {recursive: true});
  const yaml = join(folder, 'runbook', shippedRunbook, 'runbook.yaml');
  const shipped = readFileSync(yaml, 'utf8');
  const sample = "results: '20000'";
  if (!shipped.includes(sample)) throw new Error(`the runbook's sample no longer says ${sample}`);
  const smaller = shipped.replace(sample, `results: '${results}'`);
  writeFileSync(yaml, alter(smaller));
  const runs = inside('runs');
  const server = (run: string): EmbeddedRecord => {
    const note = JSON.parse(readFileSync(join(runs, run, 'connection.json'), 'utf8')) as {embedded?: EmbeddedRecord};
    if (note.embedded === undefined) throw new Error(`${run} has no server of its own`);
    return note.embedded;
  };
  const runNames = (): readonly string[] => readdirSync(runs).filter((name) => name.startsWith('r-'));
  const leftovers = (): readonly string[] => readdirSync(temporary).filter((name) => name.startsWith('ar-'));
  const remove = async (): Promise<void> => {
    for (const name of leftovers()) await removeServer(join(temporary, name));
    await rm(folder, {recursive: true, force: true, maxRetries: 5, retryDelay: 50});
  };
  return {
    folder,
    runs,
    runbooks: inside('runbook'),
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: inside('home'),
      XDG_CONFIG_HOME: inside('home/config'),
      XDG_STATE_HOME: inside('home/state'),
      XDG_DATA_HOME: inside('home/data'),
      XDG_CACHE_HOME: inside('home/cache'),
      // Servers lie here and not in /tmp: the rehearsal of another test would take a killed one for abandoned.
      TMPDIR: temporary,
      NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'),
      TERM: 'xterm-256color',
      LC_ALL: 'C.UTF-8',
      TZ: 'Asia/Seoul',
      ATTEMPT_RUNBOOK_OPERATOR: 'oncall',
    },
    runNames,
    journal: (run) =>
      readFileSync(join(runs, run, 'journal.ndjson'), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Recorded),
    server,
    leftovers,
    remove,
    [Symbol.asyncDispose]: remove,
  };
};

/** For `alter`: keeps only these steps, so that a test walks no further than to what it is about. */
export const onlySteps =
  (...steps: readonly string[]) =>
  (yaml: string): string => {
    const document = parseDocument(yaml);
    const all = document.get('steps');
    if (!isSeq(all)) throw new Error('the runbook has no steps');
    const idOf = (item: unknown): unknown => (isMap(item) ? item.get('id') : undefined);
    all.items = all.items.filter((item) => steps.includes(String(idOf(item))));
    if (all.items.length !== steps.length) throw new Error(`the runbook has not all of ${steps.join(', ')}`);
    // A query that finds rows for a check may be among the steps that are left out.
    for (const item of all.items) if (isMap(item) && !steps.includes('data-contract')) item.delete('findBy');
    const phases = document.get('phases');
    const used = new Set(all.items.map((item) => (isMap(item) ? item.get('phase') : undefined)));
    if (isSeq(phases)) phases.items = phases.items.filter((item) => used.has(idOf(item)));
    return document.toString({lineWidth: 0});
  };

// ── The terminal ─────────────────────────────────────────────────────────────────────────────────────────────────────

const keys = {
  Enter: '\r',
  Esc: '\u001B',
  Tab: '\t',
  ArrowUp: '\u001B[A',
  ArrowDown: '\u001B[B',
  ArrowRight: '\u001B[C',
  ArrowLeft: '\u001B[D',
  PageUp: '\u001B[5~',
  PageDown: '\u001B[6~',
  Backspace: '\u007F',
  'Ctrl+C': '\u0003',
} as const;

export type KeyName = keyof typeof keys;

/** As a shell sees it: 128 and the signal's number where a signal has ended the tool. */
export type Ended = Readonly<{exitCode: number}>;

export type Cell = Readonly<{
  chars: string;
  /** 2 for a wide character, 0 for the cell behind it. */
  width: number;
  isBold: boolean;
  isDim: boolean;
  isInverse: boolean;
  isUnderlined: boolean;
  /** A colour of the palette of 256, an RGB number, or undefined for the terminal's own. */
  foreground: number | undefined;
  background: number | undefined;
}>;

export type Screen = Readonly<{
  columns: () => number;
  rows: () => number;
  /** All rows, without the blanks at their ends. */
  text: () => string;
  /** The row of that number, from 0, without the blanks at its end. */
  line: (row: number) => string;
  cells: (row: number) => readonly Cell[];
  cursor: () => Readonly<{x: number; y: number; isShown: boolean}>;
  isAlternate: () => boolean;
  /** Waits until the screen contains it. */
  shows: (...contents: readonly (string | RegExp)[]) => Promise<string>;
  /** Waits until the screen does not contain it any more. */
  lacks: (content: string | RegExp) => Promise<string>;
  /** Waits until what stands on the screen satisfies the condition. */
  becomes: (condition: (text: string) => boolean, what: string) => Promise<string>;
  /** Calls back after every change; returns how to stop that. */
  watch: (changed: () => void) => () => void;
}>;

export type Terminal = AsyncDisposable &
  Readonly<{
    /** The tool's process, not the shell's. */
    pid: () => number;
    screen: Screen;
    /** One key by its name, or a character as it is typed. */
    press: (key: KeyName | (string & {})) => void;
    type: (text: string) => void;
    resize: (columns: number, rows: number) => void;
    /** A signal to the tool itself. */
    kill: (signal: NodeJS.Signals) => void;
    /** Closes the terminal, as a lost connection does. */
    hangUp: () => void;
    /** Resolves when the tool has ended and everything that it wrote has been drawn. */
    ends: () => Promise<Ended>;
    /** Everything that was written to the terminal. */
    written: () => string;
    /** Whether the terminal echoes and edits lines again, as the shell behind the tool needs it. */
    isCooked: () => boolean;
  }>;

export type TerminalOptions = Readonly<{
  place: Place;
  args?: readonly string[];
  columns?: number;
  rows?: number;
  env?: Readonly<Record<string, string | undefined>>;
}>;

/** A staging run on the tests' own cluster, for a test to which a server of a rehearsal's own means nothing. */
export const onStaging = (
  {url}: TestDatabase,
  locale: 'en' | 'ko',
): Readonly<{args: readonly string[]; env: Readonly<Record<string, string>>}> => {
  const target = ['--url', 'env:STAGING_URL', '--scratch', 'env:STAGING_URL'];
  const pin = ['--pin', inject('cluster').systemIdentifier];
  return {args: ['run', '--env', 'staging', ...target, ...pin, '--lang', locale], env: {STAGING_URL: url}};
};

const contains = (text: string, content: string | RegExp): boolean =>
  typeof content === 'string' ? text.includes(content) : content.test(text);

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => `  |${line}`)
    .join('\n');

/** The code is 128 and the signal's number where a signal has ended the tool. */
const shell = '"$@"; code=$?; stty -a >"$STTY_REPORT"; exit $code';

const definedOnly = (env: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));

export const openTerminal = ({place, args = [], columns = 100, rows = 30, env = {}}: TerminalOptions): Terminal => {
  const emulator = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 200});
  emulator.loadAddon(new UnicodeGraphemesAddon());
  emulator.unicode.activeVersion = '15-graphemes';
  let isCursorShown = true;
  const cursorMode = (isShown: boolean) => (parameters: readonly (number | number[])[]) => {
    if (parameters.includes(25)) isCursorShown = isShown;
    return false;
  };
  emulator.parser.registerCsiHandler({prefix: '?', final: 'h'}, cursorMode(true));
  emulator.parser.registerCsiHandler({prefix: '?', final: 'l'}, cursorMode(false));

  const folders = ['--runs-dir', place.runs, '--runbook-dir', place.runbooks];
  // A shell stands behind the tool, as it does behind a person's, and says afterwards how it finds the line.
  const report = join(place.folder, `stty-${randomUUID()}`);
  const pty = spawn('/bin/sh', ['-c', shell, 'sh', process.execPath, ...briefFlags, launcher, ...args, ...folders], {
    name: 'xterm-256color',
    cols: columns,
    rows,
    cwd: place.folder,
    env: definedOnly({...place.env, ...env, STTY_REPORT: report}),
  });

  const line = (pty as unknown as Readonly<{ptsName: string}>).ptsName;
  let known: number | undefined;
  const toolPid = (): number => {
    known ??= Number(readFileSync(`/proc/${pty.pid}/task/${pty.pid}/children`, 'utf8').trim().split(' ')[0]);
    return known;
  };

  let written = '';
  let ended: Ended | undefined;
  let isHungUp = false;
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  pty.onData((data) => {
    written += data;
    emulator.write(data, changed);
  });
  emulator.onData((answer) => {
    if (ended === undefined && !isHungUp) pty.write(answer);
  });
  const exit = new Promise<Ended>((resolve) => {
    pty.onExit(({exitCode}) => {
      // Behind everything that is still being drawn.
      emulator.write('', () => {
        ended = {exitCode};
        changed();
        resolve(ended);
      });
    });
  });

  const text = (): string => {
    const {active} = emulator.buffer;
    const from = active.type === 'alternate' ? 0 : active.baseY;
    return Array.from(
      {length: emulator.rows},
      (_, row) =>
        active
          .getLine(from + row)
          ?.translateToString(true)
          .trimEnd() ?? '',
    ).join('\n');
  };
  const at = (row: number) => {
    const {active} = emulator.buffer;
    return active.getLine((active.type === 'alternate' ? 0 : active.baseY) + row);
  };

  const becomes = (condition: (now: string) => boolean, what: string): Promise<string> => {
    // Where the test waits, not where the timer fires, is what a reader of the failure looks for.
    const failure = new Error();
    Error.captureStackTrace(failure, becomes);
    return new Promise((resolve, reject) => {
      const give = (how: string): void => {
        stop();
        failure.message = `${how} for ${what}; the screen says\n${indented(text())}`;
        reject(failure);
      };
      const look = (): void => {
        const now = text();
        if (condition(now)) {
          stop();
          resolve(now);
        } else if (ended !== undefined) {
          give(`the tool has ended with ${JSON.stringify(ended)} and will not come up`);
        }
      };
      const stop = (): void => {
        clearTimeout(timer);
        listeners.delete(look);
      };
      const timer = setTimeout(() => give(`waited ${patienceMs / 1000} s in vain`), patienceMs);
      listeners.add(look);
      look();
    });
  };

  const screen: Screen = {
    columns: () => emulator.cols,
    rows: () => emulator.rows,
    text,
    line: (row) => at(row)?.translateToString(true).trimEnd() ?? '',
    cells: (row) => {
      const found = at(row);
      return Array.from({length: emulator.cols}, (_, column): Cell => {
        const cell = found?.getCell(column);
        return {
          chars: cell?.getChars() ?? '',
          width: cell?.getWidth() ?? 1,
          isBold: (cell?.isBold() ?? 0) !== 0,
          isDim: (cell?.isDim() ?? 0) !== 0,
          isInverse: (cell?.isInverse() ?? 0) !== 0,
          isUnderlined: (cell?.isUnderline() ?? 0) !== 0,
          foreground: cell === undefined || cell.isFgDefault() ? undefined : cell.getFgColor(),
          background: cell === undefined || cell.isBgDefault() ? undefined : cell.getBgColor(),
        };
      });
    },
    cursor: () => ({x: emulator.buffer.active.cursorX, y: emulator.buffer.active.cursorY, isShown: isCursorShown}),
    isAlternate: () => emulator.buffer.active.type === 'alternate',
    shows: async (...contents) => {
      for (const content of contents) await becomes((now) => contains(now, content), String(content));
      return text();
    },
    lacks: (content) => becomes((now) => !contains(now, content), `${String(content)} to go`),
    becomes,
    watch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  const write = (data: string): void => {
    if (ended !== undefined)
      throw new Error(`the tool has ended with ${JSON.stringify(ended)}; it takes no more keys\n${indented(text())}`);
    pty.write(data);
  };

  return {
    pid: toolPid,
    screen,
    press: (key) => write(key in keys ? keys[key as KeyName] : key),
    type: write,
    resize: (wide, high) => {
      emulator.resize(wide, high);
      pty.resize(wide, high);
    },
    kill: (signal) => void process.kill(toolPid(), signal),
    hangUp: () => {
      isHungUp = true;
      (pty as unknown as Readonly<{destroy: () => void}>).destroy();
    },
    ends: async () => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(
          () =>
            reject(new Error(`the tool has not ended in ${patienceMs / 1000} s; the screen says\n${indented(text())}`)),
          patienceMs,
        );
      });
      try {
        return await Promise.race([exit, late]);
      } finally {
        clearTimeout(timer);
      }
    },
    written: () => written,
    isCooked: () => {
      const said = existsSync(report)
        ? readFileSync(report, 'utf8')
        : execFileSync('stty', ['-F', line, '-a'], {encoding: 'utf8'});
      return /(?:^|\s)icanon/.test(said) && /(?:^|\s)echo\b/.test(said);
    },
    [Symbol.asyncDispose]: async () => {
      if (ended === undefined) {
        for (const pid of [toolPid(), pty.pid]) {
          try {
            process.kill(pid, 'SIGKILL');
          } catch {
            // It has ended meanwhile.
          }
        }
        if (!isHungUp) await exit;
      }
      emulator.dispose();
    },
  };
};
