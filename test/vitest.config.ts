// How the tests run: those that need no server at once, the others on one cluster that all of them share.

import {readFileSync, statfsSync} from 'node:fs';
import {availableParallelism, freemem} from 'node:os';
import {fileURLToPath} from 'node:url';
import {defineConfig} from 'vitest/config';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// Node before 22.18 reads TypeScript only when it is told to; children and workers of a test are sources as well.
const typeScript =
  process.features.typescript === undefined || process.features.typescript === false
    ? ['--experimental-strip-types', '--disable-warning=ExperimentalWarning']
    : [];

// A real server, real children: slow machines are given time, and nothing waits for time to pass. The product is loaded
// once a worker and not once a file, which was a fifth of all processor time: so no test file may rely on a module's state
// being its own. Nothing is tried a second time: a test that fails once has found something.
const timeout = process.env['LONG'] === '1' ? 1_200_000 : 120_000;
const shared = {
  testTimeout: timeout,
  hookTimeout: timeout,
  isolate: false,
  // A core each is all that a worker gets: threads that compile beside it only stand in its way, a tenth of its time.
  execArgv: ['--single-threaded'],
};

// One more than there are cores: a test that waits for its server or its child leaves its core to another.
const workers = availableParallelism() + 1;

/** 2 GiB: seven times what a run takes at a time. */
const ROOM_BYTES = 2 * 1024 ** 3;

/** A folder in memory with room for a run of all tests: on a disk a tenth of the time goes into making and removing files. */
const memoryFolder = (): string | undefined => {
  const folder = '/dev/shm';
  try {
    const options = / \/dev\/shm tmpfs (\S+)/.exec(readFileSync('/proc/mounts', 'utf8'))?.[1]?.split(',');
    if (options === undefined || ['ro', 'noexec'].some((one) => options.includes(one))) return undefined;
    const {bavail, bsize} = statfsSync(folder);
    // What a container may still take counts as well as what the machine has.
    return Math.min(bavail * bsize, freemem(), process.availableMemory()) > ROOM_BYTES ? folder : undefined;
  } catch {
    return undefined; // no Linux, or no such folder
  }
};

// Workers, servers and children take it from here; whoever has set it knows better.
const temporary = process.env['TMPDIR'] ?? memoryFolder();
if (temporary !== undefined) process.env['TMPDIR'] = temporary;

/** The operator's own settings must not decide how a test ends. */
const env = {
  TZ: 'UTC',
  LC_ALL: 'C.UTF-8',
  ...(typeScript.length > 0 ? {NODE_OPTIONS: typeScript.join(' ')} : {}),
};

export default defineConfig({
  root: here('..'),
  test: {
    // `.ci/run` names them as well: reporters of the command line replace these.
    reporters: ['default', here('support/wants-reporter.ts'), here('support/long-reporter.ts')],
    maxWorkers: workers,
    projects: [
      {
        test: {
          name: 'fast',
          root: here('..'),
          include: ['test/architecture.test.ts', 'test/{unit,component}/**/*.test.{ts,tsx}'],
          env,
          setupFiles: [here('support/long.ts')],
          ...shared,
        },
      },
      {
        test: {
          name: 'server',
          root: here('..'),
          include: ['test/{integration,crash,headless,terminal}/**/*.test.ts'],
          globalSetup: [here('support/global-setup.ts')],
          env,
          setupFiles: [here('support/long.ts')],
          ...shared,
        },
      },
    ],
  },
});
