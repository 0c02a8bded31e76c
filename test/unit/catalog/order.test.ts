// Is everything created after what it depends on, in the same order whatever order the catalog answers in?

import {expect, test} from 'vitest';
import {creationOrder, type Edge} from '../../../src/catalog/order.ts';

const diamond: readonly Edge[] = [
  {from: 'root', to: 'b'},
  {from: 'root', to: 'a'},
  {from: 'a', to: 'last'},
  {from: 'b', to: 'between'},
  {from: 'between', to: 'last'},
  {from: 'root', to: 'last'},
];

const itself = (key: string): string => key;

test('a diamond is created from its root down, ties by name', () => {
  expect(creationOrder(diamond, itself)).toEqual({keys: ['root', 'a', 'b', 'between', 'last'], circular: []});
  expect(creationOrder(diamond.toReversed(), itself)).toEqual(creationOrder(diamond, itself));
});

test('what depends on itself through others, and what stands on that, is named and not placed', () => {
  const edges = [...diamond, {from: 'last', to: 'between'}, {from: 'last', to: 'after'}];
  expect(creationOrder(edges, itself)).toEqual({keys: ['root', 'a', 'b'], circular: ['after', 'between', 'last']});
});

test('what depends on itself directly is no circle', () => {
  expect(
    creationOrder(
      [
        {from: 'root', to: 'a'},
        {from: 'a', to: 'a'},
      ],
      itself,
    ).circular,
  ).toEqual([]);
});
