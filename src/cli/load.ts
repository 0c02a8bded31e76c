// Which runbook a command is about, read and checked.

import {
  readBytes,
  readRunbookFolder,
  runbookFolder,
  runbookNames,
  type RunbookFolder,
} from '../adapters/runbook-folder.ts';

import type {RunbookDefinition} from '../core/definition.ts';
import {loadRunbook, type RunbookFiles} from '../runbook/load.ts';
import {loadAnswers as loadAnswersFile, type Answers} from '../runbook/answers.ts';
import type {CliContext} from './context.ts';
import {opened, trouble, type Opening} from './trouble.ts';

export type LoadedFolder = Readonly<{runbook: RunbookDefinition; files: RunbookFiles; folder: RunbookFolder}>;

/** The named runbook; without a name the only one, or the first in order. */
export const loadNamed = (context: CliContext, name: string | undefined): Opening<LoadedFolder> => {
  const known = runbookNames(context.runbooks);
  const chosen = name ?? known[0];
  if (chosen === undefined || !known.includes(chosen)) {
    return trouble({code: 'runbook-unknown', name: chosen ?? '', known});
  }
  const folder = runbookFolder(context.runbooks, chosen);
  const loaded = loadRunbook({files: readRunbookFolder(folder), folder: chosen});
  return loaded.ok
    ? opened({runbook: loaded.runbook, files: loaded.files, folder})
    : trouble({code: 'runbook-invalid', problems: loaded.problems});
};

/** The answers file of `--answers`, or the one given; undefined when there is none to read. */
export const loadAnswers = (runbook: RunbookDefinition, path: string | undefined): Opening<Answers | undefined> => {
  if (path === undefined) return opened(undefined);
  const bytes = readBytes(path);
  if (bytes === undefined) return trouble({code: 'answers-missing', path});
  const answers = loadAnswersFile({file: path, bytes, runbook});
  return answers.ok ? opened(answers.answers) : trouble({code: 'runbook-invalid', problems: answers.problems});
};
