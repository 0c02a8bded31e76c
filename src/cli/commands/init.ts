// attempt-runbook init: a new runbook for another change, from a few answers; it lints clean before it is written.

import {join, relative, resolve} from 'node:path';
import {parse} from 'yaml';
import {errorMessage} from '../../adapters/files.ts';
import {writeNewRunbook} from '../../adapters/new-runbook.ts';
import {openQuestions} from '../../adapters/questions.ts';
import {readProject} from '../../adapters/project-folder.ts';
import {readBytes, runbookFolder} from '../../adapters/runbook-folder.ts';
import {projectPlaces} from '../../runbook/alembic-checks.ts';
import type {Problem} from '../../runbook/problems.ts';
import {loadSqlParser} from '../../adapters/sql-parser.ts';
import {loadRunbook} from '../../runbook/load.ts';
import {
  givenSchema,
  isAnswer,
  wholeAnswers,
  type AnswerField,
  type AnswerProblem,
  type GivenAnswers,
  type ScaffoldAlembic,
  type ScaffoldAnswers,
} from '../../runbook/scaffold/answers.ts';
import {scaffoldFiles, type ScaffoldFiles} from '../../runbook/scaffold/scaffold.ts';
import type {ExitCode} from '../../ui/text/exit.ts';
import {
  initAnswersRefused,
  initDone,
  initProblem,
  initQuestion,
  initRefused,
  titleQuestion,
} from '../../ui/text/init.ts';
import {quoted} from '../command-line.ts';
import type {CliContext} from '../context.ts';
import {showTrouble} from '../show.ts';

export type InitOptions = GivenAnswers & Readonly<{directory?: string}>;

/** What we write is sound, or we do not write it: a name may be a word that SQL keeps for itself, and wants quotes then. */
const problemsOf = async (
  directory: string,
  id: string,
  {runbook, sql}: ScaffoldFiles,
): Promise<readonly Problem[]> => {
  const encoder = new TextEncoder();
  const files = new Map<string, Uint8Array>();
  for (const [path, text] of sql) files.set(`sql/${path}`, encoder.encode(text));
  files.set('runbook.yaml', encoder.encode(runbook.get('runbook.yaml') ?? ''));
  const folder = runbookFolder(join(directory, 'runbook'), id);
  for (const place of projectPlaces(files))
    for (const [path, bytes] of readProject(folder, place)) files.set(path, bytes);
  const loaded = loadRunbook({files, folder: id, parser: await loadSqlParser()});
  return loaded.ok ? [] : loaded.problems;
};

type AskOne = (field: AnswerField, suggestion: string) => Promise<string | undefined>;

