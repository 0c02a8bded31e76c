// Downstream samples: the queries that the jobs behind the change send, timed against their budgets.

import type {DownstreamSample} from '../core/definition.ts';
import type {FactsOf} from '../core/facts.ts';
import {failed, success, type Result} from '../core/failure.ts';
import type {DatabaseSession} from '../core/ports.ts';
import type {Kind, StepContext} from './kind.ts';
import {cancelled, readsOnly, withReader} from './sessions.ts';

type Sampled = FactsOf<'downstream'>['samples'][number];

/** Three: the median of three ignores one cold cache, and costs less than a human notices. */
const RUNS = 3;

/**
 * Planner cost units above which a sample is only planned, not run. Measured: a query of this cost reads for minutes
 * and spills gigabytes; on production that is the incident that the sample was meant to prevent.
 */
const COST_LIMIT = 500_000_000;

type Plan = Readonly<{'Total Cost': number; 'Actual Rows'?: number; 'Actual Loops'?: number}>;
type Explained = Readonly<{Plan: Plan; 'Execution Time'?: number}>;

const explain = async (
  session: DatabaseSession,
  sample: DownstreamSample,
  sql: string,
  analyze: boolean,
): Promise<Result<Readonly<{json: string; explained: Explained}>>> => {
  const options = analyze ? 'ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON' : 'FORMAT JSON';
  const answer = await session.query(`EXPLAIN (${options})\n${sql}`, {file: sample.sql, linesBefore: 1});
  if (!answer.ok) return answer;
  const json = Object.values(answer.value.rows[0] ?? {})[0] ?? '[]';
  const first = (JSON.parse(json) as readonly Explained[])[0];
  return first === undefined
    ? failed({code: 'expectation-missed', what: sample.sql, expected: 'a plan', actual: 'none', findings: []})
    : success({json, explained: first});
};

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
};

const tenth = (ms: number): number => Math.round(ms * 10) / 10;

const runSample = async (
  sample: DownstreamSample,
  runs: number,
  at: Readonly<{index: number; total: number}>,
  session: DatabaseSession,
  context: StepContext,
): Promise<Result<Sampled>> => {
  const sql = context.sql(sample.sql).trimEnd().replace(/;$/, '');
  const planned = await explain(session, sample, sql, false);
  if (!planned.ok) return planned;
  const estimatedCost = planned.value.explained.Plan['Total Cost'];
  const base = {id: sample.id, budgetMs: sample.budgetMs, estimatedCost};
  const runsMs: number[] = [];
  let {json} = planned.value;
  let rows = 0;
  for (let run = 1; run <= runs && estimatedCost <= COST_LIMIT; run += 1) {
    const stop = cancelled(context);
    if (stop !== undefined) return stop;
    context.scribe.progress({code: 'sampling', id: sample.id, ...at, run, runs});
    const ran = await explain(session, sample, sql, true);
    if (!ran.ok) return ran;
    json = ran.value.json;
    rows = ran.value.explained.Plan['Actual Rows'] ?? 0;
    runsMs.push(tenth(ran.value.explained['Execution Time'] ?? 0));
  }
  const path = `artifacts/${context.step}.${context.attempt}.${sample.id}.explain.json`;
  const written = await context.files.write(path, json, 'application/json');
  if (!written.ok) return written;
  context.scribe.sealed(written.value);
  const medianMs = median(runsMs);
  // Too slow, nothing to look at, or too expensive to run: each proves less than a green light would claim.
  const verdict = runsMs.length === 0 || rows === 0 || medianMs > sample.budgetMs ? 'amber' : 'pass';
  return success({...base, verdict, rows, medianMs, runsMs});
};

export const downstream: Kind<'downstream'> = {
  kind: 'downstream',
  outline: (step, sql) => step.samples.map((sample) => ({title: sample.sql, language: 'sql', text: sql(sample.sql)})),
  perform: (step, context) =>
    withReader(context, {...step, jit: true}, async (session) => {
      const samples: Sampled[] = [];
      for (const [index, sample] of step.samples.entries()) {
        const at = {index: index + 1, total: step.samples.length};
        const sampled = await runSample(sample, step.runs ?? RUNS, at, session, context);
        if (!sampled.ok) return sampled;
        const {id, verdict, rows, medianMs, budgetMs} = sampled.value;
        context.scribe.output(
          'stdout',
          `${verdict === 'pass' ? 'PASS ' : 'AMBER'} ${id}  median ${medianMs} ms of ${budgetMs} ms  ${rows} rows\n`,
        );
        samples.push(sampled.value);
      }
      return success({kind: 'downstream', samples});
    }),
  reconcile: readsOnly,
};
