// Is the terminal given back, and the run in order, whichever way a run is left?
//
// SIGKILL gives nothing back: the process has no moment left in which it could. `reset` is what helps there, and what
// matters more, that the run goes on, is asked in crash.test.ts.

import {constants} from 'node:os';
import {join} from 'node:path';
import {createHash} from 'node:crypto';
import {existsSync, readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {createPlace, onlySteps, openTerminal, type Place, type Terminal} from '../support/terminal.ts';

/** A run that stands at its first step. */
const standing = async (place: Place): Promise<Terminal> => {
  const terminal = openTerminal({place, args: ['rehearse', '--lang', 'en'], columns: 100, rows: 30});
  await terminal.screen.shows('▸ [ ] 1 Code Quality Check passed', 'q pause');
  expect(terminal.isCooked()).toBe(false);
  expect(terminal.screen.isAlternate()).toBe(true);
  expect(terminal.screen.cursor().isShown).toBe(false);
  return terminal;
};

const givenBack = (terminal: Terminal): void => {
  expect(terminal.screen.isAlternate(), 'the alternate screen').toBe(false);
  expect(terminal.screen.cursor().isShown, 'the cursor').toBe(true);
  expect(terminal.isCooked(), 'the line discipline').toBe(true);
};

const steps = onlySteps('ci-green', 'snapshot', 'backup', 'apply-v1');
const longStep = (yaml: string): string => {
  const wait =
    '\n  - id: wait\n    phase: preflight\n    kind: command\n    title:\n      en: Wait\n      ko: 대기\n    run: echo waiting; sleep 600\n';
  return yaml.replace(/\nsteps:\n/, `\nsteps:${wait}`);
};

test('q pauses, keeps the server, and the summary names the command that goes on', async () => {
  await using place = createPlace({alter: steps});
  await using terminal = await standing(place);
  terminal.press('q');
  await terminal.screen.shows('Leave this run?', '▸ 1 Pause and leave');
  terminal.press('Enter');
  expect(await terminal.ends()).toEqual({exitCode: 3});
  givenBack(terminal);
  const [run = ''] = place.runNames();
  await terminal.screen.shows('Waits for an answer at', `Continue: attempt-runbook resume ${run}`);
  // What was shown is on record, and sealed: the last thing that this process wrote.
  const sealed = place.journal(run).at(-1);
  expect(sealed).toMatchObject({
    type: 'ArtifactSealed',
    step: 'session',
    artifact: {path: 'transcripts/session.1.cast'},
  });
  const cast = readFileSync(join(place.runs, run, 'transcripts/session.1.cast'), 'utf8');
  expect(sealed).toMatchObject({artifact: {sha256: createHash('sha256').update(cast).digest('hex')}});
  expect(cast).toContain('"k", "enter"]');
  expect(cast).toContain('Leave this run?');
  expect(existsSync(`/proc/${place.server(run).postmasterPid}`)).toBe(true);

  await using again = openTerminal({place, args: ['resume', run, '--lang', 'en']});
  await again.screen.shows('▸ [ ] 1 Code Quality Check passed');
});

test('Ctrl+C asks first, and says what happens to the step that runs, which leaves no terminal to a psql', async () => {
  await using place = createPlace({alter: (yaml) => longStep(steps(yaml))});
  await using terminal = openTerminal({place, args: ['rehearse', '--lang', 'en'], columns: 100, rows: 30});
  const {screen} = terminal;
  await screen.shows('1.1 Wait', 'Enter start');
  terminal.press('Ctrl+C');
  await screen.shows('Stop?', 'Nothing is running, so nothing would be interrupted.');
  terminal.press('Esc');
  await screen.lacks('Stop?');
  terminal.press('Enter');
  await screen.shows('waiting', 'c stop this step');
  terminal.press('!');
  await screen.shows('a step is running');
  expect(screen.isAlternate()).toBe(true);
  terminal.press('Ctrl+C');
  await screen.shows('1.1 Wait is running.', '▸ 1 Stay, and change nothing', 'Stopping ends it at the next safe point');
  // Enter is the safe thing: it stays.
  terminal.press('Enter');
  await screen.lacks('Stop?');
  await screen.shows('c stop this step');
  terminal.press('Ctrl+C');
  await screen.shows('Stop?');
  terminal.press('3');
  expect(await terminal.ends()).toEqual({exitCode: 130});
  givenBack(terminal);
  const [run = ''] = place.runNames();
  await screen.shows('The run was abandoned.', `attempt-runbook export ${run}`);
  const types = place.journal(run).map(({type}) => type);
  expect(types.filter((type) => type === 'StepStarted' || type === 'StepFailed')).toEqual([
    'StepStarted',
    'StepFailed',
  ]);
  // A rehearsal that was interrupted takes its server with it; q is what keeps it.
  expect(place.leftovers()).toEqual([]);
});

describe.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('%s', (signal) => {
  test('gives the terminal back and ends the process by the same signal', async () => {
    await using place = createPlace({alter: steps});
    await using terminal = await standing(place);
    terminal.kill(signal);
    expect(await terminal.ends()).toEqual({exitCode: 128 + constants.signals[signal]});
    givenBack(terminal);
    // What was interrupted from outside has no operator left who would come back for its server.
    expect(place.leftovers()).toEqual([]);
  });
});

test('a terminal that is gone ends the tool, the running child and the server, and the journal is whole', async () => {
  await using place = createPlace({alter: (yaml) => longStep(steps(yaml))});
  await using terminal = openTerminal({place, args: ['rehearse', '--lang', 'en'], columns: 100, rows: 30});
  await terminal.screen.shows('1.1 Wait', 'Enter start');
  terminal.press('Enter');
  await terminal.screen.shows('waiting', 'c stop this step');
  const [run = ''] = place.runNames();
  const {postmasterPid} = place.server(run);
  const pid = terminal.pid();
  terminal.hangUp();
  await expect.poll(() => existsSync(`/proc/${pid}`), {timeout: 20_000}).toBe(false);
  expect(existsSync(`/proc/${postmasterPid}`)).toBe(false);
  const events = place.journal(run).filter((event) => 'step' in event && event.step === 'wait');
  expect(events.map(({type}) => type)).toContain('StepStarted');
  expect(events.at(-1)?.type).toMatch(/^Step(Failed|Interrupted)$/);
});

test('SIGKILL gives nothing back: this is how the others would look if they did not either', async () => {
  await using place = createPlace({alter: steps});
  await using terminal = await standing(place);
  terminal.kill('SIGKILL');
  expect(await terminal.ends()).toEqual({exitCode: 128 + constants.signals.SIGKILL});
  expect(terminal.screen.isAlternate()).toBe(true);
  expect(terminal.isCooked()).toBe(false);
});
