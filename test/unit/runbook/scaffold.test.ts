// Is every runbook that can be asked for one that the loader takes, in both languages?

import {expect, test} from 'vitest';
import {loadSqlParser} from '../../../src/adapters/sql-parser.ts';
import {loadRunbook} from '../../../src/runbook/load.ts';
import {changeKinds, wholeAnswers, type GivenAnswers} from '../../../src/runbook/scaffold/answers.ts';
import {scaffoldFiles} from '../../../src/runbook/scaffold/scaffold.ts';

const encoder = new TextEncoder();

const problemsOf = async (given: GivenAnswers): Promise<unknown> => {
  const whole = wholeAnswers(given);
  if (!whole.ok) return whole.problems;
  const {runbook, sql} = scaffoldFiles(whole.answers);
  const files = new Map([
    ['runbook.yaml', encoder.encode(runbook.get('runbook.yaml') ?? '')],
    ...[...sql].map(([path, text]) => [`sql/${path}`, encoder.encode(text)] as const),
  ]);
  const loaded = loadRunbook({files, folder: whole.answers.id, parser: await loadSqlParser()});
  return loaded.ok ? [] : loaded.problems;
};

const long = `${'x'.repeat(50)}.${'y'.repeat(50)}`;
const given: readonly GivenAnswers[] = changeKinds.flatMap((change) => [
  {object: 'public.orders', change},
  {object: 'shop.select', change, environments: ['production']},
  {object: long, change, applicationRole: 'app_reader'},
  {object: '_a.__b_', change, title: {en: 'Quotes " and \\ and: # {x}', ko: "따옴표 ' 와 : # [x]"}},
]);

test.each(given.map((of) => [`${of.change} ${of.object}`, of] as const))('%s', async (_, of) => {
  expect(await problemsOf(of)).toEqual([]);
});

test('names that PostgreSQL would have to quote, and ids that no folder should have, are not taken', () => {
  for (const object of ['orders', 'a.b.c', 'a."b"', 'a.B', 'a.b; drop', `a.${'b'.repeat(51)}`, '']) {
    expect(wholeAnswers({object, change: 'view'}), object).toMatchObject({ok: false, problems: [{field: 'object'}]});
  }
  expect(wholeAnswers({object: 'a.b', change: 'view', id: '../x'})).toMatchObject({problems: [{field: 'id'}]});
  expect(wholeAnswers({object: 'a.b', change: 'view', applicationRole: 'x; y'})).toMatchObject({ok: false});
});
