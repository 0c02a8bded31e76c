// Does everything that can happen have calm and complete words in both languages?

import {describe, expect, test} from 'vitest';

import {failureText} from '../../../../src/ui/text/failure.ts';
import {allFailures, allTexts, reachActions} from './all-texts.ts';
import {expectGolden} from './golden.ts';
import {actions} from './samples.ts';

const locales = ['en', 'ko'] as const;

describe.each(locales)('texts in %s', (locale) => {
  test.each(allFailures.map((failure) => [failure.code, failure] as const))('%s has all its parts', (_, failure) => {
    for (const [, action] of reachActions) {
      const {what, where, database, now} = failureText(failure, locale, action);
      for (const part of [what, database, now]) expect(part.trim()).not.toBe('');
      if (where !== undefined) expect(where.trim()).not.toBe('');
      // A sentence of ours that ends a part ends it: a command to copy does not.
      expect(what).toMatch(/[.?]$/);
      expect(database).toMatch(/\.$/);
    }
  });

  test.each(allFailures.map((failure) => [failure.code, failure] as const))(
    '%s after a change of another step says nowhere that nothing was changed, and after a way back not that it stays',
    (_, failure) => {
      for (const [, action] of reachActions) {
        const said = Object.values(failureText(failure, locale, action, 'change')).join(' ');
        expect(said).not.toMatch(/Nothing was changed|데이터베이스는 바뀌지 않았습니다\. /);
        const since = Object.values(failureText(failure, locale, action, 'way-back')).join(' ');
        expect(since).not.toMatch(/Nothing was changed|데이터베이스는 바뀌지 않았습니다\. /);
        expect(since).not.toMatch(/until a way back is taken|원복할 때까지 그대로/);
      }
    },
  );

  test('are quiet and leave nothing open', () => {
    const text = allTexts(locale);
    expect(text).not.toMatch(/\p{L}[!！]|[!！](?! )/u);
    expect(text).not.toMatch(/undefined|NaN|\[object |null\b|\.\.(?=\s|$)/u);
    // Signs that are two columns wide in some Korean terminals.
    expect(text).not.toMatch(/[…—–●○▶■]/u);
    if (locale === 'ko') expect(text).not.toMatch(/[을를이가은는]\([을를이가은는]\)|해요\b|세요\b/u);
  });

  test('are the ones that were read', () => {
    expectGolden(`texts.${locale}.txt`, allTexts(locale));
  });
});

test('both languages say the same number of things', () => {
  const [en, ko] = locales.map((locale) => allTexts(locale).split('\n').length);
  expect(ko).toBe(en);
});

test('foreign strings come through unchanged', () => {
  const message = 'weird \u001b[31m "thing"';
  const failure = {code: 'query-refused', sqlState: 'XX000', message} as const;
  for (const locale of locales) expect(failureText(failure, locale).what).toContain(message);
});

test('a statement that may have reached the server is never called harmless without knowing', () => {
  const lost = {code: 'connection-lost', message: 'gone'} as const;
  for (const [reach, action] of reachActions) {
    const said = failureText(lost, 'en', action).database;
    if (reach === 'reads') expect(said).toMatch(/^Nothing was changed/);
    else expect(said).not.toMatch(/Nothing was changed/);
  }
});

test('a lock that was refused to a question says nothing of what a program did before it', () => {
  for (const [reach, action] of reachActions) {
    if (reach !== 'command' && reach !== 'statements') continue;
    for (const locale of locales) {
      const said = failureText({code: 'lock-timeout', tries: 1, blockers: []}, locale, action).database;
      expect(said).not.toMatch(/Nothing was changed|데이터베이스는 바뀌지 않았습니다/);
    }
  }
});

test('a downgrade that changed nothing is not said to have left nothing of the migration', () => {
  const stopped = failureText({code: 'cancelled'}, 'en', actions.downgrade[0], 'change').database;
  expect(stopped).not.toContain('of the migration is in the database');
  expect(stopped).toContain('What this run changed before it stays in place');
});

test('the caret stands under the column that the server named', () => {
  const failure = {
    code: 'query-refused',
    sqlState: '42P01',
    message: 'relation "t" does not exist',
    file: 'apply/010.sql',
    line: 3,
    column: 17,
    sourceLine: "\tSELECT '점수', * FROM t",
  } as const;
  expect(failureText(failure, 'en').where).toBe(
    ['apply/010.sql:3:17', "  \tSELECT '점수', * FROM t", '  \t                 ^'].join('\n'),
  );
});
