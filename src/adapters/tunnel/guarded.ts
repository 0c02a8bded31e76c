// How a program is kept that must outlive a Ctrl+C in the terminal, and must not outlive us, however we end.

import {spawn} from 'node:child_process';

/**
 * The program and, beside it, a reader of our pipe: when we are gone, also by kill -9, the pipe is at its end and the whole
 * process group goes. ssh -N reads no standard input of its own, so it would otherwise stay for ever. The text is a
 * constant; the program's words reach it as parameters and are never read as shell.
 */
const GUARD = `
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
(trap '' TERM; while read -r _; do :; done <&3; kill -TERM 0; sleep 2; kill -KILL 0) >/dev/null 2>&1 &
guard=$!
exec 3<&-
wait "$child"; code=$?
kill -KILL "$guard" 2>/dev/null
exit "$code"`;

/** 200 ms between the request and the end: ssh needs one; a proxy that catches the signal says goodbye. */
const GRACE_MS = 200;

export type Guarded = Readonly<{
  pid: number;
  /** How it ended; undefined while it runs. */
  end: () => Readonly<{code: number | null}> | undefined;
  /** Resolves when it has ended. */
  ended: Promise<void>;
  stop: () => Promise<void>;
}>;

const signalGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal);
  } catch {
    // All of it has ended.
  }
};

export const startGuarded = (
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  onLine: (line: string) => void,
): Guarded => {
  // A session of its own: the terminal's Ctrl+C and hang-up are ours to answer, and what runs still needs its line.
  const child = spawn('/bin/sh', ['-c', GUARD, 'sh', ...argv], {
    env: {...env},
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let ending: Readonly<{code: number | null}> | undefined;
  const ended = new Promise<void>((resolve) => {
    const settle = (code: number | null): void => {
      ending ??= {code};
      resolve();
    };
    child.once('error', () => settle(null));
    child.once('exit', (code) => settle(code));
  });
  child.stdin.on('error', () => undefined);
  for (const stream of [child.stdout, child.stderr]) {
    let partial = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      const lines = (partial + text).split(/\r?\n/);
      partial = (lines.pop() ?? '').slice(-4096);
      lines.forEach(onLine);
    });
    stream.on('error', () => undefined);
    // What it is kept for is over when we are: it must not keep us.
    (stream as unknown as Readonly<{unref?: () => void}>).unref?.();
  }
  (child.stdin as unknown as Readonly<{unref?: () => void}>).unref?.();
  child.unref();
  const pid = child.pid ?? 0;
  return {
    pid,
    end: () => ending,
    ended,
    stop: async () => {
      if (pid === 0) return;
      signalGroup(pid, 'SIGTERM');
      if (ending === undefined) await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, GRACE_MS))]);
      await new Promise((resolve) => setTimeout(resolve, GRACE_MS));
      signalGroup(pid, 'SIGKILL');
    },
  };
};
