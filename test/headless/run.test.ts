// Does a run without a screen go on, stop, come back, resume and export as its commands and exit codes promise?

import {execFileSync} from 'node:child_process';
import {appendFileSync, cpSync, existsSync, readFileSync, readdirSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {lockRun} from '../../src/adapters/run-lock.ts';
import {allAnswers, createPlace, ensureBuilt, jsonLines, type Place} from '../support/headless.ts';
import {needs} from '../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../support/postgres.ts';
import {catalogOf, openTestRun} from '../support/run.ts';
import {unpack} from '../support/unpack.ts';

beforeAll(ensureBuilt);

// Proven beside the target: a server of its own would cost each run two seconds.
/** Others write in the same server, or nobody does: both are seen, and neither counts a row. */
const noLoss = /public\.exam_results(?: loses no rows|: the server has counted no write since)/;
const staging = ['run', '--env', 'staging', '--url', 'env:TARGET', '--scratch', 'env:TARGET'];
const isKorean = (text: string): boolean => /[가-힣]/.test(text);

type Staged = Readonly<{
  place: Place;
  database: TestDatabase;
  env: Readonly<Record<string, string>>;
  answers: string;
  until: (step: string) => Promise<number | null>;
}>;

/** What most tests here are about happens around these steps; `rehearse.test.ts` walks them all. */
const few = ['ci-green', 'pr-merged', 'source-table', 'snapshot', 'backup', 'apply-v1'];

const staged = (database: TestDatabase, steps: readonly string[] = few): Staged => {
  const place = createPlace({steps});
  const env = {TARGET: database.url};
  const answers = place.answers(allAnswers(place.definition(), 'staging', database.name));
  return {
    place,
    database,
    env,
    answers,
    until: async (step) => (await place.command([...staging, '--answers', answers, '--until', step], {env})).code,
  };
};

describe('a run without answers', () => {
  test.each(['en', 'ko'])('waits for a human, ends 3 and prints the lines that would answer (%s)', async (lang) => {
    await using database = await createTestDatabase();
    const {place, env} = staged(database);
    const {code, stdout} = await place.command([...staging, '--lang', lang], {env});
    expect(code).toBe(3);
    expect(stdout).toContain(
      '    format: attempt-runbook-answers/1\n    steps:\n      ci-green:\n        check: all\n',
    );
    expect(stdout).toContain(`attempt-runbook resume ${place.run()}`);
    expect(isKorean(stdout)).toBe(lang === 'ko');
    // What it printed is what it takes: the lines, as a file, answer the question.
    const lines = stdout.split('\n').flatMap((line) => (/^ {4}(format|steps| {2})/.test(line) ? [line.slice(4)] : []));
    writeFileSync(join(place.folder, 'printed.yaml'), `${lines.join('\n')}\n`);
    const next = await place.command(['resume', '--answers', join(place.folder, 'printed.yaml')], {env});
    expect(next.code).toBe(3);
    expect(next.stdout).toContain('pr-merged:');
  });

  test('refuses an answers file with a step that the runbook does not have', async () => {
    const place = createPlace();
    const answers = place.answers({format: 'attempt-runbook-answers/1', steps: {'no-such-step': {start: true}}});
    const {code, stderr} = await place.command([...staging, '--answers', answers], {
      env: {TARGET: 'postgresql://nobody@/nowhere'},
    });
    expect(code).toBe(65);
    expect(stderr).toMatch(/answers\.yaml:\d+:\d+/);
    expect((await place.command([...staging, '--answers', '/no/such.yaml'], {env: {TARGET: 'x'}})).code).toBe(64);
  });
});

describe('a run with every answer', () => {
  needs('pg_dump').test('waits for its dangerous step, completes, exports, and comes back by one command', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const {place, env} = staged(database, [...few, 'definition-reads']);
    const answersFor = (name: string, changes = {}): string =>
      place.answers(allAnswers(place.definition(), 'staging', name, changes));
    // Nobody confirms a dangerous step but by its own answer, with the name of the target.
    const without = answersFor(database.name, {'apply-v1': undefined});
    const unconfirmed = await place.command([...staging, '--answers', without], {env});
    expect(unconfirmed.code).toBe(3);
    expect(unconfirmed.stdout).toContain(`      apply-v1:\n        confirm: ${database.name}`);
    const misnamed = await place.command(['resume', '--answers', answersFor('seedtest')], {env});
    expect(misnamed.code).toBe(3);
    expect(misnamed.stdout).toContain(`the name of the target database: ${database.name}`);
    expect(await catalogOf(database)).toEqual(before);

    const walked = await place.command(['resume', '--answers', answersFor(database.name)], {env});
    expect(walked.stderr).toBe('');
    expect(walked.code).toBe(0);
    expect((await catalogOf(database)).objects[0]?.columns.find(({name}) => name === 'attempt_no')?.type).toBe(
      'integer',
    );
    const run = place.run();
    expect((await place.command(['status'])).code).toBe(0);
    expect((await place.command(['runs'])).stdout).toContain(run);

    const archive = join(place.folder, 'out', 'evidence.zip');
    expect((await place.command(['export', run, '-o', archive])).code).toBe(0);
    const folder = join(place.folder, 'out', 'evidence');
    const check = (at: string): string =>
      execFileSync('sha256sum', ['-c', 'manifest-sha256.txt'], {cwd: at, encoding: 'utf8'});
    const listed = readFileSync(join(folder, 'manifest-sha256.txt'), 'utf8').trimEnd().split('\n').length;
    expect(check(folder).match(/: OK$/gm)).toHaveLength(listed);
    const present = readdirSync(folder, {recursive: true, withFileTypes: true}).filter((entry) => entry.isFile());
    expect(present).toHaveLength(listed + 4);
    execFileSync('sha256sum', ['-c', '--quiet', '--strict', 'tagmanifest-sha256.txt'], {cwd: folder});
    expect(present.filter(({name}) => name.endsWith('.dump'))).toEqual([]);
    await unpack(archive, join(place.folder, 'unpacked'));
    expect(check(join(place.folder, 'unpacked', 'evidence'))).toBe(check(folder));
    const verified = await place.command(['verify', folder]);
    expect({code: verified.code, stderr: verified.stderr}).toEqual({code: 0, stderr: ''});
    expect(verified.stdout).toContain(run);
    const asJson = await place.command(['verify', archive, '--json']);
    expect(asJson.code).toBe(0);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ok: true, complete: true, reportsRemade: true, unsealed: []});
    const log = 'data/transcripts/apply-v1.1.log';
    writeFileSync(join(folder, log), `${readFileSync(join(folder, log), 'utf8')}PASS\n`);
    const touched = await place.command(['verify', folder]);
    expect(touched.code).toBe(65);
    expect(touched.stderr).toContain(log);
    expect((await place.command(['verify', join(place.folder, 'nothing.zip')])).code).toBe(64);
    expect((await place.command(['verify', place.path('journal.ndjson'), '--lang', 'ko'])).stderr).toContain('증적');
    expect(
      execFileSync('sha256sum', ['-c', '--quiet', 'plan.sha256'], {cwd: place.path('plan'), encoding: 'utf8'}),
    ).toBe('');
    // The digest that the journal names is that of the list, which anybody can compute.
    const opened = place.journal()[0];
    expect(execFileSync('sha256sum', [place.path('plan', 'plan.sha256')], {encoding: 'utf8'}).split(' ')[0]).toBe(
      opened?.type === 'RunOpened' ? opened.plan : '',
    );

    const refused = await place.command(['rollback', '--option', 'restore-objects', '--confirm', 'seedtest'], {env});
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain(database.name);
    expect((await place.command(['rollback', '--option', 'no-such', '--confirm', database.name], {env})).code).toBe(64);
    // Without the target's name the ways back are read, best first, and nothing is done.
    const shown = await place.command(['rollback'], {env});
    expect(shown.code).toBe(3);
    expect(shown.stdout.indexOf('[recommended]')).toBeGreaterThan(-1);
    expect(shown.stdout.indexOf('[recommended]')).toBeLessThan(shown.stdout.indexOf('[last resort]'));
    expect(shown.stdout).toMatch(noLoss);
    expect(shown.stderr).toContain(`--confirm ${database.name}`);
    const unreasoned = await place.command(['rollback', '--option', 'restore-backup', '--confirm', database.name], {
      env,
    });
    expect(unreasoned.code).toBe(3);
    expect(unreasoned.stdout).toMatch(noLoss);
    expect(unreasoned.stderr).toContain('reason');
    expect(place.journal().some(({type}) => type === 'RollbackBegun')).toBe(false);
    // A way back that fails has failed as a step does: nothing was left to ask, and the others stay open.
    const failed = await place.command(['rollback', '--option', 'drop-attempt', '--confirm', database.name], {env});
    expect(failed.code).toBe(2);
    expect(failed.all).toContain('cannot drop view');
    const back = await place.command(
      ['rollback', run, '--option', 'restore-objects', '--confirm', database.name, '--reason', 'a test'],
      {env},
    );
    // What follows the way back is asked: by the lines that would answer it, in the last words, and in the status.
    expect(back.code).toBe(3);
    expect(back.stdout).toMatch(/^ +"rollback\/restore-objects\/pools":\n +check: all$/m);
    const left =
      /Left to do after it:\n {2}◦ .*Recycle the connection pools\n {2}◦ .*Alembic.*\n {2}◦ .*Tell the readers/;
    expect(back.stdout).toMatch(left);
    expect(await catalogOf(database)).toEqual(before);
    const standing = await place.command(['status']);
    expect(standing.stdout).toMatch(left);
    expect(standing.stdout).toMatch(/Went back by: .*Restore the objects as captured \(a test\)/);
    // The database is asked, and not the tick: somebody has stamped V1 meanwhile.
    const client = await database.connect();
    const stamp = (revision: string) => client.query('UPDATE public.alembic_version SET version_num = $1', [revision]);
    await stamp('20251101_0900_attempt_view_lock');
    const answered = answersFor(database.name);
    const stamped = await place.command(['resume', '--answers', answered], {env});
    expect(stamped.code).toBe(2);
    expect(stamped.stdout).toContain('alembic stamp 20251031_2120_features_kpi_cols');
    expect(stamped.stdout).toContain('has taken a way back');
    await stamp('20251031_2120_features_kpi_cols');
    await client.end();
    const closed = await place.command(['resume', '--answers', answered], {env});
    expect(closed.code).toBe(5);
    expect(closed.stdout).not.toContain('Left to do');
    const report = join(place.folder, 'out', 'back');
    expect((await place.command(['export', run, '-o', `${report}.zip`])).code).toBe(0);
    const told = readFileSync(join(report, 'data', 'report.md'), 'utf8');
    expect(told).toMatch(/\| Went back by \| .*Restore the objects as captured/);
    expect(told).toMatch(/\| ✓ passed \| .*Recycle the connection pools/);
    const page = readFileSync(join(report, 'data', 'report.html'), 'utf8');
    for (const part of ['Went back by', '실행한 원복', 'en-step-rollback-restore-objects-readers'])
      expect(page).toContain(part);
    expect((await place.command(['verify', report])).code).toBe(0);
    expect(place.journal().findLast(({type}) => type === 'RollbackBegun')).toMatchObject({
      reason: 'a test',
      by: {name: 'tester'},
    });
  });

  test('with --json prints the journal and nothing else', async () => {
    await using database = await createTestDatabase();
    const {place, env, answers} = staged(database);
    const {code, stdout, stderr} = await place.command(
      [...staging, '--json', '--answers', answers, '--until', 'snapshot'],
      {env},
    );
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
    expect(jsonLines(stdout)).toEqual(place.journal());
    expect(jsonLines((await place.command(['status', '--json'])).stdout)).toEqual(place.journal());
    const exported = await place.command(['export', '--json', '-o', join(place.folder, 'e.zip')]);
    expect(jsonLines(exported.stdout)).toMatchObject([{archive: join(place.folder, 'e.zip')}]);
  });

  test('stops after the step it was asked to, and goes on from there', async () => {
    await using database = await createTestDatabase();
    const {place, env, answers, until} = staged(database);
    expect(await until('source-table')).toBe(0);
    expect(place.journal().at(-1)).toMatchObject({type: 'StepSucceeded', step: 'source-table'});
    expect((await place.command([...staging, '--until', 'no-such-step'], {env})).code).toBe(64);
    const resumed = await place.command(['resume', '--answers', answers, '--until', 'snapshot'], {env});
    expect(resumed.code).toBe(0);
    expect(place.journal().filter(({type}) => type === 'RunResumed')).toHaveLength(1);
    expect(place.journal().at(-1)).toMatchObject({type: 'StepSucceeded', step: 'snapshot'});
  });
});

