// Is a change that took effect looked for once more before its run says that it is completed?

import {expect, test} from 'vitest';
import {closingSummary} from '../../../src/ui/text/outcome.ts';
import {exitCodeOf, endOf} from '../../../src/ui/text/exit.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {factsFrom, openTestRun, type TestRun} from '../../support/run.ts';

const steps = ['snapshot', 'apply-v1', 'recycle-pools'];

const tickAll = async (run: TestRun): Promise<void> => {
  const step = run.session.view().runbook.steps.find(({id}) => id === 'recycle-pools');
  if (step?.kind !== 'checklist') throw new Error('no checklist');
  for (const {id} of step.items) {
    expect(await run.submit({type: 'CheckItem', step: step.id, item: id, note: 'a test'})).toBeUndefined();
  }
};

test('a run whose change was undone behind its back is not completed, and says what is missing', async () => {
  await using database = await createTestDatabase();
  const run = await openTestRun(database, {steps});
  factsFrom(await run.start('apply-v1'), 'migration');
  await run.walkTo('recycle-pools');
  const admin = await database.connect();
  await admin.query('DROP VIEW public.attempt CASCADE');

  await tickAll(run);

  expect(run.events.at(-1)).toMatchObject({type: 'StepProbedAgain', step: 'apply-v1', holds: false});
  expect(run.stateOf('apply-v1')).toMatchObject({
    status: 'in-doubt',
    probe: {found: {probedAgain: true, catalog: {present: [], verify: 'fails'}}},
  });
  const view = run.session.view();
  expect(view.state.closed).toBeUndefined();
  expect(exitCodeOf(endOf(view))).toBe(4);
  const said = closingSummary(view, 'en', {run: run.id, continueCommand: '', exportCommand: ''}).join('\n');
  expect(said).toContain('it took effect before, and it is not there any more');

  // A human who has looked decides, and may make the change again: it is then looked at like any other.
  expect(
    await run.submit({type: 'SettleStep', step: 'apply-v1', verdict: 'had-no-effect', reason: 'it is gone'}),
  ).toBeUndefined();
  expect(run.stateOf('apply-v1').status).toBe('waiting');
});

test('a run whose change is there is looked at once before it is closed', async () => {
  await using database = await createTestDatabase();
  const run = await openTestRun(database, {steps});
  factsFrom(await run.start('apply-v1'), 'migration');
  await run.walkTo('recycle-pools');
  await tickAll(run);
  expect(run.events.slice(-2)).toMatchObject([
    {type: 'StepProbedAgain', step: 'apply-v1', holds: true},
    {type: 'RunClosed', outcome: 'completed'},
  ]);
});

test('a change without a verify whose object is gone is not said to be in place, since the catalog is another one', async () => {
  await using database = await createTestDatabase();
  const run = await openTestRun(database, {
    steps,
    alter: (runbook) => ({
      ...runbook,
      steps: runbook.steps.map((step) => {
        if (step.kind !== 'migration') return step;
        const {verify: _, ...rest} = step;
        return rest;
      }),
    }),
  });
  factsFrom(await run.start('apply-v1'), 'migration');
  await run.walkTo('recycle-pools');
  const admin = await database.connect();
  await admin.query('DROP VIEW public.attempt CASCADE');

  await tickAll(run);

  expect(run.events.at(-1)).toMatchObject({type: 'StepProbedAgain', step: 'apply-v1', holds: false});
  expect(run.session.view().state.closed).toBeUndefined();
});
