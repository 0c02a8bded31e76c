// Does a run take what its own steps have made for its own, on the copy and on the target, and nothing else?

import {expect} from 'vitest';
import type {RunbookDefinition} from '../../../src/core/definition.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {factsFrom, failureFrom, openTestRun} from '../../support/run.ts';

const {describe, test} = needs('pg_dump');

/** Two more steps behind the shipped change, on the same view. */
const withMore = (runbook: RunbookDefinition): RunbookDefinition => ({
  ...runbook,
  steps: runbook.steps.flatMap((step) => {
    if (step.kind !== 'migration' || step.id !== 'apply-v1') return [step];
    const {verify: _verify, ...rest} = step;
    return [
      step,
      {...rest, id: 'comment', apply: ['apply/comment.sql']},
      {...rest, id: 'grant', apply: ['apply/grant.sql']},
    ] as typeof runbook.steps;
  }),
});
const sql = {
  'apply/comment.sql': `COMMENT ON VIEW public.attempt IS 'V1';`,
  'apply/grant.sql':
    'GRANT UPDATE ON public.attempt TO app_etl; CREATE OR REPLACE VIEW public.attempt_more AS SELECT id FROM public.attempt;',
};

describe('a change in several steps', () => {
  test('is rehearsed and made step by step; what a stranger did in between stops the next one', async () => {
    await using database = await createTestDatabase();
    const admin = await database.connect();
    const steps = ['snapshot', 'backup', 'rehearse-copy', 'apply-v1'];
    const run = await openTestRun(database, {steps, alter: withMore, sql});
    const {parts} = factsFrom(await run.start('rehearse-copy'), 'rehearse');
    expect(
      parts.filter(({step}) => ['apply-v1', 'comment', 'grant'].includes(step)).map(({verdict}) => verdict),
    ).toEqual(['pass', 'pass', 'pass']);
    factsFrom(await run.start('comment'), 'migration');
    await admin.query('GRANT UPDATE ON public.attempt TO app_etl');
    const {changes} = failureFrom(await run.start('grant'), 'snapshot-stale');
    expect(changes.map(({object, aspect}) => `${object} ${aspect}`)).toEqual(['public.attempt grants']);
    await admin.query('REVOKE UPDATE ON public.attempt FROM app_etl');
    factsFrom(await run.start('grant'), 'migration');
    const {rows} = await admin.query<{comment: string; acl: string}>(
      `SELECT obj_description('public.attempt'::regclass) AS comment, relacl::text AS acl FROM pg_class WHERE oid = 'public.attempt'::regclass`,
    );
    expect(rows[0]?.comment).toBe('V1');
    expect(rows[0]?.acl).toMatch(/app_etl=[\w*]*w/);
  });
});
