// Are the plan, the list of runs and the status of a run what was read, in both languages?

import {describe, expect, test} from 'vitest';

import {planText} from '../../../../src/ui/plain/plan-text.ts';
import {runsText} from '../../../../src/ui/plain/runs-text.ts';
import {positionOf} from '../../../../src/ui/plain/standing.ts';
import {runStatusText} from '../../../../src/ui/plain/status-text.ts';
import {runPlain} from '../../../../src/ui/plain/front.ts';
import {closingSummary} from '../../../../src/ui/text/outcome.ts';
import {displayWidth} from '../../../../src/ui/text/width.ts';
import {expectGolden} from '../text/golden.ts';
import {failures, runbook} from '../text/samples.ts';
import {fakeSession, type FakeEffect} from './fake-session.ts';

const commands = {
  run: 'r-0412',
  continueCommand: 'attempt-runbook continue r-0412',
  exportCommand: 'attempt-runbook export r-0412',
};

const sessionAt = async (effects: Readonly<Record<string, FakeEffect>>) => {
  const session = fakeSession({runbook, effects});
  const steps = new Map([
    ['before', {answer: 'check-all', note: 'CR-73'}],
    ['backup', {answer: 'waive', reason: 'managed snapshot taken'}],
    ['apply', {answer: 'confirm', target: 'seedtest'}],
  ] as const);
  await runPlain({session, locale: 'en', json: true, answers: {steps}, write: () => undefined});
  return session;
};

const scenes = {
  completed: {},
  failed: {smoke: {outcomes: [failures['checks-failed'][0] ?? 'success']}},
  blocked: {apply: {outcomes: [failures['lock-timeout'][0] ?? 'success']}},
  'in-doubt': {apply: {outcomes: ['doubt']}},
  faulted: {snapshot: {fault: {code: 'journal-failed', message: 'ENOSPC: no space left on device, write'}}},
} as const satisfies Readonly<Record<string, Readonly<Record<string, FakeEffect>>>>;

describe.each(['en', 'ko'] as const)('pages in %s', (locale) => {
  test('are the ones that were read', async () => {
    const plan = {
      digest: 'ab'.repeat(32),
      files: [
        {path: 'runbook.yaml', sha256: 'cd'.repeat(32)},
        {path: 'sql/apply/010.sql', sha256: 'ef'.repeat(32)},
      ],
    };
    const pages: string[] = ['== plan ==', ...planText(runbook, 'staging', plan, locale)];
    const rows = [];
    for (const [name, effects] of Object.entries(scenes)) {
      const {view} = await sessionAt(effects);
      pages.push('', `== status: ${name} ==`);
      pages.push(...runStatusText(view(), locale, {continueCommand: commands.continueCommand, timeZone: 'Asia/Seoul'}));
      pages.push('', `== summary: ${name} ==`, ...closingSummary(view(), locale, commands));
      rows.push({
        run: `r-${rows.length + 100}`,
        openedAt: `2025-11-2${rows.length}T17:31:07.000Z`,
        environment: (['rehearsal', 'staging', 'production'] as const)[rows.length % 3] ?? 'staging',
        database: 'seedtest',
        position: positionOf(runbook, view().state),
      });
    }
    pages.push('', '== runs ==', ...runsText(rows, locale, 'Asia/Seoul'), '', '== no runs ==', ...runsText([], locale));
    const text = `${pages.join('\n')}\n`;
    expect(text).not.toMatch(/undefined|NaN|\[object |\p{L}[!！]/u);
    expectGolden(`pages.${locale}.txt`, text);
  });

  test('the table of runs has straight columns', () => {
    const position = {standing: 'completed', done: 7, total: 7} as const;
    const row = {
      run: 'r-1',
      openedAt: '2025-11-21T17:31:07.000Z',
      environment: 'rehearsal',
      database: '한글DB',
      position,
    } as const;
    const lines = runsText([row, {...row, run: 'r-22', environment: 'production', database: 'x'}], locale);
    const at = lines.slice(1).map((line) => displayWidth(line.slice(0, line.indexOf('7/7'))));
    expect(new Set(at).size).toBe(1);
  });
});
