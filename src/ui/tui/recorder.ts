// How what the operator saw, and the keys that led to commands, become a recording: only rows that changed are drawn.

import type {Command} from '../../core/command.ts';
import type {Frame} from './frame.ts';
import type {KeyPress} from './key-press.ts';
import type {Line} from './line.ts';
import type {Size} from './scene.ts';
import {lookOf, signsFor, type Look, type Theme} from './theme.ts';

/** Takes events of an asciicast: `o` what is drawn, `r` the new size, `m` what was done, `k` the key that did it. */
export type RecordEvent = (code: 'o' | 'r' | 'm' | 'k', text: string) => void;

/** What a run screen is recorded by. */
export type Recording = Readonly<{
  /** Called once, before anything else is told. */
  begin: (size: Size) => void;
  event: RecordEvent;
  /** Milliseconds that only ever grow. */
  nowMs: () => number;
  /** Masks what must not be stored: a reason may have been pasted from anywhere. */
  redact: (text: string) => string;
}>;

export type Recorder = Readonly<{
  frame: (frame: Frame, size: Size, theme: Theme) => void;
  key: (press: KeyPress, command: Command['type'] | 'leave' | 'export-evidence') => void;
}>;

/** 200 ms: a flood of output would be recorded thirty times a second, and nobody reads that fast. */
const APART_MS = 200;

const colours = {red: 31, green: 32, yellow: 33, cyan: 36} as const;

const sgr = ({color, bold, dimColor, inverse, underline}: Look): string => {
  const codes = [
    ...(bold === true ? [1] : []),
    ...(dimColor === true ? [2] : []),
    ...(underline === true ? [4] : []),
    ...(inverse === true ? [7] : []),
    ...(color === undefined ? [] : [colours[color]]),
  ];
  return codes.length === 0 ? '' : `\u001b[${codes.join(';')}m`;
};

const drawn = (line: Line, theme: Theme, redact: Recording['redact']): string => {
  const whole = line.map(({text}) => text).join('');
  const safe = redact(whole);
  // What was masked may go over several spans: then the row has no colours.
  if (safe !== whole) return safe;
  return line
    .map(({text, tone}) => {
      const look = sgr(lookOf(tone, theme));
      return look === '' ? signsFor(text, theme) : `${look}${signsFor(text, theme)}\u001b[0m`;
    })
    .join('');
};

export const createRecorder = ({begin, event, redact, nowMs}: Recording): Recorder => {
  let rows: readonly string[] = [];
  let size: Size | undefined;
  let lastMs = Number.NEGATIVE_INFINITY;
  let isAwaited = true;
  let skipped: (() => void) | undefined;
  const draw = (frame: Frame, now: Size, theme: Theme): void => {
    skipped = undefined;
    if (size === undefined) begin(now);
    else if (size.columns !== now.columns || size.rows !== now.rows) {
      event('r', `${now.columns}x${now.rows}`);
      rows = [];
    }
    const next = frame.lines.map((line) => drawn(line, theme, redact));
    const changed = next.flatMap((row, at) => (row === rows[at] ? [] : [`\u001b[${at + 1}H${row}\u001b[K`]));
    const clear = rows.length === 0 ? '\u001b[2J' : '';
    if (changed.length > 0) event('o', `${clear}${changed.join('')}`);
    rows = next;
    size = now;
    lastMs = nowMs();
    isAwaited = false;
  };
  return {
    frame: (frame, now, theme) => {
      // The next second draws again: the last state of a flood is never lost for longer.
      if (isAwaited || nowMs() - lastMs >= APART_MS) draw(frame, now, theme);
      else skipped = () => draw(frame, now, theme);
    },
    key: (press, command) => {
      // What he saw when he pressed it.
      skipped?.();
      isAwaited = true;
      // Text leads to a command only where it is one key; what was typed into a field is on the screen, and nowhere else.
      event('k', press.kind === 'key' ? press.key : redact(press.text.slice(0, 1)));
      event('m', command);
    },
  };
};
