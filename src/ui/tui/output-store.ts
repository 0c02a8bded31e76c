// What of a step's output is kept for the screen: its last lines, in a ring, so that a flood stays bounded.

import {visible} from '../text/visible.ts';

export type OutputKind = 'stdout' | 'stderr' | 'note';
export type OutputLine = Readonly<{stream: OutputKind; text: string}>;

export type OutputSnapshot = Readonly<{
  /** Changes with every push; two snapshots with the same version hold the same lines. */
  version: number;
  /** Lines ever seen, the unfinished last one included. */
  total: number;
  /** Lines that fell out at the beginning. */
  dropped: number;
  /** The lines from `from` up to `to`, numbered from 0 over all lines ever seen; those that fell out are left out. */
  slice: (from: number, to: number) => readonly OutputLine[];
  /** The numbers of the kept lines that contain the text, whatever its case. */
  matches: (search: string) => readonly number[];
}>;

export type OutputStore = Readonly<{
  push: (stream: OutputKind, text: string) => void;
  snapshot: () => OutputSnapshot;
  /** Tells at once about every push; whoever draws waits for his next frame. */
  subscribe: (listener: () => void) => () => void;
}>;

// 5,000 lines: some hundred screens, less than 1 MB; the whole output is in the transcript.
const keptLines = 5000;
// A line without an end, such as a progress bar, must not grow for ever either.
const keptCharacters = 4000;

const limited = (text: string): string => (text.length > keptCharacters ? text.slice(0, keptCharacters) : text);

export const createOutputStore = (capacity = keptLines): OutputStore => {
  const ring: OutputLine[] = [];
  const partial = new Map<OutputKind, string>();
  const listeners = new Set<() => void>();
  let finished = 0;
  let version = 0;
  let current: OutputSnapshot | undefined;

  const add = (stream: OutputKind, raw: string): void => {
    const text = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    ring[finished % capacity] = {stream, text: visible(limited(text))};
    finished += 1;
  };

  const at = (index: number, open: readonly OutputLine[]): OutputLine | undefined =>
    index < finished ? ring[index % capacity] : open[index - finished];

  const snapshot = (): OutputSnapshot => {
    if (current?.version === version) return current;
    // A snapshot is drawn before the next push: it may look into the ring instead of copying it.
    const open = [...partial].map(([stream, text]): OutputLine => ({stream, text: visible(limited(text))}));
    const end = finished;
    const dropped = Math.max(0, end - capacity);
    const total = end + open.length;
    const slice = (from: number, to: number): readonly OutputLine[] => {
      const lines: OutputLine[] = [];
      for (let index = Math.max(from, dropped); index < Math.min(to, total); index += 1) {
        const found = at(index, open);
        if (found !== undefined) lines.push(found);
      }
      return lines;
    };
    const matches = (search: string): readonly number[] => {
      if (search === '') return [];
      const wanted = search.toLowerCase();
      const found: number[] = [];
      for (let index = dropped; index < total; index += 1) {
        if (at(index, open)?.text.toLowerCase().includes(wanted) === true) found.push(index);
      }
      return found;
    };
    current = {version, total, dropped, slice, matches};
    return current;
  };

  const push = (stream: OutputKind, text: string): void => {
    if (text === '') return;
    const pieces = ((partial.get(stream) ?? '') + text).split('\n');
    const rest = limited(pieces.pop() ?? '');
    for (const piece of pieces) add(stream, piece);
    if (rest === '') partial.delete(stream);
    else partial.set(stream, rest);
    version += 1;
    for (const listener of listeners) listener();
  };

  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };

  return {push, snapshot, subscribe};
};
