// Of everything that the tool sends to a target from the first step to every way back: does anything break a promise? The
// record is that of the wire between both, so that no statement can hide in a helper.

import {expect} from 'vitest';
import {stepsOf} from '../../src/core/outline.ts';
import {needs} from '../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../support/postgres.ts';
import {catalogOf, openTestRun, withStandIn, type TestRun} from '../support/run.ts';
import {startWire} from '../support/wire.ts';

const {test} = needs('pg_dump');

/** Sessions of the tool that are in a transaction, asked at a moment at which the run waits for a human. */
const inTransaction = async (database: TestDatabase): Promise<readonly string[]> => {
  const admin = await database.connect();
  const {rows} = await admin.query<{name: string}>(
    `SELECT application_name || ': ' || state AS name FROM pg_stat_activity
     WHERE datname = current_database() AND starts_with(application_name, 'attempt-runbook/') AND xact_start IS NOT NULL
       AND pid <> pg_backend_pid()`,
  );
  await admin.end();
  return rows.map(({name}) => name);
};

const walkAll = async (run: TestRun, ask: () => Promise<void>): Promise<void> => {
  const {runbook, state} = run.session.view();
  for (const {id} of stepsOf(runbook, state.opened?.environment ?? 'rehearsal')) {
    await run.walkTo(id);
    await ask();
  }
};

test('no table is locked by name, nothing falls by CASCADE, nothing commits in a message of several, and nobody is asked inside a transaction', async () => {
  await using database = await createTestDatabase();
  const before = await catalogOf(database);
  await using wire = await startWire(database);
  const asked: (readonly string[])[] = [];
  const ask = async (): Promise<void> => void asked.push(await inTransaction(database));
  for (const [option, options] of [
    // The whole runbook, but for the proof of its backup: that of the last one is seen.
    ['restore-objects', withStandIn],
    ['revert-v0', {...withStandIn, steps: ['snapshot', 'backup', 'apply-v1']}],
    ['restore-backup', {steps: ['snapshot', 'backup', 'apply-v1']}],
  ] as const) {
    const run = await openTestRun(wire.database, options);
    await walkAll(run, ask);
    if ('steps' in options) await run.start('apply-v1');
    expect((await run.rollback(option)).status, option).toBe('succeeded');
    await ask();
    await run.close();
    // The index of the student is no part of what the ways back restore; the views are.
    expect(await catalogOf(database), option).toEqual(before);
  }

  // Many moments, and at every one the tool held nothing while it waited for an answer.
  expect(asked.length).toBeGreaterThan(15);
  expect(asked.flat()).toEqual([]);

  const sent = wire.sent();
  const matching = (pattern: RegExp): readonly string[] =>
    sent.filter((text) => pattern.test(text)).map((text) => text.slice(0, 200));
  // The record is a record: the change and its end are in it.
  expect(matching(/^BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE$/).length).toBeGreaterThan(2);
  expect(matching(/^COMMIT$/).length).toBeGreaterThan(2);
  // pg_dump and pg_restore are PostgreSQL's own and lock what they read and replace; what we send never does.
  expect(matching(/^(?!LOCK TABLE .* IN ACCESS SHARE MODE)[^]*\bLOCK\s+TABLE\b(?!\s+ONLY)/i)).toEqual([]);
  expect(matching(/^\s*(?:DROP|TRUNCATE|REVOKE|ALTER)\b[^;]*\bCASCADE\b/im)).toEqual([]);
  // A message of several statements that ends a transaction would be committed by the server alone, after our death.
  expect(matching(/;\s*(?:COMMIT|END)\b/i)).toEqual([]);
  expect(matching(/^\s*(?:BEGIN|START TRANSACTION)\b[^;]*;\s*\S/i)).toEqual([]);
});
