// Can anybody get a yes into the journal that is not one? The matrix of approvals, with real keys and the real ssh-keygen:
// each way round the rule is refused with its own reason, and the honest way beside it is taken.

import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {ApprovalProblem} from '../../../src/core/decide-approval.ts';
import type {RunEvent} from '../../../src/core/event.ts';
import type {Refusal} from '../../../src/core/command.ts';
import {
  approvalRun as runWith,
  givenAt,
  keysIn,
  untilConsent,
  type ApprovalRun,
  type ApprovalRunOptions,
  type Keys,
} from '../../support/approval-run.ts';
import {failedWith, resumed, started, target} from '../../support/events.ts';
import {needs} from '../../support/needs.ts';

const problemOf = (refusal: Refusal | undefined): ApprovalProblem | undefined =>
  refusal?.code === 'approval-not-taken' ? refusal.problem : undefined;
/** A runbook without a list of its own. */
const noList = {signers: undefined as unknown as string};
const why = (refusal: Refusal | undefined): string | undefined => problemOf(refusal)?.why ?? refusal?.code;

needs('ssh-keygen').describe('with ssh-keygen', () => {
  let keys: Keys;
  let list: string;

  beforeAll(() => {
    keys = keysIn(mkdtempSync(join(tmpdir(), 'approval-keys-')));
    for (const name of ['lee', 'lee2', 'park', 'kim', 'stranger', 'old', 'future', 'git']) keys.key(name);
    keys.key('locked', 'a passphrase');
    const of = (name: string): string => keys.publicKey(name);
    list = [
      `lee@example.org ${of('lee')}`,
      `lee@example.org ${of('lee2')}`,
      `park@example.org,park ${of('park')}`,
      `kim@example.org ${of('kim')}`,
      `old@example.org valid-before="20200101" ${of('old')}`,
      `future@example.org valid-after="20990101" ${of('future')}`,
      `git@example.org namespaces="git" ${of('git')}`,
      `locked@example.org ${of('locked')}`,
      '',
    ].join('\n');
  });
  afterAll(() => rmSync(keys.folder, {recursive: true, force: true}));

  const approvalRun = (options: ApprovalRunOptions = {}): ApprovalRun => runWith({signers: list, ...options});
  const yes = (approver: string, key?: string) =>
    ({
      type: 'GiveApproval',
      step: 'consent',
      decision: 'approved',
      approver,
      ...(key === undefined ? {} : {key: join(keys.folder, key)}),
    }) as const;
  const order = (approver: string) => ({step: 'consent', decision: 'approved', approver}) as const;
  const brought = (signature: string, statement?: string) =>
    ({type: 'ImportApproval', step: 'consent', signature, ...(statement === undefined ? {} : {statement})}) as const;

  test('a key of the list approves, here and from elsewhere', async () => {
    const here = approvalRun();
    expect(await here.give(yes('lee@example.org', 'lee'))).toBeUndefined();
    expect(here.state().steps['consent']).toMatchObject({
      status: 'succeeded',
      verdict: 'pass',
      facts: {approvals: [{by: 'lee@example.org', key: keys.fingerprint('lee'), list: 'plan'}]},
    });
    const elsewhere = approvalRun();
    const file = elsewhere.write(order('park'));
    expect(await elsewhere.give(brought(keys.sign(file, 'park')))).toBeUndefined();
    expect(elsewhere.state().steps['consent']).toMatchObject({status: 'succeeded', verdict: 'pass'});
    expect(
      elsewhere
        .events()
        .map(({type}) => type)
        .slice(-4),
    ).toEqual(['ArtifactSealed', 'ArtifactSealed', 'ApprovalGranted', 'StepSucceeded']);
  });

  test('what was signed names the run, its plan, its target and the last record', async () => {
    const run = approvalRun();
    const before = readFileSync(run.journal, 'utf8').trimEnd().split('\n');
    const text = readFileSync(run.write(order('lee@example.org')), 'utf8');
    expect(text).toContain(`plan: ${'ab'.repeat(32)}\n`);
    expect(text).toContain(`system-identifier: ${target.systemIdentifier}\n`);
    expect(text).toContain(`journal-head: ${before.length} `);
    expect(text.endsWith('reason: -\n')).toBe(true);
  });

  describe('nobody approves his own run', () => {
    const cases: readonly (readonly [string, string, string, ApprovalProblem['why']])[] = [
      ['under his name', 'kim', 'kim', 'own-approval'],
      ['under his address', 'kim@example.org', 'kim', 'own-approval'],
      ["with a colleague's name and his own key", 'lee@example.org', 'kim', 'other-person'],
      ["with a colleague's key and his own name", 'kim@example.org', 'lee', 'other-person'],
    ];
    test.each(cases)('%s', async (_, approver, key, reason) => {
      const run = approvalRun();
      expect(why(await run.give(yes(approver, key)))).toBe(reason);
      expect(run.state().approvals).toBeUndefined();
    });

    test('nor with a key that lies in his own home, whatever name the list gives it', async () => {
      const home = mkdtempSync(join(tmpdir(), 'approval-home-'));
      mkdirSync(join(home, '.ssh'));
      writeFileSync(join(home, '.ssh', 'id_ed25519.pub'), `${keys.publicKey('lee')}\n`);
      expect(why(await approvalRun({home}).give(yes('lee@example.org', 'lee')))).toBe('own-key');
      // Under his own account the approver has his key at home, rightly.
      const by = {name: 'lee', host: 'desk'};
      expect(await approvalRun({home, by}).give(yes('lee@example.org', 'lee'))).toBeUndefined();
      rmSync(home, {recursive: true});
    });

    test('nor somebody who went on with the run', async () => {
      const again = {...resumed(), operator: {name: 'lee', host: 'desk'}} as const;
      const run = approvalRun({events: [...untilConsent, again]});
      expect(why(await run.give(yes('lee@example.org', 'lee')))).toBe('own-approval');
    });

    test('unless the runbook allows it', async () => {
      const run = approvalRun({changes: {self: 'allowed'}});
      expect(await run.give(yes('kim@example.org', 'kim'))).toBeUndefined();
    });
  });

  describe('two approvers are two persons with two keys', () => {
    const two = {changes: {approvers: 2}} as const;
    const cases = [
      ['the same key', 'lee@example.org', 'lee', 'same-key'],
      ['a second key of the same person', 'lee@example.org', 'lee2', 'same-person'],
      ['the same person under a short name', 'LEE', 'lee2', 'same-person'],
    ] as const;
    test.each(cases)('%s', async (_, approver, key, reason) => {
      const run = approvalRun(two);
      expect(await run.give(yes('lee@example.org', 'lee'))).toBeUndefined();
      expect(run.state().steps['consent']).toMatchObject({status: 'waiting'});
      expect(why(await run.give(yes(approver, key), '2026-01-01T00:11:00.000Z'))).toBe(reason);
      expect(run.state().steps['consent']).toMatchObject({status: 'waiting'});
    });

    test('two names that a list gives to one key are not two', async () => {
      const key = keys.publicKey('lee');
      for (const [list, reason] of [
        [`lee@example.org,park@example.org ${key}\n`, 'same-key'],
        // ssh-keygen names the first line alone.
        [`lee@example.org ${key}\npark@example.org ${key}\n`, 'other-person'],
      ] as const) {
        const run = approvalRun({...two, signers: list});
        expect(await run.give(yes('lee@example.org', 'lee'))).toBeUndefined();
        expect(why(await run.give(yes('park@example.org', 'lee'), '2026-01-01T00:11:00.000Z'))).toBe(reason);
      }
    });

    test('both may have been asked at once', async () => {
      const run = approvalRun(two);
      const [first, second] = [run.write(order('lee@example.org')), run.write(order('park@example.org'))];
      expect(await run.give(brought(keys.sign(second, 'park')))).toBeUndefined();
      expect(await run.give(brought(keys.sign(first, 'lee')))).toBeUndefined();
      expect(run.state().steps['consent']).toMatchObject({status: 'succeeded', facts: {approvals: {length: 2}}});
    });
  });

  describe('only a key that counts', () => {
    const cases = [
      ['a key that is on no list', 'stranger', 'stranger', 'not-listed'],
      ['a key that has expired', 'old@example.org', 'old', 'key-not-valid'],
      ['a key that does not count yet', 'future@example.org', 'future', 'key-not-valid'],
      ['a key for another namespace only', 'git@example.org', 'git', 'key-not-valid'],
      ['a key with a passphrase that nobody can type', 'locked@example.org', 'locked', 'not-made'],
      ['a key that is not there', 'lee@example.org', 'gone', 'not-made'],
      ['a name without a key', 'lee@example.org', undefined, 'not-signed'],
      ['a name with a line break', 'lee\nplan: 0', 'lee', 'name-malformed'],
    ] as const;
    test.each(cases)('%s', async (_, approver, key, reason) => {
      const run = approvalRun();
      expect(why(await run.give(yes(approver, key)))).toBe(reason);
      expect(existsSync(join(run.path, 'artifacts', 'approvals'))).toBe(false);
    });

    test('a revoked one does not', async () => {
      const revoked = join(keys.folder, 'revoked');
      writeFileSync(revoked, `${keys.publicKey('lee')}\n`);
      expect(why(await approvalRun({revoked}).give(yes('lee@example.org', 'lee')))).toBe('key-not-valid');
      expect(await approvalRun({revoked}).give(yes('park', 'park'))).toBeUndefined();
    });

    test('without any list a signature is required in vain', async () => {
      const run = approvalRun({changes: noList});
      expect(why(await run.give(yes('lee@example.org', 'lee')))).toBe('no-list');
    });

    test("a list of the operator's is taken where the runbook has none, kept, and amber", async () => {
      const operatorSigners = join(keys.folder, 'signers');
      writeFileSync(operatorSigners, `lee@example.org ${keys.publicKey('lee')}\n`);
      const run = approvalRun({changes: noList, operatorSigners});
      expect(why(await run.give(yes('park', 'park')))).toBe('not-listed');
      expect(await run.give(yes('lee@example.org', 'lee'))).toBeUndefined();
      expect(run.state().steps['consent']).toMatchObject({status: 'succeeded', verdict: 'amber'});
      const kept = run.state().artifacts.map(({artifact}) => artifact.path);
      expect(kept.some((path) => path.startsWith('artifacts/approvals/signers.'))).toBe(true);
    });

    test("the operator's list does not stand in for the plan's", async () => {
      const operatorSigners = join(keys.folder, 'signers-of-stranger');
      writeFileSync(operatorSigners, `stranger ${keys.publicKey('stranger')}\n`);
      expect(why(await approvalRun({operatorSigners}).give(yes('stranger', 'stranger')))).toBe('not-listed');
    });

    test('where a signature is optional a typed name is taken, and amber', async () => {
      const run = approvalRun({changes: {signature: 'optional'}});
      expect(await run.give(yes('lee'))).toBeUndefined();
      expect(run.state().steps['consent']).toMatchObject({status: 'succeeded', verdict: 'amber'});
    });
  });

  describe('only over what stands', () => {
    /** A statement of another history, signed by lee, brought to this run. */
    const foreign = async (options: ApprovalRunOptions): Promise<Refusal | undefined> => {
      const other = approvalRun(options);
      const file = other.write(order('lee@example.org'));
      keys.sign(file, 'lee');
      return approvalRun().give(brought(`${file}.sig`, file));
    };
    const [first, ...rest] = untilConsent;
    const openedWith = (changes: object): ApprovalRunOptions => ({
      events: [{...first, ...changes} as RunEvent, ...rest],
    });
    const cases: readonly (readonly [string, ApprovalRunOptions, object])[] = [
      ['another run', openedWith({run: 'r-other'}), {why: 'other', what: 'run'}],
      ['another plan', openedWith({plan: 'cd'.repeat(32)}), {why: 'other', what: 'plan'}],
      ['another database', openedWith({target: {...target, database: 'shop2'}}), {why: 'other', what: 'database'}],
      [
        'another server',
        openedWith({target: {...target, systemIdentifier: '9'}}),
        {why: 'other', what: 'system-identifier'},
      ],
      ['another environment', openedWith({environment: 'production'}), {why: 'other', what: 'environment'}],
      ['another history', openedWith({operator: {name: 'choi', host: 'x'}}), {why: 'head-differs'}],
      ['other words', {changes: {statement: {en: 'Anything may be done', ko: '무엇이든'}}}, {why: 'not-as-written'}],
    ];
    test.each(cases)('%s', async (_, options, problem) => {
      expect(problemOf(await foreign(options))).toMatchObject(problem);
    });

    test('a signature of another namespace is none', async () => {
      const run = approvalRun();
      const file = run.write(order('lee@example.org'));
      const refusal = problemOf(await run.give(brought(keys.sign(file, 'lee', 'git'))));
      expect(refusal).toMatchObject({why: 'signature-bad', detail: expect.stringContaining('namespace') as string});
    });

    test('a text that was changed after it was signed is not what was signed', async () => {
      const run = approvalRun();
      const file = run.write(order('lee@example.org'));
      keys.sign(file, 'lee');
      writeFileSync(file, readFileSync(file, 'utf8').replace('expires: never', 'expires: 2099-01-01T00:00:00.000Z'));
      expect(why(await run.give(brought(`${file}.sig`)))).toBe('signature-bad');
    });

    test('an expiry that the approver has chosen himself is not what the tool wrote', async () => {
      const run = approvalRun({changes: {validForMs: 3_600_000}});
      const file = run.write(order('lee@example.org'));
      writeFileSync(file, readFileSync(file, 'utf8').replace(/expires: .*/, 'expires: never'));
      expect(why(await run.give(brought(keys.sign(file, 'lee'))))).toBe('not-as-written');
    });

    test('a statement of before the step was asked again is of an earlier asking', async () => {
      const run = approvalRun();
      const file = run.write(order('lee@example.org'));
      keys.sign(file, 'lee');
      const no = {...yes('park'), decision: 'refused', reason: 'the baseline is missing'} as const;
      expect(await run.give(no)).toBeUndefined();
      expect(run.state().steps['consent']).toMatchObject({status: 'failed', failure: {code: 'approval-refused'}});
      expect(problemOf(await run.give(brought(`${file}.sig`, file)))).toMatchObject({why: 'other', what: 'attempt'});
      expect(await run.give(yes('lee@example.org', 'lee'))).toBeUndefined();
      expect(run.state().steps['consent']).toMatchObject({status: 'succeeded', attempt: 2});
    });

    test('once something has happened it says what came after', async () => {
      const run = approvalRun();
      const file = run.write(order('lee@example.org'));
      keys.sign(file, 'lee');
      const other = {...resumed(), operator: {name: 'choi', host: 'desk'}} as const;
      run.append(other);
      const after = {seq: run.events().length, type: 'RunResumed'};
      expect(problemOf(await run.give(brought(`${file}.sig`)))).toMatchObject({why: 'head-moved', after});
    });

    test('a pause and the same operator change nothing of what is approved', async () => {
      const run = approvalRun();
      const file = run.write(order('lee@example.org'));
      run.append(resumed(), {type: 'SleepNoticed', sleptMs: 60_000});
      expect(await run.give(brought(keys.sign(file, 'lee')))).toBeUndefined();
    });

    test('a statement that was counted is not counted again', async () => {
      const run = approvalRun({changes: {approvers: 2}});
      const file = run.write(order('lee@example.org'));
      keys.sign(file, 'lee');
      expect(await run.give(brought(`${file}.sig`))).toBeUndefined();
      expect(why(await run.give(brought(`${file}.sig`)))).toBe('replayed');
    });

    test('an expired statement, and one that is dated in the future', async () => {
      const run = approvalRun({changes: {validForMs: 60_000}});
      const file = run.write(order('lee@example.org'));
      keys.sign(file, 'lee');
      expect(why(await run.give(brought(`${file}.sig`), '2026-01-01T00:11:00.000Z'))).toBe('expired');
      expect(why(await run.give(brought(`${file}.sig`), '2026-01-01T00:09:59.999Z'))).toBe('not-yet');
      expect(await run.give(brought(`${file}.sig`), '2026-01-01T00:10:59.999Z')).toBeUndefined();
    });

    test('and only while it is its turn', async () => {
      const early = approvalRun({events: untilConsent.slice(0, -1)});
      expect(why(await early.give(yes('lee@example.org', 'lee')))).toBe('not-this-step');
      const late = approvalRun();
      await late.give(yes('lee@example.org', 'lee'));
      expect(why(await late.give(yes('park', 'park')))).toBe('already-done');
      late.append(started('change'), failedWith('change'));
      expect(why(await late.give(yes('park', 'park')))).toBe('already-done');
    });
  });

  test('what is refused leaves no file, and what was begun and not written down is asked for again', async () => {
    const run = approvalRun();
    // As a crash leaves it: statement and signature are there, no record names them.
    const file = run.write(order('lee@example.org'));
    keys.sign(file, 'lee');
    expect(run.state().steps['consent']).toBeUndefined();
    expect(await run.give(yes('park', 'park'))).toBeUndefined();
    const files = readdirSync(join(run.path, 'artifacts', 'approvals')).toSorted();
    expect(files).toEqual(['consent.1.1.txt', 'consent.1.1.txt.sig', 'consent.1.2.txt', 'consent.1.2.txt.sig']);
    expect(run.state().approvals?.['consent']?.[0]?.statement.path).toBe('artifacts/approvals/consent.1.2.txt');
  });

  test('an approval is dated when it was given', async () => {
    const run = approvalRun();
    await run.give(yes('lee@example.org', 'lee'));
    expect(run.events().find(({type}) => type === 'ApprovalGranted')?.at).toBe(givenAt);
  });
});
