// What of a step's output is kept for the screen: its last lines, as they came, so that a flood stays bounded.

import {visible} from '../text/visible.ts';
import {blockOf, joined, limited, linesOf, linesWith, type Block, type OutputKind} from './output-block.ts';

export type {OutputKind} from './output-block.ts';
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

export const createOutputStore = (capacity = keptLines): OutputStore => {
  /** Whole lines in the order of their ends; a flood is cut into lines only where a frame looks. */
  const blocks: Block[] = [];
  const partial = new Map<OutputKind, string>();
  const listeners = new Set<() => void>();
  let finished = 0;
  let version = 0;
  let current: OutputSnapshot | undefined;

  const add = (stream: OutputKind, lines: string): void => {
    const block = blockOf(stream, lines, finished);
    finished += block.count;
    const whole = joined(blocks.at(-1), block);
    if (whole !== undefined) blocks.pop();
    blocks.push(whole ?? block);
    const gone = blocks.findIndex(({first, count}) => first + count > finished - capacity);
    if (gone > 0) blocks.splice(0, gone);
  };

  const snapshot = (): OutputSnapshot => {
    if (current?.version === version) return current;
    // A snapshot is drawn before the next push: it may look into the blocks instead of copying them.
    const open = [...partial].map(([stream, text]): OutputLine => ({stream, text: visible(limited(text))}));
    const end = finished;
    const dropped = Math.max(0, end - capacity);
    const total = end + open.length;
    const slice = (from: number, to: number): readonly OutputLine[] => {
      const begin = Math.max(from, dropped);
      const shown = blocks.filter(({first, count}) => first < to && first + count > begin);
      return [
        ...shown.flatMap((block) => linesOf(block, begin, to).map((text) => ({stream: block.stream, text}))),
        ...open.slice(Math.max(0, begin - end), Math.max(0, to - end)),
      ];
    };
    const matches = (search: string): readonly number[] => {
      if (search === '' || search.includes('\n')) return [];
      const wanted = search.toLowerCase();
      const found = blocks.flatMap((block) => linesWith(block, wanted)).filter((line) => line >= dropped);
      open.forEach(({text}, at) => {
        if (text.toLowerCase().includes(wanted)) found.push(end + at);
      });
      return found;
    };
    current = {version, total, dropped, slice, matches};
    return current;
  };

  const push = (stream: OutputKind, text: string): void => {
    if (text === '') return;
    const lines = text.lastIndexOf('\n') + 1;
    const begun = partial.get(stream) ?? '';
    if (lines > 0) add(stream, begun + text.slice(0, lines));
    const rest = limited(lines > 0 ? text.slice(lines) : begun + text);
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
