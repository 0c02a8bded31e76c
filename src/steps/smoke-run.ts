// How do smoke checks get their verdicts, alone or several from one statement?

import type {SmokeCheck} from '../core/definition.ts';
import type {CheckVerdict, FactsOf} from '../core/facts.ts';
import {success, type Failure, type Result} from '../core/failure.ts';
import type {DatabaseSession, Row} from '../core/ports.ts';
import type {StepContext} from './kind.ts';
import {cancelled} from './sessions.ts';
import {composed, type Sent} from './shared-read.ts';

type Checked = FactsOf<'smoke'>['checks'][number];
type Read = NonNullable<FactsOf<'smoke'>['reads']>[number];
type Found = Pick<Checked, 'verdict' | 'rows' | 'observed'>;
export type Ran = Readonly<{checks: readonly Checked[]; reads: readonly Read[]}>;

const sign: Record<CheckVerdict, string> = {pass: 'PASS ', amber: 'AMBER', fail: 'FAIL '};

/** A check answers one row: `ok` boolean, `rows` it looked at, `observed` in words. Anything else is a failed check. */
const judged = (rowsOfCheck: readonly Row[]): Found => {
  const [row] = rowsOfCheck;
  if (row === undefined || rowsOfCheck.length !== 1) {
    return {verdict: 'fail', rows: 0, observed: `${rowsOfCheck.length} rows instead of 1`};
  }
  const rows = Number(row['rows'] ?? '0');
  const observed = row['observed'] ?? '';
  if (row['ok'] !== 't') return {verdict: 'fail', rows, observed};
  return {verdict: rows === 0 ? 'amber' : 'pass', rows, observed};
};

/** The server's words, behind the place in the file that they are about. */
const refusal = (failure: Failure): string => {
  if (failure.code === 'statement-timeout') return `statement timeout after ${failure.afterMs} ms`;
  const message = 'message' in failure ? failure.message : failure.code;
  if (failure.code !== 'query-refused' || failure.line === undefined) return message;
  return `${[failure.file, failure.line, failure.column].filter((part) => part !== undefined).join(':')} ${message}`;
};

const tell = (context: StepContext, {id, verdict, observed, rows}: Checked, time: string): void =>
  context.scribe.output('stdout', `${sign[verdict]} ${id}  ${observed}  (${rows} rows, ${time})\n`);

const timed = async <T>(context: StepContext, act: () => Promise<T>): Promise<readonly [T, number]> => {
  const began = context.clock.monotonicMs();
  const answer = await act();
  return [answer, Math.round(context.clock.monotonicMs() - began)];
};

const alone = async (check: SmokeCheck, session: DatabaseSession, context: StepContext): Promise<Checked> => {
  const [answer, durationMs] = await timed(context, () => session.query(context.sql(check.sql), {file: check.sql}));
  const found: Found = answer.ok
    ? judged(answer.value.rows)
    : {verdict: 'fail', rows: 0, observed: refusal(answer.failure)};
  const checked = {id: check.id, ...found, durationMs};
  tell(context, checked, `${durationMs} ms`);
  return checked;
};

/** Every check even when one fails: the operator needs the whole picture to decide. */
const eachAlone = async (
  checks: readonly SmokeCheck[],
  session: DatabaseSession,
  context: StepContext,
): Promise<Result<Ran>> => {
  const done: Checked[] = [];
  for (const check of checks) {
    const stop = cancelled(context);
    if (stop !== undefined) return stop;
    done.push(await alone(check, session, context));
  }
  return success({checks: done, reads: []});
};

const together = async (
  {read, checks}: Extract<Sent, {how: 'together'}>,
  session: DatabaseSession,
  context: StepContext,
): Promise<Result<Ran>> => {
  const text = composed(read, checks, context.sql);
  if (text === undefined) return eachAlone(checks, session, context);
  // Planned first: what cannot be planned costs nothing, and the plan is evidence of what is read, and how often.
  const plan = await session.query(`EXPLAIN (FORMAT JSON)\n${text}`);
  if (plan.ok) {
    const path = `artifacts/${context.step}.${context.attempt}.${read.id}.explain.json`;
    const json = Object.values(plan.value.rows[0] ?? {})[0] ?? '[]';
    const written = await context.files.write(path, json, 'application/json');
    if (!written.ok) return written;
    context.scribe.sealed(written.value);
  }
  const [answer, durationMs] = await timed(context, async () => (plan.ok ? session.query(text) : plan));
  const stop = cancelled(context);
  if (stop !== undefined) return stop;
  const answered = (foundBy: (id: string) => Found): Result<Ran> => {
    const done = checks.map(({id}) => ({id, ...foundBy(id), read: read.id}));
    context.scribe.output('note', `${read.id}: ${checks.length} checks in one statement, ${durationMs} ms\n`);
    for (const checked of done) tell(context, checked, `with ${read.id}`);
    return success({checks: done, reads: [{id: read.id, durationMs}]});
  };
  if (answer.ok) return answered((id) => judged(answer.value.rows.filter((row) => row['id'] === id)));
  const observed = refusal(answer.failure);
  // What takes longer together than the step may take is not asked of the server once more, check by check.
  if (answer.failure.code === 'statement-timeout') return answered(() => ({verdict: 'fail', rows: 0, observed}));
  context.scribe.output('note', `${read.id}: ${observed} (${durationMs} ms); each of its checks runs alone\n`);
  return eachAlone(checks, session, context);
};

export const runChecks = async (
  sent: readonly Sent[],
  session: DatabaseSession,
  context: StepContext,
): Promise<Result<Ran>> => {
  const all: Ran[] = [];
  for (const [at, one] of sent.entries()) {
    const id = one.how === 'alone' ? one.check.id : one.read.id;
    context.scribe.progress({code: 'checking', id, index: at + 1, total: sent.length});
    const ran =
      one.how === 'alone' ? await eachAlone([one.check], session, context) : await together(one, session, context);
    if (!ran.ok) return ran;
    all.push(ran.value);
  }
  return success({checks: all.flatMap(({checks}) => checks), reads: all.flatMap(({reads}) => reads)});
};
