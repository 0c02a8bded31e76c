// Runs every static check, two at a time, and prints what each one found and how long it took.

import {spawn} from 'node:child_process';

const checks = [
  ['types', 'tsc', ['-p', '.']],
  ['lint', 'oxlint', ['-c', '.ci/oxlint.json', '--type-aware', 'src', 'test', '.ci']],
  ['format', 'biome', ['format', '--config-path=.ci/format.json', '.']],
  ['package', 'node', ['.ci/pack.mjs', '--lint']],
  ['dead code', 'knip', ['--config', '.ci/knip.json']],
  [
    'architecture',
    'vitest',
    ['run', '--config', 'test/vitest.config.ts', '--project', 'fast', 'test/architecture.test.ts'],
  ],
];

const run = ([name, program, args]) =>
  new Promise((resolve) => {
    const began = performance.now();
    const child = spawn(program, args, {stdio: ['ignore', 'pipe', 'pipe']});
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    child.on('error', (error) => resolve({name, ok: false, output: String(error), ms: 0}));
    child.on('close', (code) => resolve({name, ok: code === 0, output, ms: performance.now() - began}));
  });

const queue = [...checks];
const results = [];
const worker = async () => {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const result = await run(next);
    results.push(result);
    process.stdout.write(`${result.ok ? 'ok    ' : 'FAILED'} ${result.name}  ${(result.ms / 1000).toFixed(1)} s\n`);
    if (!result.ok) process.stdout.write(`${result.output}\n`);
  }
};
// Two cores is what a small build machine has.
await Promise.all([worker(), worker()]);
process.exitCode = results.every(({ok}) => ok) ? 0 : 1;
