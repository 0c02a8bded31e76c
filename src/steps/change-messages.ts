// How statements reach the server inside a change: several in one message, each message sure of its transaction.

import {capturedFrom} from '../catalog/capture.ts';
import type {Snapshot} from '../catalog/snapshot.ts';
import {failed, success, type Failure, type Result} from '../core/failure.ts';
import type {DatabaseSession, Rows} from '../core/ports.ts';
import type {StepContext} from './kind.ts';

/** The transaction that a change happens in, on its session. */
export type Change = Readonly<{
  session: DatabaseSession;
  xid: string;
  objects: readonly string[];
  /** The statement that captures the catalog: prepared, so that under our lock it is only run. */
  look: string;
  /**
   * Tells that all that falls has fallen: its rows in the catalog are ours from then on, so a witness can be asked about
   * them while we go on.
   */
  fallen?: () => void;
}>;

/**
 * The server stops a message at its first error. After a script that ended our transaction the rest would commit, line by
 * line or all at once; so each message of ours begins with a cast that fails in every transaction but ours.
 */
const guard = (xid: string): string =>
  `SELECT CASE WHEN pg_current_xact_id()::text = '${xid}' THEN 0 ELSE (pg_current_xact_id()::text || ' is not ${xid}')::int END`;

const unlessGuarded = (failure: Failure, {xid}: Change): Failure =>
  failure.code === 'query-refused' && failure.sqlState === '22P02' && failure.message.includes(` is not ${xid}`)
    ? {code: 'transaction-lost', xid}
    : failure;

/** Several statements in one message; the answers of each. */
export const executeAndRead = async (
  change: Change,
  statements: readonly string[],
): Promise<Result<readonly Rows[]>> => {
  const sent = await change.session.queryAll([guard(change.xid), ...statements]);
  return sent.ok ? success(sent.value.slice(1)) : failed(unlessGuarded(sent.failure, change));
};

/** One message: a change that is a network away from its database must not hold its locks for a journey a statement. */
export const execute = async (change: Change, statements: readonly string[]): Promise<Result<void>> => {
  if (statements.length === 0) return success(undefined);
  const sent = await executeAndRead(change, statements);
  return sent.ok ? success(undefined) : sent;
};

/** The catalog as it is after these statements, in the same message. */
export const executeAndLook = async (change: Change, statements: readonly string[]): Promise<Result<Snapshot>> => {
  const sent = await executeAndRead(change, [...statements, change.look]);
  if (!sent.ok) return sent;
  const seen = sent.value.at(-1);
  if (seen === undefined) throw new Error('a message was answered with nothing');
  return success(capturedFrom(seen, change.objects).snapshot);
};

/**
 * A new transaction's number, and how far the server had written its WAL for good by then. A crash can take a number
 * back that no WAL had carried yet, and give it out again; it cannot take back WAL that was flushed.
 */
export const openedTransaction = async (
  session: DatabaseSession,
  fence: string | undefined,
): Promise<Result<Readonly<{xid: string; walFlushed: string}>>> => {
  const answer = await session.queryAll([
    ...(fence === undefined ? [] : [fenceStatement(fence)]),
    'SELECT pg_current_xact_id()::text AS xid, pg_current_wal_flush_lsn()::text AS flushed',
  ]);
  if (!answer.ok) return failed(unlessFenced(answer.failure));
  const row = answer.value.at(-1)?.rows[0] ?? {};
  return success({xid: row['xid'] ?? '', walFlushed: row['flushed'] ?? ''});
};

const FENCED = 'the target was taken over';

/** Fails in the server when another process has the target by now; the message that it is part of ends there. */
const fenceStatement = (fence: string): string =>
  // The name of the database keeps the planner from evaluating the cast beforehand.
  `SELECT CASE WHEN ${fence} THEN 0 ELSE (pg_catalog.current_database() || ': ${FENCED}')::int END`;

const unlessFenced = (failure: Failure): Failure =>
  failure.code === 'query-refused' && failure.sqlState === '22P02' && failure.message.includes(FENCED)
    ? {code: 'target-lock-lost', holder: ''}
    : failure;

/** For statements that cannot be in one message with anything else: the server is asked just before. */
export const fenced = async (session: DatabaseSession, fence: string | undefined): Promise<Result<void>> => {
  if (fence === undefined) return success(undefined);
  const answer = await session.query(fenceStatement(fence));
  return answer.ok ? success(undefined) : failed(unlessFenced(answer.failure));
};

/** The same for a program that takes SQL: nothing is printed, and it ends with an error. */
export const fenceBlock = (fence: string): string =>
  `DO $fence$ BEGIN IF NOT (${fence}) THEN RAISE EXCEPTION '${FENCED}'; END IF; END $fence$`;

/** The transaction that this session is in now; a new one if it is in none. */
export const currentXid = async (session: DatabaseSession): Promise<Result<string>> => {
  const answer = await session.query('SELECT pg_current_xact_id()::text AS xid');
  return answer.ok ? success(answer.value.rows[0]?.['xid'] ?? '') : answer;
};

/** Whatever we sent after a script that ended our transaction would commit line by line. */
export const stillOurs = async ({session, xid}: Change): Promise<Result<void>> => {
  const now = await currentXid(session);
  if (!now.ok) return now;
  return now.value === xid ? success(undefined) : failed({code: 'transaction-lost', xid});
};

/** A file that only reads, in the transaction of the change: behind the guard, which is a line of its own. */
export const queryAsOurs = async (change: Change, sql: string, file: string): Promise<Result<Rows>> => {
  const answer = await change.session.query(`${guard(change.xid)};\n${sql}`, {file, linesBefore: 1});
  return answer.ok ? answer : failed(unlessGuarded(answer.failure, change));
};

/** A file is a message of its own, so that the place of an error is a place in the file; `after` is asked behind it. */
const runFile = async (
  context: StepContext,
  session: DatabaseSession,
  file: string,
  after?: string,
): Promise<Result<Rows>> => {
  context.scribe.progress({code: 'applying', file});
  context.scribe.output('note', `${file}\n`);
  const sql = context.sql(file);
  return session.query(after === undefined ? sql : `${sql}\n;${after}`, {file});
};

export const runFiles = async (
  context: StepContext,
  session: DatabaseSession,
  files: readonly string[],
): Promise<Result<void>> => {
  for (const file of files) {
    const done = await runFile(context, session, file);
    if (!done.ok) return done;
  }
  return success(undefined);
};

/**
 * Runs files inside our transaction. When one of them ends it, that is seen before the next one is sent; after the last
 * one, by the guard of the message that follows.
 * @param asking a question that goes with the last file, for one way to the server.
 * @returns its answer.
 */
export const runScript = async (
  context: StepContext,
  change: Change,
  files: readonly string[],
  asking?: string,
): Promise<Result<Rows>> => {
  let answer: Rows = {columns: [], rows: [], count: 0};
  for (const [nth, file] of files.entries()) {
    const ours = nth === 0 ? success(undefined) : await stillOurs(change);
    if (!ours.ok) return ours;
    const ran = await runFile(context, change.session, file, nth === files.length - 1 ? asking : undefined);
    if (!ran.ok) return ran;
    answer = ran.value;
  }
  return success(answer);
};
