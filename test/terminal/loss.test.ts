// What becomes of a run on the screen when its terminal, or the tool itself, fails in the middle of a step?

import {existsSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Client} from 'pg';
import {expect, test} from 'vitest';
import {fold} from '../../src/core/reduce.ts';
import {createTestDatabase} from '../support/postgres.ts';
import {createPlace, onlySteps, onStaging, openTerminal, type Place} from '../support/terminal.ts';
import {answer, walkTo, type Walk} from '../support/terminal-walk.ts';

const steps = onlySteps('snapshot', 'backup', 'apply-v1');
const apply = 'Apply the V1 view';

const reader = async (place: Place, run: string): Promise<Client & AsyncDisposable> => {
  const {socketDirectory: host, port, user, database} = place.server(run);
  const client = new Client({host, port, user, database, application_name: 'metabase'});
  client.on('error', () => undefined);
  await client.connect();
  return Object.assign(client, {[Symbol.asyncDispose]: () => client.end()});
};

/** A run whose change waits for a lock that somebody else has. */
const waiting = async (place: Place, env: Readonly<Record<string, string>> = {}) => {
  const terminal = openTerminal({place, args: ['rehearse', '--lang', 'en'], columns: 110, rows: 30, env});
  const walk: Walk = {terminal, locale: 'en', target: 'seedtest'};
  await terminal.screen.shows('1.1 ', 'Enter start');
  await walkTo(walk, `2.1 ${apply}`);
  const [run = ''] = place.runNames();
  const blocker = await reader(place, run);
  await blocker.query('BEGIN');
  await blocker.query('SELECT count(*) FROM attempt');
  terminal.press('Enter');
  await answer(walk, 'Before this starts', 'seedtest');
  await terminal.screen.shows('! waiting for a lock');
  return {terminal, run, blocker};
};

test('a terminal that is gone while the change waits for its lock: the change is stopped, and the journal says so', async () => {
  await using place = createPlace({alter: steps});
  const {terminal, run, blocker} = await waiting(place);
  await using _terminal = terminal;
  const pid = terminal.pid();
  terminal.hangUp();
  await expect.poll(() => existsSync(`/proc/${pid}`), {timeout: 30_000}).toBe(false);
  const ofApply = place.journal(run).filter((event) => 'step' in event && event.step === 'apply-v1');
  expect(ofApply.findLast(({type}) => type !== 'ArtifactSealed')).toMatchObject({
    type: 'StepFailed',
    failure: {code: 'cancelled'},
  });
  await blocker.end().catch(() => undefined);
});

/** Throws where nobody catches, when it is told to. */
const BUG = `process.on('SIGUSR2', () => { setImmediate(() => { throw new Error('a bug of the test'); }); });`;

const wait = (yaml: string): string => {
  const step =
    '\n  - id: wait\n    phase: preflight\n    kind: command\n    title:\n      en: Wait\n      ko: 대기\n    run: echo waiting; sleep 600\n';
  return yaml.replace(/\nsteps:\n/, `\nsteps:${step}`);
};

test('an error of the tool itself gives the terminal back, ends with 70, and leaves the step as running', async () => {
  await using place = createPlace({alter: (yaml) => wait(onlySteps('ci-green')(yaml))});
  const bug = join(place.folder, 'bug.mjs');
  writeFileSync(bug, BUG);
  await using database = await createTestDatabase();
  const {args, env} = onStaging(database, 'en');
  const options = {env: {...env, NODE_OPTIONS: `--import=${bug}`}, columns: 110, rows: 30};
  await using terminal = openTerminal({place, args, ...options});
  await terminal.screen.shows('1.1 Wait', 'Enter start');
  terminal.press('Enter');
  await terminal.screen.shows('waiting', 'c stop this step');
  terminal.kill('SIGUSR2');
  expect(await terminal.ends()).toEqual({exitCode: 70});
  expect(terminal.screen.isAlternate()).toBe(false);
  expect(terminal.isCooked()).toBe(true);
  await terminal.screen.shows('a bug of the test');
  expect(fold(place.journal(place.runNames()[0] ?? '')).steps['wait']?.status).toBe('running');
});

test('an error of the tool itself gives the terminal back, ends with 70, and leaves the change in doubt until it is resumed', async () => {
  await using place = createPlace({alter: steps});
  const bug = join(place.folder, 'bug.mjs');
  writeFileSync(bug, BUG);
  const {terminal, run, blocker} = await waiting(place, {NODE_OPTIONS: `--import=${bug}`});
  await using _terminal = terminal;
  terminal.kill('SIGUSR2');
  expect(await terminal.ends()).toEqual({exitCode: 70});
  expect(terminal.screen.isAlternate()).toBe(false);
  expect(terminal.isCooked()).toBe(true);
  await terminal.screen.shows('a bug of the test');
  expect(fold(place.journal(run)).steps['apply-v1']?.status).toBe('running');
  await blocker.query('ROLLBACK');
  await blocker.end();

  await using again = openTerminal({place, args: ['resume', run, '--lang', 'en'], columns: 110, rows: 30});
  await again.screen.shows(apply, 'According to the database:', 'the step may be started again.');
});
