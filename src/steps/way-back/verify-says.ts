// What a change's verify file says at this moment: it has no rows while the change is in place.

import type {Failure} from '../../core/failure.ts';
import type {DatabaseSession} from '../../core/ports.ts';
import {verified} from '../change.ts';
import type {StepContext} from '../kind.ts';

/** What a server answers when a relation, a column, a type, a function or a schema that is asked about is not there. */
const ABSENT: ReadonlySet<string> = new Set(['42P01', '42703', '42704', '42883', '3F000', '42P02']);

/** Rows, or a name that the server does not know; whatever else it refuses a file for says nothing of the change. */
export const saysAbsent = (failure: Failure): boolean =>
  failure.code === 'expectation-missed' || (failure.code === 'query-refused' && ABSENT.has(failure.sqlState));

/** Undefined where it could not be asked. */
export const verifySays = async (
  context: StepContext,
  session: DatabaseSession,
  file: string,
): Promise<'holds' | 'misses' | undefined> => {
  const held = await verified(context, session, file);
  if (held.ok) return 'holds';
  return saysAbsent(held.failure) ? 'misses' : undefined;
};
