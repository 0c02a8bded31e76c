// Does the proof of a backup find the entries of an object whose name SQL wants in quotes? The list is pg_restore's, of 15.18.

import {expect, test} from 'vitest';
import {entriesAlone} from '../../../../src/steps/prove.ts';
import {holds, tocOf} from '../../../../src/steps/toc.ts';

const toc = tocOf(`7; 2615 16393 SCHEMA - Shop postgres
3371; 0 0 ACL - SCHEMA "Shop" postgres
219; 1259 16398 MATERIALIZED VIEW Shop M v postgres
3373; 0 0 COMMENT Shop MATERIALIZED VIEW "M v" postgres
3374; 0 0 ACL Shop TABLE "M v" postgres
218; 1259 16394 VIEW Shop Orders postgres
3375; 0 0 ACL Shop TABLE "Orders" postgres
216; 1259 16386 TABLE 쇼핑 t 1 postgres
3377; 0 0 COMMENT 쇼핑 COLUMN "t 1"."B c" postgres
3378; 0 0 ACL 쇼핑 COLUMN "t 1"."B c" postgres
217; 1259 16389 VIEW 쇼핑 "주문" 뷰 (2) postgres
3379; 0 0 COMMENT 쇼핑 VIEW """주문"" 뷰 (2)" postgres
3380; 0 0 ACL 쇼핑 TABLE """주문"" 뷰 (2)" postgres
3362; 0 16386 TABLE DATA 쇼핑 t 1 postgres
3381; 0 0 COMMENT Shop INDEX "I x" postgres
3363; 0 16398 MATERIALIZED VIEW DATA Shop M v postgres
`);

const numbersOf = (
  objects: readonly string[],
  keys: readonly string[],
  schemas: readonly string[],
  indexes: readonly string[],
) => entriesAlone(toc, objects, {keys: new Set(keys), indexes, schemas}).map(({line}) => Number(line.split(';')[0]));

test('grants and comments of the declared objects come along, and nobody else’s', () => {
  expect(numbersOf(['쇼핑."주문" 뷰 (2)'], ['1259 16389'], [], [])).toEqual([217, 3379, 3380]);
  expect(numbersOf(['쇼핑.t 1'], ['1259 16386'], [], [])).toEqual([216, 3377, 3378]);
  expect(numbersOf(['Shop.M v'], ['1259 16398'], [], ['I x'])).toEqual([219, 3373, 3374, 3381, 3363]);
});

test('so do the rights on what they need, and on its schema', () => {
  expect(numbersOf([], ['1259 16394'], ['Shop'], [])).toEqual([3371, 218, 3375]);
  expect(numbersOf([], ['2615 16393', '1259 16386'], [], [])).toEqual([7, 3371, 216, 3378]);
});

test('whether the dump holds one is asked by its very name', () => {
  expect(holds(toc, '쇼핑."주문" 뷰 (2)')).toBe(true);
  expect(holds(toc, 'Shop.M.v')).toBe(false);
});
