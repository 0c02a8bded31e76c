// Is what an attempt has left known as long as the run is, whatever the attempts after it met?

import {describe, expect, it} from 'vitest';
import type {StepDefinition} from '../../../src/core/definition.ts';
import type {RunEvent} from '../../../src/core/event.ts';
import type {Failure} from '../../../src/core/failure.ts';
import {earlierThan, isApplied, rollbackPlan} from '../../../src/core/rollback.ts';
import {failureText} from '../../../src/ui/text/failure.ts';
import {actions} from '../ui/text/samples.ts';
import {failedWith, lockTimeout, opened, runbook, started, stateOf, waived} from '../../support/events.ts';

const refused: Failure = {code: 'query-refused', sqlState: '42601', message: 'no'};
const lost: Failure = {code: 'transaction-lost', xid: '735'};
const rights: Failure = {code: 'rights-missing', missing: []};
const incomplete: Failure = {
  code: 'alembic-incomplete',
  expected: 'r2',
  versions: ['r2'],
  missing: [],
  changes: [],
  lines: [],
};
const unfit: Failure = {code: 'alembic-unfit', troubles: []};
const partly: Failure = {code: 'partly-applied', files: ['index.sql'], verify: 'index-there.sql'};

/** The small run, whose step `change` is this one. */
const withChange = (change: StepDefinition | undefined) => ({
  ...runbook,
  steps: runbook.steps.map((step) =>
    step.id === 'change' && change !== undefined ? {...change, id: 'change', phase: 'change'} : step,
  ),
});
const [whole, alone, alembic] = actions.migration;

/** One failure an attempt. */
const attempts = (...failures: readonly Failure[]): readonly RunEvent[] => [
  opened(),
  ...failures.flatMap((failure, at) => [started('change', at + 1), failedWith('change', at + 1, failure)]),
];

describe('a change of which an earlier attempt left something', () => {
  const cases: readonly (readonly [string, StepDefinition | undefined, readonly Failure[]])[] = [
    ['a script that ended its transaction, then an error', whole, [lost, refused]],
    ['a script that ended its transaction, then a lock', whole, [lost, lockTimeout]],
    ['a part outside of a transaction, then a right that is missing', alone, [partly, rights]],
    ['Alembic came half way, then the history is another', alembic, [incomplete, unfit]],
    ['Alembic came half way, then a lock', alembic, [incomplete, lockTimeout]],
  ];

  it.each(cases)('is applied, whatever the last one met: %s', (_name, change, failures) => {
    const of = withChange(change);
    const state = stateOf(...attempts(...failures));
    expect(isApplied(of, state)).toBe(true);
    const facts = {tables: [], newDependants: [], dependants: []};
    expect(rollbackPlan(of, state, facts).flatMap(({reasons}) => reasons)).not.toContain('nothing-applied');
  });

  it.each(cases)('is never said to have changed nothing: %s', (_name, change, failures) => {
    const of = withChange(change);
    const state = stateOf(...attempts(...failures));
    const last = failures.at(-1) ?? refused;
    for (const locale of ['en', 'ko'] as const) {
      const {database} = failureText(last, locale, change, earlierThan(of, state, 'change'));
      expect(database).not.toMatch(/Nothing was changed|데이터베이스는 바뀌지 않았습니다/);
      expect(database).not.toMatch(/This step changed nothing|이 단계는 아무것도 바꾸지/);
    }
  });

  it('is applied also when the step is left out in the end', () => {
    const state = stateOf(opened(), started('index'), failedWith('index', 1, partly), waived('index'));
    expect(isApplied(runbook, state)).toBe(true);
  });
});

describe('a change of which no attempt left anything', () => {
  it.each<readonly [string, StepDefinition | undefined, readonly Failure[]]>([
    ['one transaction, rolled back twice', whole, [refused, lockTimeout]],
    ['Alembic, which was refused twice', alembic, [unfit, unfit]],
    ['outside of a transaction, and never begun', alone, [rights, rights]],
  ])('is not applied: %s', (_name, change, failures) => {
    const of = withChange(change);
    const state = stateOf(...attempts(...failures));
    expect(isApplied(of, state)).toBe(false);
    expect(isApplied(of, state, 'change')).toBe(false);
  });
});
