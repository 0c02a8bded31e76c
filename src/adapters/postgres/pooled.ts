// Is what answers the server itself, or a pooler that hands out its sessions one transaction at a time?

import type {Client} from 'pg';
import {failed, success, type Result} from '../../core/failure.ts';
import {connectClient, endClient} from './client.ts';
import {connectFailure} from './errors.ts';
import type {CompleteSettings} from './source.ts';

/**
 * A pooler answers with a process id of its own at connect, or hands the next statement to another session. Either makes
 * a session's lock and settings meaningless. A direct connection shows the same backend three times.
 */
export const isPooled = async (client: Client): Promise<boolean> => {
  const reported = (client as Client & Readonly<{processID?: number | null}>).processID;
  await client.query("SELECT set_config('attempt_runbook.probe', 'set', false)");
  for (let look = 0; look < 3; look += 1) {
    const {rows} = await client.query<Readonly<{pid: string; probe: string | null}>>(
      "SELECT pg_backend_pid()::text AS pid, current_setting('attempt_runbook.probe', true) AS probe",
    );
    if (rows[0]?.probe !== 'set' || (typeof reported === 'number' && rows[0].pid !== `${reported}`)) return true;
  }
  return false;
};

/** Asked before anybody confirms a database: what a run would refuse is no target. */
export const isPooledTarget = async (settings: CompleteSettings): Promise<Result<boolean>> => {
  try {
    const client = await connectClient(settings, 'attempt-runbook/identify');
    return success(await isPooled(client).finally(() => endClient(client)));
  } catch (error) {
    return failed(connectFailure(error, settings));
  }
};
