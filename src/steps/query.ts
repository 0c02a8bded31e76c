// A query: one SELECT whose rows are findings, proof, or a report.

import type {QueryStep} from '../core/definition.ts';
import {failed, success} from '../core/failure.ts';
import type {Rows} from '../core/ports.ts';
import type {Kind} from './kind.ts';
import {kept, rowLines, shapeLine} from './results.ts';
import {readsOnly, withReader} from './sessions.ts';

const expectationMet = (step: QueryStep, {count}: Rows): boolean => {
  switch (step.expect) {
    case 'no-rows':
      return count === 0;
    case 'rows':
      return count > 0;
    case 'report':
      return true;
  }
};

export const query: Kind<'query'> = {
  kind: 'query',
  outline: (step, sql) => [{title: step.sql, language: 'sql', text: sql(step.sql)}],
  perform: (step, context) =>
    withReader(context, step, async (session) => {
      const began = context.clock.monotonicMs();
      context.scribe.progress({code: 'querying', file: step.sql});
      const answer = await session.query(context.sql(step.sql), {file: step.sql});
      if (!answer.ok) return answer;
      const durationMs = context.clock.monotonicMs() - began;
      const result = answer.value;
      // Findings are written for humans by the runbook's author; other rows only where they are declared as evidence.
      const isFindings = step.expect === 'no-rows';
      context.scribe.output('note', shapeLine(result));
      if (isFindings || step.keepRows === true) context.scribe.output('stdout', rowLines(result.rows));
      if (!expectationMet(step, result) && step.severity !== 'warning') {
        return failed({
          code: 'expectation-missed',
          what: step.sql,
          expected: step.expect,
          actual: `${result.count}`,
          findings: isFindings ? kept(result.rows) : [],
        });
      }
      return success({
        kind: 'query',
        rows: result.count,
        columns: result.columns,
        findings: expectationMet(step, result) ? [] : isFindings ? kept(result.rows) : [{rows: `${result.count}`}],
        kept: step.keepRows === true ? kept(result.rows) : [],
        durationMs,
      });
    }),
  reconcile: readsOnly,
};
