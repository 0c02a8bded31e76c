// Which names may a runbook declare? Those that PostgreSQL allows, as the catalog has them.

import {expect, test} from 'vitest';
import {qualifiedName} from '../../../src/steps/schema-parts.ts';

test.each([
  ['public.attempt', true],
  ['Shop.OrdersOpen', true],
  ['shop.주문 "뷰"', true],
  ['a.b.c', true],
  ['attempt', false],
  ['.attempt', false],
  ['public.', false],
  ['"Shop"."OrdersOpen"', false],
  ['shop."OrdersOpen"', false],
  [`public.${'x'.repeat(64)}`, false],
  ['public.a\nb', false],
])('%s: %s', (name, expected) => expect(qualifiedName.safeParse(name).success).toBe(expected));
