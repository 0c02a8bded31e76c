// What does a million lines of output cost whoever looks at them, beside what recording them alone costs, and does a key
// still act meanwhile?
//
// Every wait ends: with what it waits for, with the end of the step, of the tool, or with the patience of the terminal.

import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as later} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {createPlace, onlySteps, openTerminal, type Place} from '../../support/terminal.ts';
import type {Part} from '../part.ts';
import {runProgram} from '../program.ts';
import {quantile} from '../row.ts';

const entry = fileURLToPath(new URL('../entry/capture.ts', import.meta.url));

/** 2 min: thirty times what a flood takes on an idle machine. */
const PATIENCE_MS = 120_000;

const stepsOf = (commands: readonly string[]): string =>
  commands
    .map((run, at) => {
      const title = `      en: Flood ${at + 1}\n      ko: 대량 출력 ${at + 1}\n`;
      return `\n  - id: flood-${at + 1}\n    phase: preflight\n    kind: command\n    title:\n${title}    run: ${run}\n`;
    })
    .join('');

/** The moment of each event of a step, and a wait for its end. */
const watched = (place: Place, step: string) => {
  const at = (type: string): number | undefined => {
    const events = place.runNames().flatMap((run) => place.journal(run));
    const found = events.find((event) => 'step' in event && event.step === step && event.type === type);
    return found === undefined ? undefined : Date.parse(found.at);
  };
  const isOver = (): boolean => {
    if (at('StepFailed') !== undefined) throw new Error(`${step} has failed`);
    return at('StepSucceeded') !== undefined;
  };
  const ends = async (): Promise<void> => {
    const until = performance.now() + PATIENCE_MS;
    while (!isOver()) {
      if (performance.now() > until) throw new Error(`${step} has not ended in ${PATIENCE_MS / 1000} s`);
      await later(20);
    }
  };
  return {isOver, ends, tookMs: () => (at('StepSucceeded') ?? Number.NaN) - (at('StepStarted') ?? Number.NaN)};
};

/** Memory and processor time of a process, from the kernel. */
const processOf = (pid: number) => {
  const kib = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  return {
    residentKib: () => kib('VmRSS'),
    peakKib: () => kib('VmHWM'),
    /** From here on the peak is that of what follows. */
    forgetPeak: () => writeFileSync(`/proc/${pid}/clear_refs`, '5'),
    cpuMs: () => {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) * 10;
    },
  };
};

const run: Part['run'] = async ({isQuick, add, note}) => {
  const lines = isQuick ? 100_000 : 1_000_000;
  const rounds = isQuick ? 1 : 3;
  await using place = createPlace({
    alter: (yaml) =>
      onlySteps(
        'ci-green',
        'snapshot',
        'backup',
        'apply-v1',
      )(yaml).replace(
        /\nsteps:\n/,
        // The last one is for the keys, and long enough for many of them.
        `\nsteps:${stepsOf([...Array.from({length: rounds}, () => 'cat $TMPDIR/flood'), `cat ${Array.from({length: 3_000_000 / lines}, () => '$TMPDIR/flood').join(' ')}`])}`,
      ),
  });
  const file = join(place.env['TMPDIR'] ?? '', 'flood');
  runProgram('bash', ['-c', `awk 'BEGIN {for (i = 1; i <= ${lines}; i++) printf "%08d %090d\\n", i, i}' > ${file}`]);
  const alone = (round: number): number => {
    const {stdout} = runProgram(process.execPath, [entry, join(place.folder, `alone-${round}`), file]);
    return (JSON.parse(stdout) as Readonly<{sealedMs: number}>).sealedMs;
  };

  await using terminal = openTerminal({place, args: ['rehearse', '--lang', 'en'], columns: 100, rows: 30});
  const {screen} = terminal;
  await screen.shows('┌ 1.1 Flood 1', 'Enter start');
  /** What a step finds is shown on its first tab, and the next step begins there. */
  const showOutput = async (): Promise<void> => {
    if (screen.text().includes('[Output]')) return;
    terminal.press('Tab');
    await screen.shows('[Output]');
  };
  const tool = processOf(terminal.pid());
  const [idleKib, startKib] = [tool.residentKib(), tool.peakKib()];
  tool.forgetPeak();

  const paneMs: number[] = [];
  const aloneMs: number[] = [];
  const cpuMs: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    note(`round ${round}`);
    aloneMs.push(alone(round));
    await showOutput();
    const step = watched(place, `flood-${round}`);
    const before = tool.cpuMs();
    terminal.press('Enter');
    await step.ends();
    paneMs.push(step.tookMs());
    cpuMs.push(tool.cpuMs() - before);
    terminal.press('Enter');
    await screen.shows(`┌ 1.${round + 1} Flood ${round + 1}`, 'Enter start');
  }

  note('keys');
  await showOutput();
  const step = watched(place, `flood-${rounds + 1}`);
  terminal.press('Enter');
  await screen.shows('f follow', /line \d|of [\d,]+/);
  const keysMs: number[] = [];
  const tabs = ['[Evidence]', '[Step]', '[Output]'];
  for (let at = 0; !step.isOver(); at += 1) {
    const before = performance.now();
    terminal.press('Tab');
    await screen.shows(tabs[at % tabs.length] ?? '');
    keysMs.push(performance.now() - before);
  }

  add({
    what: `${lines.toLocaleString('en')} lines of 100 bytes through the output pane`,
    measured: paneMs,
    beside: {what: 'recorded and sealed alone', measured: aloneMs},
    goal: {ratio: 1.5},
  });
  add({what: 'CPU of the tool during that', measured: cpuMs});
  add({
    what: 'peak memory during that',
    measured: tool.peakKib(),
    unit: 'KiB',
    beside: {what: 'before it', measured: idleKib},
    goal: {value: 250 * 1024},
  });
  add({what: 'peak memory since the start', measured: Math.max(startKib, tool.peakKib()), unit: 'KiB'});
  const remark = `${keysMs.length} keys, one after the other`;
  add({what: 'key to screen during a flood', measured: quantile(keysMs, 0.5), remark});
  add({what: 'key to screen during a flood, p99', measured: quantile(keysMs, 0.99), goal: {value: 50}, remark});
  add({what: 'key to screen during a flood, at most', measured: Math.max(...keysMs), remark});
};

export const part: Part = {minutes: 5, run};
