// What is recorded of an attempt beside what it said: what was sent, exactly, and the shape of what came back.

import type {FailureCode} from './failure.ts';
import type {StepId} from './ids.ts';

/** Where the output of an attempt lies, below the run directory. */
export const transcriptLog = (step: StepId, attempt: number): string =>
  `transcripts/${step.replaceAll('/', '.')}.${attempt}.log`;

/** 2 MiB: more lines than a screen keeps. A log may be larger than memory, and is never read whole. */
export const TRANSCRIPT_END_BYTES = 2 * 1024 * 1024;

export type TranscriptRecord =
  | Readonly<{
      type: 'process';
      argv: readonly string[];
      /** Names only: a value may be a secret. */
      environment: readonly string[];
    }>
  | Readonly<{
      type: 'process-ended';
      exitCode?: number;
      signal?: string;
      timedOut: boolean;
      cancelled: boolean;
      durationMs: number;
    }>
  | Readonly<{type: 'statement'; pid: number; sql: string; file?: string; values?: readonly string[]}>
  /** Rows are counted, never kept: they are somebody's data. */
  | Readonly<{type: 'answer'; pid: number; columns: readonly string[]; rows: number; durationMs: number}>
  | Readonly<{type: 'refusal'; pid: number; code: FailureCode; message?: string; durationMs: number}>
  | Readonly<{type: 'notice'; pid: number; severity: string; code: string; message: string}>;
