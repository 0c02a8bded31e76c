// attempt-runbook export: everything a run has as a BagIt bag, in a directory and in one archive.

import {resolve} from 'node:path';
import {jsonLine} from '../ui/plain/json-line.ts';
import {damagedLines} from '../ui/text/damaged.ts';
import type {ExitCode} from '../ui/text/exit.ts';
import {visibleLine} from '../ui/text/visible.ts';
import type {CliContext} from './context.ts';
import {exportBundle} from './export-bundle.ts';
import {findRun} from './read-run.ts';
import {showTrouble} from './show.ts';

/** Whether somebody is there to type a passphrase. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** Ctrl+C removes what was begun; a second one ends the process as it always does. */
const stopped = (): AbortSignal => {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  return stop.signal;
};

/** @param output the archive, `NAME.zip`; the directory is `NAME` beside it. */
export const exportEvidence = async (
  context: CliContext,
  run: string | undefined,
  output: string | undefined,
  key?: string,
  timestamp?: string,
): Promise<ExitCode> => {
  const found = findRun(context, run);
  if (!found.ok) return showTrouble(context, found.trouble);
  const exported = await exportBundle({
    directory: found.value,
    env: context.env,
    terminal: canAsk(),
    signal: stopped(),
    ...(output === undefined ? {} : {output}),
    // ssh-keygen runs elsewhere: a relative path would mean another file there.
    ...(key === undefined ? {} : {key: resolve(key)}),
    ...(timestamp === undefined ? {} : {timestamp}),
  });
  switch (exported.status) {
    case 'stopped':
      return 130;
    case 'failed':
      return showTrouble(context, exported.trouble);
    case 'written': {
      const {archive, directory, files, bytes, damaged} = exported;
      if (context.options.json === true) context.out(jsonLine({archive, directory, files, bytes, damaged}));
      else {
        context.out(archive);
        context.out(`${directory}/  (${files})`);
      }
      for (const line of damagedLines(damaged, context.locale)) context.err(visibleLine(line));
      return damaged.length === 0 ? 0 : 65;
    }
  }
};
