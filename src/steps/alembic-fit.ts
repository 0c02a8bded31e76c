// Is an Alembic project what the runbook says of it: its history, its files, and the database that its env.py reaches?

import {configOf, versionTableOf, type AlembicProject, type AlembicTrouble} from '../core/alembic.ts';
import {failed, success, type Result} from '../core/failure.ts';
import type {TargetIdentity} from '../core/ids.ts';
import {runProbe, usefulLines, type ProbeRun} from './alembic-command.ts';
import {probeFrom, type Probe, type ProbedRevision} from './alembic-probe.ts';
import type {StepContext} from './kind.ts';

/** The revisions that lead to one, itself included; what no file has is left out. */
const lineOf = (revisions: readonly ProbedRevision[], id: string): ReadonlySet<string> => {
  const known = new Map(revisions.map((one) => [one.id, one]));
  const line = new Set<string>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const found = known.get(next);
    if (found === undefined || line.has(next)) continue;
    line.add(next);
    open.push(...found.down);
  }
  return line;
};

/** What will run, oldest first. */
export const pendingOf = (
  {revisions}: Pick<Probe, 'revisions'>,
  {from, revision}: AlembicProject,
): readonly string[] => {
  const done = lineOf(revisions, from);
  const wanted = lineOf(revisions, revision);
  return revisions
    .map(({id}) => id)
    .filter((id) => wanted.has(id) && !done.has(id))
    .toReversed();
};

/** Alembic's own words for a parent that is not there: a KeyError, and a warning that names both. */
const parentMissing = ({graph = '', warnings}: Probe): readonly AlembicTrouble[] =>
  warnings
    .flatMap((text) => {
      const [, missing = '', child = ''] = /Revision (\S+) referenced from .*-> ([^\s,]+)/.exec(text) ?? [];
      return missing === '' ? [] : [{code: 'parent-missing' as const, subject: missing, actual: child}];
    })
    .slice(0, graph === '' ? 0 : undefined);

const duplicates = ({warnings}: Probe): readonly AlembicTrouble[] =>
  warnings.flatMap((text) => {
    const [, id] = /Revision (\S+) is present more than once/.exec(text) ?? [];
    return id === undefined ? [] : [{code: 'revision-twice' as const, subject: id}];
  });

const historyTroubles = (
  probe: Probe,
  project: AlembicProject,
  width: number | undefined,
): readonly AlembicTrouble[] => {
  if (probe.graph !== undefined) {
    const named = parentMissing(probe);
    return named.length > 0 ? named : [{code: 'not-answered', subject: 'history', actual: probe.graph}];
  }
  const ids = new Set(probe.revisions.map(({id}) => id));
  const unknown = [project.from, project.revision].filter((id) => !ids.has(id));
  if (unknown.length > 0) return unknown.map((subject) => ({code: 'revision-unknown' as const, subject}));
  const {heads = []} = probe;
  const isAncestor = project.from !== project.revision && lineOf(probe.revisions, project.revision).has(project.from);
  return [
    ...duplicates(probe),
    ...(isAncestor ? [] : [{code: 'not-an-ancestor' as const, subject: project.from, expected: project.revision}]),
    ...(width === undefined
      ? []
      : pendingOf(probe, project)
          .filter((id) => [...id].length > width)
          .map((subject) => ({
            code: 'id-too-long' as const,
            subject,
            expected: `${width}`,
            actual: `${[...subject].length}`,
          }))),
    ...(heads.length > 1 ? [{code: 'several-heads' as const, subject: heads.toSorted().join(', ')}] : []),
    ...(heads.length === 1 && heads[0] !== project.revision
      ? [{code: 'not-the-head' as const, subject: project.revision, actual: heads[0] ?? ''}]
      : []),
  ];
};

/** The bytes that this Alembic would run, wherever it runs, against those of the plan. */
const fileTroubles = (
  probe: Probe,
  project: AlembicProject,
  planned: StepContext['planned'],
): readonly AlembicTrouble[] => {
  const below = project.directory === '.' ? 'alembic/' : `alembic/${project.directory}/`;
  const seen = [
    [`${below}${configOf(project)}`, probe.ini] as const,
    ...probe.files.map(([path, sha256]) => [`${below}${project.scripts}/${path}`, sha256] as const),
  ];
  return seen.flatMap(([path, sha256]): readonly AlembicTrouble[] => {
    const file = planned.find((one) => one.path === path);
    if (file === undefined) return [{code: 'file-not-planned' as const, subject: path}];
    return file.sha256 === sha256
      ? []
      : [{code: 'file-differs' as const, subject: path, expected: file.sha256, actual: sha256}];
  });
};

