// What does a whole run on staging cost, step by step, in time and in memory of the tool?

import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Client} from 'pg';
import {readRunbookFolder, runbookFolder} from '../../src/adapters/runbook-folder.ts';
import type {Recorded} from '../../src/core/event.ts';
import {loadRunbook} from '../../src/runbook/load.ts';
import {allAnswers} from '../support/headless.ts';
import {createPlace, shippedRunbook, type Place} from '../support/terminal.ts';
import type {Figures} from './part.ts';
import {watchPeaks} from './peaks.ts';
import {timedQuery} from './program.ts';
import {startSampleServer, type SampleServer} from './sample-server.ts';
import {quantity} from './table.ts';

const launcher = fileURLToPath(new URL('../../src/cli/launcher.js', import.meta.url));

/** Every answer, and the newest rows with it; the copy, GitHub and the index are left out: optional steps are waived. */
const answersIn = (place: Place, database: string): string => {
  const loaded = loadRunbook({
    files: readRunbookFolder(runbookFolder(place.runbooks, shippedRunbook)),
    folder: shippedRunbook,
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const path = join(place.folder, 'answers.yaml');
  writeFileSync(path, JSON.stringify(allAnswers(loaded.runbook, 'staging', database, {'newest-rows': {start: true}})));
  return path;
};

/** Reads every column of every row once: what a step costs is said in so many of these. */
const fullRead = async (client: Client): Promise<string> => {
  const {rows} = await client.query<{name: string}>(
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = 'public.attempt'::regclass AND attnum > 0 ORDER BY attnum`,
  );
  return `SELECT ${rows.map(({name}) => `count(a.${name})`).join(', ')} FROM public.attempt AS a`;
};

const journalOf = (place: Place): readonly Recorded[] => {
  const [run] = existsSync(place.runs) ? place.runNames() : [];
  if (run === undefined || !existsSync(join(place.runs, run, 'journal.ndjson'))) return [];
  const text = readFileSync(join(place.runs, run, 'journal.ndjson'), 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole === ''
    ? []
    : whole
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Recorded);
};

const runningStep = (events: readonly Recorded[]): string => {
  const last = events.findLast(({type}) => type === 'StepStarted' || type === 'StepSucceeded');
  return last?.type === 'StepStarted' ? last.step : 'between steps';
};

const walk = async (server: SampleServer, place: Place, note: Figures['note']) => {
  const client = await server.connect();
  const {rows} = await client.query<{id: string; database: string}>(
    'SELECT system_identifier::text AS id, current_database() AS database FROM pg_control_system()',
  );
  const [{id, database} = {id: '', database: ''}] = rows;
  // As somebody would have stamped it: the run asks for it behind the change.
  await client.query("UPDATE public.alembic_version SET version_num = '20251101_0900_attempt_view_lock'");
  await client.end();
  const target = ['--env', 'staging', '--url', 'env:TARGET', '--pin', id];
  const folders = ['--runs-dir', place.runs, '--runbook-dir', place.runbooks];
  const args = ['run', ...target, '--answers', answersIn(place, database), '--plain', ...folders];
  const began = performance.now();
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd: place.folder,
    env: {...place.env, TARGET: server.url},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += String(data)));
  let shown = '';
  const peaks = watchPeaks(child.pid ?? 0, () => {
    const step = runningStep(journalOf(place));
    if (step !== shown) note(`${quantity(performance.now() - began, 'ms')}: ${step}`);
    shown = step;
    return step;
  });
  const [status] = (await once(child, 'close')) as [number | null];
  peaks.stop();
  const failure = status === 0 ? undefined : `the run ended with ${status}: ${said.trim().slice(-300)}`;
  return {tookMs: performance.now() - began, peaks, events: journalOf(place), failure};
};

export const stagingRun = async (results: number, {add, note}: Figures): Promise<void> => {
  note(`filling a server with ${results} results`);
  await using server = await startSampleServer(results);
  await using place = createPlace();
  const {tookMs, peaks, events, failure} = await walk(server, place, note);
  const client = await server.connect();
  const read = await fullRead(client);
  // As the tool's sessions read.
  await client.query('SET jit = off');
  note('reading the view once in full');
  const readMs: number[] = [];
  for (let round = 0; round < (results > 100_000 ? 1 : 3); round += 1) readMs.push(await timedQuery(client, read));
  const size = await client.query<{bytes: string}>('SELECT pg_database_size(current_database()) AS bytes');
  await client.end();

  const name = `staging run, ${results.toLocaleString('en')} results`;
  const beside = {what: 'every column of the view once', measured: readMs};
  const gigabytes = `${(Number(size.rows[0]?.bytes) / 1e9).toFixed(2)} GB`;
  add({what: name, measured: tookMs, beside, remark: `${gigabytes}, without a copy and the index`});
  add({what: `${name}: peak memory`, measured: peaks.wholeKib(), unit: 'KiB'});
  for (const event of events) {
    if (event.type !== 'StepSucceeded') continue;
    const started = events.findLast((one) => one.type === 'StepStarted' && one.step === event.step);
    if (started === undefined) continue;
    const memory = peaks.of.get(event.step);
    add({
      what: `${name}: ${event.step}`,
      measured: Date.parse(event.at) - Date.parse(started.at),
      beside,
      // On less data the eleven statements cost more than what they read.
      ...(event.step === 'smoke' && results >= 100_000 && {goal: {ratio: 2.5}}),
      ...(memory !== undefined && {remark: `peak memory ${quantity(memory, 'KiB')}`}),
    });
    if (event.facts.kind === 'migration' && event.facts.lockHeldMs !== undefined)
      add({what: `${name}: ${event.step}, lock held`, measured: event.facts.lockHeldMs});
  } // The steps before it have been measured all the same.
  if (failure !== undefined) throw new Error(failure);
};
