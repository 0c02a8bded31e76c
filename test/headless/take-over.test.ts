// Can a run be taken over on the command line when it is idle, and only then, and does whoever had it find out?

import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Client} from 'pg';
import {beforeAll, expect, test} from 'vitest';
import {readJournal} from '../../src/adapters/journal-file.ts';
import type {Recorded} from '../../src/core/event.ts';
import {allAnswers, createPlace, ensureBuilt, type Ended, type Place} from '../support/headless.ts';
import {needs} from '../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../support/postgres.ts';
import {openTestRun} from '../support/run.ts';

beforeAll(ensureBuilt);

// Proven beside the target: a server of its own would cost each run two seconds.
const staging = ['run', '--env', 'staging', '--url', 'env:TEST_DATABASE_URL', '--scratch', 'env:TEST_DATABASE_URL'];
const steps = ['snapshot', 'backup', 'apply-v1'];
const isKorean = (text: string): boolean => /[가-힣]/.test(text);

const envOf = (database: TestDatabase) => ({env: {TEST_DATABASE_URL: database.url}});
const answersOf = (place: Place, database: TestDatabase): readonly string[] => [
  '--answers',
  place.answers(allAnswers(place.definition(), 'staging', database.name)),
];

/** A long report: nobody gets the lock that the change needs until it ends. */
const report = async (database: TestDatabase): Promise<Client> => {
  const client = await database.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM public.attempt LIMIT 1');
  return client;
};

/** Resolves when somebody waits for the report: the change is at work. */
const changeAtWork = async (database: TestDatabase, run?: string): Promise<string> => {
  const admin = await database.connect();
  for (;;) {
    const {rows} = await admin.query<{name: string}>(
      "SELECT application_name AS name FROM pg_stat_activity WHERE application_name LIKE '%/apply-v1/%' AND wait_event_type = 'Lock'",
    );
    const found = rows.map(({name}) => name.split('/')[1] ?? '').find((name) => run === undefined || name === run);
    if (found !== undefined) return found;
  }
};

const eventsIn = (stdout: string): readonly Recorded[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Recorded);

test('an idle run loses its target to whoever names it, and does not go on when they are done', async () => {
  await using database = await createTestDatabase();
  const place = createPlace({steps});
  const idle = await openTestRun(database, {steps: ['snapshot', 'apply-v1'], environment: 'staging'});
  await idle.walkTo('apply-v1');
  for (const lang of ['en', 'ko']) {
    const more = lang === 'en' ? [] : ['--take-over', 'r-other'];
    const second = await place.command([...staging, ...more, '--lang', lang], envOf(database));
    expect({code: second.code, stdout: second.stdout}).toEqual({code: 75, stdout: ''});
    expect(second.stderr).toContain(idle.id);
    expect(second.stderr.includes(`--take-over ${idle.id}`)).toBe(lang === 'en');
    expect(isKorean(second.stderr)).toBe(lang === 'ko');
  }
  const taking = [...staging, '--take-over', idle.id, '--until', 'snapshot', '--json', ...answersOf(place, database)];
  const taken = await place.command(taking, envOf(database));
  expect(taken.code).toBe(0);
  expect(eventsIn(taken.stdout).slice(0, 2)).toMatchObject([
    {type: 'RunOpened', run: place.run()},
    {type: 'HandedOver', what: 'target', from: {run: idle.id}, to: place.run(), by: {name: 'tester'}},
  ]);
  expect(await idle.submit({type: 'StartStep', step: 'apply-v1', confirm: database.name})).toEqual({
    code: 'target-lock-lost',
    holder: '',
  });
  expect(idle.stateOf('apply-v1')).toMatchObject({status: 'waiting', attempt: 0});
});

