// Does the plain front walk a run exactly as far as its answers allow, and say why it stopped?

import {describe, expect, test} from 'vitest';

import {parseAnswersFixture} from './answers-fixture.ts';
import type {Answers, StepAnswer} from '../../../../src/ui/plain/answers.ts';
import {runPlain, type PlainEnd, type PlainOptions} from '../../../../src/ui/plain/front.ts';
import {exitCodeOf} from '../../../../src/ui/text/exit.ts';
import type {Impact} from '../../../../src/engine/session.ts';
import {runbook} from '../text/samples.ts';
import {fakeSession, type FakeOptions, type FakeSession} from './fake-session.ts';

const answers = (steps: Readonly<Record<string, StepAnswer>>, rollback?: Answers['rollback']): Answers => ({
  steps: new Map(Object.entries(steps)),
  ...(rollback === undefined ? {} : {rollback}),
});

const before: StepAnswer = {answer: 'check-all', note: 'CR-73'};
const all = {before, backup: {answer: 'start'}, apply: {answer: 'confirm', target: 'seedtest'}} as const;
const back = {option: 'objects', reason: 'a rehearsal goes back', confirm: 'seedtest'} as const;

type Walk = Readonly<{end: PlainEnd; lines: readonly string[]; session: FakeSession}>;

const walk = async (
  options: Partial<PlainOptions> & Readonly<{fake?: Partial<FakeOptions>; on?: FakeSession}>,
): Promise<Walk> => {
  const lines: string[] = [];
  const session = options.on ?? fakeSession({runbook, ...options.fake});
  const {fake: _, on: __, ...rest} = options;
  const end = await runPlain({
    session,
    locale: 'en',
    json: false,
    answers: undefined,
    timeZone: 'Asia/Seoul',
    write: (line) => lines.push(line),
    ...rest,
  });
  return {end, lines, session};
};

const started = ({commands}: FakeSession): readonly string[] =>
  commands.flatMap((command) => (command.type === 'StartStep' ? [command.step] : []));

describe('answers', () => {
  test('all of them lead to the end', async () => {
    const {end, lines, session} = await walk({answers: answers(all)});
    expect(end).toEqual({status: 'closed', outcome: 'completed'});
    expect(started(session)).toEqual(['data', 'snapshot', 'backup', 'apply', 'smoke', 'note']);
    expect(lines.at(-1)).toMatch(/^02:31:\d\d ✓ run closed by kim@bastion-1: completed$/);
    expect(lines.filter((line) => line.includes('2.1 Apply the V1 view: 41 ms, lock held 5.9 ms, 1 try'))).toHaveLength(
      1,
    );
  });

  test('none: the first question ends the walk, and the lines that would answer it are exact', async () => {
    const {end, session, lines} = await walk({});
    expect(end).toMatchObject({status: 'waiting', step: 'before', question: 'checklist'});
    expect(exitCodeOf(end)).toBe(3);
    expect(session.commands).toEqual([]);
    expect(end.status === 'waiting' && end.needed).toEqual([
      'format: attempt-runbook-answers/1',
      'steps:',
      '  before:',
      '    check:',
      '      backup-seen: {}',
      '      change-request: {note: "a link, a name or a ticket"}',
    ]);
    expect(lines.slice(-6).map((line) => line.trim())).toContain('backup-seen: {}');
  });

  test('some: what is answered is ticked, and only the rest is asked for', async () => {
    const {end, session} = await walk({answers: answers({before: {answer: 'check', items: {'backup-seen': {}}}})});
    expect(session.commands).toEqual([{type: 'CheckItem', step: 'before', item: 'backup-seen'}]);
    expect(end.status === 'waiting' && end.needed.join('\n')).not.toContain('backup-seen');
  });

  test('an item that wants a note is not ticked without one', async () => {
    const {end, session} = await walk({answers: answers({before: {answer: 'check-all'}})});
    expect(session.commands.map((command) => 'item' in command && command.item)).toEqual(['backup-seen']);
    expect(end).toMatchObject({status: 'waiting', step: 'before'});
  });

  test('an optional step waits for a decision', async () => {
    const {end} = await walk({answers: answers({before})});
    expect(end).toMatchObject({status: 'waiting', step: 'backup', question: 'start'});
    expect(end.status === 'waiting' && end.needed.slice(2)).toEqual([
      '  backup:',
      '    start: true',
      '    # or: waive: "why it is not needed"',
    ]);
  });

  test('an optional step is waived with a reason', async () => {
    const {end, session} = await walk({
      answers: answers({before, backup: {answer: 'waive', reason: 'managed snapshot'}}),
    });
    expect(session.commands).toContainEqual({type: 'WaiveStep', step: 'backup', reason: 'managed snapshot'});
    expect(end).toMatchObject({status: 'waiting', step: 'apply'});
  });

  test("a dangerous step wants the target's name, and is not started by 'start'", async () => {
    const {end} = await walk({answers: answers({...all, apply: {answer: 'start'}})});
    expect(end).toMatchObject({status: 'waiting', step: 'apply', question: 'start'});
    expect(end.status === 'waiting' && end.needed.slice(2)).toEqual(['  apply:', '    confirm: seedtest']);
  });

  test('a wrong name is refused, and nothing is started', async () => {
    const {end, session, lines} = await walk({answers: answers({...all, apply: {answer: 'confirm', target: 'prod'}})});
    expect(end).toEqual({status: 'refused', refusal: {code: 'confirmation-missing', expected: 'seedtest'}});
    expect(session.events.some((event) => event.type === 'StepStarted' && event.step === 'apply')).toBe(false);
    expect(lines.at(-1)).toContain('Nothing was started.');
  });

  test('the lines that would answer are an answers file that the loader takes', async () => {
    for (const given of [answers({}), answers({before}), answers({...all, apply: {answer: 'start'}})]) {
      const {end} = await walk({answers: given});
      expect(end.status).toBe('waiting');
      expect(end.status === 'waiting' && parseAnswersFixture(end.needed.join('\n'), runbook)).toBe('ok');
    }
  });
});

