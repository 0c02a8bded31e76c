// How a screen has the bundle of a run written, and any bundle checked.

import {resolve} from 'node:path';
import {openEvidence} from '../adapters/evidence-files.ts';
import {errorMessage, isFileTrouble} from '../adapters/files.ts';
import {damagedLines} from '../ui/text/damaged.ts';
import {faultLines} from '../ui/text/verification.ts';
import {verifiedLines, type VerifiedLine} from '../ui/text/verified.ts';
import type {BundleChecked, BundleWork, LinesInBoth} from '../ui/tui/bundle.ts';
import type {CliContext} from './context.ts';
import {exportBundle} from './export-bundle.ts';
import {findRun, readRun} from './read-run.ts';
import {troubleLines} from './show.ts';
import type {StartTrouble} from './trouble.ts';
import {verifyBundle} from './verify-bundle.ts';

const inBoth = (lines: (locale: 'en' | 'ko') => readonly VerifiedLine[]): LinesInBoth => ({
  en: lines('en'),
  ko: lines('ko'),
});

export const screenBundles = (context: CliContext): BundleWork => {
  const wordsOf = (of: StartTrouble): LinesInBoth => inBoth((locale) => troubleLines({...context, locale}, of));
  const placeOf = (run: string): string => resolve(`${run}-evidence.zip`);

  const checked = async (
    path: string,
    tell: (done: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<BundleChecked> => {
    const evidence = openEvidence(path);
    // An archive is read twice: its list and files, then as it was packed.
    const total =
      'archive' in evidence ? 2 * evidence.archive.bytes : evidence.files.reduce((sum, {bytes}) => sum + bytes, 0);
    let done = 0;
    const onBytes = (bytes: number): void => {
      signal.throwIfAborted();
      done = Math.min(total, done + bytes);
      tell(done, total);
    };
    const found = await verifyBundle({path, env: context.env, onBytes});
    return found.ok
      ? {
          status: 'sound',
          lines: inBoth((locale) => verifiedLines(found.verified, found.signedBy, found.approvals, locale)),
        }
      : {
          status: found.fault.code === 'journal-newer' ? 'unreadable' : 'unsound',
          lines: inBoth((locale) => faultLines(found.fault, locale)),
        };
  };

  return {
    placeOf,
    exportRun: async (run, tell, signal) => {
      const found = findRun(context, run);
      if (!found.ok) return {status: 'failed', lines: wordsOf(found.trouble)};
      const exported = await exportBundle({
        directory: found.value,
        output: placeOf(run),
        env: context.env,
        terminal: false,
        signal,
        onProgress: ({phase, doneBytes, totalBytes}) => tell(phase, doneBytes, totalBytes),
      });
      switch (exported.status) {
        case 'stopped':
          return exported;
        case 'failed':
          return {status: 'failed', lines: wordsOf(exported.trouble)};
        case 'written': {
          const read = readRun(found.value);
          const isComplete =
            read.ok && read.value.state.closed !== undefined && read.value.journal.damage === undefined;
          const {damaged, ...written} = exported;
          return {
            ...written,
            isComplete,
            ...(damaged.length === 0 ? {} : {damaged: inBoth((locale) => damagedLines(damaged, locale))}),
          };
        }
      }
    },
    verify: async (path, tell, signal) => {
      try {
        return await checked(path, tell, signal);
      } catch (error) {
        if (signal.aborted) return {status: 'stopped'};
        if (!isFileTrouble(error)) throw error;
        return {
          status: 'unreadable',
          lines: wordsOf({code: 'evidence-unreadable', path, message: errorMessage(error)}),
        };
      }
    },
  };
};
