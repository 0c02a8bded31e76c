// Does a dump say of the schema, word for word, what a second dump at the same snapshot says?

import {failed, success, type Result} from '../core/failure.ts';
import type {Tool} from '../core/ports.ts';
import {schemaOf} from './dump.ts';
import type {StepContext} from './kind.ts';
import {differences} from './toc.ts';

/** 20: enough to see what kind of difference it is. */
const MOST_SHOWN = 20;

/**
 * Rows are compressed and carry a checksum; definitions stand in the table of contents, which has none. Both dumps come
 * from the same server, so that even its wording is the same. Lines are compared without their order.
 */
export const sameSchema = async (
  context: StepContext,
  pgRestore: Tool,
  dump: string,
  schema: string,
): Promise<Result<void>> => {
  const said = await schemaOf(context, pgRestore, dump);
  if (!said.ok) return said;
  const meant = await schemaOf(context, pgRestore, schema);
  if (!meant.ok) return meant;
  const lines = differences(meant.value, said.value);
  return lines.length === 0
    ? success(undefined)
    : failed({code: 'backup-not-restorable', what: 'schema', count: lines.length, lines: lines.slice(0, MOST_SHOWN)});
};
