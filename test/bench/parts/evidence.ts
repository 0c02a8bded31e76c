// What does it cost to make a bundle and to check it, beside sha256sum over the same bytes?

import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {keepRun, keptRun} from '../../support/kept-run.ts';
import {PEAK_KIB} from '../../support/peak.ts';
import type {Part} from '../part.ts';

const launcher = fileURLToPath(new URL('../../../src/cli/launcher.js', import.meta.url));
/** Says at its end how much memory the process had at most, in KiB. */
const tellsMemory = `data:text/javascript,${encodeURIComponent(
  `process.on('exit', () => process.stderr.write('PEAK ' + ${PEAK_KIB}));`,
)}`;

const timed = (program: string, args: readonly string[]): Readonly<{tookMs: number; stderr: string}> => {
  const before = performance.now();
  const {status, stderr} = spawnSync(program, args, {encoding: 'utf8'});
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return {tookMs: performance.now() - before, stderr};
};

const run: Part['run'] = ({isQuick, add}) => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-evidence-'));
  try {
    const bytes = isQuick ? 50_000_000 : 200_000_000;
    const runs = keepRun(folder, bytes);
    const archive = join(folder, 'e.zip');
    const transcript = join(runs, keptRun, 'transcripts/smoke.1.log');
    const tool = (args: readonly string[]) => timed(process.execPath, ['--import', tellsMemory, launcher, ...args]);
    const rounds = {
      'evidence exported, to a directory and an archive': ['export', keptRun, '--runs-dir', runs, '-o', archive],
      'evidence verified, the archive': ['verify', archive],
      'evidence verified, the directory': ['verify', join(folder, 'e')],
    };
    for (const [what, args] of Object.entries(rounds)) {
      const measured: number[] = [];
      const peer: number[] = [];
      let peakKib = 0;
      for (let round = -1; round < 3; round += 1) {
        const {tookMs, stderr} = tool(args);
        const summed = timed('sha256sum', [transcript]);
        if (round < 0) continue;
        measured.push(tookMs);
        peer.push(summed.tookMs);
        peakKib = Math.max(peakKib, Number(/PEAK (\d+)/.exec(stderr)?.[1]));
      }
      add({
        what,
        measured,
        beside: {what: 'sha256sum', measured: peer},
        remark: `${bytes / 1e6} MB transcript, median of 3`,
      });
      add({what: `${what}: peak memory`, measured: peakKib, unit: 'KiB'});
    }
  } finally {
    rmSync(folder, {recursive: true});
  }
};

export const part: Part = {minutes: 3, run};
