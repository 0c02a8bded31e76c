// Is every difference between two snapshots named, and told apart: what the change is for, and what nobody asked for?

import {describe, expect, test} from 'vitest';
import {diffSnapshots, splitChanges} from '../../../src/catalog/diff.ts';
import type {ObjectState, Snapshot} from '../../../src/catalog/snapshot.ts';

const view = (name: string, more: Partial<ObjectState> = {}): ObjectState => ({
  schema: 'public',
  name,
  kind: 'view',
  owner: 'owner',
  options: [],
  definition: 'SELECT 1',
  columns: [{name: 'id', type: 'integer', default: null, comment: null, grants: []}],
  comment: null,
  grants: [],
  rules: [],
  triggers: [],
  indexes: [],
  populated: true,
  settings: [],
  rowType: {comment: null, grants: []},
  extensions: [],
  ...more,
});

const snapshot = (objects: readonly ObjectState[], dependants: readonly ObjectState[] = []): Snapshot => ({
  format: 'attempt-runbook-snapshot/1',
  objects,
  missing: [],
  dependants,
  others: [],
});

const column = {name: 'id', type: 'integer', default: null, comment: null, grants: []} as const;
const grant = {grantee: 'app', grantor: 'owner', privilege: 'SELECT', grantable: false} as const;

/** Every field of an object's state, changed; a field that the comparison forgets does not compile here. */
const changes: {
  readonly [K in Exclude<keyof ObjectState, 'schema' | 'name' | 'on'>]: readonly [Partial<ObjectState>, string];
} = {
  kind: [{kind: 'materialized view'}, 'kind'],
  owner: [{owner: 'other'}, 'owner'],
  options: [{options: ['security_invoker=true']}, 'options'],
  definition: [{definition: 'SELECT 2'}, 'definition'],
  columns: [{columns: [{...column, type: 'bigint'}]}, 'column types'],
  comment: [{comment: 'c'}, 'comment'],
  grants: [{grants: [grant]}, 'grants'],
  rules: [{rules: ['CREATE RULE r']}, 'rules'],
  triggers: [{triggers: ['CREATE TRIGGER t']}, 'triggers'],
  indexes: [{indexes: ['CREATE INDEX i']}, 'indexes'],
  populated: [{populated: false}, 'populated'],
  settings: [{settings: ['COMMENT ON INDEX i']}, 'settings'],
  rowType: [{rowType: {comment: 'c', grants: []}}, 'row type comment'],
  extensions: [{extensions: ['ALTER INDEX i DEPENDS ON EXTENSION e']}, 'extension dependencies'],
};

describe('a comparison', () => {
  test('of a catalog with itself finds nothing', () => {
    const same = snapshot([view('a')], [view('b', {grants: [grant]})]);
    expect(diffSnapshots(same, structuredClone(same))).toEqual([]);
  });

  test.each(Object.values(changes))('names what changed: %j as %s', (change, aspect) => {
    expect(diffSnapshots(snapshot([view('a')]), snapshot([view('a', change)])).map((of) => of.aspect)).toContain(
      aspect,
    );
    expect(
      diffSnapshots(snapshot([], [view('a')]), snapshot([], [view('a', change)])).map((of) => of.aspect),
    ).toContain(aspect);
  });

  test.each([
    [{comment: 'c'}, 'column comments'],
    [{default: '1'}, 'column defaults'],
    [{grants: [grant]}, 'column grants'],
    [{name: 'other'}, 'columns'],
  ])('names what changed of a column: %j as %s', (change, aspect) => {
    const after = view('a', {columns: [{...column, ...change}]});
    expect(diffSnapshots(snapshot([view('a')]), snapshot([after])).map((of) => of.aspect)).toContain(aspect);
  });

  test('tells a right with grant option from one without, and by whom it was given', () => {
    const aspectsOf = (change: object) =>
      diffSnapshots(
        snapshot([view('a', {grants: [grant]})]),
        snapshot([view('a', {grants: [{...grant, ...change}]})]),
      ).map(({aspect}) => aspect);
    expect(aspectsOf({grantable: true})).toEqual(['grants']);
    expect(aspectsOf({grantor: 'other'})).toEqual(['grants']);
  });

  test('names objects that came and went', () => {
    expect(diffSnapshots(snapshot([view('a')], [view('b')]), snapshot([view('a')], [view('c')]))).toEqual([
      {object: 'public.b', aspect: 'existence', before: 'view', after: ''},
      {object: 'public.c', aspect: 'existence', before: '', after: 'view'},
    ]);
  });
});

describe('a change of a declared object', () => {
  const of = (object: string, aspect: string, before = 'x') => ({object, aspect, before, after: 'y'});

  test('means its definition and columns, and the column types that follow in its dependants', () => {
    const meant = [
      of('public.a', 'definition'),
      of('public.a', 'columns'),
      of('public.a', 'column types'),
      of('public.b', 'column types'),
    ];
    expect(splitChanges(['public.a'], meant)).toEqual({meant, unmeant: []});
  });

  test('may make the object where there was none, but not take it away', () => {
    expect(splitChanges(['public.a'], [of('public.a', 'existence', '')]).unmeant).toEqual([]);
    expect(splitChanges(['public.a'], [of('public.a', 'existence', 'view')]).meant).toEqual([]);
  });

  test.each(['owner', 'grants', 'column grants', 'options', 'comment', 'column comments', 'rules', 'triggers', 'kind'])(
    'does not mean its %s, nor that of a dependant',
    (aspect) => {
      expect(splitChanges(['public.a'], [of('public.a', aspect), of('public.b', aspect)]).meant).toEqual([]);
    },
  );

  test('does not mean the definition of a dependant', () => {
    expect(splitChanges(['public.a'], [of('public.b', 'definition')]).meant).toEqual([]);
  });
});
