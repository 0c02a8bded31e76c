// What a refusal of the server means, as one of the failures that the house knows.

import {DatabaseError} from 'pg';
import type {Failure} from '../../core/failure.ts';
import {errorCode, errorMessage} from '../files.ts';
import {addressOf, type CompleteSettings} from './source.ts';

/** Between statements in one message: a line each, so that a comment at the end of one does not swallow the next. */
export const JOINT = ';\n';

export type Sent = Readonly<{
  /** The message, or the statements that it was joined from. */
  sql: string | readonly string[];
  file?: string;
  linesBefore?: number;
  statementTimeoutMs: number;
  cancelled: boolean;
}>;

/** The statement that the position is in, and the position within it. The server counts code points from 1. */
const statementAt = (sql: string | readonly string[], position: number): Readonly<{sql: string; at: number}> => {
  if (typeof sql === 'string') return {sql, at: position};
  let at = position;
  for (const statement of sql) {
    const length = Array.from(statement).length;
    if (at <= length) return {sql: statement, at};
    at -= length + JOINT.length;
  }
  return {sql: '', at: 0};
};

/** `position` counts characters of the whole message from 1; a human wants the line and the column. */
const placeOf = (sent: string | readonly string[], position: string | undefined, linesBefore: number) => {
  const {sql, at} = statementAt(sent, Number(position ?? '0'));
  if (at < 1) return {};
  // The server counts code points, JavaScript counts UTF-16 units.
  const before = Array.from(sql)
    .slice(0, at - 1)
    .join('');
  const lineStart = before.lastIndexOf('\n') + 1;
  const line = before.split('\n').length;
  const sourceLine = sql.slice(lineStart).split('\n', 1)[0] ?? '';
  return {line: line - linesBefore, column: Array.from(before.slice(lineStart)).length + 1, sourceLine};
};

/** SQLSTATE classes that mean: the conversation is over, whatever was asked last. */
const isLost = (sqlState: string): boolean => /^(08|57P0[1-4])/.test(sqlState);

/** A refused query, or a connection that broke while it ran. */
export const queryFailure = (error: unknown, sent: Sent): Failure => {
  if (!(error instanceof DatabaseError)) return {code: 'connection-lost', message: errorMessage(error)};
  const sqlState = error.code ?? '';
  const file = sent.file === undefined ? {} : {file: sent.file};
  if (isLost(sqlState)) return {code: 'connection-lost', message: error.message};
  switch (sqlState) {
    case '55P03':
      return {code: 'lock-timeout', tries: 1, blockers: [], isUnseen: true};
    case '57014':
      return sent.cancelled
        ? {code: 'cancelled'}
        : {code: 'statement-timeout', afterMs: sent.statementTimeoutMs, ...file};
    case '42501':
      return {code: 'privilege-missing', sqlState, message: error.message, ...file};
    default:
      return {
        code: 'query-refused',
        sqlState,
        message: error.message,
        ...file,
        ...placeOf(sent.sql, error.position, sent.linesBefore ?? 0),
        ...(error.hint === undefined ? {} : {hint: error.hint}),
      };
  }
};

/** A connection that did not come about. */
export const connectFailure = (error: unknown, settings: CompleteSettings): Failure => {
  const {user, database, ignoredPassfile} = settings;
  const address = addressOf(settings);
  if (error instanceof DatabaseError) {
    const {message, code: sqlState = ''} = error;
    return sqlState.startsWith('28')
      ? {code: 'authentication-refused', address, user, message}
      : {code: 'session-refused', address, user, database, sqlState, message};
  }
  const code = errorCode(error);
  const message = errorMessage(error) || code;
  // pg's own words when the server wants a password and nobody gave one.
  if (/password must be a string|no password/i.test(message)) {
    const ignored = ignoredPassfile === undefined ? {} : {ignoredPassfile};
    return {code: 'authentication-refused', address, user, message: 'no password', ...ignored};
  }
  return {code: 'target-unreachable', address, message: message === '' ? code : message};
};

/** A connection that broke because the tunnel did says so: whoever reads it looks at the bastion, not at the database. */
export const withLine = async (failure: Failure, {line}: Pick<CompleteSettings, 'line'>): Promise<Failure> => {
  if (line === undefined || (failure.code !== 'connection-lost' && failure.code !== 'target-unreachable'))
    return failure;
  const said = await line.broken();
  return said === undefined ? failure : {...failure, line: {name: line.record.name, said}};
};
