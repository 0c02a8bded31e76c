// Is everything that a run was told is written still there after the power went, at whatever moment, in whatever order?

import {existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, describe, expect, test} from 'vitest';
import {sha256} from '../../src/adapters/files.ts';
import {openJournal, readJournal} from '../../src/adapters/journal-file.ts';
import {runDirectory} from '../../src/adapters/run-directory.ts';
import {systemClock} from '../../src/adapters/clock.ts';
import {readRun} from '../../src/cli/read-run.ts';
import type {Recorded} from '../../src/core/event.ts';
import {randomOf} from '../support/crash-random.ts';
import {createTestDatabase, type TestDatabase} from '../support/postgres.ts';
import {layOut, recordFolder, type Luck, type Moment, type Recorder} from '../support/power-loss.ts';
import {beyondBackup, fixtureFolder, openTestRun, resumeTestRun, temporaryFolder, withStandIn} from '../support/run.ts';

const runbook = {name: 'orders-add-status', directory: fixtureFolder};
const LONG = process.env['LONG'] === '1';
/** Draws a moment: everything unsynced is lost, nothing is, or each sector and each name by itself. */
const DRAWS = LONG ? 24 : 4;
/** Without LONG the power goes at a drawn one of as many moments that follow one another. */
const EVERY = LONG ? 1 : 4;
/** The backup is not what is lost: without LONG a stand-in is sealed in its place. */
const through = LONG ? {environment: beyondBackup} : withStandIn;

const shop = async (): Promise<TestDatabase> => {
  const database = await createTestDatabase({template: 'empty'});
  const admin = await database.connect();
  await admin.query("SET runbook.orders = '300'");
  await admin.query(readFileSync(join(fixtureFolder, '../sql/orders-add-status/sample/010_orders.sql'), 'utf8'));
  return database;
};

let recorder: Recorder | undefined;
afterEach(() => {
  recorder?.stop();
  recorder = undefined;
});

type Lost = Readonly<{moment: Moment; luck: Luck; problem: string}>;

const lineOf = (event: Recorded): string => JSON.stringify(event);

/** All that is read of a run beside its journal, as one hash: the plan and the note of how to reach the target. */
const planOf = (path: string): string => {
  const plan = join(path, 'plan');
  const names = existsSync(plan) ? readdirSync(plan, {recursive: true, encoding: 'utf8'}).toSorted() : [];
  const files = [...names.map((name) => join('plan', name)), 'connection.json']
    .map((name) => join(path, name))
    .filter((file) => statSync(file, {throwIfNoEntry: false})?.isFile() === true);
  return sha256(files.map((file) => `${file.slice(path.length)} ${sha256(readFileSync(file))}`).join('\n'));
};

/**
 * What is wrong with the run that is found, or undefined.
 * @param known plans that were found to be readable: reading the same bytes again a thousand times tells nothing new.
 */
const problemOf = (
  runs: string,
  {acknowledged}: Moment,
  written: readonly Recorded[],
  known: Set<string>,
): string | undefined => {
  if (acknowledged === 0) return undefined;
  const name = existsSync(runs) ? readdirSync(runs).find((entry) => entry.startsWith('r-')) : undefined;
  if (name === undefined) return 'the run is gone';
  const directory = runDirectory(runs, name);
  const plan = planOf(directory.path);
  if (!known.has(plan)) {
    const read = readRun(directory);
    if (!read.ok) return `the run cannot be read: ${JSON.stringify(read.trouble)}`;
    if (read.value.note.folder === undefined) return 'the note of how to reach the target is gone';
    known.add(plan);
  }
  if (!existsSync(directory.journal)) return 'the journal is gone';
  const journal = readJournal(directory.journal);
  if (journal.damage !== undefined) return `the journal is damaged: ${JSON.stringify(journal.damage)}`;
  if (journal.events.length < acknowledged) return `${journal.events.length} of ${acknowledged} records are left`;
  const other = journal.events.findIndex(
    (event, at) => written[at] === undefined || lineOf(event) !== lineOf(written[at]),
  );
  if (other !== -1) return `record ${other + 1} was never written like that`;
  for (const event of journal.events) {
    if (event.type !== 'ArtifactSealed') continue;
    const path = join(directory.path, event.artifact.path);
    if (!existsSync(path)) return `${event.artifact.path} is sealed and gone`;
    if (sha256(readFileSync(path)) !== event.artifact.sha256) return `${event.artifact.path} is not what was sealed`;
  }
  // It goes on, and what it then writes is read back with everything before it.
  const [first] = journal.events;
  if (first?.type !== 'RunOpened') return 'the first record is no RunOpened';
  const opened = openJournal(directory.journal, journal, systemClock);
  opened.append({type: 'RunResumed', operator: first.operator, target: first.target, droppedBytes: journal.tornBytes});
  opened.close();
  const again = readJournal(directory.journal);
  return again.damage === undefined && again.events.length === journal.events.length + 1
    ? undefined
    : 'what was written afterwards cannot be read';
};

