// Does a whole run go through a bastion, and what is said and done when the bastion dies in the middle of the change?

import {appendFileSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, expect, test} from 'vitest';
import {byTcp} from '../support/forwarder.ts';
import {createPlace, ensureBuilt, type Ended, type Place} from '../support/headless.ts';
import {needs} from '../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../support/postgres.ts';
import {startBastion, type Bastion} from '../support/sshd.ts';

beforeAll(ensureBuilt);

type Staged = Readonly<{
  place: Place;
  bastion: Bastion;
  cli: (args: readonly string[]) => Promise<Ended>;
  command: (args: readonly string[]) => Promise<Ended>;
  /** A file below the SQL of the runbook. */
  sql: (path: string) => string;
  answers: string;
}>;

/** A runbook of eight steps, as `init` writes it, and the database that its sample makes. */
const staged = async (database: TestDatabase): Promise<Staged> => {
  const place = createPlace();
  const bastion = await startBastion();
  const env = {...bastion.env, TARGET: await byTcp(database), SCRATCH: database.url};
  const cli = (args: readonly string[]): Promise<Ended> => place.cli(args, {env});
  const command = (args: readonly string[]): Promise<Ended> => place.command(args, {env});
  expect((await command(['init', place.folder, '--object', 'shop.orders', '--change', 'view'])).code).toBe(0);
  const sql = (path: string): string => join(place.folder, 'sql/shop-orders-view', path);
  const admin = await database.connect();
  await admin.query(readFileSync(sql('sample/010_before.sql'), 'utf8'));
  const start = {start: true};
  const answers = place.answers({
    format: 'attempt-runbook-answers/1',
    steps: {
      agreed: {check: 'all', note: 'a test'},
      preflight: start,
      snapshot: start,
      backup: start,
      'rehearse-copy': {waive: 'not for this test'},
      apply: {confirm: database.name},
      smoke: start,
      downstream: start,
    },
  });
  return {place, bastion, answers, sql, cli, command};
};

const run = ['run', 'shop-orders-view', '--env', 'staging', '--url', 'env:TARGET', '--scratch', 'env:SCRATCH'];

const columnsOf = async (database: TestDatabase): Promise<readonly string[]> => {
  const admin = await database.connect();
  return (await admin.query('SELECT * FROM shop.orders LIMIT 0')).fields.map(({name}) => name);
};

needs('sshd', 'ssh-keygen', 'pg_dump').describe('a run through a bastion', () => {
  test('looks, is continued through it, and its evidence names the way', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    const {place, bastion, command, answers} = await staged(database);
    const via = {name: `ssh ${bastion.destination}`, hostKey: `ssh-ed25519 ${bastion.fingerprint}`};
    const opened = await command([...run, '--ssh', bastion.destination, '--answers', answers, '--until', 'preflight']);
    expect(opened).toMatchObject({code: 0});
    // The line is asked for again when the run goes on, without a word about it.
    expect(await command(['resume', '--answers', answers, '--until', 'snapshot'])).toMatchObject({code: 0});
    const targets = place
      .journal()
      .flatMap((event) => (event.type === 'RunOpened' || event.type === 'RunResumed' ? [event.target.via] : []));
    expect(targets).toMatchObject([via, via]);
    const bundle = join(place.folder, 'evidence.zip');
    expect(await command(['export', '-o', bundle])).toMatchObject({code: 0});
    expect(await command(['verify', bundle])).toMatchObject({code: 0});
    bastion.known('');
    const stranger = await command(['resume', '--answers', answers]);
    expect(stranger.code).toBe(69);
    expect(stranger.stderr).toContain('the host key of the bastion is not known here');
    expect((await command(['resume', '--ssh', 'none', '--answers', answers, '--until', 'snapshot'])).code).toBe(0);
  });

  test('backs up, changes and is continued through it, and its evidence names the way', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    const {place, bastion, cli, command, answers} = await staged(database);
    const backup = await cli([...run, '--ssh', bastion.destination, '--answers', answers, '--until', 'backup']);
    expect(backup).toMatchObject({code: 0});
    // The line is asked for again when the run goes on, without a word about it.
    expect(await command(['resume', '--answers', answers, '--until', 'apply'])).toMatchObject({code: 0});
    expect(await columnsOf(database)).toContain('label_upper');
    const via = {name: `ssh ${bastion.destination}`, hostKey: `ssh-ed25519 ${bastion.fingerprint}`};
    for (const event of place.journal()) {
      if (event.type === 'RunOpened' || event.type === 'RunResumed') expect(event.target.via).toMatchObject(via);
    }
    expect(place.journal().find((event) => event.type === 'StepSucceeded' && event.step === 'backup')).toMatchObject({
      facts: {method: 'pg_dump'},
    });
    const bundle = join(place.folder, 'evidence.zip');
    expect(await command(['export', '-o', bundle])).toMatchObject({code: 0});
    expect(await command(['verify', bundle])).toMatchObject({code: 0});
    bastion.known('');
    const stranger = await command(['resume', '--answers', answers]);
    expect(stranger.code).toBe(69);
    expect(stranger.stderr).toContain('the host key of the bastion is not known here');
    const direct = await command(['resume', '--ssh', 'none', '--answers', answers, '--until', 'smoke']);
    expect(direct.code).toBe(0);
  });

  test('is in doubt when the bastion dies under its change, says so, and knows the outcome when it is back', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    const {bastion, cli, command, answers, sql} = await staged(database);
    appendFileSync(sql('apply/010_change.sql'), '\nSELECT pg_sleep(60);\n');
    const running = cli([...run, '--ssh', bastion.destination, '--answers', answers, '--until', 'apply']);
    const watcher = await database.connect();
    const isAtWork = async (): Promise<boolean> =>
      (
        await watcher.query(
          "SELECT FROM pg_stat_activity WHERE application_name LIKE '%/apply/%' AND datname = current_database() AND wait_event = 'PgSleep'",
        )
      ).rowCount === 1;
    const early = running.then((of) => {
      throw new Error(of.all);
    });
    early.catch(() => undefined);
    while (!(await Promise.race([isAtWork(), early]))) await new Promise((resolve) => setTimeout(resolve, 20));
    await bastion.die();
    const ended = await running;
    expect(ended.code).toBe(4);
    expect(ended.all).toContain(`The way there, ssh ${bastion.destination}, has ended`);
    await bastion.start();
    const settled = await command(['resume', '--until', 'snapshot']);
    expect(settled.all).toContain('the database says: had no effect');
    expect(await columnsOf(database)).not.toContain('label_upper');
  });
});
