// What a report is made from, and how much of a run's files it wants to see: bounded, whatever a child has written.

import type {RunbookDefinition} from '../../core/definition.ts';
import type {Recorded} from '../../core/event.ts';
import type {StepId} from '../../core/ids.ts';
import type {Impact} from '../../core/preview.ts';
import {factsOf, type RunState} from '../../core/state.ts';
import type {Payload} from '../payload.ts';

/** Where the journal ends, and what is wrong with it. */
export type JournalEnd = Readonly<{head: string; tornBytes: number; damage?: unknown}>;

/** The beginning of a file and, where it is longer than that, its end. */
export type Excerpt = Readonly<{bytes: number; head: Uint8Array; tail: Uint8Array}>;

type Wanted = Readonly<{path: string; headBytes: number; tailBytes: number}>;

export type ReportSource = Readonly<{
  runbook: RunbookDefinition;
  events: readonly Recorded[];
  state: RunState;
  end: JournalEnd;
  /** By path relative to the run directory; what is not there was not written, or is lost. */
  excerpts: ReadonlyMap<string, Excerpt>;
  /** What each change was going to take, put back and alter, as it was shown before it was started. */
  impacts: ReadonlyMap<StepId, Impact>;
  tool: string;
  player: Readonly<{script: string; style: string}>;
}>;

const KIB = 1024;
/** 6 KiB: a screen and a half of what was said first and last; the rest lies in the bundle. */
const LOG_BYTES = 6 * KIB;
/** 1 MiB: records that no player shows are taken out of it before it is embedded. */
const CAST_BYTES = 1024 * KIB;
/** 4 MiB: a snapshot of hundreds of views; beyond it nothing is said of its contents. */
const WHOLE_BYTES = 4096 * KIB;

/** Where the transcript of an attempt lies, sealed or not. */
export const transcriptOf = (step: StepId, attempt: number): Readonly<{log: string; cast: string}> => {
  const name = `transcripts/${step.replaceAll('/', '.')}.${attempt}`;
  return {log: `${name}.log`, cast: `${name}.cast`};
};

/** Of every attempt its transcript, and of the rest what is drawn or worked out again. */
const wantedFiles = (events: readonly Recorded[], state: RunState): readonly Wanted[] => [
  ...events.flatMap((event): readonly Wanted[] => {
    if (event.type !== 'StepStarted') return [];
    const {log, cast} = transcriptOf(event.step, event.attempt);
    return [
      {path: log, headBytes: LOG_BYTES, tailBytes: LOG_BYTES},
      {path: cast, headBytes: CAST_BYTES, tailBytes: 0},
    ];
  }),
  ...state.artifacts.flatMap(({artifact: {path}}) =>
    path.endsWith('.explain.json') || path.endsWith('.diff.json') || path.endsWith('.png')
      ? [{path, headBytes: WHOLE_BYTES, tailBytes: 0}]
      : [],
  ),
  ...factsOf(state, 'snapshot').map(({facts}) => ({path: facts.path, headBytes: WHOLE_BYTES, tailBytes: 0})),
];

/** What is wanted of each file, read in pieces no larger than that. */
export const readExcerpts = async (
  payload: Payload,
  events: readonly Recorded[],
  state: RunState,
): Promise<ReadonlyMap<string, Excerpt>> => {
  const read = new Map<string, Excerpt>();
  for (const {path, headBytes, tailBytes} of wantedFiles(events, state)) {
    const bytes = payload.sizeOf(path);
    if (bytes === undefined) continue;
    const headEnd = Math.min(bytes, headBytes);
    const tailStart = Math.max(headEnd, bytes - tailBytes);
    const head = await payload.read(path, {start: 0, end: headEnd});
    const tail = tailStart < bytes ? await payload.read(path, {start: tailStart, end: bytes}) : undefined;
    if (head !== undefined) read.set(path, {bytes, head, tail: tail ?? new Uint8Array()});
  }
  return read;
};

const decoder = new TextDecoder();

/** Undefined unless all of it was read. */
export const wholeText = (excerpt: Excerpt | undefined): string | undefined =>
  excerpt === undefined || excerpt.head.byteLength < excerpt.bytes ? undefined : decoder.decode(excerpt.head);

/** Whole lines from the beginning and to the end, and how many bytes between them are left out. */
export const linesOf = ({bytes, head, tail}: Excerpt): Readonly<{head: string; tail: string; leftOutBytes: number}> => {
  const isWhole = head.byteLength + tail.byteLength >= bytes;
  if (isWhole) return {head: decoder.decode(head) + decoder.decode(tail), tail: '', leftOutBytes: 0};
  const newline = 10;
  const first = head.subarray(0, head.lastIndexOf(newline) + 1);
  const begin = tail.indexOf(newline) + 1;
  // One endless line has no whole ones: then it is cut where it is cut.
  const [start, last] = [first.byteLength === 0 ? head : first, tail.subarray(begin === tail.byteLength ? 0 : begin)];
  return {
    head: decoder.decode(start),
    tail: decoder.decode(last),
    leftOutBytes: bytes - start.byteLength - last.byteLength,
  };
};