const KNOWN_DRIVERS: ReadonlySet<string> = new Set(['psycopg2', 'psycopg2cffi', 'psycopg']);

const connectionTroubles = (
  probe: Probe,
  project: AlembicProject,
  {target, applicationName}: Pick<StepContext, 'target' | 'applicationName'>,
  lockTimeoutMs: number,
): readonly AlembicTrouble[] => {
  const {connection, error} = probe;
  if (probe.graph !== undefined) return [];
  if (connection === undefined) {
    if (error !== undefined && /invalid interpolation syntax/.test(error))
      return [{code: 'percent-in-url', subject: 'env.py'}];
    if (
      error !== undefined &&
      /Can't load plugin: sqlalchemy\.dialects|No module named '(psycopg|asyncpg|pg8000)/.test(error)
    ) {
      return [{code: 'driver-unknown', subject: project.urlDriver ?? 'postgresql', actual: error}];
    }
    return [{code: 'not-answered', subject: 'env.py', actual: error ?? 'no connection'}];
  }
  const told = (of: Pick<TargetIdentity, 'systemIdentifier' | 'database' | 'user'>): string =>
    `${of.user}@${of.database} (${of.systemIdentifier})`;
  const actual = {
    systemIdentifier: connection.system ?? '',
    database: connection.database,
    user: connection.user,
  };
  const isSame =
    actual.database === target.database &&
    actual.user === target.user &&
    actual.systemIdentifier === target.systemIdentifier;
  // Nothing else that it says would be about the target.
  if (!isSame) return [{code: 'other-target', subject: 'env.py', expected: told(target), actual: told(actual)}];
  const settings = [
    ['application_name', applicationName, connection.application],
    ['lock_timeout', `${lockTimeoutMs}ms`, connection.lockTimeout],
  ] as const;
  const table = versionTableOf(project);
  return [
    ...(KNOWN_DRIVERS.has(connection.driver) ? [] : [{code: 'driver-unknown' as const, subject: connection.driver}]),
    ...settings.flatMap(([subject, expected, found]) =>
      found === expected || inMs(found) === expected
        ? []
        : [{code: 'setting-lost' as const, subject, expected, actual: found}],
    ),
    ...(connection.table === table
      ? []
      : [{code: 'version-table-differs' as const, subject: table, actual: connection.table}]),
    ...(connection.versions.includes(project.from)
      ? []
      : [
          {
            code: 'current-differs' as const,
            subject: table,
            expected: project.from,
            actual: connection.versions.join(', '),
          },
        ]),
  ];
};

/** PostgreSQL says 2s for 2000ms. */
const inMs = (setting: string): string => {
  const [, count, unit] = /^(\d+)(s|min|h)$/.exec(setting) ?? [];
  const factor = unit === 's' ? 1000 : unit === 'min' ? 60_000 : 3_600_000;
  return count === undefined ? setting : `${Number(count) * factor}ms`;
};

/** These say that `upgrade head` would be another change than the pinned one; the pinned one can go ahead. */
const harmless: ReadonlySet<AlembicTrouble['code']> = new Set(['several-heads', 'not-the-head']);

export type Fit = Readonly<{probe: Probe; pending: readonly string[]; warnings: readonly AlembicTrouble[]}>;

/**
 * Asks the project's Alembic, on the connection that its own env.py makes.
 * @param width of the version table's column, where it has a limit.
 */
export const fitOf = async (
  context: StepContext,
  project: AlembicProject,
  how: ProbeRun,
  width: number | undefined,
): Promise<Result<Fit>> => {
  const ran = await runProbe(context, project, how);
  if (!ran.ok) return ran;
  const {end, stdout, stderr} = ran.value;
  if (end.cancelled) return failed({code: 'cancelled'});
  const probe = probeFrom(stdout);
  if (probe === undefined) {
    const why = usefulLines(stderr).at(-1) ?? (end.timedOut ? 'timeout' : `exit ${end.exitCode ?? end.signal ?? ''}`);
    return failed({code: 'alembic-unfit', troubles: [{code: 'not-answered', subject: 'python', actual: why}]});
  }
  const troubles = [
    ...historyTroubles(probe, project, width),
    ...fileTroubles(probe, project, context.planned),
    ...connectionTroubles(probe, project, context, how.lockTimeoutMs),
  ];
  const grave = troubles.filter(({code}) => !harmless.has(code));
  if (grave.length > 0) return failed({code: 'alembic-unfit', troubles});
  return success({probe, pending: pendingOf(probe, project), warnings: troubles});
};
