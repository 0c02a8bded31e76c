// A look at an Alembic migration before anything is done: its history, its files, its connection, and what it says offline.

import {alembicArgv, versionTableOf, type AlembicProject} from '../core/alembic.ts';
import type {AlembicCheckStep, AlembicMigrationStep, RunbookDefinition} from '../core/definition.ts';
import type {FactsOf} from '../core/facts.ts';
import {failed, success, type Result} from '../core/failure.ts';
import {LOOK_TIMEOUT_MS, probeArguments, runAlembic, surroundings, usefulLines} from './alembic-command.ts';
import {fitOf} from './alembic-fit.ts';
import {pythonOf, scriptOf} from './alembic-probe.ts';
import {versionWidth} from './alembic-versions.ts';
import type {Kind, StepContext} from './kind.ts';
import {argvText} from './program.ts';
import {LOCK_TIMEOUT_MS, readsOnly, withReader} from './sessions.ts';

/** The migration that a check or a way back is about; the loader has seen to it that there is one. */
export const migrationOf = ({steps}: RunbookDefinition, id: string): AlembicMigrationStep => {
  const step = steps.find((one) => one.id === id);
  if (step?.kind !== 'migration' || step.migrator !== 'alembic') throw new Error(`no Alembic migration ${id}`);
  return step;
};

const offlineArguments = ({from, revision}: AlembicProject): readonly string[] => [
  'upgrade',
  `${from}:${revision}`,
  '--sql',
];

const perform = async (
  {migration, timeoutMs = LOOK_TIMEOUT_MS}: AlembicCheckStep,
  context: StepContext,
): Promise<Result<FactsOf<'alembic-check'>>> => {
  const step = migrationOf(context.runbook, migration);
  const {alembic} = step;
  const lock = {lockTimeoutMs: step.lockTimeoutMs ?? LOCK_TIMEOUT_MS};
  const began = context.clock.monotonicMs();
  const width = await withReader(context, {}, (session) => versionWidth(session, versionTableOf(alembic)));
  if (!width.ok) return width;
  context.scribe.progress({code: 'running', program: 'alembic history'});
  const fit = await fitOf(context, alembic, {...lock, timeoutMs, loud: true}, width.value);
  if (!fit.ok) return fit;
  const args = offlineArguments(alembic);
  context.scribe.progress({code: 'running', program: `alembic ${args.join(' ')}`});
  const offline = await runAlembic(context, alembic, args, {timeoutMs, readOnly: true});
  if (!offline.ok) return offline;
  const {end, stdout, stderr} = offline.value;
  if (end.cancelled) return failed({code: 'cancelled'});
  const isPrinted = end.exitCode === 0 && stdout.trim() !== '';
  const {probe, pending, warnings} = fit.value;
  return success({
    kind: 'alembic-check',
    alembic: probe.alembic,
    driver: probe.connection?.driver ?? '',
    current: probe.connection?.versions ?? [],
    heads: probe.heads ?? [],
    pending,
    url: probe.connection?.url ?? '',
    files: probe.files.length + 1,
    offline: isPrinted ? 'printed' : 'crashed',
    lines: isPrinted ? [] : usefulLines(stderr),
    warnings,
    durationMs: Math.round(context.clock.monotonicMs() - began),
  });
};

export const alembicCheck: Kind<'alembic-check'> = {
  kind: 'alembic-check',
  outline: ({migration}) => [
    {title: 'alembic', language: 'text', text: `history, heads, current, upgrade --sql: ${migration}`},
  ],
  perform,
  reconcile: readsOnly,
};

/** Which interpreter a script of this machine names in its first line is read when it is started. */
const interpreterOf = (project: AlembicProject): readonly string[] => {
  const script = scriptOf(project);
  return script === undefined ? pythonOf(project) : [...script.before, `<interpreter of ${script.program}>`];
};

/** The argument lists that a check runs, in order; the definition is needed to tell them. */
export const checkParts = (step: AlembicMigrationStep) => [
  {
    title: 'history, heads, current, files, connection',
    language: 'argv' as const,
    text: argvText(probeArguments(interpreterOf(step.alembic), step.alembic, true)),
  },
  {
    title: 'alembic upgrade --sql',
    language: 'argv' as const,
    text: argvText(alembicArgv(step.alembic, offlineArguments(step.alembic))),
  },
  surroundings(step.alembic),
];
