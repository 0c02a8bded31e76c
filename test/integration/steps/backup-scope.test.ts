// Are backups in directory format, of the schema only, and of single tables proven as well, and never more than they are?

import {execFileSync} from 'node:child_process';
import {readdirSync, statSync, writeFileSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import type {BackupStep, StepDefinition} from '../../../src/core/definition.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {catalogOf, factsFrom, failureFrom, openTestRun, withStep} from '../../support/run.ts';
import {unproven} from '../../support/unproven.ts';

const {describe, test} = needs('pg_dump');

const steps = ['snapshot', 'backup'];
const inSteps = (change: Partial<BackupStep>) => ({steps, alter: withStep('backup', change)});

const artifacts = (path: string): readonly string[] =>
  readdirSync(join(path, 'artifacts')).filter((name) => name.startsWith('backup.'));

describe('a backup in directory format', () => {
  test('is written by several jobs, agrees with its list, takes the database back, and is refused when touched', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const run = await openTestRun(database, {
      ...inSteps({format: 'directory', jobs: 2}),
      steps: [...steps, 'apply-v1'],
    });
    const facts = factsFrom(await run.start('backup'), 'backup');

    expect(facts).toMatchObject({format: 'directory', proof: {level: 'restored', alone: ['public.attempt']}});
    expect(artifacts(run.path)).toEqual(['backup.1.dump', 'backup.1.dump.marks.json', 'backup.1.dump.sha256']);
    const directory = join(run.path, facts.path);
    const files = readdirSync(directory);
    expect(files).toContain('toc.dat');
    expect(files.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0)).toBe(facts.bytes);
    for (const name of files) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
    const list = `${directory}.sha256`;
    const checked = execFileSync('sha256sum', ['--check', list], {cwd: directory, encoding: 'utf8'});
    expect(checked.trim().split('\n')).toHaveLength(files.length);
    expect(execFileSync('sha256sum', [list], {encoding: 'utf8'}).split(' ')[0]).toBe(facts.sha256);

    await run.start('apply-v1');
    const data = files.find((name) => name.endsWith('.gz')) ?? '';
    const bytes = readFileSync(join(directory, data));
    writeFileSync(join(directory, data), Buffer.concat([bytes, Buffer.from('x')]));
    failureFrom(await run.rollback('restore-backup'), 'backup-changed');
    writeFileSync(join(directory, data), bytes);
    factsFrom(await run.rollback('restore-backup'), 'restore-backup');
    expect(await catalogOf(database)).toEqual(before);
  });
});

describe('a backup of less than the database', () => {
  test('of the schema is proven without rows, and is no way back', async () => {
    await using database = await createTestDatabase();
    const run = await openTestRun(database, {...inSteps({scope: 'schema-only'}), steps: [...steps, 'apply-v1']});
    const facts = factsFrom(await run.start('backup'), 'backup');
    expect(facts).toMatchObject({
      scope: 'schema-only',
      lacks: ['public.exam_results'],
      tables: [],
      proof: {level: 'restored', alone: ['public.attempt']},
    });
    await run.start('apply-v1');
    expect(
      await run.submit({type: 'BeginRollback', option: 'restore-backup', reason: 'a test', confirm: database.name}),
    ).toEqual({code: 'option-impossible', option: 'restore-backup', because: 'backup-schema-only'});
  });

  test('of tables is proven beside only what they need, and is no way back when it lacks what is declared', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    await admin.query(`
      CREATE SCHEMA kinds; CREATE TYPE kinds.mood AS ENUM ('sad', 'ok');
      CREATE FUNCTION kinds.is_fine(kinds.mood) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT $1 = 'ok'::kinds.mood $$;
      CREATE TABLE public.outside (id int PRIMARY KEY);
      INSERT INTO public.outside VALUES (1);
      CREATE TABLE public.inside (id serial PRIMARY KEY, mood kinds.mood CHECK (kinds.is_fine(mood)), at int REFERENCES public.outside);
      INSERT INTO public.inside (mood, at) VALUES ('ok', 1), ('ok', NULL)`);
    const run = await openTestRun(database, {
      steps: [...steps, 'apply-v1'],
      alter: (runbook) => ({
        ...withStep('backup', {scope: {tables: ['public.inside']}})(runbook),
        tables: [...runbook.tables, {name: 'public.inside'}],
      }),
    });
    const state = await run.start('backup');
    expect(factsFrom(state, 'backup')).toMatchObject({
      scope: 'tables',
      lacks: ['public.exam_results', 'public.attempt'],
      tables: [{table: 'public.inside', rows: 2}],
      proof: {level: 'restored', tables: 1, alone: [], leftOut: 1},
    });
    expect(artifacts(run.path)).toEqual(['backup.1.dump', 'backup.1.dump.marks.json']);
    await run.start('apply-v1');
    expect(
      await run.submit({type: 'BeginRollback', option: 'restore-backup', reason: 'a test', confirm: database.name}),
    ).toEqual({code: 'option-impossible', option: 'restore-backup', because: 'backup-lacks-declared'});
  });

  test('does not stand in the way of a whole one that the run took as well', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const run = await openTestRun(database, {
      steps: [...steps, 'apply-v1'],
      compose: unproven,
      alter: (runbook) => ({
        ...runbook,
        steps: runbook.steps.flatMap((step): readonly StepDefinition[] =>
          step.kind === 'backup' ? [{...step, id: 'small', scope: 'schema-only' as const}, step] : [step],
        ),
      }),
    });
    await run.start('apply-v1');
    factsFrom(await run.rollback('restore-backup'), 'restore-backup');
    expect(await catalogOf(database)).toEqual(before);
  });
});

test('what a backup will take is told although somebody changes a table just now', async () => {
  await using database = await createTestDatabase();
  const admin = await database.connect();
  await admin.query('BEGIN; LOCK TABLE public.question IN ACCESS EXCLUSIVE MODE');
  const run = await openTestRun(database, {steps: ['backup']});
  expect((await run.session.preview('backup')).estimate?.sourceBytes).toBeGreaterThan(1_000_000);
  await admin.query('ROLLBACK');
});

test('what a backup will take is told before it begins, and better once there is one', async () => {
  await using database = await createTestDatabase();
  const run = await openTestRun(database, {
    steps: ['backup'],
    compose: unproven,
    alter: (runbook) => ({
      ...runbook,
      steps: runbook.steps.flatMap((step): readonly StepDefinition[] =>
        step.kind === 'backup' ? [step, {...step, id: 'again'}] : [step],
      ),
    }),
  });
  await run.walkTo('backup');
  const first = (await run.session.preview('backup')).estimate;
  const {bytes, sourceBytes = 0} = factsFrom(await run.start('backup'), 'backup');
  const second = (await run.session.preview('again')).estimate;
  expect(first).toMatchObject({basis: 'constant', sourceBytes});
  expect(first?.dumpBytes).toBeGreaterThan(bytes);
  expect(first?.scratchBytes).toBeGreaterThan(sourceBytes);
  expect(second).toMatchObject({basis: 'earlier', dumpBytes: Math.max(bytes, 64 * 1024)});
});
