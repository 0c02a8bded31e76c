// One run per target: an advisory lock on a connection of its own, which goes with the connection, however we end.

import {createHash, randomInt} from 'node:crypto';
import {DatabaseError, type Client} from 'pg';
import {failed, success, type Blocker, type Failure, type LockLoss, type Result} from '../../core/failure.ts';
import type {TargetHolder} from '../../core/trouble.ts';
import {connectFailure} from './errors.ts';
import {isPooled} from './pooled.ts';
import {connectClient, endClient} from './client.ts';
import {KEEP_ALIVE_SQL} from './session-settings.ts';
import type {CompleteSettings} from './source.ts';
import {atWork, endLockSession, holderName, holderOf, lockName, marked, type HeldBy} from './target-holder.ts';

export type TargetLock = Readonly<{
  /** Whether the session that holds the lock says so, now and within a second. Takes nothing. */
  held: () => Promise<boolean>;
  /** Undefined while the lock is ours. Takes a free lock again. */
  lostTo: () => Promise<LockLoss | undefined>;
  /**
   * An SQL expression for the first message of whatever changes the target: true as long as the session that holds the lock
   * is the one that this process took it with. Whoever was frozen while the target was taken over, and knows nothing of it
   * yet, is stopped by the server.
   */
  fence: () => string;
  release: () => Promise<void>;
}>;

export type LockedTarget =
  /** `from`: the holder whose session was ended for it. */
  | Readonly<{status: 'locked'; lock: TargetLock; from?: TargetHolder}>
  | Readonly<{status: 'held'; holder: TargetHolder | undefined}>
  /** It was to be taken over from a run that is at work. */
  | Readonly<{status: 'at-work'; holder: TargetHolder; sessions: readonly Blocker[]}>
  | Readonly<{status: 'pooler'}>;

/** 'ATRB': keeps our locks apart from those of migration tools, which use the same mechanism. */
const CLASS = 0x41_54_52_42;
/** 'ATRF': locks that say which process has the others. */
const FENCE_CLASS = 0x41_54_52_46;
/** 5 s: so long may a server take to notice that the previous holder was killed. */
const FREED_WITHIN_MS = 5000;
const RETRY_MS = 200;
/** 2 s: longer than from a start's look at its lock to the first session of the step, over a slow line. */
const STARTING_WITHIN_MS = 2000;
/** 1 s: the session answers within milliseconds; after a sleep its line may be dead without knowing it. */
const ANSWER_MS = 1000;

/**
 * A key for each object, so that two runbooks that share one object exclude each other; in one order, so that neither
 * waits for what the other has. Another database has locks of its own.
 */
const keysOf = (objects: readonly string[]): readonly number[] =>
  [...new Set(objects.map((name) => createHash('sha256').update(name).digest().readInt32BE(0)))].toSorted(
    (a, b) => a - b,
  );

const TAKE_SQL = `
SELECT bool_and(pg_try_advisory_lock($1::int, key::int))::text AS taken
FROM json_array_elements_text($2::json) WITH ORDINALITY AS wanted(key, nth)`;
const FENCE_SQL = 'SELECT pg_try_advisory_lock($1::int, $2::int)';
/** All or none: what was taken before the one that somebody has would keep others out for nothing. */
const LET_GO_SQL = 'SELECT pg_advisory_unlock_all()';
const HELD_SQL = `
SELECT DISTINCT objid FROM pg_locks WHERE locktype = 'advisory' AND classid = $1::bigint::oid
  AND objid IN (SELECT shown::bigint::oid FROM json_array_elements_text($2::json) AS wanted(shown))
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid = pg_backend_pid() AND granted`;
/** pg_locks shows the two signed keys as unsigned oids. */
const unsigned = (key: number): string => `${key >>> 0}`;

const shownKeys = (keys: readonly number[]): readonly [string, string] => [
  unsigned(CLASS),
  JSON.stringify(keys.map(unsigned)),
];

/** The locks of one target, as one run asks for them. */
type Claim = Readonly<{
  settings: CompleteSettings;
  by: HeldBy;
  keys: readonly number[];
  /** Of this process alone; taken after the keys, so that whoever sees it knows that they are held as well. */
  nonce: number;
}>;

