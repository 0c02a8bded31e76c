// How does a server that holds a copy of somebody's data end with us, however we end?

import {spawn} from 'node:child_process';
import {serverEnvironment} from './cluster.ts';
import {directoryPrefix} from './directory.ts';

/**
 * A reader of our pipe: when we are gone, also by kill -9, the pipe is at its end, and what runs on the directory is ended and
 * the directory removed. It is there before initdb, so the server is looked for by its lock file, and by the number that we
 * tell where the file is not yet written. A number alone is never signalled: the command line has to name the directory.
 * The text is a constant; the directory reaches it as a parameter and is never read as shell.
 */
const GUARD = `
trap '' HUP INT TERM
dir=$1
case "$dir" in */${directoryPrefix}*) ;; *) exit 1 ;; esac
told=
while read -r line; do told=$line; done
arguments() {
  if [ -r "/proc/$1/cmdline" ]; then tr '\\000' ' ' <"/proc/$1/cmdline"; else ps -p "$1" -o args= 2>/dev/null; fi
}
ours() { case "$(arguments "$1")" in *"$dir/data"*) return 0 ;; esac; return 1; }
left=100
while [ -e "$dir" ] && [ "$left" -gt 0 ]; do
  pid=
  { read -r pid <"$dir/data/postmaster.pid"; } 2>/dev/null
  for one in $pid $told; do
    case "$one" in *[!0-9]*) continue ;; esac
    if ours "$one"; then
      if [ "$left" -gt 50 ]; then kill -QUIT "$one"; else kill -KILL "$one"; fi
      running=$one
    fi
  done
  sleep 0.1
  if [ -n "$running" ] && ours "$running"; then :; else rm -rf "$dir" 2>/dev/null; fi
  left=$((left - 1))
done`;

export type DirectoryGuard = Readonly<{
  /** The number of a server that has just been started. */
  tell: (pid: number) => void;
  /** Ends it, for a directory that has been removed in an orderly way; resolves when it has gone. */
  dismiss: () => Promise<void>;
  /** The same for a process 'exit' hook. */
  dismissSync: () => void;
}>;

/** Without a shell there is none: then the server goes with the next start of the tool, as it always does. */
export const guardDirectory = (directory: string): DirectoryGuard => {
  // A session of its own: whoever kills our whole process group does not kill the guard.
  const child = spawn('/bin/sh', ['-c', GUARD, 'sh', directory], {
    env: {...serverEnvironment},
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()).on('error', () => resolve()));
  child.stdin.on('error', () => undefined);
  // Its pipe must not keep us.
  (child.stdin as unknown as Readonly<{unref?: () => void}>).unref?.();
  child.unref();
  return {
    tell: (pid) => void child.stdin.write(`${pid}\n`),
    dismiss: async () => {
      child.ref();
      child.kill('SIGKILL');
      await gone;
    },
    dismissSync: () => void child.kill('SIGKILL'),
  };
};
