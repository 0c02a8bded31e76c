// Is this runbook, with its SQL files, fit to be carried out, and if not, what is wrong with it, all of it?

import type {RunbookDefinition} from '../core/definition.ts';
import type {SqlParser} from '../core/sql-parser.ts';
import {runbookSchema} from '../steps/schemas.ts';
import {alembicProblems, isProjectFile, rehearsalProblems} from './alembic-checks.ts';
import {crossChecks, wholeChecks} from './cross-checks.ts';
import {duplicates} from './duplicates.ts';
import {parseYaml, type ParsedDocument} from './parse.ts';
import {inReadingOrder, type Problem} from './problems.ts';
import {
  fileKey,
  referencedFiles,
  referencesOfOption,
  referencesOfSample,
  referencesOfStep,
  signerFiles,
  signersKey,
  type FileRole,
  type Reference,
} from './referenced-files.ts';
import {salvage, type Salvaged} from './salvage.ts';
import {shapeProblems} from './shape-problems.ts';
import {sharedTextProblems} from './shared-reads.ts';
import {isRepeatable} from './sql-alone.ts';
import {declarationProblems} from './effects/declaration.ts';
import {lintSql, type LintFile} from './sql-lint.ts';
import {readable, sqlProblems} from './sql-problems.ts';

/**
 * `runbook.yaml`, every file below `sql/<runbook>/` as `sql/<path>`, lists of signers as `signers/<name>`,
 * and files of Alembic projects as `alembic/<path>`. Files that nobody refers to are not looked at.
 */
export type RunbookFiles = ReadonlyMap<string, Uint8Array>;

export type LoadRunbook = Readonly<{
  files: RunbookFiles;
  /** The name of the folder that `runbook.yaml` lies in. It decides where the SQL is, so it must be the runbook's id. */
  folder?: string;
  /** With it the SQL is also read as PostgreSQL reads it. A run that has begun is opened without: its plan is fixed. */
  parser?: SqlParser;
}>;

export type LoadedRunbook =
  | Readonly<{
      ok: true;
      runbook: RunbookDefinition;
      /** What `makePlan` takes: `runbook.yaml` and each referenced SQL file, byte for byte. */
      files: RunbookFiles;
    }>
  | Readonly<{ok: false; problems: readonly Problem[]}>;

export const runbookFile = 'runbook.yaml';

const references = ({steps, rollback, sample}: Salvaged): readonly Reference[] => [
  ...steps.flatMap(({path, value}) => referencesOfStep(value).map((of) => ({...of, path: [...path, ...of.path]}))),
  ...rollback.flatMap(({path, value}) => referencesOfOption(value).map((of) => ({...of, path: [...path, ...of.path]}))),
  ...(sample === undefined
    ? []
    : referencesOfSample(sample.value).map((of) => ({...of, path: [...sample.path, ...of.path]}))),
];

/** A retry of an untransacted step begins at its first file; each file before the last may have been committed by then. */
const onceOnly = (
  document: ParsedDocument,
  texts: ReadonlyMap<string, string>,
  {path, value: step}: Salvaged['steps'][number],
): readonly Problem[] =>
  step.kind !== 'migration' || step.migrator !== 'sql' || step.transaction !== 'none'
    ? []
    : step.apply.slice(0, -1).flatMap((sql, at) => {
        const source = texts.get(fileKey(sql));
        return source === undefined || isRepeatable(source)
          ? []
          : [document.problemAt([...path, 'apply', at], {code: 'file-not-repeatable', sql})];
      });

const signerProblems = (document: ParsedDocument, files: RunbookFiles, {steps}: Salvaged): readonly Problem[] =>
  steps.flatMap(({path, value}) =>
    value.kind !== 'approval' || value.signers === undefined || (files.get(signersKey(value.signers))?.byteLength ?? 0) > 0
      ? []
      : [document.problemAt([...path, 'signers'], {code: 'signers-missing', signers: value.signers})],
  );

const fileProblems = (
  document: ParsedDocument,
  files: RunbookFiles,
  salvaged: Salvaged,
  parser: SqlParser | undefined,
): readonly Problem[] => {
  const problems: Problem[] = [];
  const looked = new Map<string, Readonly<{bytes: Uint8Array; roles: ReadonlySet<FileRole>}>>();
  for (const {sql, path, role} of references(salvaged)) {
    const key = fileKey(sql);
    const bytes = files.get(key);
    if (bytes === undefined) problems.push(document.problemAt(path, {code: 'sql-file-missing', sql}));
    else looked.set(key, {bytes, roles: new Set([...(looked.get(key)?.roles ?? []), role])});
  }
  const sound: LintFile[] = [];
  for (const [key, {bytes, roles}] of looked) {
    const found = sqlProblems(key, bytes, {oneStatement: roles.has('alone')});
    problems.push(...found);
    const source = readable(bytes, found);
    if (source !== undefined) sound.push({file: key, source, roles});
  }
  const texts = new Map(sound.map(({file, source}) => [file, source]));
  problems.push(...salvaged.steps.flatMap(({value}) => (value.kind === 'smoke' ? sharedTextProblems(texts, value) : [])));
  if (parser === undefined) return problems;
  return [
    ...problems,
    ...lintSql(parser, sound),
    ...declarationProblems(parser, texts, salvaged),
    ...salvaged.steps.flatMap((step) => onceOnly(document, texts, step)),
  ];
};

/** Reads and checks a runbook. Pure: the caller has read the files. All problems come at once, in reading order. */
export const loadRunbook = ({files, folder, parser}: LoadRunbook): LoadedRunbook => {
  const bytes = files.get(runbookFile);
  if (bytes === undefined) {
    return {ok: false, problems: [{code: 'file-missing', file: runbookFile, path: '', line: 1, column: 1}]};
  }
  const {document, problems: reading} = parseYaml(runbookFile, bytes);
  if (document === undefined) return {ok: false, problems: inReadingOrder(reading)};

  const parsed = runbookSchema.safeParse(document.value);
  const salvaged = salvage(document.value);
  const problems: Problem[] = [
    ...reading,
    ...(parsed.success ? [] : shapeProblems(document, parsed.error)),
    ...duplicates(document, salvaged),
    ...crossChecks(document, salvaged),
    ...alembicProblems(document, salvaged, files),
    ...(parsed.success ? [...wholeChecks(document, parsed.data), ...rehearsalProblems(document, parsed.data)] : []),
    ...fileProblems(document, files, salvaged, parser),
    ...signerProblems(document, files, salvaged),
  ];
  if (parsed.success && folder !== undefined && folder !== parsed.data.id) {
    problems.push(document.problemAt(['id'], {code: 'id-differs-from-folder', id: parsed.data.id, folder}));
  }
  if (problems.length > 0 || !parsed.success) return {ok: false, problems: inReadingOrder(problems)};

  const runbook = parsed.data;
  const planned = [runbookFile, ...referencedFiles(runbook).map(fileKey), ...signerFiles(runbook).map(signersKey), ...[...files.keys()].filter(isProjectFile)];
  const inputs = planned.map((key) => [key, files.get(key) ?? new Uint8Array()] as const);
  return {ok: true, runbook, files: new Map(inputs)};
};
