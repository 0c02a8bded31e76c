// Can an approver approve while the operator's session stands at the approval, and can nothing else get in that way? A live
// session in this process, the built tool as the approver's, real keys, real files.

import {execFileSync} from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {leaveWords} from '../../src/adapters/inbox/leave-words.ts';
import {readJournal} from '../../src/adapters/journal-file.ts';
import {lockRun} from '../../src/adapters/run-lock.ts';
import type {DoctorCheck} from '../../src/core/doctor.ts';
import type {SessionMessage} from '../../src/engine/session.ts';
import {keysIn, type Keys} from '../support/approval-run.ts';
import {allAnswers, createPlace, ensureBuilt, type Place} from '../support/headless.ts';
import {needs} from '../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../support/postgres.ts';
import {openTestRun, type TestRun} from '../support/run.ts';

beforeAll(ensureBuilt);

needs('ssh-keygen').describe('beside a live session', () => {
  let keys: Keys;
  let list: string;
  beforeAll(() => {
    keys = keysIn(mkdtempSync(join(tmpdir(), 'approve-beside-')));
    for (const name of ['lee', 'park', 'mallory']) keys.key(name);
    list = join(keys.folder, 'approvers');
    writeFileSync(list, ['lee', 'park'].map((name) => `${name}@example.org ${keys.publicKey(name)}\n`).join(''));
  });
  afterAll(() => rmSync(keys.folder, {recursive: true, force: true}));

  const steps = ['ci-green', 'change-approval', 'second-engineer', 'snapshot', 'backup', 'apply-v1'];

  type Live = Readonly<{place: Place; run: TestRun; database: TestDatabase; inbox: string; news: SessionMessage[]}>;

  /** A session of production that stands at its first approval. */
  const live = async (): Promise<Live> => {
    const place = createPlace({steps});
    const database = await createTestDatabase();
    const run = await openTestRun(database, {
      environment: 'production',
      runbook: {name: 'attempt-view-v1-lock', directory: place.runbooks},
      runsDirectory: place.runs,
      env: {...process.env, HOME: place.folder, ATTEMPT_RUNBOOK_OPERATOR: 'kim', ATTEMPT_RUNBOOK_ALLOWED_SIGNERS: list},
    });
    const news: SessionMessage[] = [];
    run.session.subscribe((message) => {
      if (message.type === 'inbox') news.push(message);
    });
    await run.walkTo('change-approval');
    return {place, run, database, inbox: join(run.path, 'inbox'), news};
  };

  const lee = ['--as', 'lee@example.org', '--key'];
  const approve = ({place, run}: Pick<Live, 'place' | 'run'>, step: string, ...more: readonly string[]) =>
    place.cli(['approve', run.id, step, '--allowed-signers', list, ...more]);

  const named = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder).toSorted() : []);

  test('signed words are handed to it, checked again, and written down by it alone; the approver learns what became of them', async () => {
    const at = await live();
    const first = await approve(at, 'change-approval', ...lee, join(keys.folder, 'lee'));
    expect(first).toMatchObject({code: 0, stderr: ''});
    expect(first.stdout).toContain(`The session that has ${at.run.id} open (kim@`);
    expect(first.stdout).toContain('approved by lee@example.org');
    expect(at.run.events.map(({type}) => type).slice(-5)).toEqual([
      'ArtifactSealed',
      'ArtifactSealed',
      'ArtifactSealed',
      'ApprovalGranted',
      'StepSucceeded',
    ]);
    expect(at.run.events.find(({type}) => type === 'ApprovalGranted')).toMatchObject({
      by: 'lee@example.org',
      recordedBy: {name: 'kim'},
      proof: {how: 'signed', list: 'operator'},
    });
    expect(readJournal(join(at.run.path, 'journal.ndjson'))).toMatchObject({tornBytes: 0});
    expect(readJournal(join(at.run.path, 'journal.ndjson')).damage).toBeUndefined();
    expect(named(at.inbox)).toEqual([]);
    expect(statSync(at.inbox).mode & 0o777).toBe(0o700);
    expect(at.news).toMatchObject([{news: {was: 'taken', step: 'change-approval', by: 'lee@example.org'}}]);
    // What was counted is not counted twice, and another step's approval is none for this one.
    const again = await approve(at, 'change-approval', ...lee, join(keys.folder, 'lee'));
    expect(again).toMatchObject({code: 3, stdout: ''});
    expect(again.stderr).toContain('done already');
    // The very same files, brought by somebody who goes round the command.
    const kept = join(at.run.path, 'artifacts', 'approvals', 'change-approval.1.1.txt');
    const before = at.run.journal();
    expect(leaveWords(at.run.path, readFileSync(kept, 'utf8'), readFileSync(`${kept}.sig`))).toMatchObject({ok: true});
    await expect.poll(() => at.news.length, {timeout: 20_000}).toBe(2);
    expect(at.news[1]).toMatchObject({news: {was: 'refused', problem: {refusal: {code: 'already-done'}}}});
    expect(at.run.journal()).toBe(before);
  });

  test('a key that only the approver’s own list has is refused by the session, with its reason, and the session goes on', async () => {
    const at = await live();
    const own = join(keys.folder, 'own-list');
    writeFileSync(own, `mallory@example.org ${keys.publicKey('mallory')}\n`);
    const before = at.run.journal();
    const refused = await at.place.cli([
      'approve',
      at.run.id,
      'change-approval',
      '--allowed-signers',
      own,
      '--as',
      'mallory@example.org',
      '--key',
      join(keys.folder, 'mallory'),
    ]);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain(`The list of signers does not have this key: ${keys.fingerprint('mallory')}`);
    expect(at.run.journal()).toBe(before);
    expect(named(at.inbox)).toEqual(['refused']);
    expect(at.news).toMatchObject([{news: {was: 'refused', problem: {refusal: {problem: {why: 'not-listed'}}}}}]);
    expect(await approve(at, 'change-approval', ...lee, join(keys.folder, 'lee'))).toMatchObject({code: 0});
  });

  test('a no is taken as well, and ends 2', async () => {
    const at = await live();
    const no = await approve(
      at,
      'change-approval',
      ...lee,
      join(keys.folder, 'lee'),
      '--refuse',
      '--reason',
      'not tonight',
    );
    expect(no).toMatchObject({code: 2, stderr: ''});
    expect(no.stdout).toContain('refused by lee@example.org');
    expect(at.run.stateOf('change-approval')).toMatchObject({status: 'failed', failure: {code: 'approval-refused'}});
  });

  test('what is not signed stays out of a run that another process has, and the sentence says what to do instead', async () => {
    const at = await live();
    const before = named(at.run.path);
    const unsigned = await approve(at, 'change-approval', '--as', 'lee@example.org', '--refuse', '--reason', 'no');
    expect(unsigned.code).toBe(75);
    expect(unsigned.stderr).toContain('--key KEY');
    expect((await approve(at, 'change-approval', '--as', 'lee@example.org', '--statement')).stderr).toContain(
      '--statement FILE',
    );
    expect(named(at.run.path)).toEqual(before);
    expect((await at.place.command(['status', at.run.id])).stdout).toContain(
      `Approve: attempt-runbook approve ${at.run.id} change-approval --runs-dir ${at.place.runs} --as NAME --key KEY`,
    );
    // Carried to where the key is, and back.
    const carried = join(at.place.folder, 'statement.txt');
    const written = await approve(at, 'change-approval', '--as', 'lee@example.org', '--statement', carried);
    expect(written.code).toBe(3);
    expect(written.stdout).toContain(`--signature ${carried}.sig --statement ${carried}`);
    expect(named(join(at.run.path, 'artifacts'))).toEqual([]);
    const back = ['--signature', keys.sign(carried, 'lee'), '--statement', carried];
    expect(await approve(at, 'change-approval', ...back)).toMatchObject({code: 0, stderr: ''});
  });

  test('files of strangers are moved aside with a sentence, one by one, and end nothing', async () => {
    const at = await live();
    mkdirSync(at.inbox, {recursive: true, mode: 0o700});
    const name = 'ab'.repeat(32);
    execFileSync('mkfifo', ['-m', '600', join(at.inbox, `${name}.txt`)]);
    symlinkSync(list, join(at.inbox, `${name}.sig`));
    writeFileSync(join(at.inbox, 'notes.txt'), 'x', {mode: 0o600});
    mkdirSync(join(at.inbox, 'folder'));
    await expect.poll(() => named(at.inbox), {timeout: 20_000}).toEqual(['refused']);
    expect(at.news.map((message) => (message.type === 'inbox' ? message.news : undefined))).toMatchObject([
      {was: 'refused', problem: {why: 'not-a-file'}},
      {was: 'refused', problem: {why: 'foreign-name'}},
      {was: 'refused', problem: {why: 'foreign-name'}},
    ]);
    expect(await approve(at, 'change-approval', ...lee, join(keys.folder, 'lee'))).toMatchObject({code: 0});
  });

  /** A run that waits at its first approval, and whose lock is held by a process that takes nothing. */
  const heldPlace = async () => {
    const place = createPlace({steps});
    const database = await createTestDatabase();
    const answers = place.answers(
      allAnswers(place.definition(), 'production', database.name, {
        'change-approval': undefined,
        'second-engineer': undefined,
      }),
    );
    const env = {DATABASE_URL: database.url, ATTEMPT_RUNBOOK_ALLOWED_SIGNERS: list};
    const started = await place.cli(['run', '--env', 'production', '--url', 'env:DATABASE_URL', '--answers', answers], {
      env,
    });
    expect(started.code).toBe(3);
    const held = lockRun(place.path(), 'kim', '2026-01-01T00:00:00.000Z');
    if (!held.ok) throw new Error('the run is locked');
    return {place, env, answers, lock: held.lock, inbox: place.path('inbox')};
  };

  const wordsIn = (inbox: string) =>
    expect.poll(() => named(inbox).filter((of) => of.endsWith('.sig')).length, {timeout: 20_000});

  test('a session that goes away before it has taken them leaves them to their approver, who writes them down', async () => {
    const {place, lock, inbox} = await heldPlace();
    const approving = place.cli([
      'approve',
      place.run(),
      'change-approval',
      '--allowed-signers',
      list,
      ...lee,
      join(keys.folder, 'lee'),
    ]);
    await wordsIn(inbox).toBe(1);
    lock.release();
    const end = await approving;
    expect(end).toMatchObject({code: 0, stderr: ''});
    expect(
      place
        .journal()
        .map(({type}) => type)
        .slice(-2),
    ).toEqual(['ApprovalGranted', 'StepSucceeded']);
    expect(named(inbox)).toEqual([]);
  });

  test('a session that does not answer is not waited for without an end, and what lies there can be taken back', async () => {
    const {place, lock, inbox} = await heldPlace();
    const key = join(keys.folder, 'lee');
    const end = await place.cli(['approve', place.run(), 'change-approval', '--allowed-signers', list, ...lee, key]);
    lock.release();
    expect(end.code).toBe(3);
    expect(end.stderr).toContain('has not answered within 10 s');
    expect(end.stderr).toContain(`attempt-runbook status ${place.run()} --runs-dir`);
    const [, withdraw = ''] = /Take them back with: rm (.*)$/m.exec(end.stderr) ?? [];
    execFileSync('rm', withdraw.split(' '));
    expect(named(inbox)).toEqual([]);
    expect(place.journal().some(({type}) => type === 'ApprovalGranted')).toBe(false);
  });

  test('a session that starts takes what was left for the one before', async () => {
    const {place, env, answers, lock, inbox} = await heldPlace();
    const approver = place.cli(
      ['approve', place.run(), 'change-approval', '--allowed-signers', list, ...lee, join(keys.folder, 'lee')],
      {signal: {name: 'SIGKILL', when: (printed) => printed.includes('signed words')}},
    );
    await wordsIn(inbox).toBe(1);
    expect((await approver).signal).toBe('SIGKILL');
    lock.release();
    const resumed = await place.cli(['resume', '--url', 'env:DATABASE_URL', '--answers', answers], {env});
    expect(resumed.stdout).toContain('approved by lee@example.org');
    // The next approval is waited for, and that one has not been given.
    expect(resumed.code).toBe(3);
    expect(named(inbox)).toEqual([]);
    expect(place.journal().filter(({type}) => type === 'ApprovalGranted')).toHaveLength(1);
  });

  test('that nobody could approve is said when the run starts and by the doctor, with what to do; a list that is there is named', async () => {
    const place = createPlace({steps});
    await using database = await createTestDatabase();
    const env = {DATABASE_URL: database.url};
    const start = (more: Readonly<Record<string, string>>) =>
      place.command(['run', '--env', 'production', '--url', 'env:DATABASE_URL'], {env: {...env, ...more}});
    const doctor = async (more: Readonly<Record<string, string>>) => {
      const {code, stdout} = await place.command(['doctor', '--env', 'production', '--json'], {env: {...env, ...more}});
      const {checks} = JSON.parse(stdout) as {checks: readonly DoctorCheck[]};
      return {code, checks: checks.filter(({subject}) => subject === 'signers')};
    };
    const expired = join(place.folder, 'expired');
    writeFileSync(expired, `lee@example.org valid-before="20200101" ${keys.publicKey('lee')}\n`);
    const missing = join(place.folder, 'nowhere');

    const none = await start({});
    expect(none.stdout.split('The change request is approved. It takes only keys').length).toBe(2);
    expect(none.stdout).toContain('! 2.1 The change request is approved. It takes only keys');
    expect(none.stdout).toContain('export ATTEMPT_RUNBOOK_ALLOWED_SIGNERS=FILE');
    expect(await doctor({})).toMatchObject({code: 2, checks: [{level: 'red', fix: expect.stringContaining('export')}]});
    for (const [file, said] of [
      [expired, 'has no key that counts now (line 1: expired)'],
      [missing, 'cannot be read'],
    ] as const) {
      const {code, checks} = await doctor({ATTEMPT_RUNBOOK_ALLOWED_SIGNERS: file});
      expect({code, checks}).toMatchObject({
        code: 2,
        checks: [{level: 'red', note: {text: {en: expect.stringContaining(said)}}, fix: `$EDITOR ${file}`}],
      });
    }
    const there = await doctor({ATTEMPT_RUNBOOK_ALLOWED_SIGNERS: list});
    expect(there.checks).toMatchObject([
      {level: 'green', note: {text: {en: `the operator's list (${list}): lee@example.org, park@example.org`}}},
    ]);
    expect((await start({ATTEMPT_RUNBOOK_ALLOWED_SIGNERS: list})).stdout).toContain(
      `List of signers: the operator's list (${list}): lee@example.org, park@example.org\n`,
    );
    // Nobody is about to start there: what is missing is not in the way of what was asked about.
    const {checks} = JSON.parse((await place.command(['doctor', '--json'])).stdout) as {checks: readonly DoctorCheck[]};
    expect(checks.find(({subject}) => subject === 'signers')?.level).toBe('amber');
  });
});
