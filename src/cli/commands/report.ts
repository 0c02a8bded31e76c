// attempt-runbook report: the report of a run as one file, without a bundle around it.

import {dirname, resolve} from 'node:path';
import {evidenceFiles} from '../../adapters/evidence-files.ts';
import {errorMessage, makeDirectories, writeWhole} from '../../adapters/files.ts';
import {payloadOf} from '../../evidence/payload.ts';
import type {ExitCode} from '../../ui/text/exit.ts';
import {jsonLine} from '../../ui/plain/json-line.ts';
import type {CliContext} from '../context.ts';
import {findRun, readWhole} from '../read-run.ts';
import {REPORT_HTML, REPORT_MARKDOWN, reportFiles} from '../report-files.ts';
import {showTrouble} from '../show.ts';

export type ReportOptions = Readonly<{output?: string; format: 'html' | 'md'}>;

/** The same bytes that an export of the run holds. A page has both languages; Markdown is in the operator's. */
export const report = async (
  context: CliContext,
  run: string | undefined,
  {output, format}: ReportOptions,
): Promise<ExitCode> => {
  const found = findRun(context, run);
  const read = found.ok ? readWhole(found.value) : found;
  if (!read.ok) return showTrouble(context, read.trouble);
  const {directory, state, runbook, journal} = read.value;
  const wanted = format === 'html' ? REPORT_HTML : REPORT_MARKDOWN[context.locale];
  const path = resolve(output ?? `${directory.run}-${wanted}`);
  const files = await reportFiles(runbook, payloadOf(evidenceFiles(directory)), {...journal, state});
  try {
    makeDirectories(dirname(path));
    writeWhole(path, files.find((file) => file.path === wanted)?.bytes ?? new Uint8Array());
  } catch (error) {
    return showTrouble(context, {code: 'file-not-written', path, message: errorMessage(error)});
  }
  context.out(context.options.json === true ? jsonLine({report: path}) : path);
  return 0;
};