describe('a run that is resumed', () => {
  // Stopped after its snapshot, once for all of them: each has a copy of its own, beside the same runbook and target.
  let database: TestDatabase;
  let stopped: Place;
  let end = (): void => undefined;
  beforeAll(async () => {
    database = await createTestDatabase();
    stopped = createPlace({steps: few, whenDone: (of) => void (end = of)});
    const answers = stopped.answers(allAnswers(stopped.definition(), 'staging', database.name));
    const run = [...staging, '--answers', answers, '--until', 'snapshot'];
    expect((await stopped.command(run, {env: {TARGET: database.url}})).code).toBe(0);
  });
  afterAll(async () => {
    end();
    await database.drop();
  });

  const copied = (): Pick<Staged, 'place' | 'env' | 'answers'> => {
    const {place, env, answers} = staged(database);
    cpSync(stopped.runs, place.runs, {recursive: true});
    return {place, env, answers};
  };

  test('against another database is refused, with both names', async () => {
    await using other = await createTestDatabase();
    const before = await catalogOf(other);
    const {place, answers} = copied();
    const {code, stderr} = await place.command(['resume', '--answers', answers], {env: {TARGET: other.url}});
    expect(code).toBe(64);
    expect(stderr).toContain(database.name);
    expect(stderr).toContain(other.name);
    expect(place.journal().at(-1)).toMatchObject({type: 'StepSucceeded', step: 'snapshot'});
    expect(await catalogOf(other)).toEqual(before);
  });

  test.each(['en', 'ko'])(
    'while another process has it is refused with 75, and the holder is named (%s)',
    async (lang) => {
      const {place, env} = copied();
      const locked = lockRun(place.path(), 'the other engineer', new Date().toISOString());
      if (!locked.ok) throw new Error('the test does not get the lock');
      onTestFinished(locked.lock.release);
      const {code, stderr} = await place.command(['resume', '--lang', lang], {env});
      expect(code).toBe(75);
      expect(stderr).toContain('the other engineer');
      expect(stderr).toContain(`${process.pid}`);
      expect(isKorean(stderr)).toBe(lang === 'ko');
      // Looking needs no lock.
      expect((await place.command(['status'])).code).toBe(0);
    },
  );

  test.each(['en', 'ko'])(
    'with a damaged journal can only be looked at: 65, with the number of the record (%s)',
    async (lang) => {
      const {place, env} = copied();
      const path = place.path('journal.ndjson');
      const lines = readFileSync(path, 'utf8').split('\n');
      const damaged = 4;
      lines[damaged - 1] = (lines[damaged - 1] ?? '').replace('"item":"', '"item":"not-');
      writeFileSync(path, lines.join('\n'));
      for (const args of [['status'], ['resume']]) {
        const {code, all} = await place.command([...args, '--lang', lang], {env});
        expect({args, code}).toEqual({args, code: 65});
        // The chain breaks at the record after the one that was changed.
        expect(all).toContain(`${damaged + 1}`);
        expect(isKorean(all)).toBe(lang === 'ko');
      }
      expect(
        (await place.command(['rollback', '--option', 'restore-objects', '--confirm', database.name], {env})).code,
      ).toBe(65);
      expect(readFileSync(path, 'utf8')).toBe(lines.join('\n'));
    },
  );

  test('after a crash in the middle of a write goes on without the torn record, and reports it', async () => {
    const {place, env, answers} = copied();
    const path = place.path('journal.ndjson');
    const whole = place.journal().length;
    const torn = '{"v":1,"seq":99,"at":"2026-11-2';
    appendFileSync(path, torn);
    const {code, stdout} = await place.command(['resume', '--answers', answers, '--until', 'snapshot'], {env});
    expect(code).toBe(0);
    expect(stdout).toContain(`${Buffer.byteLength(torn)} bytes of a torn last record were set aside`);
    expect(place.journal()[whole]).toMatchObject({type: 'RunResumed', droppedBytes: Buffer.byteLength(torn)});
    expect(readFileSync(place.path(`journal.torn-${whole + 1}`), 'utf8')).toBe(torn);
  });

  test('and was killed while it wrote its first line is named, not continued', async () => {
    const {place, env} = copied();
    truncateSync(place.path('journal.ndjson'), 40);
    expect((await place.command(['resume'], {env})).code).toBe(65);
    expect((await place.command(['status'])).code).toBe(65);
  });

  test.each([
    {name: 'in the folder that it came from', edited: (place: Place) => place.sql('apply/010_attempt_v1.sql')},
    {name: "in the run's own copy", edited: (place: Place) => place.path('plan', 'sql', 'apply/010_attempt_v1.sql')},
  ])('after a file of the plan was edited starts nothing: $name', async ({edited}) => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const {place, env, answers, until} = staged(database);
    expect(await until('snapshot')).toBe(0);
    appendFileSync(edited(place), '-- one more line\n');
    const {code, stdout} = await place.command(['resume', '--answers', answers], {env});
    expect(code).toBe(65);
    expect(stdout).toContain('010_attempt_v1.sql');
    expect(await catalogOf(database)).toEqual(before);
  });

  test('is not begun on a target that another run has: 75, and the holder is named', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const holder = await openTestRun(database);
    const {place, env, answers} = staged(database);
    const {code, stdout, stderr} = await place.command([...staging, '--answers', answers], {env});
    expect({code, stdout}).toEqual({code: 75, stdout: ''});
    expect(stderr).toContain(holder.id);
    expect(await catalogOf(database)).toEqual(before);
    // Not even a folder of the run that did not begin.
    expect(existsSync(place.runs) ? readdirSync(place.runs) : []).toEqual([]);
    await holder.close();
    expect((await place.command([...staging, '--answers', answers, '--until', 'source-table'], {env})).code).toBe(0);
  });

  test('leaves no lock behind when it ends', async () => {
    await using database = await createTestDatabase();
    const {place, env, answers} = staged(database);
    expect((await place.cli([...staging, '--answers', answers, '--until', 'source-table'], {env})).code).toBe(0);
    expect(readdirSync(place.path()).filter((name) => name.startsWith('lock'))).toEqual([]);
    expect(existsSync(place.path('journal.ndjson'))).toBe(true);
  });
});
