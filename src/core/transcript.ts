// What is recorded of an attempt beside what it said: what was sent, exactly, and the shape of what came back.

import type {FailureCode} from './failure.ts';

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
