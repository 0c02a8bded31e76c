// As which user does the server run, and what can that user reach?
import {readFile, stat} from 'node:fs/promises';
import {dirname} from 'node:path';
import type {Outcome} from './problem.ts';
import {failed} from './problem.ts';

/** Spawn options: empty when we are an ordinary user and the server is too. */
export type ServerUser = {readonly uid?: number; readonly gid?: number};

/**
 * PostgreSQL refuses root. Then the server runs as the `nobody` that every system has; creating a user on somebody's machine
 * for a rehearsal is not ours to do, and a uid without a passwd entry fails ('could not look up effective user ID').
 */
export async function serverUser(): Promise<Outcome<{readonly user: ServerUser}>> {
  if (process.getuid?.() !== 0) return {ok: true, user: {}};
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const [, uid, gid] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(passwd) ?? [];
  if (uid === undefined || gid === undefined) return failed({code: 'no-unprivileged-user'});
  return {ok: true, user: {uid: Number(uid), gid: Number(gid)}};
}

/**
 * Whether that user can get to the directory: every folder on the way open to others. Asked before we start something there,
 * because the answer afterwards is a bare EACCES; root's home (0700), where npx keeps its packages, is the usual reason.
 */
export async function canReach(user: ServerUser, directory: string): Promise<boolean> {
  if (user.uid === undefined) return true;
  const othersMayEnter = 0o001;
  for (let path = directory; ; path = dirname(path)) {
    if (((await stat(path)).mode & othersMayEnter) === 0) return false;
    if (path === dirname(path)) return true;
  }
}
