// A query: one SELECT whose rows are findings, proof, or a report.

import type {QueryStep} from '../core/definition.ts';
import type {CheckVerdict} from '../core/facts.ts';
import {failed, success, type Finding} from '../core/failure.ts';
import type {Row, Rows} from '../core/ports.ts';
import type {Kind} from './kind.ts';
import {kept, rowLines, shapeLine} from './results.ts';
import {readsOnly, withReader} from './sessions.ts';

/** What the answer comes to, by what the step expects. */
type Judged = Readonly<{verdict: CheckVerdict; findings: readonly Finding[]}>;

/** A row whose verdict is none of the three, or that lacks its words, is a failed one: it says nothing that holds. */
const rowVerdict = (row: Row): CheckVerdict => {
  const {verdict, en, ko} = row;
  const isSaid = typeof en === 'string' && typeof ko === 'string';
  return isSaid && (verdict === 'pass' || verdict === 'amber') ? verdict : 'fail';
};

const judged = (step: QueryStep, {count, rows}: Rows): Judged => {
  switch (step.expect) {
    case 'no-rows':
      return {verdict: count === 0 ? 'pass' : 'fail', findings: kept(rows)};
    case 'rows':
      return {verdict: count > 0 ? 'pass' : 'fail', findings: []};
    case 'report':
      return {verdict: 'pass', findings: []};
    case 'verdict': {
      const doubtful = rows.filter((row) => rowVerdict(row) !== 'pass');
      const isFailed = count === 0 || doubtful.some((row) => rowVerdict(row) === 'fail');
      return {verdict: isFailed ? 'fail' : doubtful.length > 0 ? 'amber' : 'pass', findings: kept(doubtful)};
    }
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
      const {verdict, findings} = judged(step, result);
      // Findings are written for humans by the runbook's author; other rows only where they are declared as evidence.
      const isWritten = step.expect === 'no-rows' || step.expect === 'verdict';
      context.scribe.output('note', shapeLine(result));
      if (isWritten || step.keepRows === true) context.scribe.output('stdout', rowLines(result.rows));
      if (verdict === 'fail' && step.severity !== 'warning') {
        return failed({
          code: 'expectation-missed',
          what: step.sql,
          expected: step.expect,
          actual: `${result.count}`,
          findings,
        });
      }
      return success({
        kind: 'query',
        rows: result.count,
        columns: result.columns,
        findings: verdict === 'fail' && findings.length === 0 ? [{rows: `${result.count}`}] : findings,
        kept: step.keepRows === true ? kept(result.rows) : [],
        durationMs,
      });
    }),
  reconcile: readsOnly,
};
