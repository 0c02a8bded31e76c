// A program of its own that changes the view and changes it back, and prints how long each held its lock.
//
// node change.ts <connection URL> <pairs>
// Prints one line of JSON for each change and each way back: {"what", "waitedMs", "heldMs", "tookMs"}.

import {readFileSync} from 'node:fs';
import {parseConnectionUrl} from '../../../src/adapters/postgres/connection-url.ts';
import {databaseOf} from '../../../src/adapters/postgres/database.ts';
import {completed} from '../../../src/adapters/postgres/source.ts';
import {loneSteps} from '../../support/lone-steps.ts';

const [url = '', pairs = '1'] = process.argv.slice(2);
const parsed = parseConnectionUrl(url);
if (!parsed.ok) throw new Error(`the URL is refused: ${parsed.problem}`);
const shipped = (path: string): string =>
  readFileSync(new URL(`../../../sql/attempt-view-v1-lock/${path}`, import.meta.url), 'utf8');

let said = '';
const steps = loneSteps(databaseOf(completed(parsed.settings, {}), 'bench'), ['public.attempt'], {
  lockTries: 20,
  verify: shipped('verify/010_columns.sql'),
  note: (text) => (said += text),
});

const measured = async (what: string, act: () => Promise<Readonly<{ok: boolean}>>): Promise<void> => {
  said = '';
  const before = performance.now();
  const done = await act();
  const tookMs = performance.now() - before;
  if (!done.ok) throw new Error(`${what}: ${JSON.stringify(done)}`);
  // The step's own words, as they stand in its transcript.
  const [, waitedMs, heldMs] = /lock waited for ([\d.]+) ms, then held for ([\d.]+) ms/.exec(said) ?? [];
  process.stdout.write(`${JSON.stringify({what, waitedMs: Number(waitedMs), heldMs: Number(heldMs), tookMs})}\n`);
};

await steps.snapshot();
for (let nth = 0; nth < Number(pairs); nth += 1) {
  await measured('apply', () => steps.apply(shipped('apply/010_attempt_v1.sql')));
  await measured('restore', () => steps.restore());
}