/** Of another process there is no such lock; nor is there one of this process once its session was ended. */
const fenceOf = ({nonce}: Claim): string => `EXISTS (
  SELECT FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2
    AND classid = ${unsigned(FENCE_CLASS)} AND objid = ${unsigned(nonce)}
    AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))`;

const connect = ({settings, by}: Claim): Promise<Client> => connectClient(settings, lockName(by));

const take = async (client: Client, {by, keys, nonce}: Claim): Promise<boolean> => {
  const wanted = JSON.stringify(keys);
  const {rows} = await client.query<Readonly<{taken: string}>>(marked(by, TAKE_SQL), [CLASS, wanted]);
  if (rows[0]?.taken === 'true') {
    // Its words name the holder as well: the last statement of the session is what others see.
    await client.query(marked(by, FENCE_SQL), [FENCE_CLASS, nonce]);
    return true;
  }
  await client.query(LET_GO_SQL);
  return false;
};

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, RETRY_MS));

/** Tries until the lock is ours or `withinMs` is over; a killed holder's lock is free as soon as the server notices. */
const takeWithin = async (client: Client, claim: Claim, withinMs: number): Promise<boolean> => {
  const deadline = performance.now() + withinMs;
  for (;;) {
    if (await take(client, claim)) return true;
    if (performance.now() > deadline) return false;
    await pause();
  }
};

const settle = async (client: Client): Promise<void> => {
  // An idle session must not be ended for being idle (14 and later): it is the lock.
  await client.query('SET idle_session_timeout = 0').catch(() => undefined);
  // Nor may a holder whose line died keep everybody else out for hours.
  await client.query(KEEP_ALIVE_SQL).catch(() => undefined);
  await client.query("SELECT set_config('search_path', 'pg_catalog', false)");
};

/** A step that passed its look at the lock just before it was lost shows its session a moment later. */
const startsAfterAll = async (client: Client, run: string): Promise<readonly Blocker[]> => {
  const deadline = performance.now() + STARTING_WITHIN_MS;
  for (;;) {
    const sessions = await atWork(client, run);
    if (sessions.length > 0 || performance.now() > deadline) return sessions;
    await pause();
  }
};

type Taken = Readonly<{status: 'free'; from?: TargetHolder}> | Exclude<LockedTarget, Readonly<{status: 'locked'}>>;

/** Ends the lock's session of the run that was named, when that run does nothing, and takes its place. */
const takeOver = async (client: Client, claim: Claim, run: string): Promise<Taken> => {
  const holder = await holderOf(client, shownKeys(claim.keys));
  // Let go of meanwhile, or another's: only the run whose name was typed is ever ended.
  if (holder === undefined) return (await take(client, claim)) ? {status: 'free'} : {status: 'held', holder};
  if (holder.run !== run) return {status: 'held', holder};
  const busy = await atWork(client, run);
  if (busy.length > 0) return {status: 'at-work', holder, sessions: busy};
  await endLockSession(client, holder.pid, run);
  if (!(await takeWithin(client, claim, FREED_WITHIN_MS))) {
    return {status: 'held', holder: await holderOf(client, shownKeys(claim.keys))};
  }
  const late = await startsAfterAll(client, run);
  return late.length > 0 ? {status: 'at-work', holder, sessions: late} : {status: 'free', from: holder};
};

export type LockOptions = Readonly<{
  /** Waits for the server to notice that the previous holder is gone. */
  afterCrash: boolean;
  /** The run from which the lock is taken, if it has it. */
  takeOver?: string;
}>;

