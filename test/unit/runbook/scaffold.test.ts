// Is every runbook that can be asked for one that the loader takes, in both languages?

import {expect, test} from 'vitest';
import {loadSqlParser} from '../../../src/adapters/sql-parser.ts';
import {loadRunbook} from '../../../src/runbook/load.ts';
import {changeKinds, wholeAnswers, type GivenAnswers} from '../../../src/runbook/scaffold/answers.ts';
import {sourceOf} from '../../../src/runbook/scaffold/names.ts';
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
  {object: 'Shop.OrdersOpen', change},
  {object: '쇼핑.주문 "뷰"', change, applicationRole: 'app_reader'},
  {object: "a.it's \\ $function$ 'so'; --", change},
  {object: 'a.b.c', change},
  {object: '_a.__b_', change, title: {en: 'Quotes " and \\ and: # {x}', ko: "따옴표 ' 와 : # [x]"}},
]);

test.each(given.map((of) => [`${of.change} ${of.object}`, of] as const))('%s', async (_, of) => {
  expect(await problemsOf(of)).toEqual([]);
});

test('names that no catalog has, names in quotes, and ids that no folder should have, are not taken', () => {
  for (const object of ['orders', '"A"."B"', 'a."b"', '.b', 'a.', 'a.b\n', `a.${'b'.repeat(64)}`, `a.${'가'.repeat(22)}`, '']) {
    expect(wholeAnswers({object, change: 'view'}), object).toMatchObject({ok: false, problems: [{field: 'object'}]});
  }
  expect(wholeAnswers({object: 'a.b', change: 'view', id: '../x'})).toMatchObject({problems: [{field: 'id'}]});
  expect(wholeAnswers({object: 'a.b', change: 'view', applicationRole: 'x; y'})).toMatchObject({ok: false});
});

test('an id is made of what is Latin in a name, and a source beside the view never is the view', () => {
  const answersOf = (object: string) => {
    const whole = wholeAnswers({object, change: 'view'});
    if (!whole.ok) throw new Error(object);
    return whole.answers;
  };
  expect(['Shop.OrdersOpen', '쇼핑.주문', 'public.2nd Orders!'].map((object) => answersOf(object).id)).toEqual([
    'shop-ordersopen-view',
    'change-view',
    'nd-orders-view',
  ]);
  const long = `a.${'가'.repeat(20)}ab_`;
  expect(sourceOf(long)).toBe(`a.${'가'.repeat(18)}_source`);
  const own = `a.${'x'.repeat(56)}_source`;
  expect(sourceOf(own)).toBe(`a.${'x'.repeat(56)}_s_base`);
});
