// Does every kind of action say beforehand, exactly, what it would run?

import {describe, expect, test} from 'vitest';
import type {Action, ActionKind} from '../../../src/core/definition.ts';
import {isDangerous} from '../../../src/core/decide.ts';
import {kinds, outlineOf} from '../../../src/steps/registry.ts';
import {toolActions} from '../../support/tools.ts';

const base = {id: 'x', phase: 'p', title: {en: 'x', ko: 'x'}} as const;

/** One of every kind: a kind that is added does not compile until it stands here. */
const actions = {
  checklist: {...base, kind: 'checklist', items: [{id: 'i', text: {en: 'Do it', ko: '한다'}}]},
  approval: {...base, kind: 'approval', statement: {en: 'Do it', ko: '한다'}, signature: 'optional'},
  query: {...base, kind: 'query', sql: 'q.sql', expect: 'no-rows'},
  snapshot: {...base, kind: 'snapshot'},
  backup: {...base, kind: 'backup'},
  rehearse: {...base, kind: 'rehearse'},
  migration: {
    ...base,
    kind: 'migration',
    migrator: 'sql',
    transaction: 'whole',
    apply: ['a.sql', 'b.sql'],
    verify: 'v.sql',
  },
  'alembic-check': {...base, kind: 'alembic-check', migration: 'm'},
  smoke: {...base, kind: 'smoke', checks: [{id: 'c', title: {en: 'c', ko: 'c'}, sql: 'c.sql'}]},
  downstream: {...base, kind: 'downstream', samples: [{id: 's', title: {en: 's', ko: 's'}, sql: 's.sql', budgetMs: 1}]},
  command: {...base, kind: 'command', run: 'make it so'},
  ...toolActions,
  'restore-objects': {...base, kind: 'restore-objects'},
  revert: {...base, kind: 'revert', sql: 'r.sql'},
  downgrade: {...base, kind: 'downgrade', migration: 'm', revision: 'r1'},
  'drop-object': {...base, kind: 'drop-object'},
  'restore-backup': {...base, kind: 'restore-backup'},
} as const satisfies {readonly [K in ActionKind]: Extract<Action, {kind: K}>};

const textOf = (file: string): string => `-- the text of ${file}`;

describe('the outline', () => {
  test.each(Object.values(actions))('of $kind is not empty', (action) => {
    const parts = outlineOf(action, textOf);
    expect(parts.length).toBeGreaterThan(0);
    expect(parts.filter(({title, text}) => title === '' || text.trim() === '')).toEqual([]);
  });

  test.each([
    ['query', ['q.sql']],
    ['smoke', ['c.sql']],
    ['downstream', ['s.sql']],
    ['revert', ['r.sql']],
    ['migration', ['a.sql', 'b.sql', 'v.sql']],
  ] as const)('of %s shows the whole text of its files, in order', (kind, files) => {
    const texts = outlineOf(actions[kind], textOf).map(({text}) => text);
    expect(texts.filter((text) => text.startsWith('--'))).toEqual(files.map(textOf));
  });

  test('of a migration shows the transaction around it, with its lock timeout', () => {
    const texts = outlineOf({...actions.migration, lockTimeoutMs: 99}, textOf).map(({text}) => text);
    expect(texts[0]).toContain("lock_timeout = '99ms'");
    expect(texts[0]).toContain('BEGIN');
    expect(texts.at(-1)).toBe('COMMIT;');
    const alone = outlineOf({...actions.migration, transaction: 'none'}, textOf).map(({text}) => text);
    expect(alone.join()).not.toContain('BEGIN');
  });

  test('says no CASCADE for any kind', () => {
    const all = Object.values(actions).flatMap((action) => outlineOf(action, textOf).map(({text}) => text));
    expect(all.filter((text) => /cascade/i.test(text))).toEqual([]);
  });
});

test('only what humans do is not performed, and every kind can be reconciled', () => {
  expect(
    Object.values(kinds).flatMap((kind) => ('perform' in kind && kind.perform !== undefined ? [] : [kind.kind])),
  ).toEqual(['checklist', 'approval']);
  expect(Object.values(kinds).every(({reconcile}) => typeof reconcile === 'function')).toBe(true);
});

test('every kind that can change the target wants its name typed', () => {
  const dangerous = Object.values(actions)
    .filter(isDangerous)
    .map(({kind}) => kind);
  expect(dangerous).toEqual(['migration', 'restore-objects', 'revert', 'downgrade', 'drop-object', 'restore-backup']);
});
