// attempt-runbook export: everything a run has, as a directory and as one archive, with a list of hashes.

import {basename, resolve} from 'node:path';
import {evidenceFiles, writeArchive, writeDirectory} from '../adapters/evidence-files.ts';
import {errorMessage} from '../adapters/files.ts';
import {archiveOf} from '../evidence/archive.ts';
import {withManifest} from '../evidence/manifest.ts';
import {summaryMarkdown} from '../evidence/summary.ts';
import type {ExitCode} from '../ui/text/exit.ts';
import {jsonLine} from '../ui/plain/json-line.ts';
import {summaryWords} from '../ui/text/summary.ts';
import type {CliContext} from './context.ts';
import {readNamed} from './read-run.ts';
import {showTrouble} from './show.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** @param output the archive, `NAME.zip`; the directory is `NAME` beside it. */
export const exportEvidence = async (
  context: CliContext,
  run: string | undefined,
  output: string | undefined,
): Promise<ExitCode> => {
  const read = readNamed(context, run);
  if (!read.ok) return showTrouble(context, read.trouble);
  const {directory, state, runbook, journal} = read.value;
  const archive = resolve(output ?? `${directory.run}-evidence.zip`);
  const folder = archive.endsWith('.zip') ? archive.slice(0, -'.zip'.length) : `${archive}.d`;
  const results = {
    run: directory.run,
    complete: state.closed !== undefined && journal.damage === undefined,
    outcome: state.closed?.outcome ?? null,
    events: journal.events.length,
    head: journal.head,
    damage: journal.damage ?? null,
    tornBytes: journal.tornBytes,
    plan: read.value.opened.plan,
    steps: state.steps,
  };
  const files = withManifest([
    ...evidenceFiles(directory),
    {path: 'results.json', bytes: utf8(`${JSON.stringify(results, null, 2)}\n`)},
    ...(['en', 'ko'] as const).map((locale) => ({
      path: `summary.${locale}.md`,
      bytes: utf8(summaryMarkdown(runbook, state, locale, summaryWords(locale))),
    })),
  ]);
  try {
    writeDirectory(folder, files);
    writeArchive(archive, await archiveOf(basename(folder), files));
  } catch (error) {
    return showTrouble(context, {code: 'file-not-written', path: archive, message: errorMessage(error)});
  }
  if (context.options.json === true) context.out(jsonLine({archive, directory: folder, files: files.length}));
  else {
    context.out(archive);
    context.out(`${folder}/  (${files.length})`);
  }
  return 0;
};
