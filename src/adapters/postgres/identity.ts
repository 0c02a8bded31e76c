// Which database a connection really reached.

import {failed, success, type Result} from '../../core/failure.ts';
import type {TargetIdentity} from '../../core/ids.ts';
import {databaseOf} from './database.ts';
import {addressOf, isSocket, type CompleteSettings} from './source.ts';

const SYSTEM_SQL = 'SELECT system_identifier::text FROM pg_control_system()';
const IDENTITY_SQL = `
SELECT current_database()::text AS database, session_user::text AS user,
       current_setting('server_version') AS version, current_setting('server_version_num') AS version_num,
       pg_is_in_recovery()::text AS in_recovery,
       (SELECT reset_val = 'on' FROM pg_settings WHERE name = 'default_transaction_read_only')::text AS read_only`;

/**
 * The timeline that is being written. pg_control_checkpoint() names that of the last checkpoint, which after a promotion
 * lags behind for minutes: just when a run is most likely to be continued. The name of a WAL file begins with it.
 */
const TIMELINE_SQL = 'SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8) AS timeline';

/** Connects once and asks the server who it is. A standby or a read-only server is no target for a change. */
export const identifyTarget = async (settings: CompleteSettings): Promise<Result<TargetIdentity>> => {
  const options = {readOnly: false, statementTimeoutMs: 10_000, lockTimeoutMs: 1000};
  const connected = await databaseOf(settings, 'attempt-runbook/identify').connect(options);
  if (!connected.ok) return connected;
  const session = connected.value;
  try {
    const answer = await session.query(IDENTITY_SQL);
    if (!answer.ok) return answer;
    const row = answer.value.rows[0] ?? {};
    // Apart from the rest: only this one can be kept from a role.
    const system = await session.query(SYSTEM_SQL);
    if (!system.ok && system.failure.code !== 'privilege-missing') return system;
    const systemIdentifier = system.ok ? (system.value.rows[0]?.['system_identifier'] ?? '') : '';
    const inRecovery = row['in_recovery'] === 'true';
    const address = addressOf(settings);
    if (inRecovery || row['read_only'] === 'true') return failed({code: 'target-read-only', address});
    if (systemIdentifier === '') return failed({code: 'identity-hidden', address, user: row['user'] ?? ''});
    // A role that may not ask leaves it open: an unknown history is no reason to refuse a target.
    const history = await session.query(TIMELINE_SQL);
    const timeline = history.ok ? Number.parseInt(history.value.rows[0]?.['timeline'] ?? '', 16) : Number.NaN;
    return success({
      systemIdentifier,
      database: row['database'] ?? '',
      user: row['user'] ?? '',
      serverVersion: (row['version'] ?? '').split(' ')[0] ?? '',
      serverVersionNum: Number(row['version_num'] ?? '0'),
      ...(Number.isNaN(timeline) ? {} : {timeline}),
      inRecovery,
      address,
      // What libpq does, and we, when nobody says: encrypted if the server offers it, and nothing verified.
      sslmode: isSocket(settings) ? 'socket' : (settings.sslmode ?? 'prefer'),
      ...(settings.line === undefined ? {} : {via: settings.line.record}),
    });
  } finally {
    await session.close();
  }
};
