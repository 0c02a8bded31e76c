// How is a new database cluster for rehearsals made and configured?
import {appendFile} from 'node:fs/promises';
import {join} from 'node:path';
import {execa} from 'execa';
import {dataIn, serverPort, socketsIn} from './directory.ts';
import type {Outcome} from './problem.ts';
import {failed} from './problem.ts';
import type {ServerUser} from './unprivileged.ts';

/** The superuser; not the name of the operating system's user, so that a rehearsal reads the same everywhere. */
export const usualSuperuser = 'operator';

// 60 s: initdb takes 0.6 s here; on a loaded machine it has taken 5 s. Beyond a minute something is broken.
const initdbTimeoutMs = 60_000;

/** What PostgreSQL's programs see of our environment: nothing. PG* variables of the operator are meant for another server. */
export const serverEnvironment: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  TZ: 'UTC',
  LC_ALL: 'C', // macOS: 'postmaster became multithreaded during startup' without a valid locale
  // glibc, others ignore it: memory comes in huge pages and is kept. A new session's first look at the catalog touches 4,600
  // pages otherwise, which is half of its time on a virtual machine (measured 88 and 48 ms).
  GLIBC_TUNABLES: [
    'glibc.malloc.hugetlb=1',
    'glibc.malloc.top_pad=8388608',
    'glibc.malloc.trim_threshold=1073741824',
    'glibc.malloc.mmap_threshold=33554432',
  ].join(':'),
};

export async function createCluster(
  bin: string,
  directory: string,
  user: ServerUser,
  superuser: string,
): Promise<Outcome<object>> {
  let output = '';
  // C.UTF-8 sorts and folds case by code point and is the same everywhere; systems without it (older macOS) have C.
  for (const locale of ['C.UTF-8', 'C']) {
    const initdb = await execa(
      join(bin, 'initdb'),
      [
        `--pgdata=${dataIn(directory)}`,
        `--username=${superuser}`,
        '--auth=trust',
        '--encoding=UTF8',
        `--locale=${locale}`,
        '--no-sync',
        '--no-instructions',
      ],
      // cwd '/': a server user who may not enter ours could not even start.
      {
        ...user,
        cwd: '/',
        env: serverEnvironment,
        extendEnv: false,
        stdin: 'ignore',
        all: true,
        reject: false,
        timeout: initdbTimeoutMs,
      },
    );
    if (!initdb.failed) {
      await appendFile(join(dataIn(directory), 'postgresql.conf'), settings(directory));
      return {ok: true};
    }
    // Its code where it could not be started at all; the library's own message repeats the command line.
    output = initdb.all || initdb.code || '';
  }
  return failed({code: 'initdb-failed', output});
}

/** In the file and not on the command line: a server started again after a crash is the same server. */
function settings(directory: string): string {
  const values = {
    listen_addresses: '', // no port on this machine, not even on loopback: access is by trust
    unix_socket_directories: `"${socketsIn(directory)}"`, // a list: quoted against commas in the path
    unix_socket_permissions: '0700',
    port: serverPort,
    // Nothing here need outlive a power cut; a killed process loses nothing by these, as the system keeps what was written.
    fsync: 'off',
    full_page_writes: 'off',
    // On, unlike those: off keeps the last commits in shared memory, and a killed server comes back without what the journal
    // of the run says was done. Without fsync it costs one write.
    synchronous_commit: 'on',
    // Files in the data directory instead of /dev/shm: they go with it when the server is killed, and 64 MB containers do.
    dynamic_shared_memory_type: 'mmap',
    shared_buffers: '64MB',
    max_connections: 100,
    // Four times the default: a dump of a copy locks each of its tables, and this is promised for 25,600 of them.
    max_locks_per_transaction: 256,
    max_wal_size: '256MB', // a rehearsal leaves no gigabytes in a temporary folder
    timezone: 'UTC',
    log_timezone: 'UTC',
    cluster_name: 'attempt-runbook', // for whoever meets the processes in `ps`
  };
  return Object.entries(values)
    .map(([name, value]) => `${name} = '${String(value).replaceAll("'", "''")}'\n`)
    .join('');
}