const lossesOf = (moments: readonly Moment[], root: string, written: readonly Recorded[], every = 1) => {
  const base = mkdtempSync(join(tmpdir(), 'power-'));
  const random = randomOf(11);
  let next = Math.floor(random() * every);
  const known = new Set<string>();
  const lost: Lost[] = [];
  let states = 0;
  let torn = 0;
  try {
    for (const [at, moment] of moments.entries()) {
      if (at !== next) continue;
      next = at + 1 + Math.floor(random() * (2 * every - 1));
      for (let draw = 0; draw < DRAWS; draw += 1) {
        const luck: Luck = draw === 0 ? 'certain' : draw === 1 ? 'last' : random;
        const into = join(base, `${states}`);
        mkdirSync(into);
        layOut(moment, statSync(root).ino, into, luck);
        const problem = problemOf(join(into, 'state', 'runs'), moment, written, known);
        if (problem !== undefined) lost.push({moment, luck, problem});
        const names = readdirSync(into, {recursive: true, encoding: 'utf8'});
        if (names.some((name) => name.includes('journal.torn-'))) torn += 1;
        rmSync(into, {recursive: true});
        states += 1;
      }
    }
  } finally {
    rmSync(base, {recursive: true, force: true});
  }
  return {states, torn, lost: [...new Set(lost.map(({moment, problem}) => `after ${moment.what}: ${problem}`))]};
};

const eventsOf = (path: string): readonly Recorded[] =>
  readFileSync(join(path, 'journal.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Recorded);

describe('when the power goes', () => {
  test('at any moment of a run, no acknowledged record and no sealed file is lost, and the run goes on', async () => {
    await using database = await shop();
    const root = temporaryFolder();
    const recording = recordFolder(root);
    recorder = recording;
    const run = await openTestRun(database, {
      runbook,
      ...through,
      runsDirectory: join(root, 'state', 'runs'),
    });
    recording.acknowledge();
    run.session.subscribe(({type}) => {
      if (type === 'event') recording.acknowledge();
    });
    await run.start('smoke');
    await run.rollback('drop-status');
    await run.close();
    recording.stop();

    const {states, torn, lost} = lossesOf(recording.moments, root, eventsOf(run.path), EVERY);
    expect(lost).toEqual([]);
    expect(states).toBeGreaterThan(LONG ? 2000 : 150);
    // The model tears: otherwise it would prove little.
    expect(torn).toBeGreaterThan(LONG ? 10 : 2);
  });

  test('after a sync that failed and that the system forgot, what the next process has read is on the disk before it goes on', async () => {
    await using database = await shop();
    const root = temporaryFolder();
    const runs = join(root, 'state', 'runs');
    const recording = recordFolder(root);
    recorder = recording;
    const run = await openTestRun(database, {runbook, ...through, runsDirectory: runs});
    recording.acknowledge();
    run.session.subscribe(({type}) => {
      if (type === 'event') recording.acknowledge();
    });
    await run.walkTo('snapshot');
    recording.failSync('journal.ndjson');
    expect(await run.submit({type: 'StartStep', step: 'snapshot'})).toMatchObject({code: 'journal-failed'});
    expect(run.session.view().fault).toMatchObject({code: 'journal-failed'});
    await run.close();
    const before = recording.moments.length;

    const resumed = await resumeTestRun(database, runs, run.id);
    // The record whose sync failed is read by the new process, which acts on it: now it counts.
    const read = eventsOf(resumed.path).length;
    const acknowledgedBefore = recording.moments.at(-1)?.acknowledged ?? 0;
    for (let at = acknowledgedBefore; at < read; at += 1) recording.acknowledge();
    resumed.session.subscribe(({type}) => {
      if (type === 'event') recording.acknowledge();
    });
    await resumed.retry('snapshot').catch(() => undefined);
    await resumed.close();
    recording.stop();

    const {lost} = lossesOf(recording.moments.slice(before), root, eventsOf(resumed.path));
    expect(lost).toEqual([]);
  });
});
