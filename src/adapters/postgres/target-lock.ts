// One run per target: an advisory lock on a connection of its own, which goes with the connection, however we end.

import {createHash} from 'node:crypto';
import type {Client} from 'pg';
import {failed, success, type Failure, type Result} from '../../core/failure.ts';
import {connectFailure} from './errors.ts';
import {connectClient} from './database.ts';
import {addressOf, type CompleteSettings} from './source.ts';

export type TargetLock = Readonly<{
  /** Undefined while the lock is ours; else who has it now, '' when nobody says. Takes a free lock again. */
  lostTo: () => Promise<string | undefined>;
  release: () => Promise<void>;
}>;

export type LockedTarget =
  | Readonly<{status: 'locked'; lock: TargetLock}>
  | Readonly<{status: 'held'; holder: string; since: string}>
  | Readonly<{status: 'pooler'}>;

/** 'ATRB': keeps our locks apart from those of migration tools, which use the same mechanism. */
const CLASS = 0x41_54_52_42;
/** PostgreSQL cuts application_name after 63 bytes. */
const NAME_LIMIT = 63;
/** 5 s: so long may a server take to notice that the previous holder was killed. */
const FREED_WITHIN_MS = 5000;
const RETRY_MS = 200;

/** The same objects give the same key, in whatever order; another database has locks of its own. */
const keyOf = (objects: readonly string[]): number =>
  createHash('sha256').update(objects.toSorted().join('\n')).digest().readInt32BE(0);

const TAKE_SQL = 'SELECT pg_try_advisory_lock($1::int, $2::int)::text AS taken';
const HELD_SQL = `
SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = $1::bigint::oid AND objid = $2::bigint::oid
  AND pid = pg_backend_pid() AND granted`;
const HOLDER_SQL = `
SELECT a.application_name AS name, coalesce(a.usename::text, '') AS user, coalesce(host(a.client_addr), 'local') AS address,
       to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since, a.pid::text AS pid
FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.classid = $1::bigint::oid AND l.objid = $2::bigint::oid
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

type HolderRow = Readonly<{name: string; user: string; address: string; since: string; pid: string}>;

/** pg_locks shows the two signed keys as unsigned oids. */
const unsigned = (key: number): string => `${key >>> 0}`;

const holderOf = async (client: Client, key: number): Promise<Readonly<{holder: string; since: string}>> => {
  const {rows} = await client.query<HolderRow>(HOLDER_SQL, [unsigned(CLASS), unsigned(key)]);
  const row = rows[0];
  return row === undefined
    ? {holder: '', since: ''}
    : {holder: `${row.name} (${row.user}@${row.address}, pid ${row.pid})`, since: row.since};
};

/**
 * A pooler answers with a process id of its own at connect, or hands the next statement to another session. Either makes
 * a session's lock and settings meaningless. A direct connection shows the same backend three times.
 */
const isPooled = async (client: Client): Promise<boolean> => {
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

const take = async (client: Client, key: number): Promise<boolean> => {
  const {rows} = await client.query<Readonly<{taken: string}>>(TAKE_SQL, [CLASS, key]);
  return rows[0]?.taken === 'true';
};

/** Tries until the lock is ours or `withinMs` is over; a killed holder's lock is free as soon as the server notices. */
const takeWithin = async (client: Client, key: number, withinMs: number): Promise<boolean> => {
  const deadline = performance.now() + withinMs;
  for (;;) {
    if (await take(client, key)) return true;
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
};

const settle = async (client: Client): Promise<void> => {
  // An idle session must not be ended for being idle (14 and later): it is the lock.
  await client.query('SET idle_session_timeout = 0').catch(() => undefined);
  await client.query("SELECT set_config('search_path', 'pg_catalog', false)");
};

/**
 * @param by who holds it, as others will see it: `run`, `operator@host`.
 * @param afterCrash waits for the server to notice that the previous holder is gone.
 */
export const lockTarget = async (
  settings: CompleteSettings,
  objects: readonly string[],
  by: Readonly<{run: string; operator: string}>,
  afterCrash: boolean,
): Promise<Result<LockedTarget>> => {
  const name = `attempt-runbook/${by.run}/lock/${by.operator}`.slice(0, NAME_LIMIT);
  const key = keyOf(objects);
  const refused = (error: unknown): Readonly<{ok: false; failure: Failure}> =>
    failed(connectFailure(error, addressOf(settings), settings.user));
  let client: Client;
  try {
    client = await connectClient(settings, name);
  } catch (error) {
    return refused(error);
  }
  try {
    await settle(client);
    if (await isPooled(client)) {
      await client.end();
      return success({status: 'pooler'});
    }
    if (!(await takeWithin(client, key, afterCrash ? FREED_WITHIN_MS : 0))) {
      const holder = await holderOf(client, key);
      await client.end();
      return success({status: 'held', ...holder});
    }
  } catch (error) {
    await client.end().catch(() => undefined);
    return refused(error);
  }
  return success({status: 'locked', lock: heldBy(client, settings, name, key)});
};

const heldBy = (first: Client, settings: CompleteSettings, name: string, key: number): TargetLock => {
  let client = first;
  const isOurs = async (): Promise<boolean> => {
    try {
      return (await client.query(HELD_SQL, [unsigned(CLASS), unsigned(key)])).rowCount === 1;
    } catch {
      // The connection is gone, and the lock with it.
      return false;
    }
  };
  return {
    lostTo: async () => {
      if (await isOurs()) return undefined;
      await client.end().catch(() => undefined);
      try {
        client = await connectClient(settings, name);
        await settle(client);
        return (await takeWithin(client, key, FREED_WITHIN_MS)) ? undefined : (await holderOf(client, key)).holder;
      } catch {
        // The target cannot be asked; whoever starts an effect now would find that out next.
        return '';
      }
    },
    release: () => client.end().catch(() => undefined),
  };
};
