// What does it cost to record a child?

import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Part} from '../part.ts';
import {runProgram} from '../program.ts';
import {quantity} from '../table.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

type Captured = Readonly<{
  capturedMs: number;
  sealedMs: number;
  cpuMs: number;
  peakKib: number;
  lagMs: number;
  bytes: readonly number[];
}>;

const run: Part['run'] = ({isQuick, add}) => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-capture-'));
  const count = isQuick ? 100_000 : 1_000_000;
  const file = join(folder, 'flood');
  const shell = (script: string): number => runProgram('bash', ['-c', script]).tookMs;
  const inputs: Readonly<Record<string, string>> = {
    [`${count.toLocaleString('en')} lines of 200 bytes`]: `awk 'BEGIN {for (i = 1; i <= ${count}; i++) printf "%08d %0190d\\n", i, i}' > ${file}`,
    [`one line of ${count / 10_000} MB`]: `head -c ${count * 100} /dev/zero | tr '\\0' 'z' > ${file}`,
  };
  try {
    for (const [what, make] of Object.entries(inputs)) {
      shell(make);
      const redirect = shell(`cat ${file} > ${file}.copy`);
      const hasScript = spawnSync('script', ['--version']).status === 0;
      const script = hasScript ? shell(`script -qc 'cat ${file}' /dev/null > ${file}.copy`) : undefined;
      const entry = join(root, 'test/bench/entry/capture.ts');
      const {stdout} = runProgram(process.execPath, [entry, join(folder, 'run'), file]);
      const {capturedMs, sealedMs, cpuMs: cpu, peakKib, lagMs, bytes} = JSON.parse(stdout) as Captured;
      const written = `${Math.round((bytes[0] ?? 0) / 1e6)} MB log, ${Math.round((bytes[1] ?? 0) / 1e6)} MB cast`;
      const beside = {what: 'cat > file', measured: redirect};
      const remark = `${written}, CPU ${quantity(cpu, 'ms')}`;
      add({what: `recorded: ${what}`, measured: capturedMs, beside, remark});
      if (script !== undefined)
        add({
          what: `recorded: ${what}, by script`,
          measured: capturedMs,
          beside: {what: 'script -c', measured: script},
        });
      add({what: `recorded and sealed: ${what}`, measured: sealedMs, beside});
      add({what: `recorded: ${what}, peak memory`, measured: peakKib, unit: 'KiB'});
      add({what: `recorded: ${what}, longest lag`, measured: lagMs});
      rmSync(join(folder, 'run'), {recursive: true});
    }
  } finally {
    rmSync(folder, {recursive: true});
  }
};

export const part: Part = {minutes: 3, run};
