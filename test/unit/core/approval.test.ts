// When does an approval stand, when does it lapse, and what does a run that has lost one need?

import {describe, expect, it} from 'vitest';
import {samePerson, type RecordedApproval} from '../../../src/core/approval.ts';
import {parseStatement, statementText, type Statement} from '../../../src/core/approval-statement.ts';
import type {Command} from '../../../src/core/command.ts';
import {decide, type Decision} from '../../../src/core/decide.ts';
import type {ApprovalStep} from '../../../src/core/definition.ts';
import type {RunEvent} from '../../../src/core/event.ts';
import type {Identity} from '../../../src/core/ids.ts';
import {next} from '../../../src/core/next.ts';
import {untilConsent, withApproval} from '../../support/approval-run.ts';
import {operator, receipt, resumed, stateOf, target} from '../../support/events.ts';

const sha = 'ef'.repeat(32);
const granted = (by: string, attempt = 1, more: Partial<RecordedApproval> = {}): RunEvent => ({
  type: 'ApprovalGranted',
  step: 'consent',
  attempt,
  by,
  recordedBy: operator,
  plan: 'ab'.repeat(32),
  head: {seq: 7, sha256: sha},
  statement: {path: `artifacts/approvals/consent.${attempt}.1.txt`, sha256: sha},
  proof: {how: 'signed', key: `SHA256:${by}`, principals: [by], list: 'plan', path: '', sha256: sha},
  ...(more.expires === undefined ? {} : {expires: more.expires}),
});
const refused = (by: string, attempt = 1): RunEvent => ({
  ...(granted(by, attempt) as Extract<RunEvent, {type: 'ApprovalGranted'}>),
  type: 'ApprovalRefused',
  reason: 'the baseline is missing',
});
const done = (attempt = 1): RunEvent => ({
  type: 'StepSucceeded',
  step: 'consent',
  attempt,
  facts: {kind: 'approval', approvals: [{by: 'lee', key: 'SHA256:lee', list: 'plan'}]},
});
const expires = '2026-01-01T04:00:00.000Z';
const start = {type: 'StartStep', step: 'change', confirm: target.database} as const;

const ask = (
  events: readonly RunEvent[],
  command: Command,
  {
    now = '2026-01-01T01:00:00.000Z',
    by = operator,
    changes = {},
  }: {now?: string; by?: Identity; changes?: Partial<ApprovalStep>} = {},
): Decision => decide(withApproval(changes), stateOf(...untilConsent, ...events), command, {by, now, receipt});

const needAfter = (changes: Partial<ApprovalStep>, ...events: readonly RunEvent[]) =>
  next(withApproval(changes), stateOf(...untilConsent, ...events));

describe('an approval step', () => {
  it('waits for its approvers, one after the other, and then for nobody', () => {
    const two = {approvers: 2};
    const asked = {kind: 'answer', step: 'consent', question: 'approval'};
    expect(needAfter(two)).toEqual(asked);
    expect(needAfter(two, granted('lee'))).toEqual(asked);
    expect(needAfter(two, granted('lee'), granted('park'))).toEqual({
      kind: 'conclusion',
      step: 'consent',
      attempt: 1,
      facts: {
        kind: 'approval',
        approvals: [
          {by: 'lee', key: 'SHA256:lee', list: 'plan'},
          {by: 'park', key: 'SHA256:park', list: 'plan'},
        ],
      },
    });
  });

  it('says of which other step the same person, or the same key, has approved: two signatures are not two people', () => {
    const earlier = (by: string): RunEvent => ({...granted(by), step: 'earlier'}) as RunEvent;
    const alsoOf = (...events: readonly RunEvent[]): unknown => {
      const need = needAfter({}, ...events);
      return need.kind === 'conclusion' && need.facts.kind === 'approval' ? need.facts.approvals[0]?.also : need;
    };
    expect(alsoOf(earlier('park'), granted('lee'))).toBeUndefined();
    expect(alsoOf(earlier('lee@example.org'), granted('lee'))).toEqual(['earlier']);
    const key = {how: 'signed', key: 'SHA256:park', list: 'plan', path: '', sha256: ''} as const;
    expect(alsoOf(earlier('park'), {...granted('lee'), proof: key} as RunEvent)).toEqual(['earlier']);
  });

  it('stops at a refusal, and whoever had approved before it has to again', () => {
    const two = {approvers: 2};
    expect(needAfter(two, granted('lee'), refused('park'))).toMatchObject({question: 'failed'});
    expect(needAfter(two, granted('lee'), refused('park'), granted('park', 2))).toMatchObject({question: 'approval'});
    const events = [granted('lee'), refused('park'), granted('park', 2), granted('lee', 2)];
    expect(needAfter(two, ...events)).toMatchObject({kind: 'conclusion', attempt: 2});
  });

  it('cannot be started, and is waived only where the runbook calls it optional', () => {
    expect(ask([], {type: 'StartStep', step: 'consent'})).toMatchObject({ok: false});
    const waive = {type: 'WaiveStep', step: 'consent', reason: 'break-glass: nobody answers'} as const;
    expect(ask([], waive)).toMatchObject({refusal: {code: 'mandatory'}});
    expect(ask([], waive, {changes: {optional: true}})).toMatchObject({ok: true, events: [{type: 'StepWaived'}]});
  });

  it('is no answer to a step of another kind', () => {
    const give = {type: 'GiveApproval', step: 'change', decision: 'approved', approver: 'lee'} as const;
    expect(ask([granted('lee'), done()], give)).toMatchObject({refusal: {code: 'not-an-approval'}});
  });
});

