// How long does the tool take until it has said its version, until its first frame is drawn, and from Enter on 'Rehearse'
// to the first step?

import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {spawn} from '@lydell/node-pty';
import {createPlace, openTerminal, type Place} from '../../support/terminal.ts';
import type {Figures, Part} from '../part.ts';
import {startSampleServer} from '../sample-server.ts';

/** As many as the shipped runbook's sample has. */
const RESULTS = 20_000;

const launcher = fileURLToPath(new URL('../../../src/cli/launcher.js', import.meta.url));

/** Processor time of all children that have ended, in milliseconds; the kernel counts it in hundredths of a second. */
const childCpuMs = (): number => {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[13]) + Number(fields[14])) * 10;
};

const commands = ({isQuick, add}: Figures): void => {
  const n = isQuick ? 5 : 15;
  const named = {
    'node -e 0': ['-e', '0'],
    '--version': [launcher, '--version'],
    '--help': [launcher, '--help'],
  };
  const measured = Object.entries(named).map(([name, args]) => ({name, args, wallMs: [] as number[], cpuMs: 0}));
  // In turn, so that what else the machine does meets all of them alike.
  for (let round = -1; round < n; round += 1) {
    for (const one of measured) {
      const cpuBefore = childCpuMs();
      const before = performance.now();
      const {status} = spawnSync(process.execPath, one.args, {stdio: 'ignore'});
      if (status !== 0) throw new Error(`${one.name} ended with ${status}`);
      // The first round fills the compile cache.
      if (round < 0) continue;
      one.wallMs.push(performance.now() - before);
      one.cpuMs += childCpuMs() - cpuBefore;
    }
  }
  const [floor, ...others] = measured;
  if (floor === undefined) return;
  for (const {name, wallMs, cpuMs} of others) {
    const beside = {what: floor.name, measured: floor.wallMs};
    add({what: `${name}, wall`, measured: wallMs, beside, remark: `median of ${n}`});
    const cpu = {what: floor.name, measured: floor.cpuMs / n};
    add({what: `${name}, CPU`, measured: cpuMs / n, beside: cpu, remark: `mean of ${n}`});
  }
};

const untilShown = (place: Place, args: readonly string[], content: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const before = performance.now();
    const pty = spawn(process.execPath, [...args], {
      name: 'xterm-256color',
      cols: 80,
      rows: 24,
      cwd: place.folder,
      env: {...place.env},
    });
    let seen = '';
    let tookMs: number | undefined;
    pty.onData((data) => {
      seen += data;
      if (tookMs !== undefined || !seen.includes(content)) return;
      tookMs = performance.now() - before;
      pty.kill('SIGKILL');
    });
    pty.onExit(() => {
      if (tookMs === undefined) reject(new Error(`${content} was never shown: ${seen}`));
      else resolve(tookMs);
    });
  });

const firstFrame = async ({isQuick, add}: Figures): Promise<void> => {
  const n = isQuick ? 3 : 9;
  await using place = createPlace();
  const folders = ['--runs-dir', place.runs, '--runbook-dir', place.runbooks];
  const tool: number[] = [];
  const floor: number[] = [];
  for (let round = -1; round < n; round += 1) {
    const a = await untilShown(place, [launcher, ...folders], 'Rehearse on');
    const b = await untilShown(place, ['-e', 'console.log("a first line")'], 'a first line');
    if (round < 0) continue;
    tool.push(a);
    floor.push(b);
  }
  const beside = {what: 'node console.log', measured: floor};
  add({what: 'first frame in a terminal', measured: tool, beside, remark: `median of ${n}`});
};

/** Beside what nobody can do without: a server that is made and filled with the same sample. */
const firstStep = async ({isQuick, add}: Figures): Promise<void> => {
  const n = isQuick ? 1 : 5;
  const tool: number[] = [];
  const floor: number[] = [];
  for (let round = 0; round < n; round += 1) {
    await using place = createPlace({results: RESULTS});
    await using terminal = openTerminal({place, args: ['--lang', 'en'], columns: 100, rows: 30});
    await terminal.screen.shows('Rehearse on');
    const before = performance.now();
    terminal.press('Enter');
    await terminal.screen.shows('1.1 ', 'Enter ');
    tool.push(performance.now() - before);
    terminal.kill('SIGTERM');
    await terminal.ends();
    const bare = performance.now();
    await using _server = await startSampleServer(RESULTS);
    floor.push(performance.now() - bare);
  }
  add({
    what: "Enter on 'Rehearse' to the first step",
    measured: tool,
    beside: {what: 'a server with the sample', measured: floor},
    remark: `median of ${n}, ${RESULTS} results`,
  });
};

export const part: Part = {
  minutes: 3,
  run: async (figures) => {
    commands(figures);
    await firstFrame(figures);
    await firstStep(figures);
  },
};
