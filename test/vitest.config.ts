// How the tests run: one cluster for all of them, files in parallel on two workers, the long loops only when asked for.

import {fileURLToPath} from 'node:url';
import {defineConfig} from 'vitest/config';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('..'),
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: [here('support/global-setup.ts')],
    // A real server, real children: slow machines are given time, and nothing waits for time to pass.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // CI decides how Ink renders and which front starts; a test that wants it sets it.
    env: {CI: '', NO_COLOR: '', TZ: 'UTC'},
    unstubEnvs: true,
  },
});
