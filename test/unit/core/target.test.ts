// When do two identities count as one target, and when as one history?

import {describe, expect, test} from 'vitest';
import type {TargetIdentity} from '../../../src/core/ids.ts';
import {isWeaklyVerified, sameHistory, sameTarget} from '../../../src/core/target.ts';
import {target} from '../../support/events.ts';

const on = (timeline?: number, change: Partial<TargetIdentity> = {}): TargetIdentity => ({
  ...target,
  ...change,
  ...(timeline === undefined ? {} : {timeline}),
});

describe('a target', () => {
  test('is the same at another address, on another minor version', () => {
    expect(sameTarget(target, on(1, {address: 'elsewhere:5433', serverVersion: '15.99'}))).toBe(true);
  });

  test.each(['systemIdentifier', 'database', 'user'] as const)('is another when its %s differs', (key) => {
    expect(sameTarget(target, {...target, [key]: 'other'})).toBe(false);
  });

  test('that does not say who it is, is nobody, not even itself', () => {
    expect(sameTarget({...target, systemIdentifier: ''}, {...target, systemIdentifier: ''})).toBe(false);
  });
});

describe('a history', () => {
  test('is the same on one timeline, another on the next', () => {
    expect(sameHistory(on(1), on(1))).toBe(true);
    expect(sameHistory(on(1), on(2))).toBe(false);
    expect(sameHistory(on(1), on(1, {systemIdentifier: '9'}))).toBe(false);
  });

  test('is unknown while one side does not say', () => {
    expect(sameHistory(on(), on(1))).toBeUndefined();
    expect(sameHistory(on(1), on())).toBeUndefined();
    expect(sameHistory(on(1, {systemIdentifier: ''}), on(1, {systemIdentifier: ''}))).toBeUndefined();
  });
});

test('only a way on which somebody could pass for the server is pointed out', () => {
  const weak = (address: string, sslmode: string): boolean => isWeaklyVerified({address, sslmode});
  for (const sslmode of ['disable', 'allow', 'prefer', 'require', 'verify-ca']) {
    expect(weak('10.1.4.7:5432', sslmode)).toBe(true);
    expect(weak('localhost.example.com:5432', sslmode)).toBe(true);
    for (const here of ['localhost:5432', '127.0.0.1:15432', '::1:5432']) expect(weak(here, sslmode)).toBe(false);
  }
  expect(weak('db.example.com:5432', 'verify-full')).toBe(false);
  expect(weak('/var/run/postgresql', 'socket')).toBe(false);
});
