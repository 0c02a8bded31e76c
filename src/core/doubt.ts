// What is found out about a step in doubt beside the verdict: what the server, its history, the catalog and sessions say.

import type {Blocker} from './failure.ts';
import type {TargetIdentity} from './ids.ts';

/** 'forgotten': so old that the server does not know any more; 'in the future': a number that it has not given out yet. */
export type TransactionStatus = 'committed' | 'aborted' | 'in progress' | 'forgotten' | 'in the future';

/** In what the server differs from the one that the attempt was begun on. */
export type HistoryChange = Readonly<{
  what: 'system-identifier' | 'database' | 'timeline' | 'wal-position';
  before: string;
  now: string;
}>;

export type CatalogStanding = Readonly<{
  /** The declared objects that are there now. */
  present: readonly string[];
  /** Whether they are as the snapshot has them; absent when the run has no snapshot of them. */
  asBefore?: boolean;
  /** Whether the file that says what the change promises finds nothing missing; absent when there is none. */
  verify?: 'holds' | 'fails';
}>;

export type Found = Readonly<{
  xid?: string;
  status?: TransactionStatus;
  history?: readonly HistoryChange[];
  catalog?: CatalogStanding;
  /** It took effect once, and was looked at again. */
  probedAgain?: true;
  /** Sessions of the attempt that are still there. */
  sessions?: readonly Blocker[];
}>;

/** How one left-over session ended. */
export type EndedSession = Readonly<{pid: number; how: 'cancelled' | 'terminated' | 'stayed'}>;

/** What the server says of itself now, as far as it says anything. */
export type History = Readonly<{
  systemIdentifier?: string;
  database?: string;
  timeline?: number;
  walFlushed?: string;
}>;

/** `1/16B3748` as a number. */
const walPosition = (lsn: string): bigint => {
  const [high = '0', low = '0'] = lsn.split('/');
  return BigInt(`0x${high}`) * 2n ** 32n + BigInt(`0x${low}`);
};

const LSN = /^[0-9A-F]+\/[0-9A-F]+$/i;

/** What was written for good is there in every later state of the same server; less of it is an earlier state. */
const isPutBack = (before: string | undefined, now: string | undefined): boolean =>
  before !== undefined &&
  now !== undefined &&
  LSN.test(before) &&
  LSN.test(now) &&
  walPosition(now) < walPosition(before);

/**
 * Only what both sides tell can differ.
 * @param walFlushed as it was when the attempt's transaction was opened.
 */
export const historyChanges = (
  before: TargetIdentity,
  walFlushed: string | undefined,
  now: History,
): readonly HistoryChange[] => {
  const pairs = [
    ['system-identifier', before.systemIdentifier, now.systemIdentifier],
    ['database', before.database, now.database],
    ['timeline', before.timeline?.toString(), now.timeline?.toString()],
  ] as const;
  const changes = pairs.flatMap(([what, was, is]) =>
    was === undefined || was === '' || is === undefined || is === '' || was === is
      ? []
      : [{what, before: was, now: is}],
  );
  return isPutBack(walFlushed, now.walFlushed)
    ? [...changes, {what: 'wal-position', before: walFlushed ?? '', now: now.walFlushed ?? ''}]
    : changes;
};

/**
 * Committed, and not there: the file that held before COMMIT does not hold any more, or there is none and the declared
 * objects are as before. Somebody has changed it since, or a crash gave the number of our transaction to another.
 */
export const isGone = ({status, catalog}: Found): boolean =>
  status === 'committed' &&
  catalog !== undefined &&
  (catalog.verify === undefined ? catalog.asBefore === true : catalog.verify === 'fails');
