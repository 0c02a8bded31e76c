// How a recording is written: asciicast v3, which asciinema plays, each line whole as soon as it is written.
//
// A header, then `[seconds since the event before, code, text]`. Codes of the format: `o` output, `r` size, `m` marker, `x`
// exit. Codes of our own, which players pass over: `j` a record in JSON (what was sent, and the shape of the answer), `b`
// the bytes of the output just before it in base64, where they are no UTF-8, and `k` a key that led to a command.

import {closeSync, fsyncSync, openSync} from 'node:fs';
import {FILE_MODE, syncAhead, syncDirectory, writeText} from './files.ts';
import {rawBytes} from './raw-text.ts';
import {dirname} from 'node:path';

export type CastCode = 'o' | 'r' | 'm' | 'x' | 'j' | 'b' | 'k';

export type CastHeader = Readonly<{
  columns: number;
  rows: number;
  title: string;
  command?: string;
  /** What the recording belongs to, under a key of our own. */
  of: Readonly<Record<string, string | number>>;
}>;

export type CastFile = Readonly<{
  write: (code: CastCode, text: string) => void;
  /** What a child said: line ends as a terminal needs them; what is no UTF-8 comes along as it was. */
  output: (text: string) => void;
  /** Before a long recording is closed. */
  syncAhead: () => Promise<void>;
  /** Synced, with its name. */
  close: () => void;
}>;

const seconds = (ms: number): string => (Math.max(0, ms) / 1000).toFixed(6);

/** Throws the system's error, as every other write of it does. @param flags `wx` never writes over an older one. */
export const createCast = (path: string, header: CastHeader, flags: 'a' | 'wx' = 'a'): CastFile => {
  const descriptor = openSync(path, flags, FILE_MODE);
  let last = performance.now();
  const write = (code: CastCode, text: string): void => {
    const now = performance.now();
    writeText(descriptor, `[${seconds(now - last)}, "${code}", `, JSON.stringify(text), ']\n');
    last = now;
  };
  const opening = JSON.stringify({
    version: 3,
    term: {cols: header.columns, rows: header.rows, type: 'xterm-256color'},
    timestamp: Math.floor(Date.now() / 1000),
    title: header.title,
    ...(header.command === undefined ? {} : {command: header.command}),
    'attempt-runbook': header.of,
  });
  writeText(descriptor, opening, '\n');
  return {
    write,
    output: (text) => {
      const isText = text.isWellFormed();
      write('o', (isText ? text : text.toWellFormed()).replaceAll(/\r?\n/g, '\r\n'));
      if (!isText) write('b', rawBytes(text).toString('base64'));
    },
    syncAhead: () => syncAhead(descriptor),
    close: () => {
      try {
        fsyncSync(descriptor);
        syncDirectory(dirname(path));
      } finally {
        closeSync(descriptor);
      }
    },
  };
};