/** @param by who holds it, as others will see it: the run, and `operator@host`. */
export const lockTarget = async (
  settings: CompleteSettings,
  objects: readonly string[],
  by: HeldBy,
  options: LockOptions,
): Promise<Result<LockedTarget>> => {
  const claim: Claim = {settings, by, keys: keysOf(objects), nonce: randomInt(-(2 ** 31), 2 ** 31)};
  const refused = (error: unknown): Readonly<{ok: false; failure: Failure}> => failed(connectFailure(error, settings));
  let client: Client;
  try {
    client = await connect(claim);
  } catch (error) {
    return refused(error);
  }
  try {
    await settle(client);
    if (await isPooled(client)) {
      await endClient(client);
      return success({status: 'pooler'});
    }
    // Before the lock: its holder is named in the last statement of the session.
    const serverStart = await startedAt(client);
    // Whoever takes over does not wait for a crash to be noticed: a holder that is there is asked about by name.
    const withinMs = options.afterCrash && options.takeOver === undefined ? FREED_WITHIN_MS : 0;
    let from: TargetHolder | undefined;
    if (!(await takeWithin(client, claim, withinMs))) {
      const taken: Taken =
        options.takeOver === undefined
          ? {status: 'held', holder: await holderOf(client, shownKeys(claim.keys))}
          : await takeOver(client, claim, options.takeOver);
      if (taken.status !== 'free') {
        await endClient(client);
        return success(taken);
      }
      from = taken.from;
    }
    return success({status: 'locked', lock: heldBy(client, claim, serverStart), ...(from === undefined ? {} : {from})});
  } catch (error) {
    await endClient(client);
    // Ending another role's session wants pg_signal_backend, or that role.
    return error instanceof DatabaseError && error.code === '42501'
      ? failed({code: 'privilege-missing', sqlState: error.code, message: error.message})
      : refused(error);
  }
};

/** The answer, or `otherwise` when none comes in time. */
const inTime = async <T>(answer: Promise<T>, otherwise: T): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), ANSWER_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
};

const pidOf = (client: Client): number | undefined =>
  (client as Client & Readonly<{processID?: number | null}>).processID ?? undefined;

/** Told to the session that pg_terminate_backend ends, and to every session when the server shuts down. */
const isEnded = (error: unknown): boolean => error instanceof DatabaseError && error.code === '57P01';

const startedAt = async (client: Client): Promise<string> => {
  const {rows} = await client.query<Readonly<{at: string}>>('SELECT pg_postmaster_start_time()::text AS at');
  return rows[0]?.at ?? '';
};

/**
 * A line that broke is mended, and a free lock taken again. A session that somebody ended on purpose, to take the target
 * over, is not: that run may be done by now, and the target changed.
 * @param serverStart when the server was started: a restart ends sessions with the same words.
 */
const heldBy = (first: Client, claim: Claim, serverStart: string): TargetLock => {
  let client = first;
  let start = serverStart;
  let ended = false;
  const watch = (of: Client): Client =>
    of.on('error', (error) => {
      ended ||= isEnded(error);
    });
  watch(first);
  const isOurs = async (): Promise<boolean> => {
    try {
      const {rowCount} = await client.query(marked(claim.by, HELD_SQL), [...shownKeys(claim.keys)]);
      return rowCount === claim.keys.length;
    } catch (error) {
      // The connection is gone, and the lock with it.
      ended ||= isEnded(error);
      return false;
    }
  };
  const holderNow = async (): Promise<LockLoss> => {
    const holder = await holderOf(client, shownKeys(claim.keys));
    if (holder === undefined) return {holder: ''};
    const isOwn = holder.run === claim.by.run;
    return {holder: holderName(holder), ...(isOwn ? {because: 'own-session' as const} : {})};
  };
  const takenAgain = async (): Promise<LockLoss | undefined> => {
    if (!ended && (await inTime(isOurs(), false))) return undefined;
    const former = pidOf(client);
    await endClient(client);
    try {
      client = watch(await connect(claim));
      await settle(client);
      if (ended && (await startedAt(client)) === start) return await holderNow();
      ended = false;
      start = await startedAt(client);
      // Our own former session, which the server may keep for hours after its line went dead, and with it the lock.
      if (former !== undefined && former !== pidOf(client)) await endLockSession(client, former, claim.by.run);
      return (await takeWithin(client, claim, FREED_WITHIN_MS)) ? undefined : await holderNow();
    } catch {
      // Nobody may have it: an effect that is started now would find out the same.
      return {holder: '', because: 'unreachable'};
    }
  };
  let asking: Promise<LockLoss | undefined> | undefined;
  return {
    held: async () => !ended && (await inTime(isOurs(), false)),
    // Two that ask at once, a change at work and a machine that woke up, would each mend the line, and the second would
    // find the lock with the first: with ourselves.
    lostTo: () => {
      asking ??= takenAgain().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    fence: () => fenceOf(claim),
    release: () => endClient(client),
  };
};
