// How does the server process start, become ready, and end?
import {spawn} from 'node:child_process';
import {closeSync, openSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {Client} from 'pg';
import {serverEnvironment} from './cluster.ts';
import {dataIn, logIn, serverPort, socketsIn} from './directory.ts';
import {commandLine, isRunning, signal, until, untilSync} from './processes.ts';
import type {Outcome} from './problem.ts';
import {failed} from './problem.ts';
import type {ServerUser} from './unprivileged.ts';

// 30 s: starts take 50 ms, crash recovery of a rehearsal's data a second; this is for a machine that swaps.
const readyTimeoutMs = 30_000;
// 10 s: after kill -9 the dead postmaster's number stays taken until PID 1 reaps it, and its children need a moment to notice.
const staleLockTimeoutMs = 10_000;
// Ten tries a second: a refused start costs 20 ms of processor.
const staleLockRetryMs = 100;
// 10 s for a fast shutdown with its checkpoint (measured 50 ms), then 5 s for each harder way.
const fastStopTimeoutMs = 10_000;
const hardStopTimeoutMs = 5_000;
// A first signal and a second one together stay below what a person waits after Ctrl+C.
const exitHookTimeoutMs = 2_000;

type Launched = {readonly pid: number; readonly exited: () => boolean};

/** The pid of the server that runs on this directory's data. The command line is compared: pid files outlive their pids. */
export function runningPostmaster(directory: string): number | undefined {
  const pid = lockedPid(directory);
  if (pid === undefined || !isRunning(pid)) return undefined;
  return commandLine(pid)?.includes(dataIn(directory)) === true ? pid : undefined;
}

/** Starts the server and returns when it answers. Starts it again while it ends on the lock file of a killed predecessor. */
export async function startPostmaster(
  bin: string,
  directory: string,
  user: ServerUser,
  superuser: string,
  onLaunched?: (pid: number) => void,
): Promise<Outcome<{readonly pid: number}>> {
  const deadline = performance.now() + staleLockTimeoutMs;
  for (;;) {
    const launched = await launch(bin, directory, user);
    onLaunched?.(launched.pid);
    const ready = await waitUntilReady(directory, superuser, () => launched.exited());
    if (ready.ok) return {ok: true, pid: launched.pid};
    if (!launched.exited()) await stopPostmaster(launched.pid);
    // A server that gives up removes its own lock file; one still there belongs to the predecessor that is in the way.
    if (
      ready.problem.code !== 'server-did-not-start' ||
      lockedPid(directory) === undefined ||
      performance.now() > deadline
    )
      return ready;
    await delay(staleLockRetryMs);
  }
}

/** Not through execa: this process is not ours to finish. It must survive kill -9 of us, so that a resume finds it; one that nobody
 * resumes has a guard. */
async function launch(bin: string, directory: string, user: ServerUser): Promise<Launched> {
  const log = openSync(logIn(directory), 'a', 0o600);
  try {
    // detached: a process group of its own, or Ctrl+C in the terminal would stop the server under a running rehearsal.
    const child = spawn(join(bin, 'postgres'), ['-D', dataIn(directory)], {
      ...user,
      cwd: '/',
      env: serverEnvironment,
      detached: true,
      stdio: ['ignore', log, log],
    });
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
    if (child.pid === undefined) throw new Error('a spawned process has no pid');
    return {pid: child.pid, exited: () => child.exitCode !== null || child.signalCode !== null};
  } finally {
    closeSync(log);
  }
}

export async function waitUntilReady(
  directory: string,
  superuser: string,
  exited: () => boolean,
): Promise<Outcome<object>> {
  const answer = await until(readyTimeoutMs, async () => {
    // In this order: a server that answers has not exited.
    if (await answers(directory, superuser)) return 'ready';
    return exited() ? 'exited' : undefined;
  });
  if (answer === 'ready') return {ok: true};
  return failed({code: 'server-did-not-start', exited: answer === 'exited', log: logTail(directory)});
}

/** Ends the server and its sessions; returns when the process has gone. */
export async function stopPostmaster(pid: number): Promise<void> {
  // Fast shutdown, immediate shutdown, and the way that leaves a shared memory segment of 56 bytes behind.
  const ways = [
    ['SIGINT', fastStopTimeoutMs],
    ['SIGQUIT', hardStopTimeoutMs],
    ['SIGKILL', hardStopTimeoutMs],
  ] as const;
  for (const [name, timeoutMs] of ways) {
    if (!signal(pid, name)) return;
    if ((await until(timeoutMs, () => !isRunning(pid) || undefined)) === true) return;
  }
}

/** For a process 'exit' hook: immediate shutdown, as there is no time for a checkpoint of data that goes anyway. */
export function stopPostmasterSync(pid: number): void {
  for (const name of ['SIGQUIT', 'SIGKILL'] as const) {
    if (!signal(pid, name) || untilSync(exitHookTimeoutMs, () => !isRunning(pid))) return;
  }
}

/** A client of the embedded server. Everything is given: PG* variables of the operator are meant for another server. */
export function embeddedClient(directory: string, superuser: string, database: string): Client {
  return new Client({
    host: socketsIn(directory),
    port: serverPort,
    user: superuser,
    database,
    password: '',
    ssl: false,
    options: '-c client_min_messages=warning',
    application_name: 'attempt-runbook/embedded',
    connectionTimeoutMillis: 5_000, // a stopped (SIGSTOP) server accepts and says nothing
  });
}

async function answers(directory: string, superuser: string): Promise<boolean> {
  const client = embeddedClient(directory, superuser, 'postgres');
  client.on('error', () => {}); // a server that ends while we are connected; the next question finds out
  try {
    await client.connect();
    return true;
  } catch {
    return false; // no socket yet, refused, or 57P03 'the database system is starting up'
  } finally {
    await client.end().catch(() => {}); // was never connected
  }
}

function lockedPid(directory: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(join(dataIn(directory), 'postmaster.pid'), 'utf8'), 10);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined; // no lock file: no server
  }
}

function logTail(directory: string): string {
  const lines = readFileSync(logIn(directory), 'utf8').trimEnd().split('\n');
  return lines.slice(-20).join('\n'); // 20 lines: PostgreSQL says why it ends in its last two or three
}
