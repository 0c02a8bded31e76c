// Names in package-lock.json the optional platform packages that a registry did not serve when the lock was made.
//
// `npm ci` refuses a lock that lacks them ("Missing: … from lock file"), on every machine, although it would never install
// them there. Run it after `npm install`. An entry without integrity is fetched only on its own platform.

import {readFileSync, writeFileSync} from 'node:fs';

const path = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8'));

const systems = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  openharmony: 'openharmony',
  win32: 'win32',
};
const processors = {
  arm64: 'arm64',
  x64: 'x64',
  arm: 'arm',
  ia32: 'ia32',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
};

/** `binding-linux-arm-musleabihf` and the like say all that npm wants to know. */
const platformOf = (name) => {
  const words = name.slice(name.indexOf('/') + 1).split('-');
  const os = words.map((word) => systems[word]).find((word) => word !== undefined);
  const cpu = words.map((word) => processors[word]).find((word) => word !== undefined);
  if (os === undefined || cpu === undefined) throw new Error(`no platform in ${name}`);
  const libc = words.some((word) => word.startsWith('musl')) ? ['musl'] : os === 'linux' ? ['glibc'] : undefined;
  return {cpu: [cpu], ...(libc === undefined ? {} : {libc}), os: [os]};
};

const added = [];
for (const [at, of] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(of.optionalDependencies ?? {})) {
    const entry = `node_modules/${name}`;
    if (at === '' || !at.startsWith('node_modules/') || lock.packages[entry] !== undefined) continue;
    const {cpu, libc, os} = platformOf(name);
    lock.packages[entry] = {
      version,
      cpu,
      ...(of.dev ? {dev: true} : {}),
      ...(libc === undefined ? {} : {libc}),
      optional: true,
      os,
    };
    added.push(name);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added.length} platform packages named\n`);
