#!/usr/bin/env node
// Starts the built tool on a Node that can run it, or says in one line what is needed. Plain JavaScript on purpose: an
// old Node must be able to read this file to say so.

import {existsSync} from 'node:fs';
import module from 'node:module';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const parts = process.versions.node.split('.').map(Number);
const isNewEnough = parts[0] > 22 || (parts[0] === 22 && parts[1] >= 12);

const bundle = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'dist', 'attempt-runbook.js');

if (!isNewEnough) {
  process.stderr.write(
    `attempt-runbook needs Node 22.12 or newer; this is ${process.versions.node}. ` +
      'Run it with a newer one: npx --package=node@24 --package=attempt-runbook attempt-runbook\n',
  );
  process.exitCode = 64;
} else if (!existsSync(bundle)) {
  process.stderr.write('attempt-runbook is not built yet. In a checkout: npm ci (or npm run build)\n');
  process.exitCode = 64;
} else {
  // A warning on standard error would tear the screen; the tool writes them to the run's own log instead.
  process.removeAllListeners('warning');
  process.on('warning', () => undefined);
  if (typeof module.enableCompileCache === 'function') module.enableCompileCache();
  await import(bundle);
}