describe('stopping', () => {
  test('after the step that was named', async () => {
    const {end, session} = await walk({answers: answers(all), until: 'snapshot'});
    expect(end).toEqual({status: 'stopped', step: 'snapshot'});
    expect(started(session)).toEqual(['data', 'snapshot']);
  });

  test('at a failure, with its four parts and what was found', async () => {
    const failure = {
      code: 'expectation-missed',
      what: 'preflight/010.sql',
      expected: 'no-rows',
      actual: '12',
      findings: Array.from({length: 12}, (_, at) => ({id: `${at}`})),
    } as const;
    const {end, lines} = await walk({answers: answers(all), fake: {effects: {data: {outcomes: [failure]}}}});
    expect(end).toEqual({status: 'failed', step: 'data', failure});
    expect(exitCodeOf(end)).toBe(2);
    const at = lines.findIndex((line) => line.includes('✗ 1.2 Data fits'));
    expect(lines[at]).toMatch(/expected no rows, found 12 rows\.$/);
    expect(lines.slice(at + 1)).toEqual([
      ...Array.from({length: 10}, (_, id) => `    - id=${id}`),
      '    - and 2 more in the evidence',
      '    Nothing was changed: this step only reads.',
      '    Look at what was found. Put the cause right and start the step again, or stop here.',
    ]);
  });

  test('at a lock, after each try was told once', async () => {
    const progress = [1, 2, 2].map(
      (tries) => ({code: 'waiting-for-lock', tries, of: 20, nextInMs: 700, blockers: []}) as const,
    );
    const failure = {code: 'lock-timeout', tries: 2, blockers: []} as const;
    const {end, lines} = await walk({
      answers: answers(all),
      fake: {effects: {apply: {progress, outcomes: [failure]}}},
    });
    expect(end).toEqual({status: 'blocked', step: 'apply', failure});
    expect(lines.filter((line) => line.includes('waiting for a lock'))).toHaveLength(2);
  });

  test('in doubt, when the database cannot say', async () => {
    const {end, lines, session} = await walk({
      answers: answers(all),
      fake: {effects: {apply: {outcomes: ['doubt'], verdict: 'cannot-tell'}}},
    });
    expect(end).toEqual({status: 'in-doubt', step: 'apply'});
    expect(exitCodeOf(end)).toBe(4);
    expect(session.commands.some(({type}) => type === 'SettleStep')).toBe(false);
    expect(lines.join('\n')).toContain('Do not run it by hand.');
  });

  test('a change that had no effect is not started a second time by the same answer', async () => {
    const {end, session} = await walk({
      answers: answers(all),
      fake: {effects: {apply: {outcomes: ['doubt'], verdict: 'had-no-effect'}}},
    });
    expect(end).toMatchObject({status: 'waiting', step: 'apply', question: 'start'});
    expect(started(session).filter((step) => step === 'apply')).toHaveLength(1);
  });

  test('at a fault of the engine', async () => {
    const fault = {code: 'journal-failed', message: 'ENOSPC'} as const;
    const {end} = await walk({answers: answers(all), fake: {effects: {data: {fault}}}});
    expect(end).toEqual({status: 'faulted', fault});
  });
});

