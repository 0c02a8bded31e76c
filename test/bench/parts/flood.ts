// What does a million lines of output cost whoever looks at them, and does a key still act meanwhile?

import {spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {createPlace, onlySteps, openTerminal} from '../../support/terminal.ts';
import type {Part} from '../part.ts';

const run: Part['run'] = async ({isQuick, add}) => {
  const lines = isQuick ? 100_000 : 1_000_000;
  const filler = 'x'.repeat(90);
  const script = `awk 'BEGIN {for (i = 1; i <= ${lines}; i++) printf "%08d %s\\n", i, "${filler}"}'`;
  const alone = await new Promise<number>((resolve) => {
    const before = performance.now();
    const child = spawn('bash', ['-c', script], {stdio: ['ignore', 'pipe', 'inherit']});
    child.stdout.resume();
    child.once('close', () => resolve(performance.now() - before));
  });

  await using place = createPlace({
    alter: (yaml) => {
      const step = `\n  - id: flood\n    phase: preflight\n    kind: command\n    title:\n      en: Flood\n      ko: 대량 출력\n    run: ${JSON.stringify(script)}\n`;
      return onlySteps('ci-green', 'snapshot', 'backup', 'apply-v1')(yaml).replace(/\nsteps:\n/, `\nsteps:${step}`);
    },
  });
  await using terminal = openTerminal({place, args: ['rehearse', '--lang', 'en'], columns: 100, rows: 30});
  const {screen} = terminal;
  const status = (): string => readFileSync(`/proc/${terminal.pid()}/status`, 'utf8');
  const peakKib = (): number => Number(/VmHWM:\s+(\d+)/.exec(status())?.[1] ?? 0);
  const cpuMs = (): number => {
    const fields = readFileSync(`/proc/${terminal.pid()}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  };
  await screen.shows('┌ 1.1 Flood', 'Enter start');
  terminal.press('Tab');
  await screen.shows('[Output]');
  const idleKib = peakKib();
  const cpuBefore = cpuMs();
  terminal.press('Enter');
  await screen.shows('f follow');
  const latenciesMs: number[] = [];
  const isRunning = (): boolean => !place.journal(name).some((event) => event.type === 'StepSucceeded');
  const [name = ''] = place.runNames();
  const press = async (key: string, done: () => Promise<unknown>): Promise<void> => {
    const before = performance.now();
    terminal.press(key);
    await done();
    latenciesMs.push(performance.now() - before);
  };
  while (isRunning()) {
    await press('?', () => screen.shows('┌ Keys ─'));
    await press('Esc', () => screen.lacks('┌ Keys ─'));
  }
  const events = place.journal(name);
  const atOf = (type: string): number => Date.parse(events.find((event) => event.type === type)?.at ?? '');
  const tookMs = atOf('StepSucceeded') - atOf('StepStarted');
  add({
    what: `${lines.toLocaleString('en')} lines of 100 bytes through the output pane`,
    measured: tookMs,
    beside: {what: 'child into a pipe', measured: alone},
  });
  add({what: 'CPU of that', measured: cpuMs() - cpuBefore});
  add({what: 'peak memory of that', measured: peakKib(), unit: 'KiB', beside: {what: 'before it', measured: idleKib}});
  const remark = `${latenciesMs.length} keys, 30 frames/s`;
  add({what: 'key to screen during that', measured: latenciesMs, remark});
  add({what: 'key to screen during that, at most', measured: Math.max(...latenciesMs), remark});
};

export const part: Part = {minutes: 3, run};
