// Does every file import only what the import law of the house allows?

import {readFileSync, readdirSync} from 'node:fs';
import {dirname, join, relative, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

type Law = Readonly<{
  /** Folders below src whose files may be imported; the folder itself always may. */
  folders: readonly string[];
  /** Folders of which only types may be imported. */
  types?: readonly string[];
  /** Packages and node: modules, exactly or by a trailing `*`. */
  packages: readonly string[];
}>;

const law: Readonly<Record<string, Law>> = {
  core: {folders: [], packages: []},
  catalog: {folders: ['core'], packages: []},
  steps: {folders: ['core', 'catalog'], packages: ['zod']},
  runbook: {folders: ['core', 'steps'], packages: ['yaml', 'zod', 'node:crypto']},
  engine: {folders: ['core', 'steps'], packages: []},
  evidence: {folders: ['core'], packages: ['node:buffer', 'node:crypto', 'node:stream', 'node:zlib', 'yazl', 'yauzl']},
  adapters: {
    folders: ['core', 'evidence/redaction.ts'],
    packages: ['pg', 'libpg-query', 'execa', 'zx', 'zx/core', 'conf', 'env-paths', '@resvg/resvg-wasm', 'node:*'],
  },
  'ui/text': {
    folders: ['core'],
    types: ['engine/session.ts', 'evidence/report/words.ts', 'evidence/verify.ts', 'runbook/problems.ts'],
    packages: ['string-width'],
  },
  'ui/plain': {folders: ['core', 'ui/text'], types: ['engine/session.ts'], packages: []},
  'ui/tui': {folders: ['core', 'ui/text'], types: ['engine/session.ts'], packages: ['ink', 'react', 'string-width']},
};

type Import = Readonly<{from: string; specifier: string; typeOnly: boolean}>;

/** Every static import, re-export and import() of a file. The tree is small, so a pattern reads it as well as a parser. */
const importsOf = (file: string): readonly Import[] => {
  const text = readFileSync(file, 'utf8').replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  const statics = [...text.matchAll(/^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm)];
  const dynamics = [...text.matchAll(/\bimport\('([^']+)'\)/g)];
  return [
    ...statics.map((match) => ({from: file, specifier: match[2] ?? '', typeOnly: match[1] !== undefined})),
    ...dynamics.map((match) => ({from: file, specifier: match[1] ?? '', typeOnly: false})),
  ];
};

const sources = readdirSync(join(root, 'src'), {recursive: true, encoding: 'utf8'})
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => join(root, 'src', name));

const inSource = (path: string): string => relative(join(root, 'src'), path).replaceAll('\\', '/');

const folderOf = (path: string): string | undefined =>
  Object.keys(law).find((folder) => inSource(path).startsWith(`${folder}/`));

const within = (path: string, folders: readonly string[]): boolean =>
  folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

const allowsPackage = (allowed: readonly string[], specifier: string): boolean =>
  allowed.some((name) => (name.endsWith('*') ? specifier.startsWith(name.slice(0, -1)) : specifier === name));

const breaches = (files: readonly string[]): readonly string[] =>
  files.flatMap((file) => {
    const folder = folderOf(file);
    const rule = folder === undefined ? undefined : law[folder];
    if (folder === undefined || rule === undefined) return [];
    return importsOf(file).flatMap(({specifier, typeOnly}) => {
      if (!specifier.startsWith('.')) {
        return allowsPackage(rule.packages, specifier) ? [] : [`${inSource(file)} imports ${specifier}`];
      }
      const target = inSource(resolve(dirname(file), specifier));
      const allowed = within(target, [folder, ...rule.folders]) || (typeOnly && within(target, rule.types ?? []));
      return allowed ? [] : [`${inSource(file)} imports ${target}`];
    });
  });

describe('the import law', () => {
  test('holds in every file', () => {
    expect(breaches(sources)).toEqual([]);
  });

  test('covers every folder of src but cli, which composes them all', () => {
    const outside = sources.filter((file) => folderOf(file) === undefined && !inSource(file).startsWith('cli/'));
    expect(outside.map(inSource)).toEqual([]);
  });

  test('only cli reads the arguments and the environment', () => {
    const readers = sources.filter((file) => {
      const text = readFileSync(file, 'utf8');
      return /\bprocess\.argv\b/.test(text) && !inSource(file).startsWith('cli/');
    });
    expect(readers.map(inSource)).toEqual([]);
  });

  test('no file imports in a circle', () => {
    const graph = new Map(
      sources.map((file) => [
        file,
        importsOf(file)
          .filter(({specifier, typeOnly}) => specifier.startsWith('.') && !typeOnly)
          .map(({specifier}) => resolve(dirname(file), specifier)),
      ]),
    );
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].map(inSource).join(' > '));
      else if (!done.has(file)) {
        for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
        done.add(file);
      }
    };
    for (const file of sources) visit(file, []);
    expect(circles).toEqual([]);
  });

  test('what draws pictures is loaded by their worker only: on the main thread it would keep everything else waiting', () => {
    const reached = (entry: string): ReadonlySet<string> => {
      const seen = new Set<string>();
      const visit = (file: string): void => {
        if (seen.has(file)) return;
        seen.add(file);
        for (const {specifier, typeOnly} of importsOf(file)) {
          if (typeOnly) continue;
          if (specifier.startsWith('.')) visit(resolve(dirname(file), specifier));
          else seen.add(specifier);
        }
      };
      visit(join(root, 'src', entry));
      return seen;
    };
    const heavy = [
      '@resvg/resvg-wasm',
      ...['font-cover', 'picture-fonts', 'picture-png'].map((name) => join(root, 'src/adapters', `${name}.ts`)),
    ];
    const main = reached('cli/main.ts');
    expect(main).toContain(join(root, 'src/adapters/picture-drawer.ts'));
    expect(heavy.filter((of) => main.has(of))).toEqual([]);
    const worker = reached('adapters/picture-worker.ts');
    expect(heavy.filter((of) => !worker.has(of))).toEqual([]);
  });

  test('every file begins by saying which question it answers', () => {
    const mute = sources.filter((file) => !readFileSync(file, 'utf8').startsWith('// '));
    expect(mute.map(inSource)).toEqual([]);
  });

  test('secrets are opened in adapters only, and where adapters are put together', () => {
    const openers = sources.filter((file) => /\breveal\(/.test(readFileSync(file, 'utf8')));
    const allowed = ['adapters/', 'core/secret.ts', 'cli/world.ts'];
    expect(openers.map(inSource).filter((file) => !allowed.some((prefix) => file.startsWith(prefix)))).toEqual([]);
  });
});

test('nobody prints the message of a library that repeats a command line, and with it what stood in it', () => {
  const told = sources.filter((file) =>
    /\b(?:shortMessage|originalMessage|escapedCommand)\b/.test(readFileSync(file, 'utf8')),
  );
  expect(told.map(inSource)).toEqual([]);
});
