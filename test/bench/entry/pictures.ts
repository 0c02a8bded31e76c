// How long does anything else wait while twelve pictures are drawn? Run on its own, so that the loop is nobody else's.

import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {monitorEventLoopDelay} from 'node:perf_hooks';
import {setTimeout as pause} from 'node:timers/promises';
import type {CliContext} from '../../../src/cli/context.ts';
import type {OpenRun} from '../../../src/cli/open-run.ts';
import {watchPictures} from '../../../src/cli/take-picture.ts';
import type {ScreenPicture} from '../../../src/ui/tui/picture.ts';

const TWELVE = 12;
const [columns, height] = [100, 60];

/** A screen of a smoke step, as wide and as full as they are; each picture is another. */
const screen = (nth: number): ScreenPicture => ({
  step: 'smoke',
  attempt: nth,
  columns,
  locale: 'en',
  rows: Array.from({length: height}, (_, row) => {
    const text = `│ ✓ PASS  check_${nth}_${row}  ${row * 37} rows, ${(nth * row) % 91} ms ▸ as it must be │`.padEnd(
      columns,
      '─',
    );
    const looks = [{}, {bold: true}, {color: 'green'}, {dimColor: true}] as const;
    return [...text].map((sign, at) => ({text: sign, width: 1, look: looks[at >> 4] ?? looks[0]}));
  }),
});

const root = mkdtempSync(join(tmpdir(), 'bench-pictures-'));
// What pictures touch of a run and of the command line.
const run = {
  run: 'r-bench',
  directory: {path: root},
  session: {subscribe: () => () => undefined, seal: async () => true},
} as unknown as OpenRun;
const context = {env: process.env, options: {}} as unknown as CliContext;

const lag = monitorEventLoopDelay({resolution: 1});
const measured = async (work: () => Promise<void>) => {
  const before = performance.now();
  lag.reset();
  lag.enable();
  await work();
  lag.disable();
  return {tookMs: performance.now() - before, p99Ms: lag.percentile(99) / 1e6, longestMs: lag.max / 1e6};
};
const rssMb = (): number => process.memoryUsage().rss / 1e6;

const idle = await measured(() => pause(2000));
const beforeMb = rssMb();
let peakMb = 0;
const busy = await measured(async () => {
  const pictures = watchPictures(
    context,
    run,
    () => 'en',
    () => undefined,
  );
  const taken: Promise<unknown>[] = [];
  for (let nth = 1; nth <= TWELVE; nth += 1) {
    taken.push(pictures.take(screen(nth)).then(() => (peakMb = Math.max(peakMb, rssMb()))));
    await pause(20);
  }
  // A picture alone does not hold the process; whoever closes does.
  await pictures.close();
  await Promise.all(taken);
});
const pngs = readdirSync(root, {recursive: true, encoding: 'utf8'}).filter((name) => name.endsWith('.png')).length;
await pause(1000);
rmSync(root, {recursive: true});
console.log(JSON.stringify({idle, busy, pngs, beforeMb, peakMb, afterMb: rssMb()}));
