// Which PostgreSQL server programs on this machine can run a rehearsal?
import {constants} from 'node:fs';
import {access, realpath} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {execa} from 'execa';
import type {InstalledProgram} from '../pg-tools.ts';
import {pathDirectories, readProgramVersion, wellKnownProgramDirectories} from '../pg-tools.ts';
import {findServerPackage} from './packaged.ts';

/** `bin` holds initdb and postgres. A packaged one is made runnable by `startEmbeddedServer`, not before. */
export type Toolchain = {
  readonly kind: 'system' | 'packaged';
  readonly bin: string;
  readonly version: string;
  readonly major: number;
};

export type ToolchainWish = {
  /** The client's major: pg_dump refuses a server newer than itself. */
  readonly maxMajor?: number;
  readonly minMajor?: number;
};

// 14: sessions set client_connection_check_interval, initdb is called with --no-instructions; both came with 14.
const oldestMajor = 14;

/** The local server programs, newest first choice, else the packaged ones; undefined when neither suits. */
export async function findServerToolchain(wish: ToolchainWish = {}): Promise<Toolchain | undefined> {
  return (await findSystemToolchain(wish)) ?? (await findPackagedToolchain(wish));
}

/**
 * Programs for a server that takes a dump of a server of this major: the same major if there is one, since a newer one
 * may print a definition in other words; else the oldest that is newer.
 */
export async function nearestServerToolchain(major: number): Promise<Toolchain | undefined> {
  const wish = {minMajor: major};
  const packaged = await findPackagedToolchain(wish);
  return [...(await systemToolchains(wish)), ...(packaged === undefined ? [] : [packaged])].toSorted(
    (a, b) => a.major - b.major, // stable: the local one wins between equals
  )[0];
}

export async function findSystemToolchain(wish: ToolchainWish = {}): Promise<Toolchain | undefined> {
  return (await systemToolchains(wish))[0];
}

/** Newest first. */
async function systemToolchains(wish: ToolchainWish): Promise<readonly Toolchain[]> {
  const candidates = [
    ...pathDirectories(process.env),
    ...(await wellKnownProgramDirectories()),
    ...(await configuredDirectory()),
  ];
  const directories = new Set(await Promise.all(candidates.map(serverDirectory)));
  const programs = await Promise.all(
    [...directories].map(async (bin) => (bin === undefined ? undefined : readProgramVersion(join(bin, 'postgres')))),
  );
  return programs
    .filter((program): program is InstalledProgram => program !== undefined && suits(program.major, wish))
    .toSorted((a, b) => b.major - a.major)
    .map(({path, version, major}) => ({kind: 'system', bin: dirname(path), version, major}));
}

export async function findPackagedToolchain(wish: ToolchainWish = {}): Promise<Toolchain | undefined> {
  const found = await findServerPackage();
  if (found === undefined) return undefined;
  const major = Number.parseInt(found.version, 10);
  return suits(major, wish)
    ? {kind: 'packaged', bin: join(found.root, 'native', 'bin'), version: found.version, major}
    : undefined;
}

function suits(major: number, {maxMajor = Infinity, minMajor = oldestMajor}: ToolchainWish): boolean {
  return major >= Math.max(oldestMajor, minMajor) && major <= maxMajor;
}

async function configuredDirectory(): Promise<readonly string[]> {
  const {stdout} = await execa('pg_config', ['--bindir'], {reject: false, stdin: 'ignore', cwd: '/'});
  return stdout ? [stdout] : [];
}

/** The real directory behind `directory` if it holds a server: initdb looks for postgres and share/ beside its real self. */
async function serverDirectory(directory: string): Promise<string | undefined> {
  try {
    const initdb = await realpath(join(directory, 'initdb'));
    await access(initdb, constants.X_OK);
    await access(join(dirname(initdb), 'postgres'), constants.X_OK);
    return dirname(initdb);
  } catch {
    return undefined; // not a server directory; the next candidate may be
  }
}
