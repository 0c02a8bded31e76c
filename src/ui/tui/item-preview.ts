// What of a kept file is shown for a look: both ends of a text, the story of a recording, and of a picture only its name.

import type {EvidencePiece} from '../../core/evidence-reading.ts';
import {visible} from '../text/visible.ts';
import type {KeptItem} from './evidence-items.ts';

export type ItemPreview =
  | Readonly<{status: 'loading'}>
  /** `leftOut` bytes lie between the beginning and the end. */
  | Readonly<{status: 'text'; head: readonly string[]; tail: readonly string[]; leftOut: number}>
  | Readonly<{status: 'not-text'; why: 'picture' | 'data' | 'bytes'}>
  | Readonly<{status: 'failed'; message: string}>;

export type ItemCheck =
  | Readonly<{status: 'reading'}>
  | Readonly<{status: 'equal'; atMs: number}>
  | Readonly<{status: 'differs'; sha256: string; bytes: number}>
  | Readonly<{status: 'unreadable'; message: string}>;

/** 64 KiB of each end: some thousand lines, whatever the size of the file. */
export const END_BYTES = 64 * 1024;

/** A picture cannot be drawn here, and a dump holds the data itself. */
export const notText = ({kind, artifact}: KeptItem): 'picture' | 'data' | undefined => {
  if (kind === 'backup') return 'data';
  return /^image\/(?!svg)/.test(artifact.mediaType) ? 'picture' : undefined;
};

type CastEvent = Readonly<{seconds: number; code: string; text: string}>;

const castEvents = (text: string): readonly CastEvent[] =>
  text.split('\n').flatMap((row) => {
    try {
      const value: unknown = JSON.parse(row);
      if (!Array.isArray(value)) return [];
      const [seconds, code, said] = value as readonly unknown[];
      return typeof seconds === 'number' && typeof code === 'string' && typeof said === 'string'
        ? [{seconds, code, text: said}]
        : [];
    } catch {
      // The header, the line at which the piece begins or ends, or something that is no recording.
      return [];
    }
  });

const stamp = (seconds: number): string => `${seconds.toFixed(1).padStart(7)} s  `;

/** What was said and what was done; the frames of a screen would be a heap of cursor movements. */
const castLines = (text: string): readonly string[] => {
  let at = 0;
  return castEvents(text).flatMap((event): readonly string[] => {
    at += event.seconds;
    switch (event.code) {
      case 'o':
        return event.text.includes('\u001b') ? [] : event.text.replace(/\r?\n$/, '').split(/\r?\n/);
      case 'm':
      case 'k':
      case 'r':
      case 'x':
        return [`${stamp(at)}${event.code} ${event.text}`];
      default:
        return [];
    }
  });
};

const pretty = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Only a part of it, or not JSON after all: as it stands.
    return text;
  }
};

const rows = (text: string): readonly string[] => visible(text.replace(/\r?\n$/, '')).split('\n');

/** A longer line would take more columns than anybody scrolls to, and is what a progress bar leaves. */
const bounded = (lines: readonly string[]): readonly string[] =>
  lines.map((row) => (row.length > 2000 ? `${row.slice(0, 2000)}..` : row));

/** @param tail the last piece, when the file has more than one. */
export const previewOf = (
  mediaType: string,
  path: string,
  head: EvidencePiece,
  tail: EvidencePiece | undefined,
): ItemPreview => {
  if (head.text.includes('\u0000') || (head.text.match(/\ufffd/g)?.length ?? 0) > head.text.length / 50) {
    return {status: 'not-text', why: 'bytes'};
  }
  if (path.endsWith('.cast')) {
    const leftOut = head.of - head.to;
    return {status: 'text', head: bounded(castLines(head.text).flatMap(rows)), tail: [], leftOut};
  }
  const whole = mediaType === 'application/json' && head.to === head.of ? pretty(head.text) : head.text;
  if (tail === undefined) return {status: 'text', head: bounded(rows(whole)), tail: [], leftOut: head.of - head.to};
  // Neither the last line of the beginning nor the first of the end is whole.
  const beginning = rows(whole.slice(0, whole.lastIndexOf('\n') + 1));
  const end = rows(tail.text.slice(tail.text.indexOf('\n') + 1));
  return {status: 'text', head: bounded(beginning), tail: bounded(end), leftOut: Math.max(0, tail.from - head.to)};
};
