// Which PostgreSQL client program can we run here, and what command installs one?
import {constants, readFileSync} from 'node:fs';
import {access, readdir, realpath} from 'node:fs/promises';
import {delimiter, isAbsolute, join} from 'node:path';
import {execa} from 'execa';

export type ClientTool = 'pg_dump' | 'pg_restore' | 'psql';

/** `version` is what the program says of itself, '15.18' or '17beta1'; `path` is absolute, for an argv[0]. */
export type InstalledProgram = {readonly path: string; readonly version: string; readonly major: number};

// 5 s: the slowest healthy `--version` here took 60 ms; a program on a dead network mount must not stop the doctor.
const versionTimeoutMs = 5_000;

// The parents of versioned installations, each with the shape of its children and where the programs lie below.
const versionedHomes = [
  {parent: '/usr/lib/postgresql', child: /^\d+/, below: 'bin'}, // Debian, Ubuntu
  {parent: '/usr', child: /^pgsql-\d+/, below: 'bin'}, // PGDG packages for Red Hat, Fedora, SUSE
  {parent: '/usr/libexec', child: /^postgresql\d+/, below: ''}, // Alpine
  {parent: '/opt/homebrew/opt', child: /^(postgresql@\d+|libpq)$/, below: 'bin'}, // macOS, Apple silicon
  {parent: '/usr/local/opt', child: /^(postgresql@\d+|libpq)$/, below: 'bin'}, // macOS, Intel
  {parent: '/home/linuxbrew/.linuxbrew/opt', child: /^(postgresql@\d+|libpq)$/, below: 'bin'},
  {parent: '/Applications/Postgres.app/Contents/Versions', child: /^\d+/, below: 'bin'},
] as const;

/**
 * The client program to use. Without `serverMajor` it is the one the operator would get: the first on PATH, else the newest in a
 * well-known place. With it, the smallest major that is not older than the server (pg_dump refuses a newer server); if
 * there is none, the newest there is, and the caller says so.
 */
export async function findClientTool(
  tool: ClientTool,
  env: Readonly<Record<string, string | undefined>>,
  serverMajor?: number,
): Promise<InstalledProgram | undefined> {
  const directories = [...pathDirectories(env), ...(await wellKnownProgramDirectories())];
  const paths = await distinctPrograms(directories.map((directory) => join(directory, tool)));
  const found = (await Promise.all(paths.map(readProgramVersion))).filter((program) => program !== undefined);
  if (serverMajor === undefined) return found[0];
  const newestFirst = found.toSorted((a, b) => b.major - a.major); // stable: PATH wins between equals
  return (
    newestFirst.filter((program) => program.major >= serverMajor).toSorted((a, b) => a.major - b.major)[0] ??
    newestFirst[0]
  );
}

/** What the program at `path` says of itself; undefined if it is not there, does not start, or is not PostgreSQL's. */
export async function readProgramVersion(path: string): Promise<InstalledProgram | undefined> {
  // In '/', because an unprivileged or deleted working directory makes PostgreSQL's programs complain on stderr.
  const {stdout} = await execa(path, ['--version'], {
    reject: false,
    timeout: versionTimeoutMs,
    stdin: 'ignore',
    cwd: '/',
  });
  const match = /\) ((\d+)[.\w]*)/.exec(stdout ?? ''); // 'pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)'
  const [, version, major] = match ?? [];
  return version === undefined || major === undefined ? undefined : {path, version, major: Number(major)};
}

/** Absolute PATH entries only: a relative one would let the working directory choose what runs against the database. */
export function pathDirectories(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return (env['PATH'] ?? '').split(delimiter).filter((directory) => isAbsolute(directory));
}

/** Directories where installers put PostgreSQL without touching PATH; newest version of each installer first. */
export async function wellKnownProgramDirectories(): Promise<readonly string[]> {
  const groups = await Promise.all(
    versionedHomes.map(async ({parent, child, below}) => {
      const names = await readdir(parent).catch((): string[] => []); // not there: this installer was not used here
      const versionOf = (name: string): number => Number(/\d+/.exec(name)?.[0] ?? Infinity); // libpq is always the newest
      return names
        .filter((name) => child.test(name))
        .toSorted((a, b) => versionOf(b) - versionOf(a))
        .map((name) => join(parent, name, below));
    }),
  );
  return groups.flat();
}

/**
 * The one command that installs the client programs on this platform; on a platform we do not know, the page that tells.
 * The arguments are what it reads from this machine when they are left out.
 */
export function installHint(platform: string = process.platform, osRelease: string = readOsRelease()): string {
  if (platform === 'darwin') return 'brew install libpq';
  const field = (name: string): string => new RegExp(`^${name}="?([^"\n]*)`, 'm').exec(osRelease)?.[1] ?? '';
  const families = [field('ID'), ...field('ID_LIKE').split(' ')];
  for (const family of families) {
    const command = installCommands.get(family);
    if (command !== undefined) return command;
  }
  return 'https://www.postgresql.org/download/';
}

const installCommands: ReadonlyMap<string, string> = new Map([
  ['debian', 'apt-get install postgresql-client'],
  ['ubuntu', 'apt-get install postgresql-client'],
  ['fedora', 'dnf install postgresql'],
  ['rhel', 'dnf install postgresql'],
  ['suse', 'zypper install postgresql'],
  ['opensuse', 'zypper install postgresql'],
  ['arch', 'pacman -S postgresql-libs'],
  ['alpine', 'apk add postgresql-client'],
]);

function readOsRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return ''; // a system without the file is a system we have no command for
  }
}

/** The programs that can be started, each once. */
async function distinctPrograms(paths: readonly string[]): Promise<readonly string[]> {
  const real = await Promise.all(
    paths.map(async (path) => {
      try {
        await access(path, constants.X_OK);
        return await realpath(path);
      } catch {
        return undefined;
      }
    }),
  );
  const kept = new Map<string, string>();
  real.forEach((target, index) => {
    const path = paths[index];
    // Debian's /usr/bin/pg_dump is a Perl wrapper that picks a version by PGCLUSTER, PGHOST and its own arguments: what
    // `--version` says is not what runs later. The real programs lie in /usr/lib/postgresql, which is searched as well.
    if (target === undefined || path === undefined || target.endsWith('/pg_wrapper') || kept.has(target)) return;
    kept.set(target, path);
  });
  return [...kept.values()];
}
