// How the fate of our own transaction is learned after a crash: by asking the server that ran it, if it still is that one.

import {historyChanges, isGone, type Found, type TransactionStatus} from '../core/doubt.ts';
import type {LooksAfter} from '../core/catalog-after.ts';
import type {Facts} from '../core/facts.ts';
import {success, type Result} from '../core/failure.ts';
import type {DatabaseSession} from '../core/ports.ts';
import {catalogLook, type CatalogLook} from './catalog-standing.ts';
import {historyOf} from './way-back/history.ts';
import type {InDoubt, Reconciliation, StepContext} from './kind.ts';
import {sealCatalog, sealLook} from './seal-catalog.ts';
import {orphans, withReader} from './sessions.ts';

const isStatus = (status: unknown): status is TransactionStatus =>
  status === 'committed' || status === 'aborted' || status === 'in progress';

/** 22023: the server has not given out this number yet, so it was another server, or another past. */
const statusOf = async (session: DatabaseSession, xid: string): Promise<Result<TransactionStatus>> => {
  const answer = await session.query('SELECT pg_xact_status($1::xid8) AS status', {values: [xid]});
  if (!answer.ok) {
    const {failure} = answer;
    return failure.code === 'query-refused' && failure.sqlState === '22023' ? success('in the future') : answer;
  }
  const status = answer.value.rows[0]?.['status'];
  return success(isStatus(status) ? status : 'forgotten');
};

type Asked = Readonly<{found: Found & Readonly<{status: TransactionStatus}>; look: Result<CatalogLook>}>;

const askedAbout = (doubt: InDoubt, context: StepContext, xid: string, verify: string | undefined) =>
  withReader(context, {}, async (session): Promise<Result<Asked>> => {
    const now = await historyOf(session);
    if (!now.ok) return now;
    const history = historyChanges(doubt.target ?? context.opened.target, doubt.walFlushed, now.value);
    const status = await statusOf(session, xid);
    if (!status.ok) return status;
    // Only a help for whoever has to decide: without it the server's word still stands.
    const look = await catalogLook(context, session, verify);
    const found = {
      xid,
      status: status.value,
      ...(history.length === 0 ? {} : {history}),
      ...(look.ok ? {catalog: look.value.standing} : {}),
    };
    return success({found, look});
  });

export type Settling = Readonly<{
  facts: (xid: string, after: LooksAfter) => Facts;
  /** The file that says whether the change is there. */
  verify?: string | undefined;
  /** The transaction was committed, and what it did is not there any more: a human decides. */
  isLost?: (found: Found) => boolean;
}>;

const keptOf = (context: StepContext, look: Result<CatalogLook>): Promise<LooksAfter> =>
  look.ok ? sealCatalog(context, look.value.before, look.value.now) : sealLook(context, undefined, look);

/**
 * Settles a step whose effect is one transaction. Without a recorded transaction nothing was sent that could commit:
 * the journal is synced before the script runs.
 */
export const settleByXid = async (
  doubt: InDoubt,
  context: StepContext,
  {facts, verify, isLost = isGone}: Settling,
): Promise<Reconciliation> => {
  const {xid, receipt} = doubt;
  if (xid === undefined) {
    return (await orphans(context, receipt.applicationName)) ?? {verdict: 'had-no-effect', detail: 'no transaction'};
  }
  const asked = await askedAbout(doubt, context, xid, verify);
  if (!asked.ok) return {verdict: 'cannot-tell', detail: `xid ${xid}: ${asked.failure.code}`};
  const {found, look} = asked.value;
  const detail = `xid ${xid}: ${found.status}`;
  // The number may belong to another transaction of another past: whatever the server says about it, a human decides.
  if (found.history !== undefined) return {verdict: 'cannot-tell', detail, found};
  switch (found.status) {
    case 'committed':
      return isLost(found)
        ? {verdict: 'cannot-tell', detail, found}
        : {verdict: 'took-effect', detail, found, facts: facts(xid, await keptOf(context, look))};
    case 'aborted':
    // The same history, and it has not come to this number: a crash took the number back before it was written anywhere,
    // and whatever was committed is written. So it was not.
    case 'in the future':
      return {verdict: 'had-no-effect', detail, found};
    case 'in progress': {
      const alive = await context.database.sessionsNamed(receipt.applicationName);
      return {verdict: 'still-running', detail, found: {...found, ...(alive.ok ? {sessions: alive.value} : {})}};
    }
    case 'forgotten':
      return {verdict: 'cannot-tell', detail, found};
  }
};
