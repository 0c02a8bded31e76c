// Does every front say why a step is amber, and not only that it is?

import {describe, expect, test} from 'vitest';
import {verdictOf, type Facts} from '../../../src/core/facts.ts';
import {runStatusText} from '../../../src/ui/plain/status-text.ts';
import {runPlain} from '../../../src/ui/plain/front.ts';
import {amberLines} from '../../../src/ui/text/amber.ts';
import {failureText} from '../../../src/ui/text/failure.ts';
import {factsSummary} from '../../../src/ui/text/facts.ts';
import {closingSummary} from '../../../src/ui/text/outcome.ts';
import {opened, recorded, started, succeeded} from '../../support/events.ts';
import {filesOf, reportOf} from '../evidence/report-fixture.ts';
import {facts, runbook} from './text/samples.ts';
import {fakeSession} from './plain/fake-session.ts';

const ambers: readonly Facts[] = Object.values(facts)
  .flat()
  .filter((of) => verdictOf(of) === 'amber');

describe.each(['en', 'ko'] as const)('an amber step (%s)', (locale) => {
  test.each(ambers.map((of) => [of.kind, of] as const))('has its reason in words: %s', (_, of) => {
    const lines = amberLines(of, locale);
    expect(lines.join('\n').trim()).not.toBe('');
    expect(lines).not.toContain(factsSummary(of, locale));
    expect(lines.length).toBeLessThanOrEqual(11);
  });

  const smoke = {
    kind: 'smoke',
    checks: [
      {id: 'contract', verdict: 'pass', rows: 5, observed: '', durationMs: 1},
      {id: 'answers-kept', verdict: 'amber', rows: 0, observed: 'nothing to look at', durationMs: 1},
    ],
  } as const satisfies Facts;

  test('is told with it as it passes, by status, and by the last words', async () => {
    const lines: string[] = [];
    const session = fakeSession({runbook, effects: {smoke: {facts: smoke}}});
    const steps = new Map([
      ['before', {answer: 'check-all', note: 'CR-73'}],
      ['backup', {answer: 'waive', reason: 'managed snapshot taken'}],
      ['apply', {answer: 'confirm', target: 'seedtest'}],
    ] as const);
    await runPlain({session, locale, json: false, answers: {steps}, write: (line) => void lines.push(line)});
    const commands = {run: 'r-1', continueCommand: 'x', exportCommand: 'y'};
    for (const said of [
      lines,
      runStatusText(session.view(), locale),
      closingSummary(session.view(), locale, commands),
    ]) {
      const line = said.find((of) => of.includes('answers-kept'));
      expect(line).toContain('nothing to look at');
      expect(said.join('\n')).not.toContain('contract');
    }
  });

  test('is told with it in the report for a ticket', () => {
    const events = recorded([opened(), started('check'), succeeded('check', 1, smoke)]);
    const markdown = filesOf(reportOf(events))[locale === 'en' ? 'report.md' : 'report.ko.md'] ?? '';
    const attention = markdown.split('\n## ').find((part) => part.includes('  - ')) ?? '';
    expect(attention).toContain('answers-kept');
    expect(attention).not.toContain('contract');
  });
});

test.each(['en', 'ko'] as const)(
  'a missed verify shows its rows, also where it was missed on a copy (%s)',
  (locale) => {
    const missed = {
      code: 'expectation-missed',
      what: 'verify/010.sql',
      expected: 'no-rows',
      actual: '1',
      findings: [{rule: 'score is a number', actual: 'text'}],
    } as const;
    for (const failure of [missed, {code: 'rehearsal-failed', part: 'apply', failure: missed} as const])
      expect(failureText(failure, locale).where).toContain('rule=score is a number  actual=text');
  },
);
