// What do the smoke step and the newest rows cost, in reads of the whole view?

import {systemClock} from '../../../src/adapters/clock.ts';
import {parseConnectionUrl} from '../../../src/adapters/postgres/connection-url.ts';
import {databaseOf} from '../../../src/adapters/postgres/database.ts';
import {completed, type CompleteSettings} from '../../../src/adapters/postgres/source.ts';
import type {SmokeStep} from '../../../src/core/definition.ts';
import type {StepContext} from '../../../src/steps/kind.ts';
import {smoke} from '../../../src/steps/smoke.ts';
import {load, shipped as shippedFiles} from '../../unit/runbook/fixtures.ts';
import {filled, shipped} from '../changes.ts';
import type {Part} from '../part.ts';
import {timedQuery} from '../program.ts';
import type {SampleServer} from '../sample-server.ts';

const stepOf = (): SmokeStep => {
  const loaded = load(shippedFiles());
  const step = loaded.ok ? loaded.runbook.steps.find(({kind}) => kind === 'smoke') : undefined;
  if (step?.kind !== 'smoke') throw new Error('the shipped runbook has no smoke step');
  return step;
};

const settingsOf = ({url}: SampleServer): CompleteSettings => {
  const parsed = parseConnectionUrl(url);
  if (!parsed.ok) throw new Error(parsed.problem);
  return completed(parsed.settings, {});
};

/** As much of a run as the step asks for; what it writes is thrown away. */
const contextOf = (server: SampleServer): StepContext =>
  ({
    clock: systemClock,
    runbook: {environments: {}},
    opened: {environment: 'staging'},
    step: 'smoke',
    attempt: 1,
    database: databaseOf(settingsOf(server), 'bench/smoke'),
    sql: shipped,
    scribe: {output: () => undefined, progress: () => undefined, sealed: () => undefined},
    signal: new AbortController().signal,
    files: {write: async (path: string) => ({ok: true, value: {path}})},
  }) as unknown as StepContext;

const passes = async (step: SmokeStep, context: StepContext): Promise<number> => {
  const before = performance.now();
  const ran = await smoke.perform?.(step, context);
  const tookMs = performance.now() - before;
  if (ran?.ok !== true) throw new Error(JSON.stringify(ran?.failure));
  return tookMs;
};

const run: Part['run'] = async ({add, isQuick, note}) => {
  const results = isQuick ? 3000 : 100_000;
  await using server = await filled(results, note);
  const client = await server.connect();
  await client.query(`DROP VIEW public.attempt_weekly, public.attempt_topic; ${shipped('apply/010_attempt_v1.sql')}`);
  // As the tool's sessions read.
  await client.query('SET jit = off');
  const {rows} = await client.query<{name: string}>(
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = 'public.attempt'::regclass AND attnum > 0 ORDER BY attnum`,
  );
  const whole = `SELECT ${rows.map(({name}) => `count(a.${name})`).join(', ')} FROM public.attempt AS a`;
  const {shared: _, ...apart} = stepOf();
  const context = contextOf(server);
  const [readMs, togetherMs, apartMs, newestMs] = [[], [], [], []] as [number[], number[], number[], number[]];
  for (let round = 0; round < 3; round += 1) {
    note(`round ${round + 1}`);
    readMs.push(await timedQuery(client, whole));
    togetherMs.push(await passes(stepOf(), context));
    apartMs.push(await passes(apart, context));
    newestMs.push(await timedQuery(client, shipped('smoke/025_newest_rows.sql')));
  }
  await client.end();
  const name = `smoke step over ${results.toLocaleString('en')} results`;
  const beside = {what: 'every column of the view once', measured: readMs};
  // On less data the statements cost more than what they read.
  add({what: name, measured: togetherMs, beside, ...(isQuick ? {} : {goal: {ratio: 2.5}})});
  add({what: `${name}, each check alone`, measured: apartMs, beside});
  add({what: `newest rows of ${results.toLocaleString('en')} results`, measured: newestMs, beside});
};

export const part: Part = {minutes: 15, run};
