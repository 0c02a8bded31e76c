// Runs a few of the tests that `npm test` leaves to `npm run test:long`: others for each commit, the same ones for one.
//
// `long-part.mjs COUNT [VITEST OPTIONS]`

import {execFileSync, spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';

const [count = '1', ...options] = process.argv.slice(2);
const listed = JSON.parse(readFileSync(new URL('../test/support/long-tests.json', import.meta.url), 'utf8'));
const commit = execFileSync('git', ['rev-parse', 'HEAD'], {encoding: 'utf8'}).trim();

const drawn = Object.entries(listed)
  // Under LONG their loops meet every point, which takes many minutes.
  .filter(([file]) => !file.startsWith('test/crash/'))
  .flatMap(([file, names]) => names.map((name) => ({file, name})))
  .map((one) => ({...one, lot: createHash('sha256').update(`${commit} ${one.file} ${one.name}`).digest('hex')}))
  .toSorted((a, b) => (a.lot < b.lot ? -1 : 1))
  .slice(0, Number(count));
if (drawn.length === 0) process.exit();
process.stdout.write(drawn.map(({file, name}) => `${file}: ${name}\n`).join(''));

// A title ends with what installs a program that is missing here; what stands between a group and a test is vitest's.
const pattern = drawn
  .map(({name}) => name.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&').replaceAll(' > ', '(?: > | )'))
  .join('|');
const files = new Set(drawn.map(({file}) => file));
const {status} = spawnSync(
  'npx',
  ['vitest', 'run', '--config', 'test/vitest.config.ts', ...options, '-t', `^(?:${pattern})(?: \\(needs |$)`, ...files],
  {stdio: 'inherit', env: {...process.env, LONG: '1'}},
);
process.exitCode = status ?? 1;
