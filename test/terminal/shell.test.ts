// Is the operator given a psql on the target: on his own terminal, read-only, recorded and in the journal, and then the screen?

import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {Client} from 'pg';
import {expect} from 'vitest';
import type {EmbeddedRecord} from '../../src/adapters/embedded/server.ts';
import {needs} from '../support/needs.ts';
import {createPlace, onlySteps, openTerminal} from '../support/terminal.ts';

/** Waits until the server is at work on the statement. */
const untilActive = async (server: EmbeddedRecord, statement: string): Promise<void> => {
  const {socketDirectory: host, port, user, database} = server;
  const client = new Client({host, port, user, database});
  await client.connect();
  try {
    const active = "SELECT FROM pg_stat_activity WHERE state = 'active' AND query = $1";
    while ((await client.query(active, [statement])).rowCount === 0);
  } finally {
    await client.end();
  }
};

const longStep = (yaml: string): string => {
  const wait =
    '\n  - id: wait\n    phase: preflight\n    kind: command\n    title:\n      en: Wait\n      ko: 대기\n    run: echo waiting; sleep 600\n';
  return yaml.replace(/\nsteps:\n/, `\nsteps:${wait}`);
};

needs('script', 'psql').test('psql has the terminal, cannot write, and is recorded without secrets', async () => {
  await using place = createPlace({alter: onlySteps('ci-green', 'snapshot', 'backup', 'apply-v1')});
  await using terminal = openTerminal({
    place,
    args: ['rehearse', '--lang', 'en'],
    columns: 100,
    rows: 30,
    env: {SOME_TOKEN: 'hunter2-hunter2-hunter2'},
  });
  const {screen} = terminal;
  await screen.shows('▸ [ ] 1 Code Quality Check passed', 'q pause');
  terminal.press('!');
  await screen.shows('seedtest read-only=#');
  expect(screen.isAlternate()).toBe(false);
  terminal.type("SELECT 6 * 7 AS answer, current_setting('application_name');\r");
  await screen.shows('42', 'attempt-runbook/');
  terminal.type('CREATE TABLE left_behind ();\r');
  await screen.shows('cannot execute CREATE TABLE in a read-only transaction');
  terminal.type("SELECT 'hunter2-hunter2-' || 'hunter2';\r");
  await screen.shows('(1 row)');
  // Ctrl+C is for psql, and ends neither the tool nor the run.
  terminal.type('SELECT pg_sleep(600);\r');
  await screen.shows('SELECT pg_sleep(600);');
  // What psql echoes is not sent yet: until the server has it, psql has nothing to cancel and Ctrl+C comes to nothing.
  await untilActive(place.server(place.runNames()[0] ?? ''), 'SELECT pg_sleep(600);');
  terminal.press('Ctrl+C');
  await screen.shows('canceling statement due to user request');
  terminal.type('\\q\r');
  await screen.shows('▸ [ ] 1 Code Quality Check passed', 'psql has ended');
  expect(screen.isAlternate()).toBe(true);
  terminal.press('Enter');
  await screen.shows('[✓] 1 Code Quality Check passed');

  const [run = ''] = place.runNames();
  const journal = place.journal(run);
  expect(journal).toContainEqual(
    expect.objectContaining({type: 'ShellOpened', number: 1, readOnly: true, by: expect.anything() as unknown}),
  );
  expect(journal).toContainEqual(expect.objectContaining({type: 'ShellEnded', number: 1, exitCode: 0}));
  const log = readFileSync(join(place.runs, run, 'transcripts/shell.psql.1.log'), 'utf8');
  expect(log).toContain('cannot execute CREATE TABLE');
  expect(log).not.toContain('hunter2-hunter2-hunter2');
  expect(journal).toContainEqual(
    expect.objectContaining({
      type: 'ArtifactSealed',
      artifact: expect.objectContaining({
        path: 'transcripts/shell.psql.1.log',
        sha256: createHash('sha256').update(log).digest('hex'),
      }) as unknown,
    }),
  );
});

needs('script', 'psql').test('no psql while a step runs', async () => {
  await using place = createPlace({
    alter: (yaml) => longStep(onlySteps('ci-green', 'snapshot', 'backup', 'apply-v1')(yaml)),
  });
  await using terminal = openTerminal({place, args: ['rehearse', '--lang', 'en'], columns: 100, rows: 30});
  const {screen} = terminal;
  await screen.shows('1.1 Wait', 'Enter start');
  terminal.press('Enter');
  await screen.shows('Last lines of the output');
  terminal.press('!');
  await screen.shows('a step is running');
  expect(screen.isAlternate()).toBe(true);
  terminal.press('x');
});
