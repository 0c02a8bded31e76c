// When the tool dies in the middle of the change, does the next terminal show what the server says became of it?

import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import {needs} from '../support/needs.ts';
import {createTestDatabase} from '../support/postgres.ts';
import {createPlace, onlySteps, onStaging, openTerminal, type Place} from '../support/terminal.ts';
import {advance, answer, titled, walkTo, type Walk} from '../support/terminal-walk.ts';

const {test} = needs('pg_dump');

const steps = onlySteps('snapshot', 'backup', 'apply-v1', 'definition-reads');
const apply = '2.1 Apply the V1 view';

/** What a kill between the COMMIT and the next write leaves: a journal that ends with the opened transaction. */
const endAtTransaction = (place: Place, run: string): void => {
  const path = join(place.runs, run, 'journal.ndjson');
  const lines = readFileSync(path, 'utf8').split('\n');
  const last = lines.findLastIndex((line) => line.includes('"TransactionOpened"'));
  writeFileSync(path, `${lines.slice(0, last + 1).join('\n')}\n`);
};

test('killed while it waits for a lock: the blocker was shown, the server says nothing took effect, and the step is done again; killed behind its COMMIT, it is not', async () => {
  await using place = createPlace({alter: steps});
  await using database = await createTestDatabase();
  const {args: start, env} = onStaging(database, 'en');
  const size = {columns: 110, rows: 30};
  await using first = openTerminal({place, args: start, env, ...size});
  const walk: Walk = {terminal: first, locale: 'en', target: database.name};
  await first.screen.shows('1.1 ', 'Enter start');
  await walkTo(walk, apply);
  const [run = ''] = place.runNames();
  const args = ['resume', run, '--lang', 'en'];
  const reader = await database.connect();
  await reader.query("SET application_name = 'metabase'");
  await reader.query('BEGIN');
  await reader.query('SELECT count(*) FROM attempt');
  const {rows} = await reader.query<{pid: number}>('SELECT pg_backend_pid() AS pid');

  first.press('Enter');
  await answer(walk, 'Before this starts', database.name);
  await first.screen.shows(
    '! waiting for a lock',
    'Nothing was changed.',
    'blocked by',
    `pid ${rows[0]?.pid}`,
    'metabase',
    /try \d+ of 20/,
  );
  first.kill('SIGKILL');
  await first.ends();
  // Nothing was given back: this is how every other end would look if it did not either.
  expect(first.screen.isAlternate()).toBe(true);
  expect(first.isCooked()).toBe(false);

  await using second = openTerminal({place, args, env, ...size});
  const {screen} = second;
  await screen.shows(
    apply,
    'According to the database:',
    'So nothing is left of that attempt, and the step may be started again.',
  );
  // What the killed process had recorded is whole up to where it ends, and sealed as what it is.
  const left = place
    .journal(run)
    .flatMap((event) => (event.type === 'ArtifactSealed' && event.artifact.unfinished === true ? [event] : []));
  expect(left.map(({step, attempt, artifact}) => [artifact.path, step, attempt])).toEqual([
    ['transcripts/apply-v1.1.cast', 'apply-v1', 1],
    ['transcripts/apply-v1.1.log', 'apply-v1', 1],
    ['transcripts/session.1.cast', 'session', 1],
  ]);
  for (const {artifact} of left.filter((event) => event.artifact.path.endsWith('.cast'))) {
    const recorded = readFileSync(join(place.runs, run, artifact.path), 'utf8');
    expect(recorded.endsWith('\n')).toBe(true);
    const [header, ...events] = recorded
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(header).toMatchObject({version: 3});
    expect(events.length).toBeGreaterThan(0);
  }
  second.press('Enter');
  await answer({terminal: second}, 'Before this starts', database.name);
  await screen.shows('! waiting for a lock', `pid ${rows[0]?.pid}`);
  // The blocker goes, and the step goes on by itself: nobody has to press anything.
  await reader.query('ROLLBACK');
  await screen.shows(`< ${apply}`, '✓ done in', 'Enter go to the current step');
  const committed = place.journal(run).filter((event) => event.type === 'StepSucceeded' && event.step === 'apply-v1');
  expect(committed).toHaveLength(1);
  expect(committed[0]).toMatchObject({attempt: 2});

  second.kill('SIGKILL');
  await second.ends();
  endAtTransaction(place, run);
  await using third = openTerminal({place, args, env, ...size});
  await third.screen.shows(`< ${apply}`, 'According to the database: took effect');
  expect(place.journal(run).filter((event) => event.type === 'StepStarted' && event.step === 'apply-v1')).toHaveLength(
    2,
  );
});

test('killed after the COMMIT and before its record: the server says that it took effect, and it is not run again', async () => {
  await using place = createPlace({alter: steps});
  const args = ['--lang', 'en'];
  await using first = openTerminal({place, args: ['rehearse', ...args], columns: 110, rows: 30});
  await first.screen.shows('1.1 ', 'Enter start');
  const walk: Walk = {terminal: first, locale: 'en', target: 'seedtest'};
  while (!first.screen.text().includes(`< ${apply}`)) await advance(walk);
  const [run = ''] = place.runNames();
  first.kill('SIGKILL');
  await first.ends();
  endAtTransaction(place, run);

  await using second = openTerminal({place, args: ['resume', run, ...args], columns: 110, rows: 30});
  const {screen} = second;
  await screen.shows(`< ${apply}`, 'According to the database: took effect');
  expect(place.journal(run).filter((event) => event.type === 'StepStarted' && event.step === 'apply-v1')).toHaveLength(
    1,
  );
  await advance({terminal: second, locale: 'en', target: 'seedtest'});
  await screen.shows(titled('2.2 The application can read the view').slice(0, 20));
});
