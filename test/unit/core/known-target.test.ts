// Which database counts as which environment, for everything that can be declared, pinned or wrong?

import {describe, expect, test} from 'vitest';
import type {DeclaredTarget, RunbookDefinition} from '../../../src/core/definition.ts';
import {judgeTarget, pinOf, type KnownTarget, type RealEnvironment} from '../../../src/core/known-target.ts';
import {operator, runbook as base, target} from '../../support/events.ts';

const at = '2026-11-24T00:00:00.000Z';
const pin = (environment: RealEnvironment, change: Partial<KnownTarget> = {}): KnownTarget => ({
  ...pinOf(base.id, environment, target, operator, at),
  ...change,
});
const declaring = (targets: Readonly<Partial<Record<RealEnvironment, DeclaredTarget>>>): RunbookDefinition => ({
  ...base,
  environments: {
    staging: targets.staging === undefined ? {} : {target: targets.staging},
    production: targets.production === undefined ? {} : {target: targets.production},
  },
});
const {systemIdentifier, database, user} = target;

describe('a pinned environment', () => {
  test('is asked for when nothing is known of it', () => {
    expect(judgeTarget(base, 'staging', target, [])).toEqual({status: 'first-use'});
    // What another runbook knows of the same environment is another confirmation.
    expect(judgeTarget(base, 'staging', target, [pin('staging', {runbook: 'other'})])).toEqual({status: 'first-use'});
  });

  test('is known by identifier, database, role and major version, not by its address', () => {
    expect(judgeTarget(base, 'staging', target, [pin('staging', {address: 'elsewhere:1'})])).toEqual({status: 'known'});
    for (const change of [{systemIdentifier: '1'}, {database: 'other'}, {user: 'other'}, {serverMajor: 14}]) {
      expect(judgeTarget(base, 'staging', target, [pin('staging', change)])).toMatchObject({
        status: 'differs',
        expected: {how: 'pinned', ...change},
      });
    }
  });

  test('is not anybody who does not say who it is', () => {
    const nobody = {...target, systemIdentifier: ''};
    expect(judgeTarget(base, 'staging', nobody, [pin('staging', {systemIdentifier: ''})]).status).toBe('differs');
  });
});

describe('a declared environment', () => {
  test('needs no confirmation, and wins over what was pinned', () => {
    const runbook = declaring({staging: {systemIdentifier}});
    expect(judgeTarget(runbook, 'staging', target, [])).toEqual({status: 'declared'});
    expect(judgeTarget(runbook, 'staging', target, [pin('staging', {systemIdentifier: '1'})])).toEqual({
      status: 'declared',
    });
  });

  test('differs in what it declares and in nothing else', () => {
    const of = (declared: DeclaredTarget) => judgeTarget(declaring({staging: declared}), 'staging', target, []).status;
    expect(of({systemIdentifier, database, user})).toBe('declared');
    expect(of({systemIdentifier: '1', database, user})).toBe('differs');
    expect(of({systemIdentifier, database: 'other'})).toBe('differs');
    expect(of({systemIdentifier, user: 'other'})).toBe('differs');
  });
});

describe('one database', () => {
  const production = {runbook: base.id, environment: 'production'} as const;

  test('is not two environments: pinned, whoever logs in', () => {
    for (const known of [pin('production'), pin('production', {user: 'other'})]) {
      expect(judgeTarget(base, 'staging', target, [known])).toEqual({
        status: 'shared',
        claim: {...production, how: 'pinned'},
      });
    }
  });

  test('is not two environments: of another runbook, or declared', () => {
    const other = pin('production', {runbook: 'other'});
    expect(judgeTarget(base, 'staging', target, [other])).toMatchObject({status: 'shared', claim: {runbook: 'other'}});
    const declared = declaring({production: {systemIdentifier}});
    expect(judgeTarget(declared, 'staging', target, [])).toEqual({
      status: 'shared',
      claim: {...production, how: 'declared'},
    });
  });

  test('that is known as staging and as production is refused in both, however it came about', () => {
    const known = [pin('staging'), pin('production')];
    for (const environment of ['staging', 'production'] as const) {
      expect(judgeTarget(base, environment, target, known).status).toBe('shared');
    }
  });

  test('that is another one and known as production says both', () => {
    const known = [pin('staging', {systemIdentifier: '1'}), pin('production')];
    expect(judgeTarget(base, 'staging', target, known)).toMatchObject({
      status: 'differs',
      claim: {...production, how: 'pinned'},
    });
  });

  test('on the same server as another is its own', () => {
    expect(judgeTarget(base, 'staging', target, [pin('production', {database: 'other'})])).toEqual({
      status: 'first-use',
    });
    const declared = declaring({production: {systemIdentifier, database: 'other'}});
    expect(judgeTarget(declared, 'staging', target, [])).toEqual({status: 'first-use'});
  });
});