needs('pg_dump').test(
  'an idle run loses its target to whoever names it, and its next start is refused with their name',
  async () => {
    await using database = await createTestDatabase();
    const place = createPlace({steps});
    const idle = await openTestRun(database, {steps: ['snapshot', 'apply-v1'], environment: 'staging'});
    await idle.walkTo('apply-v1');
    for (const lang of ['en', 'ko']) {
      const more = lang === 'en' ? [] : ['--take-over', 'r-other'];
      const second = await place.command([...staging, ...more, '--lang', lang], envOf(database));
      expect({code: second.code, stdout: second.stdout}).toEqual({code: 75, stdout: ''});
      expect(second.stderr).toContain(idle.id);
      expect(second.stderr.includes(`--take-over ${idle.id}`)).toBe(lang === 'en');
      expect(isKorean(second.stderr)).toBe(lang === 'ko');
    }

    const blocker = await report(database);
    const taking = place.cli(
      [...staging, '--take-over', idle.id, '--until', 'apply-v1', '--json', ...answersOf(place, database)],
      envOf(database),
    );
    const taker = await changeAtWork(database);
    // Their change is at work: it cannot be taken over in turn, and ours cannot begin.
    expect(await idle.submit({type: 'StartStep', step: 'apply-v1', confirm: database.name})).toEqual({
      code: 'target-lock-lost',
      holder: expect.stringMatching(new RegExp(`^tester@.+, ${taker}, pid \\d+$`)),
    });
    {
      const refused = await createPlace({steps}).command(
        [...staging, '--take-over', taker, '--lang', 'ko'],
        envOf(database),
      );
      expect(refused.code).toBe(75);
      expect(refused.stderr).toMatch(new RegExp(`pid \\d+ .*attempt-runbook/${taker}/apply-v1/1`));
      expect(isKorean(refused.stderr)).toBe(true);
    }
    await blocker.query('ROLLBACK');
    const taken: Ended = await taking;
    expect(taken.code).toBe(0);
    expect(eventsIn(taken.stdout).slice(0, 2)).toMatchObject([
      {type: 'RunOpened', run: taker},
      {type: 'HandedOver', what: 'target', from: {run: idle.id}, to: taker, by: {name: 'tester'}},
    ]);
    // They are done and gone; the run that lost the target to them still does not go on as if nothing had happened.
    expect(await idle.submit({type: 'StartStep', step: 'apply-v1', confirm: database.name})).toEqual({
      code: 'target-lock-lost',
      holder: '',
    });
    expect(idle.stateOf('apply-v1')).toMatchObject({status: 'waiting', attempt: 0});
  },
);

test('a process on another host loses its run to --take-over, and writes nothing more into it', async () => {
  await using database = await createTestDatabase();
  const place = createPlace();
  const first = await openTestRun(database, {
    steps: ['ci-green', ...steps],
    environment: 'staging',
    runsDirectory: place.runs,
  });
  // As this run's directory looks from another machine that shares the disk.
  const lock = join(first.path, 'lock.1');
  writeFileSync(lock, readFileSync(lock, 'utf8').replace(/"host":"[^"]*"/, '"host":"elsewhere"'));
  for (const lang of ['en', 'ko']) {
    const refused = await place.command(['resume', first.id, '--lang', lang], envOf(database));
    expect(refused.code).toBe(75);
    expect(refused.stderr).toContain('elsewhere');
    expect(refused.stderr).toContain(`attempt-runbook resume ${first.id} --take-over ${first.id}`);
    expect(isKorean(refused.stderr)).toBe(lang === 'ko');
  }
  const taken = await place.command(['resume', first.id, '--take-over'], envOf(database));
  expect(taken).toMatchObject({code: 3, stderr: ''});
  expect(place.journal().slice(1)).toMatchObject([
    {type: 'RunResumed'},
    {type: 'HandedOver', what: 'run', from: {run: first.id, operator: expect.stringContaining('@elsewhere')}},
    {type: 'HandedOver', what: 'target', from: {run: first.id}, to: first.id, by: {name: 'tester'}},
  ]);
  const before = first.journal();
  const tick = {type: 'CheckItem', step: 'ci-green', item: 'code-quality'} as const;
  expect(await first.submit(tick)).toEqual({code: 'run-taken-over'});
  expect(await first.submit({type: 'AbandonRun', reason: 'gone'})).toEqual({code: 'run-taken-over'});
  expect(first.journal()).toBe(before);
  expect(readJournal(join(first.path, 'journal.ndjson')).damage).toBeUndefined();
  // It is nobody's now: the next resume needs nobody's word.
  expect((await place.command(['resume', first.id], envOf(database))).code).toBe(3);
});

needs('pg_dump').test('a holder killed with -9 in the middle of a change is followed within five seconds', async () => {
  await using database = await createTestDatabase();
  const place = createPlace({steps});
  const blocker = await report(database);
  const holder = await place.cli([...staging, '--json', ...answersOf(place, database)], {
    ...envOf(database),
    signal: {name: 'SIGKILL', when: (printed) => printed.includes('"TransactionOpened"')},
  });
  expect(holder.signal).toBe('SIGKILL');
  // Resuming waits five seconds for the target, and no longer.
  const resumed = await place.command(['resume', '--json'], envOf(database));
  expect(resumed.code).not.toBe(75);
  expect(eventsIn(resumed.stdout)[0]).toMatchObject({type: 'RunResumed'});
  await blocker.query('ROLLBACK');
});
