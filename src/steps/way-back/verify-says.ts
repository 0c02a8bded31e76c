// What a change's verify file says at this moment: it has no rows while the change is in place.

import type {DatabaseSession} from '../../core/ports.ts';
import {verified} from '../change.ts';
import type {StepContext} from '../kind.ts';

/** Undefined where it could not be asked. */
export const verifySays = async (
  context: StepContext,
  session: DatabaseSession,
  file: string,
): Promise<'holds' | 'misses' | undefined> => {
  const held = await verified(context, session, file);
  if (held.ok) return 'holds';
  // A file that the server refuses says that what it asks about is not there.
  return /^(expectation-missed|query-refused)$/.test(held.failure.code) ? 'misses' : undefined;
};
