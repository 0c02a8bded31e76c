// Does a run that went back say by which way, what had failed before it, and what is left to do?

import {describe, expect, test} from 'vitest';
import type {RunbookDefinition} from '../../../../src/core/definition.ts';
import type {RunEvent} from '../../../../src/core/event.ts';
import {next} from '../../../../src/core/next.ts';
import type {SessionView} from '../../../../src/engine/session.ts';
import {runStatusText} from '../../../../src/ui/plain/status-text.ts';
import {closingSummary} from '../../../../src/ui/text/outcome.ts';
import {
  changed,
  closed,
  failedWith,
  goodFacts,
  runbook as bare,
  started,
  stateOf,
  succeeded,
  wayBack,
} from '../../../support/events.ts';

const text = (en: string, ko: string) => ({en, ko});
const runbook: RunbookDefinition = {
  ...bare,
  rollback: bare.rollback.map((option) => ({
    ...option,
    after: [
      {id: 'pools', kind: 'checklist', title: text('Pools', '커넥션 풀'), items: [{id: 'a', text: text('A', '가')}]},
      {id: 'version', kind: 'query', title: text('Version', '버전'), sql: 'version.sql', expect: 'verdict'},
    ],
  })),
};
const missed = {
  code: 'expectation-missed',
  what: 'check.sql',
  expected: 'no-rows',
  actual: '15',
  findings: [],
} as const;
const before = [...changed, started('sign'), failedWith('sign', 1, missed)];
const back = [...before, wayBack('restore'), started('rollback/restore')];
const gone = [...back, succeeded('rollback/restore', 1, goodFacts['restore-objects'])];

const said = (locale: 'en' | 'ko', ...events: readonly RunEvent[]): Readonly<Record<'last' | 'status', string>> => {
  const state = stateOf(...events);
  const view: SessionView = {runbook, state, need: next(runbook, state), droppedBytes: 0};
  const commands = {run: 'r-small', continueCommand: 'resume', exportCommand: 'export'};
  return {
    last: closingSummary(view, locale, commands).join('\n'),
    status: runStatusText(view, locale).join('\n'),
  };
};

describe.each(['last', 'status'] as const)('the %s words', (where) => {
  test('name the way and its reason, the step that had failed, and what is left', () => {
    const en = said('en', ...gone)[where];
    expect(en).toContain('Went back by: Restore (wrong)');
    expect(en).toMatch(/Failed before it: .*Sign: check\.sql: expected no rows, found 15 rows\./);
    expect(en).toContain('Left to do after it:\n  ◦ Pools\n  ◦ Version');
    const ko = said('ko', ...gone)[where];
    expect(ko).toContain('실행한 원복: Restore (ko) (wrong)');
    expect(ko).toMatch(/원복 전에 실패한 단계: .*Sign \(ko\): .*check\.sql/);
    expect(ko).toContain('원복 후 남은 일:\n  ◦ 커넥션 풀\n  ◦ 버전');
  });

  test('name what is left also where the run was given up there', () => {
    expect(said('en', ...gone, closed('abandoned'))[where]).toContain('Left to do after it:\n  ◦ Pools\n  ◦ Version');
  });

  test('do not say of a run that was given up there that its change stays', () => {
    const en = said('en', ...gone, closed('abandoned')).last;
    expect(en).toContain('A way back was carried out, and the run was ended before all that follows it was done.');
    expect(en).not.toContain('What it had changed until then stays');
    expect(said('ko', ...gone, closed('abandoned')).last).not.toContain('그때까지 바뀐 내용은 그대로');
    expect(said('en', ...before, closed('abandoned')).last).toContain('What it had changed until then stays');
  });

  test('name what a query behind the way back found as what is left, with its sign', () => {
    const events = [...gone, started('rollback/restore/version'), failedWith('rollback/restore/version', 1, missed)];
    expect(said('en', ...events)[where]).toContain('  ◦ Pools\n  ✗ Version');
  });

  test('speak of nothing left while the way back itself is not done, and of no way back where there was none', () => {
    const failed = said('en', ...back, failedWith('rollback/restore'))[where];
    expect(failed).toContain('Went back by: Restore (wrong)');
    expect(failed).not.toContain('Left to do');
    expect(said('en', ...before)[where]).not.toMatch(/Went back|Failed before it|Left to do/);
  });
});
