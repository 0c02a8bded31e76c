// Everything the doctor looks at, at once, each within its own few seconds.

import {pathOf} from '../../adapters/doctor/programs.ts';
import type {RunbookDefinition} from '../../core/definition.ts';
import type {Environment} from '../../core/ids.ts';
import {neededBy, otherPrograms, type DoctorCheck, type DoctorSubject} from '../../core/doctor.ts';
import type {CliContext} from '../context.ts';
import type {LoadedFolder} from '../load.ts';
import {
  fontsCheck,
  hangulCheck,
  knownTargetsCheck,
  localeCheck,
  nodeCheck,
  passfileCheck,
  roomCheck,
  temporaryFolder,
  terminalCheck,
} from './machine-checks.ts';
import {agentCheck, clientCheck, otherCheck, programCheck, serverCheck} from './program-checks.ts';
import {signersChecks} from './signers-check.ts';
import {askTarget, type DoctorTarget} from './target-check.ts';

export type Examination = Readonly<{
  loaded: LoadedFolder;
  target?: DoctorTarget | undefined;
  /** Where a run is about to begin; undefined: nowhere in particular. */
  environment?: Environment | undefined;
  /** A screen is drawn: the terminal itself cannot be asked. */
  isOnScreen: boolean;
}>;

const PROGRAMS = ['bash', 'git', 'ssh', 'ssh-keygen', 'alembic', 'pytest', 'gh', 'aws', 'gcloud', 'kubectl'] as const;

/** Red, but for steps alone that may be left out. */
const isOnlyOptional = (runbook: RunbookDefinition, {subject, level, value}: DoctorCheck): boolean => {
  const mandatory = {...runbook, steps: runbook.steps.filter(({optional}) => optional !== true)};
  if (level !== 'red') return false;
  if (subject === 'program') return !otherPrograms(mandatory).includes(value ?? '');
  return neededBy(runbook).has(subject) && !neededBy(mandatory).has(subject);
};

export const examine = async (context: CliContext, of: Examination): Promise<readonly DoctorCheck[]> => {
  const {env, runsDirectory} = context;
  const {loaded, target, isOnScreen, environment} = of;
  const {runbook} = loaded;
  const needed = new Set<DoctorSubject>(neededBy(runbook));
  const via = target?.ssh ?? (target === undefined ? undefined : env[`${target.environment.toUpperCase()}_SSH`]);
  if (via !== undefined && via !== 'none') for (const subject of ['ssh', 'ssh-agent'] as const) needed.add(subject);
  // The other answers need it: how old a pg_dump may be, how much room there has to be.
  const asked = target === undefined ? undefined : await askTarget(context, loaded, target);
  const {serverMajor, databaseBytes} = asked ?? {};
  const clients = (['pg_dump', 'pg_restore', 'psql'] as const).map((tool) =>
    clientCheck(tool, env, {serverMajor, isNeeded: needed.has(tool)}),
  );
  const pager = (env['PAGER'] || 'less').split(' ')[0] ?? 'less';
  const none: DoctorCheck = {subject: 'target', level: 'dim', note: {code: 'not-asked'}};
  const atOnce = [
    ...(asked?.checks ?? [none]),
    nodeCheck(),
    localeCheck(context),
    terminalCheck(context),
    knownTargetsCheck(),
    ...signersChecks(context, loaded, target?.environment ?? environment),
  ];
  const waitedFor = await Promise.all([
    ...clients,
    serverCheck(env, runbook.sample !== undefined),
    roomCheck('runs', runsDirectory, databaseBytes),
    roomCheck('temporary', temporaryFolder(), databaseBytes),
    hangulCheck(isOnScreen),
    fontsCheck(context),
    passfileCheck(context),
    ...PROGRAMS.map((subject) => programCheck(subject, env, needed.has(subject))),
    ...otherPrograms(runbook).map((program) => otherCheck(program, env)),
    agentCheck(env, needed.has('ssh-agent')),
    pagerCheck(pager, env),
  ]);
  return [...atOnce, ...waitedFor].map((check) =>
    isOnlyOptional(runbook, check) ? {...check, level: 'amber'} : check,
  );
};

const pagerCheck = async (program: string, env: CliContext['env']): Promise<DoctorCheck> => {
  const path = program.startsWith('/') ? program : await pathOf(program, env);
  return path === undefined
    ? {subject: 'pager', level: 'amber', value: program, note: {code: 'missing'}, fix: 'export PAGER=more'}
    : {subject: 'pager', level: 'green', value: path};
};
