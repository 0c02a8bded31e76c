// Runs the tests of one step kind, `npm run test:kind -- NAME`: every test file that bears its name or speaks of it.

import {spawnSync} from 'node:child_process';
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const kinds = [
  ...readFileSync(join(root, 'src/steps/registry.ts'), 'utf8')
    .split('export const kinds = {')[1]
    .split('} satisfies')[0]
    .matchAll(/^ {2}'?([a-z-]+)'?[,:]/gm),
].map(([, name]) => name);

const [name, ...more] = process.argv.slice(2);
if (!kinds.includes(name)) {
  process.stderr.write(`test:kind needs one of ${kinds.join(', ')}\n`);
  process.exit(64);
}

const speaksOf = new RegExp(`['"]${name}['"]|kind: ${name}\\b(?!-)`);
const files = readdirSync(join(root, 'test'), {recursive: true, encoding: 'utf8'})
  .filter((path) => /\.test\.tsx?$/.test(path))
  .filter(
    (path) => path.split('/').at(-1)?.startsWith(name) || speaksOf.test(readFileSync(join(root, 'test', path), 'utf8')),
  )
  .map((path) => `test/${path}`);

const {status} = spawnSync('vitest', ['run', '--config', 'test/vitest.config.ts', ...files, ...more], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
