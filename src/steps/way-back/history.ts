// What the server says of itself and of its past, as far as the role may ask.

import type {History} from '../../core/doubt.ts';
import {success, type Result} from '../../core/failure.ts';
import type {DatabaseSession} from '../../core/ports.ts';

const HISTORY_SQL = [
  ['database', 'SELECT current_database()::text AS value'],
  ['systemIdentifier', 'SELECT system_identifier::text AS value FROM pg_control_system()'],
  ['walFlushed', 'SELECT pg_current_wal_flush_lsn()::text AS value'],
  ['timeline', 'SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8) AS value'],
] as const;

/** What a role may not ask stays open. */
export const historyOf = async (session: DatabaseSession): Promise<Result<History>> => {
  const values: Partial<Record<(typeof HISTORY_SQL)[number][0], string>> = {};
  for (const [what, sql] of HISTORY_SQL) {
    const answer = await session.query(sql);
    if (answer.ok) values[what] = answer.value.rows[0]?.['value'] ?? '';
    else if (answer.failure.code === 'connection-lost') return answer;
  }
  const {timeline, ...rest} = values;
  return success({...rest, ...(timeline === undefined ? {} : {timeline: Number.parseInt(timeline, 16)})});
};
