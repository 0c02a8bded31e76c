// What is said when the line is cut right after a COMMIT: who has the target is not known, or is this run itself, and no other
// run is spoken of.

import {expect, onTestFinished, test} from 'vitest';
import {lockTarget} from '../../src/adapters/postgres/target-lock.ts';
import {cliContext} from '../../src/cli/context.ts';
import {resumeRun} from '../../src/cli/resume-run.ts';
import {showTrouble} from '../../src/cli/show.ts';
import {exitCodeOf} from '../../src/ui/text/exit.ts';
import {refusalText} from '../../src/ui/text/refusal.ts';
import {createTestDatabase} from '../support/postgres.ts';
import {openTestRun, settingsOf, temporaryFolder, trimmedRunbook} from '../support/run.ts';
import {startWire} from '../support/wire.ts';

test('cut behind the COMMIT, the next step is not started, and the target is unreachable, not held by another run', async () => {
  await using database = await createTestDatabase();
  await using wire = await startWire(database);
  const run = await openTestRun(wire.database, {steps: ['snapshot', 'apply-v1', 'smoke']});
  expect((await run.start('apply-v1')).status).toBe('succeeded');
  wire.cut();
  const refusal = await run.submit({type: 'StartStep', step: 'smoke'});
  expect(refusal).toEqual({code: 'target-lock-lost', holder: '', because: 'unreachable'});
  if (refusal === undefined) throw new Error('not refused');
  expect(exitCodeOf({status: 'refused', refusal})).toBe(69);
  expect(refusalText(refusal, 'en')).toContain('Whether another run has it is not known.');
  // The step that was committed is known to be so, and the run goes on where the line does.
  expect(run.stateOf('apply-v1').status).toBe('succeeded');
  wire.mend();
  expect((await run.retry('smoke')).status).toBe('succeeded');
});

test('a former session of the run itself, whose line the server still believes in, is called that: 69, or 4 with a step in doubt', async () => {
  await using database = await createTestDatabase();
  const runs = temporaryFolder();
  const run = await openTestRun(database, {runbook: trimmedRunbook(['ci-green', 'smoke']), runsDirectory: runs});
  await run.walkTo('smoke');
  const before = run.journal();
  await run.close();
  const own = {run: run.id, operator: 'kim@laptop'};
  const stale = await lockTarget(settingsOf(database), ['public.attempt'], own, {afterCrash: true});
  if (!stale.ok || stale.value.status !== 'locked') throw new Error(JSON.stringify(stale));
  onTestFinished(stale.value.lock.release);

  const said: string[] = [];
  const context = {
    ...cliContext({runsDir: runs, plain: true}, {...process.env, TEST_DATABASE_URL: database.url}, 'en'),
    err: (line: string) => void said.push(line),
  };
  const refused = await resumeRun(context, run.id);
  if (refused.ok) throw new Error('it was resumed');
  expect(refused.trouble).toMatchObject({code: 'target-locked', own: {isInDoubt: false}});
  expect(showTrouble(context, refused.trouble)).toBe(69);
  expect(said.join('\n')).toContain("This run's own former connection still has the target: kim@laptop");
  expect(said.join('\n')).toContain(`--take-over ${run.id}`);
  expect(said.join('\n')).not.toContain('Another run');
  const inDoubt = {...refused.trouble, own: {isInDoubt: true}} as typeof refused.trouble;
  expect(showTrouble(context, inDoubt)).toBe(4);
  expect(run.journal()).toBe(before);

  // The command that is named takes it at once.
  const taken = await resumeRun(context, run.id, {takeOver: run.id});
  if (!taken.ok) throw new Error(JSON.stringify(taken.trouble));
  await taken.value.close();
});
