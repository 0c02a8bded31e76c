// The screen as a person sees it: the real front in a terminal emulator, driven by keys, read as text.

import './colour.ts';
import {Console} from 'node:console';
import {PassThrough} from 'node:stream';
import xterm from '@xterm/headless';
import {keyInput} from '../../../src/adapters/key-input.ts';
import {startTui, type Behind, type TuiExit, type TuiOptions} from '../../../src/ui/tui/start.tsx';
import {createFakeHome} from './fake-home.ts';
import {openedAt} from './fake-session.ts';
import {UnicodeGraphemesAddon} from '../../support/graphemes.ts';

export type Cell = Readonly<{isBold: boolean; isInverse: boolean; isDim: boolean; isColoured: boolean}>;

export type TestTerminal = Readonly<{
  /** The rows as they are seen, without blanks at their ends. */
  frame: () => string;
  press: (keys: string) => void;
  paste: (text: string) => void;
  /** Presses, and waits until the frame contains the text. */
  pressUntil: (keys: string, content: string | RegExp) => Promise<string>;
  waitFor: (content: string | RegExp) => Promise<string>;
  /**
   * The frame once all that was written has been drawn: several looks at it that are the same. Ink holds an Esc back for a
   * moment, since it may begin a longer key, and what was typed after it waits with it; two looks can fall in between.
   */
  settled: () => Promise<string>;
  waitUntil: (condition: () => boolean, what: string) => Promise<void>;
  resize: (columns: number, rows: number) => void;
  cell: (row: number, column: number) => Cell;
  cursor: () => Readonly<{x: number; y: number}>;
  exit: Promise<TuiExit>;
  written: () => string;
  /** Ends this screen alone; for tests that run beside each other. */
  close: () => Promise<void>;
}>;

export type TerminalOptions = Partial<TuiOptions> &
  Partial<Behind> &
  Readonly<{columns?: number; rows?: number; nowMs?: () => number}>;

export const keysOf = {
  enter: '\r',
  esc: '\u001b',
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  pageUp: '\u001b[5~',
  pageDown: '\u001b[6~',
  tab: '\t',
  ctrlC: '\u0003',
  backspace: '\u007f',
} as const;

// Six looks, 60 ms apart: longer than Ink waits for the rest of an escape sequence.
const STILL_LOOKS = 6;

// Vitest's own console lacks what Ink needs to keep stray output off the screen.
Object.assign(console, {Console});
// Each screen puts back the console that it found, which is another screen's where several are open at once.
const own = {...console};

// A minute: a frame takes milliseconds; this is for a machine on which everything else runs as well.
const patienceMs = 60_000;
const running = new Set<() => Promise<void>>();

/** Ends every screen that a test has left open. */
export const closeTerminals = async (): Promise<void> => {
  for (const close of running) await close();
  running.clear();
};

export const openTerminal = ({columns = 80, rows = 24, ...options}: TerminalOptions = {}): TestTerminal => {
  const emulator = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 0});
  emulator.loadAddon(new UnicodeGraphemesAddon());
  emulator.unicode.activeVersion = '15-graphemes';
  let written = '';
  const stdout = Object.assign(new PassThrough(), {columns, rows, isTTY: true as const});
  stdout.on('data', (chunk: Buffer) => {
    written += chunk.toString();
    // A terminal in raw mode still turns a line feed into carriage return and line feed on output.
    emulator.write(chunk.toString().replaceAll('\n', '\r\n'));
  });
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true as const,
    setRawMode: () => stdin,
    ref: () => stdin,
    unref: () => stdin,
  });
  const typed = keyInput(stdin as unknown as NodeJS.ReadStream);
  const hangup = new AbortController();
  const exit = startTui({
    locale: 'en',
    ascii: false,
    colour: true,
    timeZone: 'Asia/Seoul',
    tool: '1.0.0',
    onLocale: () => undefined,
    now: () => Date.parse(openedAt) + 872_000,
    hangup: hangup.signal,
    stdin: typed.stdin,
    letGoOfKeys: typed.letGo,
    stdout: stdout as unknown as NodeJS.WriteStream,
    behind: {home: createFakeHome().model, ...options},
    ...options,
  });
  const close = async (): Promise<void> => {
    running.delete(close);
    hangup.abort();
    await exit;
    emulator.dispose();
    if (running.size === 0) Object.assign(console, own);
  };
  running.add(close);

  const frame = (): string => {
    const {active} = emulator.buffer;
    return Array.from(
      {length: emulator.rows},
      (_, row) => active.getLine(row)?.translateToString(true, 0, emulator.cols).trimEnd() ?? '',
    ).join('\n');
  };

  const waitUntil = async (condition: () => boolean, what: string, everyMs = 5): Promise<void> => {
    const end = Date.now() + patienceMs;
    while (!condition()) {
      if (Date.now() > end) throw new Error(`waited in vain for ${what}:\n${frame()}`);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  };

  const waitFor = async (content: string | RegExp): Promise<string> => {
    await waitUntil(
      () => (typeof content === 'string' ? frame().includes(content) : content.test(frame())),
      String(content),
    );
    return frame();
  };

  const settled = async (): Promise<string> => {
    let last = '';
    let same = 0;
    await waitUntil(
      () => {
        const now = `${written.length}\n${frame()}`;
        same = now === last ? same + 1 : 0;
        last = now;
        return same >= STILL_LOOKS;
      },
      'a frame that stands still',
      60,
    );
    return frame();
  };

  const press = (keys: string): void => {
    stdin.write(keys);
  };

  return {
    frame,
    press,
    paste: (text) => press(`\u001b[200~${text}\u001b[201~`),
    pressUntil: (keys, content) => {
      press(keys);
      return waitFor(content);
    },
    waitFor,
    settled,
    waitUntil,
    resize: (wide, high) => {
      emulator.resize(wide, high);
      Object.assign(stdout, {columns: wide, rows: high});
      stdout.emit('resize');
    },
    cell: (row, column) => {
      const found = emulator.buffer.active.getLine(row)?.getCell(column);
      return {
        isBold: found?.isBold() !== 0,
        isInverse: found?.isInverse() !== 0,
        isDim: found?.isDim() !== 0,
        isColoured: found?.isFgDefault() !== true || found.isBgDefault() !== true,
      };
    },
    cursor: () => ({x: emulator.buffer.active.cursorX, y: emulator.buffer.active.cursorY}),
    exit,
    written: () => written,
    close,
  };
};
