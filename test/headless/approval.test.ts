// Is a production run held up until two others have signed, by command and with keys that lie elsewhere, and does its
// evidence show who they were, whoever writes the history anew? Real server, real keys, the built tool.

import {createHash} from 'node:crypto';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {keysIn, type Keys} from '../support/approval-run.ts';
import {allAnswers, createPlace, ensureBuilt, jsonLines, type Place} from '../support/headless.ts';
import {needs} from '../support/needs.ts';
import {createTestDatabase} from '../support/postgres.ts';

beforeAll(ensureBuilt);

// Proven beside the target: a server of its own would cost each run two seconds.
const production = ['run', '--env', 'production', '--url', 'env:DATABASE_URL', '--scratch', 'env:DATABASE_URL'];

needs('ssh-keygen').describe('with ssh-keygen', () => {
  let keys: Keys;
  beforeAll(() => {
    keys = keysIn(mkdtempSync(join(tmpdir(), 'approval-headless-')));
    for (const name of ['lee', 'park', 'tester']) keys.key(name);
  });
  afterAll(() => rmSync(keys.folder, {recursive: true, force: true}));

  const both = ['ci-green', 'change-approval', 'second-engineer'];
  const change = ['snapshot', 'backup', 'apply-v1'];

  /** With a list of signers in the plan, and a second approval, before the change, that is good for `validForMs`. */
  const placeWith = (validForMs: number, steps: readonly string[]): Place => {
    const place = createPlace({
      steps,
      alter: (yaml) =>
        yaml
          .replaceAll('    signature: required\n', '    signature: required\n    signers: approvers\n')
          .replace('validForMs: 14400000', `validForMs: ${validForMs}`),
    });
    const folder = join(place.runbooks, 'attempt-view-v1-lock', 'signers');
    mkdirSync(folder);
    const lines = ['lee', 'park', 'tester'].map((name) => `${name}@example.org ${keys.publicKey(name)}\n`);
    writeFileSync(join(folder, 'approvers'), lines.join(''));
    return place;
  };

  const forged = (journal: string): string => {
    let prev = '0'.repeat(64);
    const lines = journal
      .trimEnd()
      .split('\n')
      .map((line) => {
        const event = JSON.parse(line) as Record<string, unknown>;
        if (event['type'] === 'ItemChecked' && event['item'] === 'all-29') event['note'] = 'all of them';
        const again = JSON.stringify({...event, prev});
        prev = createHash('sha256').update(again).digest('hex');
        return `${again}\n`;
      });
    return lines.join('');
  };

  const waitsForBoth = async (steps: readonly string[]): Promise<void> => {
    const place = placeWith(14_400_000, steps);
    const database = await createTestDatabase();
    const env = {DATABASE_URL: database.url};
    const not = {'change-approval': undefined, 'second-engineer': undefined};
    const answers = place.answers(allAnswers(place.definition(), 'production', database.name, not));
    const run = [...production, '--answers', answers] as const;
    const waiting = await place.command([...run], {env});
    expect(waiting.code).toBe(3);
    expect(waiting.stdout).toMatch(/attempt-runbook approve r-\w+ change-approval --runs-dir \S+ --signature/);

    const approve = (step: string, ...more: readonly string[]) =>
      place.command(['approve', place.run(), step, ...more]);
    const own = await approve('change-approval', '--as', 'tester@example.org', '--key', join(keys.folder, 'tester'));
    expect(own.code).toBe(3);
    expect(own.stderr).toContain('nobody approves his own run');

    // Signed elsewhere: the text goes there, the signature comes back.
    const carried = join(place.folder, 'statement.txt');
    const written = await approve('change-approval', '--as', 'lee@example.org', '--statement', carried, '--json');
    expect(written.code).toBe(3);
    const [{statement}] = jsonLines(written.stdout) as readonly [{statement: string}];
    expect(statement).toBe(carried);
    const again = await approve('change-approval', '--as', 'kim@example.org', '--statement', carried);
    expect(again.code).toBe(64);
    expect((await approve('change-approval', '--signature', keys.sign(statement, 'lee'))).code).toBe(0);

    const resume = () => place.command(['resume', '--url', 'env:DATABASE_URL', '--answers', answers], {env});
    const second = await resume();
    expect(second.code).toBe(3);
    if (steps.includes('apply-v1')) expect(second.stdout).toContain('Will be taken and put back');
    expect(
      (await approve('second-engineer', '--as', 'park@example.org', '--key', join(keys.folder, 'park'))).code,
    ).toBe(0);
    const done = await resume();
    expect({code: done.code, stderr: done.stderr}).toEqual({code: 0, stderr: ''});

    const bundle = join(place.folder, 'evidence.zip');
    expect((await place.command(['export', place.run(), '-o', bundle])).code).toBe(0);
    const verified = await place.command(['verify', bundle, '--json']);
    expect(verified.code).toBe(0);
    expect(jsonLines(verified.stdout)[0]).toMatchObject({
      approvals: [
        {step: 'change-approval', by: 'lee@example.org', proof: {key: keys.fingerprint('lee'), list: 'plan'}},
        {step: 'second-engineer', by: 'park@example.org', proof: {key: keys.fingerprint('park'), list: 'plan'}},
      ],
    });
    expect((await place.command(['verify', bundle])).stdout).toContain(
      '✓ change-approval: approved by lee@example.org',
    );

    // Another change request, with a valid chain and lists and reports of its own: the tool itself writes them.
    writeFileSync(place.path('journal.ndjson'), forged(readFileSync(place.path('journal.ndjson'), 'utf8')));
    const other = join(place.folder, 'forged.zip');
    expect((await place.command(['export', place.run(), '-o', other])).code).toBe(0);
    const caught = await place.command(['verify', other]);
    expect(caught.code).toBe(65);
    expect(caught.stderr).toContain('the approval of change-approval by lee@example.org does not hold');
  };

  test('a run to production waits for two others, and its evidence names them', () => waitsForBoth(both));

  needs('pg_dump').test('so does one with its backup and its change', () => waitsForBoth([...both, ...change]));

  // Half a minute, most of it for the backup: the rule itself is looked at millisecond by millisecond in test/unit/core.
  test.skipIf(process.env['LONG'] !== '1')(
    'an approval that has expired holds the change up, and can be given again',
    {timeout: 120_000},
    async () => {
      const place = placeWith(5000, [...both, ...change]);
      const database = await createTestDatabase();
      const env = {DATABASE_URL: database.url};
      const approved = (name: string) => ({approve: [{as: `${name}@example.org`, key: join(keys.folder, name)}]});
      const answers = place.answers(
        allAnswers(place.definition(), 'production', database.name, {
          'change-approval': approved('lee'),
          'second-engineer': approved('park'),
        }),
      );
      const run = [...production, '--answers', answers] as const;
      expect((await place.cli([...run, '--until', 'second-engineer'], {env})).code).toBe(0);
      const granted = place
        .journal()
        .find((event) => event.type === 'ApprovalGranted' && event.step === 'second-engineer');
      const expires = granted?.type === 'ApprovalGranted' ? (granted.expires ?? '') : '';
      while (new Date().toISOString() < expires) await new Promise((resolve) => setTimeout(resolve, 20));
      const resume = ['resume', '--url', 'env:DATABASE_URL', '--answers', answers] as const;
      const late = await place.cli([...resume], {env});
      expect(late.code).toBe(3);
      expect(late.stdout).toContain('has to be approved again');
      const types = place.journal().map(({type}) => type);
      expect(types.filter((type) => type === 'TransactionOpened')).toEqual([]);
      expect(types.at(-1)).toBe('ApprovalLapsed');
      // The answers give it anew, within the five seconds in which it counts.
      const again = await place.cli([...resume, '--until', 'apply-v1'], {env});
      expect(again.code).toBe(0);
      expect(
        place
          .journal()
          .filter((event) => event.type === 'ApprovalGranted')
          .map(({step, attempt}) => `${step} ${attempt}`),
      ).toEqual(['change-approval 1', 'second-engineer 1', 'second-engineer 2']);
    },
  );
});
