// How do readers of the view fare while it is changed and changed back: do they wait, for how long, and does one fail?

import {describe, expect, test} from 'vitest';
import {createTestDatabase} from '../../support/postgres.ts';
import {startReaders} from '../../support/readers.ts';
import {factsFrom, openTestRun} from '../../support/run.ts';

const steps = ['snapshot', 'apply-v1'];
const lockTimeoutMs = 150;
/** Ten times what is promised: two busy cores. The figures themselves are the bench's. */
const patienceMs = 10 * (lockTimeoutMs + 50);

describe('20 readers', () => {
  test('neither fail nor wait for long while the view is changed and changed back', async () => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database, {steps});
    await run.walkTo('apply-v1');
    const readers = await startReaders(database.url);
    factsFrom(await run.retry('apply-v1'), 'migration');
    factsFrom(await run.rollback('restore-objects'), 'restore-objects');
    const {reads, longestMs, errors} = await readers.stop();

    expect(errors).toEqual([]);
    expect(reads).toBeGreaterThan(20);
    expect(longestMs).toBeLessThan(patienceMs);
  });

  test('wait for one lock_timeout at a time while somebody stands in the way of the change', async () => {
    await using database = await createTestDatabase();
    const holder = await database.connect();
    await holder.query("SET application_name = 'nightly-report'; BEGIN; SELECT count(*) FROM public.attempt");
    const run = await openTestRun(database, {steps});
    await run.walkTo('apply-v1');
    const readers = await startReaders(database.url);
    // With its second pause the change has waited twice, and more than `patienceMs` would have gone by without a timeout.
    const fourth = run.progress((progress) => progress.code === 'waiting-for-lock' && progress.tries === 4);
    await run.begin('apply-v1');
    await fourth;
    await holder.query('COMMIT');
    await run.session.settled();
    const {longestMs, errors} = await readers.stop();

    expect(factsFrom(run.stateOf('apply-v1'), 'migration').lockTries).toBeGreaterThan(4);
    expect(errors).toEqual([]);
    // They did queue behind the change.
    expect(longestMs).toBeGreaterThan(lockTimeoutMs / 3);
    expect(longestMs).toBeLessThan(patienceMs);
  });
});