describe('before a dangerous step', () => {
  const lapsed = (because: string) => ({
    ok: false,
    refusal: {code: 'approval-lapsed', step: 'change', approval: 'consent', lapse: {because}},
    events: [{type: 'ApprovalLapsed', step: 'consent', attempt: 1}],
  });

  it('an approval counts until the millisecond in which it expires', () => {
    const events = [granted('lee', 1, {expires}), done()];
    expect(ask(events, start, {now: '2026-01-01T03:59:59.999Z'})).toMatchObject({ok: true});
    expect(ask(events, start, {now: expires})).toMatchObject(lapsed('expired'));
  });

  it('a lapse leads back to the approval, and a new one leads on', () => {
    const events = [granted('lee', 1, {expires}), done()];
    const late = '2026-01-01T05:00:00.000Z';
    const decision = ask(events, start, {now: late});
    const after = [...events, ...(decision.events ?? [])];
    expect(needAfter({}, ...after)).toMatchObject({step: 'consent', question: 'approval'});
    const again = [...after, granted('lee', 2, {expires: '2026-01-01T09:00:00.000Z'})];
    expect(needAfter({}, ...again)).toMatchObject({kind: 'conclusion', attempt: 2});
    expect(ask([...again, done(2)], start, {now: late})).toMatchObject({ok: true});
  });

  it('whoever approved and then took the run in hand is no approver of it', () => {
    const events = [granted('lee@example.org'), done()];
    const lee = {name: 'Lee', host: 'desk'};
    expect(ask(events, start, {by: lee})).toMatchObject(lapsed('operates'));
    const taken = {...resumed(), operator: lee} as RunEvent;
    expect(ask([...events, taken], start)).toMatchObject(lapsed('operates'));
    expect(ask(events, start, {by: lee, changes: {self: 'allowed'}})).toMatchObject({ok: true});
  });

  it('one of two that lapsed is one too few, and one of two that were enough is not', () => {
    const events = [granted('lee', 1, {expires}), granted('park'), done()];
    expect(ask(events, start, {now: expires, changes: {approvers: 2}})).toMatchObject(lapsed('expired'));
    expect(ask(events, start, {now: expires})).toMatchObject({ok: true});
  });

  it('a waived one is not asked about, and a way back never is', () => {
    const waived: RunEvent = {type: 'StepWaived', step: 'consent', reason: 'break-glass', by: operator};
    expect(ask([waived], start, {changes: {optional: true}})).toMatchObject({ok: true});
    const changed: RunEvent = {
      type: 'StepStarted',
      step: 'change',
      attempt: 1,
      receipt: receipt('change', 1),
      by: operator,
    };
    const events = [
      granted('lee', 1, {expires}),
      done(),
      changed,
      {type: 'StepFailed', step: 'change', attempt: 1, failure: {code: 'cancelled'}} as const,
    ];
    const back = {type: 'BeginRollback', option: 'script', reason: 'wrong', confirm: target.database} as const;
    expect(ask(events, back, {now: '2027-01-01T00:00:00.000Z'})).not.toMatchObject({
      refusal: {code: 'approval-lapsed'},
    });
  });
});

describe('persons', () => {
  it.each([
    ['Lee', 'lee', true],
    ['lee@example.org', 'lee', true],
    ['LEE@example.org ', 'lee@EXAMPLE.org', true],
    ['lee@example.org', 'lee@other.org', false],
    ['lee', 'leeds', false],
    // The same name, composed and decomposed.
    ['\u{C774}', '\u{110B}\u{1175}', true],
  ])('%s and %s', (a, b, same) => {
    expect(samePerson(a, b)).toBe(same);
    expect(samePerson(b, a)).toBe(same);
  });
});

describe('a statement', () => {
  const statement: Statement = {
    decision: 'approved',
    approver: 'lee@example.org',
    approves: {en: 'The change', ko: '변경'},
    run: 'r-small',
    runbook: 'small',
    environment: 'production',
    step: 'consent',
    attempt: 2,
    database: 'shop',
    systemIdentifier: '7301',
    plan: sha,
    head: {seq: 42, sha256: sha},
    amber: ['look', 'dump'],
    waived: [],
    operator: 'kim@laptop',
    at: '2026-01-01T00:00:00.000Z',
    expires,
    reason: 'because',
  };
  const text = statementText(statement);

  it('is read back as it was written', () => {
    expect(parseStatement(text)).toEqual(statement);
    const {expires: _, reason: __, ...bare} = statement;
    expect(parseStatement(statementText(bare))).toEqual(bare);
  });

  it('is nothing else: no line more, less, moved or bent', () => {
    const lines = text.split('\n');
    const bent = [
      ...lines.slice(0, -1).map((_, at) => lines.toSpliced(at, 1).join('\n')),
      ...lines.map((line, at) => lines.toSpliced(at, 0, line).join('\n')),
      ...lines.slice(0, -2).map((_, at) => lines.toSpliced(at, 2, lines[at + 1] ?? '', lines[at] ?? '').join('\n')),
      text.replaceAll('\n', '\r\n'),
      `\u{FEFF}${text}`,
      text.replace('attempt: 2', 'attempt: 02'),
      text.replace('approved', 'Approved'),
    ];
    for (const other of bent) expect(parseStatement(other), other).toBeUndefined();
  });

  it('cannot be given a second line by a name', () => {
    const sly = statementText({...statement, approver: 'lee\nplan: 0'});
    expect(sly.split('\n').length).toBe(text.split('\n').length);
  });
});
