// How far a bundle of evidence is: being written, written, being checked, checked; and what a key does about it.

import type {RunId} from '../../core/ids.ts';
import type {Locale} from '../../core/text.ts';
import type {VerifiedLine} from '../text/verified.ts';
import {entryOf} from './key-entry.ts';
import type {KeyPress} from './key-press.ts';
import {edited, valueOf, type TextEdit} from './text-edit.ts';

/** Lines that the start-up code has words for, in both languages: the operator may switch while they stand there. */
export type LinesInBoth = Readonly<Record<Locale, readonly VerifiedLine[]>>;

export type ExportPhase = 'copying' | 'reporting' | 'signing' | 'packing';

export type BundleWritten =
  | Readonly<{
      status: 'written';
      archive: string;
      directory: string;
      files: number;
      bytes: number;
      isComplete: boolean;
      /** Which sealed files are not in it as they were sealed, and what that means; absent when all are. */
      damaged?: LinesInBoth;
    }>
  | Readonly<{status: 'stopped'}>
  | Readonly<{status: 'failed'; lines: LinesInBoth}>;

export type BundleChecked =
  /** 'sound': it holds what it says; 'unsound': it does not; 'unreadable': nobody can tell. */
  Readonly<{status: 'sound' | 'unsound' | 'unreadable'; lines: LinesInBoth}> | Readonly<{status: 'stopped'}>;

/** What the screen asks of the program. */
export type BundleWork = Readonly<{
  /** Where the bundle of a run is written. */
  placeOf: (run: RunId) => string;
  exportRun: (
    run: RunId,
    tell: (phase: ExportPhase, done: number, total: number) => void,
    signal: AbortSignal,
  ) => Promise<BundleWritten>;
  verify: (path: string, tell: (done: number, total: number) => void, signal: AbortSignal) => Promise<BundleChecked>;
}>;

export type BundleState =
  | Readonly<{stage: 'ask'; text: TextEdit}>
  | Readonly<{stage: 'exporting'; phase: ExportPhase; done: number; total: number}>
  | Readonly<{stage: 'verifying'; path: string; done: number; total: number}>
  | (Readonly<{stage: 'exported'; offset?: number}> & Exclude<BundleWritten, {status: 'failed'}>)
  | Readonly<{stage: 'failed'; lines: LinesInBoth}>
  | (Readonly<{stage: 'verified'; path: string; offset: number}> & BundleChecked);

export type BundleEffect =
  | Readonly<{do: 'show-bundle'; at: BundleState | undefined}>
  | Readonly<{do: 'export-bundle'; run: RunId}>
  | Readonly<{do: 'verify-bundle'; path: string}>
  /** Ends what is being done; an earlier bundle stays as it is. */
  | Readonly<{do: 'stop-bundle'}>;

const show = (at: BundleState | undefined): readonly BundleEffect[] => [{do: 'show-bundle', at}];

const isKey = (press: KeyPress, ...keys: readonly string[]): boolean =>
  press.kind === 'key' && keys.includes(press.key);

const scrolledBy = (action: string | undefined, page: number): number => {
  switch (action) {
    case 'up':
      return -1;
    case 'down':
      return 1;
    case 'page-up':
      return -page;
    case 'page-down':
      return page;
    default:
      return 0;
  }
};

/** @param last the furthest that a verdict can be scrolled: beyond it the rows that were gone down would have to be gone up unseen. */
export const respondToBundle = (
  at: BundleState,
  press: KeyPress,
  page: number,
  last: number,
): readonly BundleEffect[] => {
  switch (at.stage) {
    case 'ask': {
      if (isKey(press, 'esc', 'ctrl-c')) return show(undefined);
      if (isKey(press, 'enter')) {
        const path = valueOf(at.text).trim();
        return path === '' ? show(undefined) : [{do: 'verify-bundle', path}];
      }
      const text = edited(at.text, press);
      return text === undefined ? [] : show({...at, text});
    }
    case 'exporting':
    case 'verifying':
      return isKey(press, 'esc', 'ctrl-c') ? [{do: 'stop-bundle'}] : [];
    case 'exported':
    case 'failed':
    case 'verified': {
      const action = entryOf(press)?.entry.action;
      const isWritten = at.stage === 'exported' && at.status === 'written';
      if (isWritten && (action === 'act' || action === 'verify')) return [{do: 'verify-bundle', path: at.archive}];
      if (at.stage !== 'failed') {
        const by = scrolledBy(action, page);
        if (by !== 0) return show({...at, offset: Math.max(0, Math.min(last, Math.min(last, at.offset ?? 0) + by))});
      }
      return action === 'act' || action === 'back' || action === 'pause' || action === 'interrupt'
        ? show(undefined)
        : [];
    }
  }
};
