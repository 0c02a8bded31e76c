// How the tests run: those that need no server at once, the others on one cluster that all of them share.

import {fileURLToPath} from 'node:url';
import {defineConfig} from 'vitest/config';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// A real server, real children: slow machines are given time, and nothing waits for time to pass.
// On a build machine, which others share, a test that fails is tried once more, and the report says that it was.
const patience = {testTimeout: 120_000, hookTimeout: 120_000, retry: process.env['CI'] === undefined ? 0 : 1};

/** The operator's own settings must not decide how a test ends. */
const env = {TZ: 'UTC', LC_ALL: 'C.UTF-8'};

export default defineConfig({
  root: here('..'),
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'still',
          root: here('..'),
          include: ['test/architecture.test.ts', 'test/{unit,component}/**/*.test.{ts,tsx}'],
          env,
          ...patience,
        },
      },
      {
        test: {
          name: 'server',
          root: here('..'),
          include: ['test/{integration,crash,headless,terminal}/**/*.test.ts'],
          globalSetup: [here('support/global-setup.ts')],
          env,
          ...patience,
        },
      },
    ],
  },
});
