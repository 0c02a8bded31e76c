// Which runbook a command is about, read and checked.

import {
  readBytes,
  readRunbookFolder,
  runbookFolder,
  runbookNames,
  type RunbookFolder,
} from '../adapters/runbook-folder.ts';

import {readProject} from '../adapters/project-folder.ts';
import {projectPlaces} from '../runbook/alembic-checks.ts';
import type {RunbookDefinition} from '../core/definition.ts';
import type {SqlParser} from '../core/sql-parser.ts';
import {loadRunbook, type RunbookFiles} from '../runbook/load.ts';
import {loadAnswers as loadAnswersFile, type Answers} from '../runbook/answers.ts';
import type {CliContext} from './context.ts';
import {sqlParser} from './sql-parser.ts';
import {opened, trouble, type Opening} from './trouble.ts';

export type LoadedFolder = Readonly<{runbook: RunbookDefinition; files: RunbookFiles; folder: RunbookFolder}>;

/** The document decides which projects belong to it. */
const readWithProjects = (folder: RunbookFolder): RunbookFiles => {
  const files = readRunbookFolder(folder);
  return new Map([...files, ...projectPlaces(files).flatMap((place) => [...readProject(folder, place)])]);
};

const loadWith = (
  context: CliContext,
  name: string | undefined,
  parser: SqlParser | undefined,
): Opening<LoadedFolder> => {
  const known = runbookNames(context.runbooks);
  const chosen = name ?? context.runbook ?? known[0];
  if (chosen === undefined || !known.includes(chosen)) {
    return trouble({code: 'runbook-unknown', name: chosen ?? '', known});
  }
  const folder = runbookFolder(context.runbooks, chosen);
  const given = parser === undefined ? {} : {parser};
  const loaded = loadRunbook({files: readWithProjects(folder), folder: chosen, ...given});
  return loaded.ok
    ? opened({runbook: loaded.runbook, files: loaded.files, folder})
    : trouble({code: 'runbook-invalid', problems: loaded.problems});
};

/** The named runbook; without a name the only one, or the first in order. Its SQL is not read as PostgreSQL reads it. */
export const loadNamed = (context: CliContext, name: string | undefined): Opening<LoadedFolder> =>
  loadWith(context, name, undefined);

/** The same, with every problem of its SQL. */
export const loadSound = async (context: CliContext, name: string | undefined): Promise<Opening<LoadedFolder>> =>
  loadWith(context, name, await sqlParser());

/** A loaded runbook whose SQL PostgreSQL's own parser has nothing to say against. Asked before a run begins. */
export const withSoundSql = async (loaded: LoadedFolder): Promise<Opening<LoadedFolder>> => {
  const checked = loadRunbook({files: loaded.files, parser: await sqlParser()});
  return checked.ok ? opened(loaded) : trouble({code: 'runbook-invalid', problems: checked.problems});
};

/** The answers file of `--answers`, or the one given; undefined when there is none to read. */
export const loadAnswers = (runbook: RunbookDefinition, path: string | undefined): Opening<Answers | undefined> => {
  if (path === undefined) return opened(undefined);
  const bytes = readBytes(path);
  if (bytes === undefined) return trouble({code: 'answers-missing', path});
  const answers = loadAnswersFile({file: path, bytes, runbook});
  return answers.ok ? opened(answers.answers) : trouble({code: 'runbook-invalid', problems: answers.problems});
};
