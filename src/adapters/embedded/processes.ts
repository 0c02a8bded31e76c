// Does a process still run, and is it the one we mean?
import {readFileSync, readlinkSync} from 'node:fs';
import {setTimeout as delay} from 'node:timers/promises';
import {execaSync} from 'execa';

/**
 * A process beyond its number, which the system gives to others later. `scope` is the pid namespace (Linux): containers
 * that share a directory do not see each other's processes, and 'not visible' is not 'dead'.
 */
export type ProcessIdentity = {readonly pid: number; readonly startedAt: string; readonly scope: string};

// A tenth of the fastest thing we wait for, a stop of 50 ms.
const pollIntervalMs = 5;

/** Undefined when the process does not run any more. Synchronous, so that a process 'exit' hook can ask. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const status = process.platform === 'linux' ? linuxStatus(pid) : psStatus(pid);
  // A zombie has ended; only its parent, or a PID 1 that takes its time, has not asked for its exit code yet.
  if (status === undefined || status.state.startsWith('Z') || status.state.startsWith('X')) return undefined;
  return {pid, startedAt: status.startedAt, scope: ownScope()};
}

export function isRunning(pid: number): boolean {
  return identifyProcess(pid) !== undefined;
}

/** 'unknown' when it lived in another pid namespace, where we cannot look. */
export function judgeProcess(identity: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  if (identity.scope !== ownScope()) return 'unknown';
  return identifyProcess(identity.pid)?.startedAt === identity.startedAt ? 'alive' : 'dead';
}

/** The arguments a process was started with, in one string; undefined if it does not run. */
export function commandLine(pid: number): string | undefined {
  if (process.platform !== 'linux') return ps(pid, 'command=');
  return readIfThere(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ');
}

/** False when the process had already ended. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

/** Asks until `probe` gives something; undefined when the time is over. */
export async function until<T>(
  timeoutMs: number,
  probe: () => T | undefined | Promise<T | undefined>,
): Promise<T | undefined> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) return undefined;
    await delay(pollIntervalMs);
  }
}

/** The same for an 'exit' hook, where no timer fires any more. */
export function untilSync(timeoutMs: number, isSo: () => boolean): boolean {
  const deadline = performance.now() + timeoutMs;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  while (!isSo()) {
    if (performance.now() > deadline) return false;
    Atomics.wait(pause, 0, 0, pollIntervalMs);
  }
  return true;
}

type Status = {readonly state: string; readonly startedAt: string};

function linuxStatus(pid: number): Status | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // proc(5): 'pid (name) state ppid …'; the name may itself hold blanks and brackets, so count from the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], fields[19]]; // field 22: ticks since boot, hence the boot's own id beside it
  if (state === undefined || startTicks === undefined) return undefined;
  return {state, startedAt: `${readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}/${startTicks}`};
}

function psStatus(pid: number): Status | undefined {
  const [, state, startedAt] = /^(\S+)\s+(.+)$/.exec(ps(pid, 'stat=,lstart=') ?? '') ?? [];
  return state === undefined || startedAt === undefined ? undefined : {state, startedAt};
}

function ps(pid: number, columns: string): string | undefined {
  const {stdout} = execaSync('ps', ['-p', String(pid), '-o', columns], {reject: false, env: {LC_ALL: 'C'}});
  return stdout?.trim() || undefined;
}

function ownScope(): string {
  return process.platform === 'linux' ? readlinkSync('/proc/self/ns/pid') : '';
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    // ESRCH: the process ended between open and read.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return undefined;
    throw error;
  }
}