/** Where the project's own alembic.ini says that its revisions are; `migrations`, as many have it, where it does not say. */
const scriptsOf = (directory: string, project: string): string => {
  const ini = readBytes(join(resolve(directory), project, 'alembic.ini'));
  const said = /^\s*script_location\s*=\s*(\S+)\s*$/m.exec(new TextDecoder().decode(ini ?? new Uint8Array()))?.[1];
  const below = said?.replace(/^%\(here\)s\//, '').replace(/^\.\//, '');
  return below !== undefined && isAnswer('alembicScripts', below) ? below : 'migrations';
};

/** The ini takes a single % for the beginning of a name: an env.py that hands it the raw URL wants each doubled. */
const doublesPercent = (directory: string, {alembicDirectory = '.', alembicScripts = ''}: GivenAnswers): boolean => {
  const env = readBytes(join(resolve(directory), alembicDirectory, alembicScripts, 'env.py'));
  const text = new TextDecoder().decode(env ?? new Uint8Array());
  return /set_main_option\(\s*['"]sqlalchemy\.url['"]/.test(text) && !/replace\(\s*['"]%['"]/.test(text);
};

const withProject = (given: GivenAnswers, directory: string): GivenAnswers => {
  if (given.migrator !== 'alembic') return given;
  const alembicScripts = given.alembicScripts ?? scriptsOf(directory, given.alembicDirectory ?? '.');
  const known = {...given, alembicScripts};
  return doublesPercent(directory, known) ? {...known, alembicPercentDoubled: true} : known;
};

/** What the flags name has to be there, before anything is said of a file that is not written yet. */
const notInProject = (directory: string, {directory: project, scripts}: ScaffoldAlembic): AnswerProblem | undefined => {
  const isThere = (...below: readonly string[]): boolean =>
    readBytes(join(resolve(directory), project, ...below)) !== undefined;
  if (!isThere('alembic.ini'))
    return {field: 'alembicDirectory', value: project, isMissing: false, lacks: join(project, 'alembic.ini')};
  return isThere(scripts, 'env.py')
    ? undefined
    : {field: 'alembicScripts', value: scripts, isMissing: false, lacks: join(project, scripts, 'env.py')};
};

/** What applies the change, and where it is; undefined when whoever was asked has gone. */
const askedOfAlembic = async (
  given: GivenAnswers,
  one: AskOne,
  directory: string,
): Promise<GivenAnswers | undefined> => {
  const migrator = given.migrator ?? (await one('migrator', 'sql'));
  if (migrator !== 'alembic') return migrator === undefined ? undefined : {migrator};
  const answers: Record<string, string> = {};
  for (const [field, suggestion] of [
    ['alembicDirectory', '.'],
    ['alembicScripts', ''],
    ['alembicFrom', ''],
    ['alembicRevision', ''],
  ] as const) {
    const suggested =
      field === 'alembicScripts' ? scriptsOf(directory, answers['alembicDirectory'] ?? '.') : suggestion;
    const answer = given[field] ?? (await one(field, suggested));
    if (answer === undefined) return undefined;
    answers[field] = answer;
  }
  return {migrator, ...answers};
};

/** Asks for what flags and file have left open; undefined when whoever was asked has gone. */
const asked = async (
  given: GivenAnswers,
  directory: string,
  {locale, err}: CliContext,
): Promise<GivenAnswers | undefined> => {
  const questions = openQuestions();
  const one: AskOne = async (field, suggestion) => {
    for (;;) {
      const answer = await questions.ask(initQuestion(field, suggestion, locale));
      if (answer === undefined) return undefined;
      const value = answer === '' ? suggestion : answer;
      if (isAnswer(field, value)) return value;
      err(initProblem({field, value, isMissing: value === ''}, locale));
    }
  };
  try {
    const object = given.object ?? (await one('object', ''));
    const change = object === undefined ? undefined : (given.change ?? (await one('change', 'view')));
    if (object === undefined || change === undefined) return undefined;
    const environments = given.environments ?? (await one('environments', 'staging,production'))?.split(',');
    const applicationRole =
      environments === undefined ? undefined : (given.applicationRole ?? (await one('applicationRole', '')));
    if (environments === undefined || applicationRole === undefined) return undefined;
    const alembic = await askedOfAlembic(given, one, directory);
    if (alembic === undefined) return undefined;
    const known = {
      ...given,
      ...alembic,
      object,
      change,
      environments: environments.map((of) => of.trim()),
      applicationRole,
    };
    const whole = wholeAnswers(known);
    if (!whole.ok) return known;
    const id = given.id ?? (await one('id', whole.answers.id));
    if (id === undefined) return undefined;
    const title: {en?: string; ko?: string} = {};
    for (const language of ['en', 'ko'] as const) {
      const suggestion = given.title?.[language] ?? whole.answers.title[language];
      const answer = given.title?.[language] ?? (await questions.ask(titleQuestion(language, suggestion, locale)));
      if (answer === undefined) return undefined;
      title[language] = answer === '' ? suggestion : answer;
    }
    return {...known, id, title};
  } finally {
    questions.close();
  }
};

const fromFile = (path: string): Readonly<{ok: true; given: GivenAnswers}> | Readonly<{ok: false; message: string}> => {
  const bytes = readBytes(path);
  if (bytes === undefined) return {ok: false, message: 'ENOENT'};
  try {
    const parsed = givenSchema.safeParse(parse(new TextDecoder().decode(bytes)));
    return parsed.success
      ? {ok: true, given: parsed.data}
      : {
          ok: false,
          message: parsed.error.issues.map(({path: at, message}) => `${at.join('.')}: ${message}`).join('; '),
        };
  } catch (error) {
    return {ok: false, message: errorMessage(error)};
  }
};

const write = async (context: CliContext, directory: string, answers: ScaffoldAnswers): Promise<ExitCode> => {
  const plain = scaffoldFiles(answers);
  const first = await problemsOf(directory, answers.id, plain);
  const files = first.length === 0 ? plain : scaffoldFiles(answers, true);
  const problems = first.length === 0 ? first : await problemsOf(directory, answers.id, files);
  if (problems.length > 0 && answers.alembic !== undefined)
    return showTrouble(context, {code: 'runbook-invalid', problems});
  if (problems.length > 0) {
    context.err(initProblem({field: 'object', value: answers.object, isMissing: false}, context.locale));
    return 64;
  }
  const written = writeNewRunbook(directory, {id: answers.id, ...files});
  if (!written.ok) {
    context.err(initRefused(written.path, written.because === 'refused' ? written.message : undefined, context.locale));
    return 64;
  }
  // From another folder the new runbook has to be named by its place.
  const place = relative(process.cwd(), directory);
  const where = place === '' ? '' : ` --runbook-dir ${quoted(`${place}/runbook`)}`;
  const commands = {
    lint: `attempt-runbook lint ${quoted(place === '' ? 'runbook' : `${place}/runbook`)}`,
    rehearse: `attempt-runbook rehearse ${answers.id}${where}`,
  };
  if (context.options.json === true) context.out(JSON.stringify({id: answers.id, paths: written.paths}));
  else initDone(written.paths, commands, context.locale, answers.alembic !== undefined).forEach(context.out);
  return 0;
};

export const init = async (context: CliContext, options: InitOptions): Promise<ExitCode> => {
  const {directory = '.', ...flags} = options;
  const file = context.options.answers;
  const read = file === undefined ? undefined : fromFile(file);
  if (read?.ok === false) {
    context.err(initAnswersRefused(file ?? '', read.message, context.locale));
    return 64;
  }
  const title = {...read?.given.title, ...flags.title};
  const given: GivenAnswers = {...read?.given, ...flags, title};
  const isAsking = context.interactive && file === undefined;
  const answered = isAsking ? await asked(given, directory, context) : given;
  if (answered === undefined) return 130;
  const whole = wholeAnswers(withProject(answered, directory));
  const absent =
    whole.ok && whole.answers.alembic !== undefined ? notInProject(directory, whole.answers.alembic) : undefined;
  if (absent !== undefined) {
    context.err(initProblem(absent, context.locale));
    return 64;
  }
  if (whole.ok) return write(context, resolve(directory), whole.answers);
  for (const problem of whole.problems) context.err(initProblem(problem, context.locale));
  return 64;
};
