// What is said of a project's Alembic: where it is, which revision is meant, and what may be wrong with it.

import type {CatalogChange} from './failure.ts';
import type {Sha256} from './ids.ts';

/** How a project's Alembic is reached, and which step of its history is meant. Paths have forward slashes. */
export type AlembicProject = Readonly<{
  /** How Alembic is started: `alembic` of PATH, one of a venv, or behind poetry, kubectl or docker. */
  argv?: readonly string[];
  /** How the interpreter is started that this Alembic runs in; derived from `argv` when absent. */
  python?: readonly string[];
  /** The folder that it is started in, below the one that holds `runbook/` and `sql/`. */
  directory: string;
  /** The ini file below `directory`; `alembic.ini` when absent. */
  config?: string;
  /** The folder below `directory` that holds env.py and the revisions: what the ini calls script_location. */
  scripts: string;
  /** Folders for PYTHONPATH, below `directory`. */
  pythonPath?: readonly string[];
  /** Public values; a secret never belongs into a runbook. */
  environment?: Readonly<Record<string, string>>;
  /** Names of variables that are handed on from the operator's environment. */
  inherit?: readonly string[];
  /** The variable that env.py reads its URL from; DATABASE_URL when absent. */
  urlVariable?: string;
  urlDriver?: UrlDriver;
  /** True where env.py hands the URL to the ini's interpolation, which takes a single % for its own. */
  urlPercentDoubled?: boolean;
  /** Where Alembic runs elsewhere (kubectl exec), env.py reads the URL of that place and gets none from here. */
  urlFrom?: 'operator' | 'elsewhere';
  /** How it is started for a copy, where `argv` leads elsewhere: one of this machine, with the same files. */
  onCopy?: Readonly<{argv: readonly string[]; python?: readonly string[]}>;
  /** The revision that the database is at before the change. */
  from: string;
  /** The one that it is brought to. Never `head`: what that is, is decided by whoever merges next. */
  revision: string;
  /** `schema.name`; `public.alembic_version` when absent. */
  versionTable?: string;
}>;

export type UrlDriver = 'postgresql' | 'postgresql+psycopg2' | 'postgresql+psycopg';

export const versionTableOf = ({versionTable}: AlembicProject): string => versionTable ?? 'public.alembic_version';

/** A pod cannot reach a copy on this machine; the project's files of the plan are here as well, and so is an Alembic. */
export const onCopyOf = (project: AlembicProject): AlembicProject => {
  if (project.onCopy === undefined && project.urlFrom !== 'elsewhere') return project;
  const {python: _, ...rest} = project;
  return {...rest, urlFrom: 'operator', ...(project.onCopy ?? {argv: ['alembic']})};
};

export const configOf = ({config}: AlembicProject): string => config ?? 'alembic.ini';

/** The whole argument list, as it is shown and run. */
export const alembicArgv = (project: AlembicProject, args: readonly string[]): readonly string[] => [
  ...(project.argv ?? ['alembic']),
  '-c',
  configOf(project),
  ...args,
];

/** The rows of a version table; more than one where branches of the history go on side by side. */
export type VersionRows = Readonly<{table: string; rows: readonly string[]}>;

export type AlembicTroubleCode =
  /** The history ends in several revisions, so `head` means nothing. */
  | 'several-heads'
  /** A revision names one before it that no file has. */
  | 'parent-missing'
  | 'revision-unknown'
  /** Two files have the same id. */
  | 'revision-twice'
  /** Longer than the column of the version table. */
  | 'id-too-long'
  /** The way to the pinned revision does not come past the current one. */
  | 'not-an-ancestor'
  /** The version table names another revision than the runbook expects. */
  | 'current-differs'
  /** The pinned revision is not the newest: `upgrade head` would run more than was approved. */
  | 'not-the-head'
  /** env.py connected to another database, or as another role. */
  | 'other-target'
  /** A setting of ours did not arrive in Alembic's session. */
  | 'setting-lost'
  | 'version-table-differs'
  /** A file that runs is not the one of the plan, or not in it. */
  | 'file-differs'
  | 'file-not-planned'
  /** The URL holds a % that the ini's interpolation would stumble over. */
  | 'percent-in-url'
  /** A driver that does not read what libpq reads: no lock_timeout, no name in pg_stat_activity. */
  | 'driver-unknown'
  /** Alembic or its interpreter could not be asked at all. */
  | 'not-answered';

export type AlembicTrouble = Readonly<{
  code: AlembicTroubleCode;
  /** What it is about: a revision, a file, a setting. */
  subject: string;
  expected?: string;
  actual?: string;
}>;

export type AlembicFacts = Readonly<{
  from: string;
  revision: string;
  /** Absent when it was killed, or when this was learned after a crash. */
  exitCode?: number;
  /** What the migration took along and did not bring back. */
  taken: readonly CatalogChange[];
  /** Between Alembic's COMMIT and the moment at which what it took was there again; at most that long. */
  gapMs?: number;
  /** Materialized views that were filled anew and hold other rows than before, or of which nobody can tell. */
  refilled?: readonly CatalogChange[];
  /** No session of it was seen in the target under the attempt's name. */
  isUnseen?: true;
  /** The statements that it sent, where they could be captured. */
  statements?: Readonly<{path: string; sha256: Sha256; count: number}>;
}>;
