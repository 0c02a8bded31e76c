// Do status, resume and lint say what is so of a run that is closed or was killed, and of the runbook that is meant?

import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {beforeAll, expect, test} from 'vitest';
import {programHint} from '../../src/adapters/program-hint.ts';
import {lockRun} from '../../src/adapters/run-lock.ts';
import {createPlace, ensureBuilt} from '../support/headless.ts';
import {started} from '../support/events.ts';
import {keepRun, keptRun} from '../support/kept-run.ts';

beforeAll(ensureBuilt);

test('a closed run is not continued, and nobody is told to: status and resume name its evidence', async () => {
  const place = createPlace();
  keepRun(place.folder, 10, true);
  const before = readFileSync(place.path('journal.ndjson'), 'utf8');
  const status = await place.command(['status', keptRun]);
  expect(status.stdout).not.toContain('attempt-runbook resume');
  expect(status.stdout).toContain(`attempt-runbook export ${keptRun}`);
  const resumed = await place.command(['resume', keptRun]);
  expect(resumed).toMatchObject({code: 0});
  expect(resumed.all).toContain('The run is completed');
  expect(resumed.all).not.toContain('run continued');
  expect(readFileSync(place.path('journal.ndjson'), 'utf8')).toBe(before);
});

test('a step whose process was killed is in doubt, and only one whose process lives is running', async () => {
  const place = createPlace();
  keepRun(place.folder, 10, false, [started('no-status-yet')]);
  const killed = await place.command(['status', keptRun]);
  expect(killed.stdout).toContain('in doubt');
  expect(killed.stdout).not.toContain('running');
  const locked = lockRun(join(place.runs, keptRun), 'another', new Date().toISOString());
  if (!locked.ok) throw new Error('the test does not get the lock');
  const alive = await place.command(['status', keptRun]);
  locked.lock.release();
  expect(alive.stdout).toContain('running');
});

test('lint names the folder of the runbook that it is about', async () => {
  const place = createPlace({alter: (yaml) => yaml.replace('sql: preflight/030_source_table.sql', 'sql: ../030.sql')});
  const said = await place.command(['lint', place.runbooks]);
  expect(said.code).toBe(65);
  expect(said.all).toContain('sql/attempt-view-v1-lock/');
  expect(said.all).not.toContain('<runbook>');
});

test('the example that the README names for Alembic lints where it lies', async () => {
  const place = createPlace();
  const example = fileURLToPath(new URL('../fixtures/alembic/runbook', import.meta.url));
  expect(await place.command(['lint', example])).toMatchObject({code: 0, stdout: 'attempt-view-alembic: ok\n'});
});

test('a program that is given by its path is looked for there, and no package is advised', () => {
  expect(programHint('/opt/tools/pytest')).toBe('ls -l /opt/tools/pytest');
  expect(programHint('gh')).not.toContain('ls -l');
});
