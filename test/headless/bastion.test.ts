// Does a whole run go through a bastion, and what is said and done when the bastion dies in the middle of the change?

import {appendFileSync} from 'node:fs';
import {beforeAll, describe, expect, test} from 'vitest';
import {byTcp} from '../support/forwarder.ts';
import {allAnswers, createPlace, ensureBuilt, type Ended, type Place} from '../support/headless.ts';
import {createTestDatabase, type TestDatabase} from '../support/postgres.ts';
import {catalogOf} from '../support/run.ts';
import {hasSshd, startBastion, type Bastion} from '../support/sshd.ts';

beforeAll(ensureBuilt);

type Staged = Readonly<{
  place: Place;
  bastion: Bastion;
  cli: (args: readonly string[]) => Promise<Ended>;
  answers: string;
}>;

const staged = async (database: TestDatabase, alter: (place: Place) => void): Promise<Staged> => {
  const place = createPlace();
  alter(place);
  const bastion = await startBastion();
  const env = {...bastion.env, TARGET: await byTcp(database), SCRATCH: database.url};
  const answers = place.answers(
    allAnswers(place.definition(), 'staging', database.name, {
      'rehearse-copy': {waive: 'not for this test'},
      'attempts-per-student': undefined,
    }),
  );
  return {place, bastion, answers, cli: (args) => place.cli(args, {env})};
};

const run = ['run', '--env', 'staging', '--url', 'env:TARGET', '--scratch', 'env:SCRATCH'];

describe.skipIf(!hasSshd)('a run through a bastion (needs sshd)', () => {
  test('backs up, changes and is continued through it, and its evidence names the way', async () => {
    await using database = await createTestDatabase();
    const {place, bastion, cli, answers} = await staged(database, () => undefined);
    const backup = await cli([...run, '--ssh', bastion.destination, '--answers', answers, '--until', 'backup']);
    expect(backup).toMatchObject({code: 0});
    // The line is asked for again when the run goes on, without a word about it.
    const applied = await cli(['resume', '--answers', answers, '--until', 'apply-v1']);
    expect(applied).toMatchObject({code: 0});
    const via = {name: `ssh ${bastion.destination}`, hostKey: `ssh-ed25519 ${bastion.fingerprint}`};
    for (const event of place.journal()) {
      if (event.type === 'RunOpened' || event.type === 'RunResumed') expect(event.target.via).toMatchObject(via);
    }
    expect(place.journal().find((event) => event.type === 'StepSucceeded' && event.step === 'backup')).toMatchObject({
      facts: {method: 'pg_dump'},
    });
    bastion.known('');
    const stranger = await cli(['resume', '--answers', answers]);
    expect(stranger.code).toBe(69);
    expect(stranger.stderr).toContain('the host key of the bastion is not known here');
    const direct = await cli(['resume', '--ssh', 'none', '--answers', answers, '--until', 'apply-v1']);
    expect(direct.code).toBe(0);
  });

  test('is in doubt when the bastion dies under its change, says so, and knows the outcome when it is back', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const {bastion, cli, answers} = await staged(database, (place) =>
      appendFileSync(place.sql('apply/010_attempt_v1.sql'), '\nSELECT pg_sleep(60);\n'),
    );
    const running = cli([...run, '--ssh', bastion.destination, '--answers', answers, '--until', 'apply-v1']);
    const watcher = await database.connect();
    const isAtWork = async (): Promise<boolean> =>
      (
        await watcher.query(
          "SELECT FROM pg_stat_activity WHERE application_name LIKE '%/apply-v1/%' AND datname = current_database() AND wait_event = 'PgSleep'",
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
    const settled = await cli(['resume', '--until', 'snapshot']);
    expect(settled.all).toContain('the database says: had no effect');
    expect(await catalogOf(database)).toEqual(before);
  });
});