describe('starting again', () => {
  const failure = {code: 'snapshot-missing'} as const;
  const effects = {data: {outcomes: [failure, 'success']}} as const;

  test('does not happen by itself, and the failure is told in full', async () => {
    const on = fakeSession({runbook, effects});
    await walk({on, answers: answers(all)});
    const {end, lines} = await walk({on, answers: answers(all)});
    expect(end).toMatchObject({status: 'failed', step: 'data'});
    expect(lines).toHaveLength(4);
    expect(lines[0]).toBe('1.2 Data fits:');
  });

  test('happens once when it was asked for', async () => {
    const on = fakeSession({runbook, effects: {data: {outcomes: [failure]}}});
    await walk({on, answers: answers(all)});
    const {end, session} = await walk({on, answers: answers(all), retry: true});
    expect(end).toMatchObject({status: 'failed', step: 'data'});
    expect(started(session)).toEqual(['data', 'data']);
  });

  test('goes on from there', async () => {
    const on = fakeSession({runbook, effects});
    await walk({on, answers: answers(all)});
    const {end} = await walk({on, answers: answers(all), retry: true});
    expect(end).toEqual({status: 'closed', outcome: 'completed'});
  });
});

describe('the way back', () => {
  test('is taken after the last step when it was asked for', async () => {
    const {end, session, lines} = await walk({answers: answers(all, back), rollbackAfter: true});
    expect(end).toEqual({status: 'closed', outcome: 'rolled-back'});
    expect(exitCodeOf(end)).toBe(5);
    expect(session.commands.at(-1)).toEqual({type: 'BeginRollback', ...back});
    // What it would lose is read before it is begun.
    const told = lines.findIndex((line) => line.includes('loses no rows'));
    expect(told).toBeGreaterThan(-1);
    expect(told).toBeLessThan(lines.findIndex((line) => line.includes(back.reason)));
  });

  test('is not taken just because there are answers for it', async () => {
    const {end} = await walk({answers: answers(all, back)});
    expect(end).toEqual({status: 'closed', outcome: 'completed'});
  });

  test('is not taken when a step failed', async () => {
    const {end, session} = await walk({
      answers: answers(all, back),
      rollbackAfter: true,
      fake: {effects: {smoke: {outcomes: [{code: 'checks-failed', failed: ['columns'], total: 1, checks: []}]}}},
    });
    expect(end).toMatchObject({status: 'failed', step: 'smoke'});
    expect(session.commands.some(({type}) => type === 'BeginRollback')).toBe(false);
  });

  test('fails once, not for ever', async () => {
    const failure = {code: 'catalog-differs', changes: []} as const;
    const {end, session} = await walk({
      answers: answers(all, back),
      rollbackAfter: true,
      retry: true,
      fake: {effects: {'rollback/objects': {outcomes: [failure]}}},
    });
    expect(end).toEqual({status: 'failed', step: 'rollback/objects', failure});
    expect(session.commands.filter(({type}) => type === 'BeginRollback')).toHaveLength(1);
  });
});

