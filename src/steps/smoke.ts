// Smoke checks: each has its own verdict, and one that had no data to look at is amber, not green.

import type {SmokeCheck} from '../core/definition.ts';
import type {CheckVerdict, FactsOf} from '../core/facts.ts';
import {failed, success, type Result} from '../core/failure.ts';
import type {DatabaseSession} from '../core/ports.ts';
import type {Kind, StepContext} from './kind.ts';
import {cancelled, readsOnly, withReader} from './sessions.ts';

type Checked = FactsOf<'smoke'>['checks'][number];

const sign: Record<CheckVerdict, string> = {pass: 'PASS ', amber: 'AMBER', fail: 'FAIL '};

/** A check answers one row: `ok` boolean, `rows` it looked at, `observed` in words. Anything else is a failed check. */
const judged = (row: Readonly<Record<string, string | null>> | undefined, count: number) => {
  if (row === undefined || count !== 1)
    return {verdict: 'fail', rows: 0, observed: `${count} rows instead of 1`} as const;
  const rows = Number(row['rows'] ?? '0');
  const observed = row['observed'] ?? '';
  if (row['ok'] !== 't') return {verdict: 'fail', rows, observed} as const;
  return {verdict: rows === 0 ? 'amber' : 'pass', rows, observed} as const;
};

const runCheck = async (check: SmokeCheck, session: DatabaseSession, context: StepContext): Promise<Checked> => {
  const began = context.clock.monotonicMs();
  const answer = await session.query(context.sql(check.sql), {file: check.sql});
  const durationMs = Math.round(context.clock.monotonicMs() - began);
  if (answer.ok) return {id: check.id, ...judged(answer.value.rows[0], answer.value.count), durationMs};
  const {failure} = answer;
  const observed = 'message' in failure ? failure.message : failure.code;
  return {id: check.id, verdict: 'fail', rows: 0, observed, durationMs};
};

const junit = (name: string, checks: readonly Checked[]): string => {
  const escape = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  const failures = checks.filter(({verdict}) => verdict === 'fail').length;
  const cases = checks.map(({id, verdict, observed, durationMs}) => {
    const open = `  <testcase classname="${escape(name)}" name="${escape(id)}" time="${(durationMs / 1000).toFixed(3)}"`;
    if (verdict === 'fail') return `${open}>\n    <failure message="${escape(observed)}"/>\n  </testcase>`;
    return `${open}>\n    <system-out>${verdict}: ${escape(observed)}</system-out>\n  </testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="${escape(name)}" tests="${checks.length}" failures="${failures}">`,
    ...cases,
    '</testsuite>',
    '',
  ].join('\n');
};

/** Runs every check even when one fails: the operator needs the whole picture to decide. */
const runAll = async (
  checks: readonly SmokeCheck[],
  session: DatabaseSession,
  context: StepContext,
): Promise<Result<readonly Checked[]>> => {
  const done: Checked[] = [];
  for (const [index, check] of checks.entries()) {
    const stop = cancelled(context);
    if (stop !== undefined) return stop;
    context.scribe.progress({code: 'checking', id: check.id, index: index + 1, total: checks.length});
    const checked = await runCheck(check, session, context);
    context.scribe.output(
      'stdout',
      `${sign[checked.verdict]} ${checked.id}  ${checked.observed}  (${checked.rows} rows, ${checked.durationMs} ms)\n`,
    );
    done.push(checked);
  }
  return success(done);
};

export const smoke: Kind<'smoke'> = {
  kind: 'smoke',
  outline: (step, sql) => step.checks.map((check) => ({title: check.sql, language: 'sql', text: sql(check.sql)})),
  perform: (step, context) =>
    withReader(context, step, async (session) => {
      const ran = await runAll(step.checks, session, context);
      if (!ran.ok) return ran;
      const checks = ran.value;
      const path = `artifacts/${context.step}.${context.attempt}.junit.xml`;
      const written = await context.files.write(path, junit(step.id, checks), 'application/xml');
      if (!written.ok) return written;
      context.scribe.sealed(written.value);
      const failing = checks.filter(({verdict}) => verdict === 'fail').map(({id}) => id);
      if (failing.length === 0) return success({kind: 'smoke', checks});
      return failed({code: 'checks-failed', failed: failing, total: checks.length, checks});
    }),
  reconcile: readsOnly,
};
