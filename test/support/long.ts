// Which tests run only under `npm run test:long`? Those that long-tests.json names, file by file; each of them has a
// cheaper sibling in `npm test` that shows the same behaviour.

import {relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import {beforeEach} from 'vitest';
import {plainName} from './long-reporter.ts';
import listed from './long-tests.json' with {type: 'json'};

const root = fileURLToPath(new URL('../..', import.meta.url));
const files: Readonly<Record<string, readonly string[]>> = listed;

if (process.env['LONG'] !== '1') {
  beforeEach(({task, skip}) => {
    const names = files[relative(root, task.file.filepath)];
    if (names?.includes(plainName(task.fullTestName)) === true) skip('runs under npm run test:long');
  });
}