describe('the impact of a change', () => {
  const impact: Impact = {
    objects: ['public.attempt'],
    takenAndPutBack: [{kind: 'view', name: 'public.attempt_topic', owner: 'app'}],
    grants: 4,
    comments: 1,
    options: 1,
    notReplayable: ['table column public.holder.held'],
    kept: [{object: 'public.attempt', options: ['security_barrier=true']}],
    accepted: [
      {object: 'public.attempt_weekly', reason: {en: 'nobody reads it', ko: '읽는 곳이 없음'}, found: true},
      {object: 'public.old', aspect: 'grants', reason: {en: 'gone', ko: '없어짐'}, found: false},
    ],
    planned: [
      {
        object: 'public.attempt',
        file: 'a.sql',
        replaces: true,
        prediction: {possible: false, because: 'type', column: 'n', position: 7, before: 'bigint', after: 'integer'},
        columns: [{position: 7, before: 'n bigint', after: 'n integer'}],
      },
    ],
    lock: 'ACCESS EXCLUSIVE',
    lockTimeoutMs: 150,
  };
  const previews = {apply: {parts: [], impact}};
  const expected = [
    'Will be taken and put back',
    '  ✓ view public.attempt_topic (app)',
    '  ✓ public.attempt: security_barrier=true is set again',
    '  ! table column public.holder.held',
    'Will change',
    '  ! public.attempt: CREATE OR REPLACE will be refused: n bigint -> integer, column 7',
    'Accepted losses',
    '  ! public.attempt_weekly: does not come back (nobody reads it)',
    '  - public.old: not there, nothing to lose (gone)',
  ].map((text) => `         ${text}`);

  test('is printed once before it begins', async () => {
    const {lines} = await walk({answers: answers(all), fake: {previews}});
    const from = lines.indexOf(expected[0] ?? '');
    expect(lines.slice(from, from + expected.length)).toEqual(expected);
    expect(lines.slice(from + expected.length).join('\n')).toContain('2.1 Apply the V1 view: started');
    expect(lines.filter((text) => text.includes('Will be taken'))).toHaveLength(1);
  });

  test('is printed before somebody is asked for the change', async () => {
    const {apply: _, ...without} = all;
    const {end, lines} = await walk({answers: answers(without), fake: {previews}});
    expect(end).toMatchObject({status: 'waiting', step: 'apply'});
    expect(lines.join('\n')).toContain(expected.join('\n'));
  });

  test('is no line of NDJSON', async () => {
    const {lines} = await walk({answers: answers(all), json: true, fake: {previews}});
    for (const text of lines) expect(() => JSON.parse(text) as unknown).not.toThrow();
  });
});

describe('what is printed', () => {
  const evil = 'start \u001b]0;owned\u0007\r\nhalf';

  test('output of children is indented, whole lines, and cannot act on the terminal', async () => {
    const {lines} = await walk({
      answers: answers(all),
      fake: {effects: {note: {output: [evil, ' line\nprogress 1%\rprogress 100%\n']}}},
    });
    const output = lines.filter((line) => line.startsWith('  | '));
    expect(output).toEqual(['  | start \\x1b]0;owned\\x07', '  | half line', '  | progress 100%']);
  });

  test('a reason cannot pretend to be another line', async () => {
    const reason = 'x\n02:31:59 ✓ 2.1 Apply the V1 view: 41 ms';
    const {lines} = await walk({answers: answers({before, backup: {answer: 'waive', reason}})});
    expect(lines.filter((line) => line.includes('02:31:59'))).toHaveLength(1);
    for (const line of lines) expect(line).not.toMatch(/[\n\u001b]/);
  });

  test('json: events, and nothing else', async () => {
    const {lines, session} = await walk({
      json: true,
      answers: answers({...all, note: {answer: 'start'}}),
      fake: {effects: {note: {output: [evil]}}},
    });
    // The first event was written before the front was there.
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(session.events.slice(1));
  });

  test('json: control characters stay escaped', async () => {
    const reason = 'a\u009bb\u202ec';
    const {lines} = await walk({json: true, answers: answers({before, backup: {answer: 'waive', reason}})});
    const line = lines.find((of) => of.includes('StepWaived')) ?? '';
    expect(line).toContain('\\u009b');
    expect(JSON.parse(line)).toMatchObject({reason});
    expect(line).not.toMatch(/[\u0080-\u009f\u202e]/);
  });

  test('Korean has no English sentence in it', async () => {
    const {lines} = await walk({locale: 'ko', answers: answers({...all, apply: {answer: 'start'}})});
    expect(lines.at(-1)).toBe('        confirm: seedtest');
    expect(lines.find((line) => line.includes('응답 파일'))).toBe(
      '2.1 V1 뷰 적용: 응답을 기다립니다. 응답 파일에 다음 내용을 적으면 진행합니다:',
    );
  });
});
