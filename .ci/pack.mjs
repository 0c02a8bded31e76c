// Writes what is published, each package in a folder of its own below .pack, and packs it beside that folder.
//
//   npm run pack                  the tool, and the server programs of this machine's platform
//   npm run pack -- --all         those of every platform; they are fetched from the registry
//   npm run pack -- --folders     without packing them
//   node .ci/pack.mjs --lint      only to look at the tool's folder, which is removed again
//
// The tool's package names only what is not in its bundle, and runs nothing when it is installed. The same sources give
// the same bytes.

import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {builtinModules} from 'node:module';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {publint} from 'publint';
import {formatMessage} from 'publint/utils';
import {nameOf, origin, writeServerPackage} from './server-package.mjs';
import {thirdParty} from './third-party.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
const byText = (a, b) => (a < b ? -1 : 1);
const writeJson = (path, value) => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
const checkout = readJson(join(root, 'package.json'));
const {packages: locked} = readJson(join(root, 'package-lock.json'));

const {values: wish} = parseArgs({
  options: {
    to: {type: 'string', default: join(root, '.pack')},
    all: {type: 'boolean', default: false},
    folders: {type: 'boolean', default: false},
    lint: {type: 'boolean', default: false},
  },
});

const scratch = mkdtempSync(join(tmpdir(), 'attempt-runbook-pack-'));
process.on('exit', () => rmSync(scratch, {recursive: true, force: true}));
const out = wish.lint ? scratch : resolve(wish.to);

/** Platforms that a packaged server exists for, as `linux-x64`. */
const platforms = Object.keys(checkout.optionalDependencies)
  .filter((name) => name.startsWith(origin('')))
  .map((name) => name.slice(origin('').length));

// pg asks for pg-native and goes on without it.
const isInNode = (name) => name.startsWith('node:') || builtinModules.includes(name) || name === 'pg-native';

/** What the built files import that is neither in them nor in Node, with the version that the checkout has. */
const dependenciesOf = ({outputs}) => {
  const imported = Object.values(outputs).flatMap(({imports}) =>
    imports.filter(({external, path}) => external && !isInNode(path)).map(({path}) => path),
  );
  return Object.fromEntries(
    [...new Set(imported)].toSorted(byText).map((name) => {
      const version = checkout.dependencies[name];
      if (version === undefined) throw new Error(`the bundle imports ${name}, which package.json does not name`);
      return [name, version];
    }),
  );
};

const writeTool = (folder) => {
  const metafile = join(scratch, 'metafile.json');
  const build = ['.ci/build.mjs', '--into', join(folder, 'dist'), '--metafile', metafile];
  execFileSync(process.execPath, build, {cwd: root, stdio: 'inherit'});
  const built = readJson(metafile);
  for (const path of [...checkout.files.filter((name) => name !== 'dist'), 'README.md', 'LICENSE']) {
    cpSync(join(root, path), join(folder, path), {recursive: true});
  }
  writeFileSync(join(folder, 'THIRD-PARTY.txt'), thirdParty(root, built));
  const {name, version, description, license, type, engines, bin} = checkout;
  writeJson(join(folder, 'package.json'), {
    name,
    version,
    description,
    license,
    type,
    engines,
    bin,
    dependencies: dependenciesOf(built),
    optionalDependencies: Object.fromEntries(
      platforms.map((platform) => [nameOf(platform), checkout.optionalDependencies[origin(platform)]]),
    ),
  });
};

/** As npm installed it here, else from the registry, held against the lock. */
const serverPrograms = (platform) => {
  const installed = join(root, 'node_modules', origin(platform));
  if (existsSync(installed)) return installed;
  const {version, integrity} = locked[`node_modules/${origin(platform)}`];
  const [packed] = JSON.parse(npm('pack', `${origin(platform)}@${version}`, '--json', '--pack-destination', scratch));
  const archive = join(scratch, packed.filename);
  const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (found !== integrity) throw new Error(`${origin(platform)} has ${found}, package-lock.json says ${integrity}`);
  const folder = join(scratch, platform);
  mkdirSync(folder);
  execFileSync('tar', ['-xzf', archive, '-C', folder]);
  return join(folder, 'package');
};

const npm = (...args) => execFileSync('npm', args, {cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit']});

const lint = async (folder) => {
  const {messages, pkg} = await publint({pkgDir: folder, pack: false, strict: true});
  for (const message of messages) process.stderr.write(`${pkg.name}: ${formatMessage(message, pkg)}\n`);
  if (messages.length > 0) process.exitCode = 1;
};

const written = [];
const write = async (name, writeInto) => {
  const folder = join(out, name);
  rmSync(folder, {recursive: true, force: true});
  mkdirSync(folder, {recursive: true});
  writeInto(folder);
  await lint(folder);
  written.push(folder);
};

await write(checkout.name, writeTool);
if (!wish.lint) {
  const here = platforms.filter((platform) => platform === `${process.platform}-${process.arch}`);
  for (const platform of wish.all ? platforms : here) {
    await write(nameOf(platform), (into) => writeServerPackage({from: serverPrograms(platform), into, platform}));
  }
  if (!wish.folders && process.exitCode !== 1) {
    const packed = JSON.parse(npm('pack', ...written, '--json', '--pack-destination', out));
    for (const {filename, unpackedSize, entryCount} of packed) {
      process.stdout.write(`${join(out, filename)}  ${entryCount} files, ${(unpackedSize / 1e6).toFixed(1)} MB\n`);
    }
  }
}
