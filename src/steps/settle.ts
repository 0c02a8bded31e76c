// How the fate of our own transaction is learned after a crash: by asking the server that ran it.

import type {Facts} from '../core/facts.ts';
import {failed, success, type Result} from '../core/failure.ts';
import type {InDoubt, Reconciliation, StepContext} from './kind.ts';
import {orphans, withReader} from './sessions.ts';

const xactStatus = (context: StepContext, xid: string): Promise<Result<string>> =>
  withReader(context, {}, async (session) => {
    const answer = await session.query('SELECT pg_xact_status($1::xid8) AS status', {values: [xid]});
    if (!answer.ok) return answer;
    const status = answer.value.rows[0]?.['status'];
    // NULL: so old that the server has forgotten it. Then only the catalog and a human can tell.
    return typeof status === 'string'
      ? success(status)
      : failed({code: 'expectation-missed', what: `xid ${xid}`, expected: 'a status', actual: 'NULL', findings: []});
  });

/**
 * Settles a step whose effect is one transaction. Without a recorded transaction nothing was sent that could commit:
 * the journal is synced before the script runs.
 */
export const settleByXid = async (
  doubt: InDoubt,
  context: StepContext,
  facts: (xid: string) => Promise<Facts>,
): Promise<Reconciliation> => {
  if (doubt.xid === undefined) {
    return (
      (await orphans(context, doubt.receipt.applicationName)) ?? {verdict: 'had-no-effect', detail: 'no transaction'}
    );
  }
  const status = await xactStatus(context, doubt.xid);
  if (!status.ok) return {verdict: 'cannot-tell', detail: `xid ${doubt.xid}: ${status.failure.code}`};
  const detail = `xid ${doubt.xid}: ${status.value}`;
  switch (status.value) {
    case 'committed':
      return {verdict: 'took-effect', detail, facts: await facts(doubt.xid)};
    case 'aborted':
      return {verdict: 'had-no-effect', detail};
    default:
      return {verdict: 'still-running', detail};
  }
};
