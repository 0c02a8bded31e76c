// Which rows make a check fail? The server does not name the row that it could not read; a query step of the runbook may.

import type {QueryStep, SmokeStep} from '../../core/definition.ts';
import type {FailureOf} from '../../core/failure.ts';
import type {StepContext} from '../kind.ts';
import {kept, rowLines, shapeLine} from '../results.ts';
import {withReader} from '../sessions.ts';

type Found = NonNullable<FailureOf<'checks-failed'>['found']>[number];

const ask = async (step: QueryStep, context: StepContext): Promise<Found> => {
  const of = {step: step.id, sql: step.sql};
  const answer = await withReader(context, step, (session) => session.query(context.sql(step.sql), {file: step.sql}));
  if (!answer.ok) {
    const message = 'message' in answer.failure ? answer.failure.message : answer.failure.code;
    context.scribe.output('note', `! ${step.sql}: ${message}\n`);
    return {...of, rows: 0, findings: [], message};
  }
  context.scribe.output('note', `${step.sql}: ${shapeLine(answer.value)}`);
  context.scribe.output('stdout', rowLines(answer.value.rows));
  return {...of, rows: answer.value.count, findings: kept(answer.value.rows)};
};

/** Asked on sessions of their own, as the steps themselves are: the role of the checks need not see the tables. */
export const findRows = async ({findBy = []}: SmokeStep, context: StepContext): Promise<readonly Found[]> => {
  const found: Found[] = [];
  for (const id of findBy) {
    const step = context.runbook.steps.find((of) => of.id === id);
    if (step?.kind === 'query' && !context.signal.aborted) found.push(await ask(step, context));
  }
  return found;
};
