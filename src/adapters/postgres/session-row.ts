// A session of somebody as pg_stat_activity shows it, and what of it the server hides from this login.

import type {Blocker} from '../../core/failure.ts';
import type {Row} from '../../core/ports.ts';

/**
 * Of `pg_stat_activity a`. State, start and transaction of other roles' sessions are NULL for a role without
 * pg_read_all_stats; backend_start is NULL for no other reason.
 */
export const SESSION_COLUMNS = `a.pid::text, coalesce(a.usename::text, '') AS user, a.application_name AS application,
       coalesce(a.state, '') AS state, concat_ws(' ', a.wait_event_type, a.wait_event) AS waits,
       round(extract(epoch FROM now() - a.xact_start) * 1000)::text AS age,
       CASE WHEN a.backend_start IS NULL THEN current_user::text END AS hidden, NULL::text AS prepared`;

export const sessionOf = (row: Row): Blocker => ({
  pid: Number(row['pid']),
  user: row['user'] ?? '',
  application: row['application'] ?? '',
  state: row['state'] ?? '',
  ...(row['age'] ? {ageMs: Number(row['age'])} : {}),
  ...(row['hidden'] ? {hiddenFrom: row['hidden']} : {}),
  ...(row['prepared'] ? {prepared: row['prepared']} : {}),
  ...(row['waits'] ? {waitsFor: row['waits']} : {}),
  ...(row['role'] === 'holds' || row['role'] === 'waits' ? {role: row['role']} : {}),
});
