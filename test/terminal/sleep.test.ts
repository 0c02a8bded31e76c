// Does a run on the screen that was stopped for long say so, and find out first whose the target is now?

import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Client} from 'pg';
import {expect, test} from 'vitest';
import {createPlace, onlySteps, openTerminal} from '../support/terminal.ts';

/** Twelve minutes pass in a moment: the wall clock of the tool jumps when it is told to. */
const CLOCK = `
const now = Date.now;
let ahead = 0;
Date.now = () => now() + ahead;
process.on('SIGUSR2', () => { ahead = 720_000; });`;

/** Ends the session of the lock and holds it as another run does. */
const takeLock = async (client: Client): Promise<void> => {
  const {rows} = await client.query<{classid: number; objid: number; pid: number}>(
    `SELECT classid::int8::int AS classid, (objid::int8 - CASE WHEN objid::int8 > 2147483647 THEN 4294967296 ELSE 0 END)::int AS objid, pid
     FROM pg_locks WHERE locktype = 'advisory' AND classid = 1096045122`,
  );
  const [lock] = rows;
  await client.query('SELECT pg_terminate_backend($1, 10000)', [lock?.pid]);
  const taken = await client.query<{taken: boolean}>('SELECT pg_try_advisory_lock($1::int, $2::int) AS taken', [
    lock?.classid,
    lock?.objid,
  ]);
  expect(taken.rows).toEqual([{taken: true}]);
};

const languages = [
  {lang: 'en', slept: 'for 12 min', lost: 'r-other', start: 'Enter start'},
  {lang: 'ko', slept: '절전', lost: 'r-other', start: 'Enter 시작'},
].slice(0, process.env['LONG'] === '1' ? 2 : 1);

test.each(languages)(
  'a process that was stopped while it waited for a key ($lang)',
  async ({lang, slept, lost, start}) => {
    await using place = createPlace({alter: onlySteps('snapshot', 'backup', 'apply-v1')});
    const clock = join(place.folder, 'clock.mjs');
    writeFileSync(clock, CLOCK);
    await using terminal = openTerminal({
      place,
      args: ['rehearse', '--lang', lang],
      columns: 110,
      rows: 30,
      env: {NODE_OPTIONS: `--import=${clock}`},
    });
    const {screen} = terminal;
    await screen.shows('1.1 ', start);
    const [run = ''] = place.runNames();
    const {socketDirectory: host, port, user, database} = place.server(run);
    const other = new Client({host, port, user, database, application_name: 'attempt-runbook/r-other/lock/lee@desk'});
    other.on('error', () => undefined);
    await other.connect();
    try {
      terminal.kill('SIGSTOP');
      await takeLock(other);
      terminal.kill('SIGUSR2');
      terminal.kill('SIGCONT');
      await screen.shows(slept, lost);
      const noticed = place.journal(run).find((event) => event.type === 'SleepNoticed');
      expect(noticed).toMatchObject({lockLostTo: expect.stringContaining('r-other') as string});
      terminal.press('Enter');
      await screen.shows('r-other');
      expect(place.journal(run).filter((event) => event.type === 'StepStarted')).toEqual([]);
    } finally {
      await other.end();
    }
  },
);
