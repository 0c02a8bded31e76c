// Does the built tool draw its pictures beside its steps, so that a short step behind a smoke step is seen in the target?

import {execFileSync} from 'node:child_process';
import {closeSync, constants, existsSync, mkdirSync, openSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {beforeAll, expect, onTestFinished, test, vi} from 'vitest';
import type {Recorded} from '../../src/core/event.ts';
import {allAnswers, createPlace, ensureBuilt, onlyChecks, type Place} from '../support/headless.ts';
import {needs} from '../support/needs.ts';
import {createTestDatabase, type TestDatabase} from '../support/postgres.ts';
import {onlySteps} from '../support/terminal.ts';

beforeAll(ensureBuilt);

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));

test('what draws is in no file that the built tool loads, but in those of its worker', () => {
  const loadedBy = (entry: string): readonly string[] => {
    const files = new Set<string>();
    const visit = (name: string): void => {
      if (files.has(name)) return;
      files.add(name);
      const text = readFileSync(join(dist, name), 'utf8');
      for (const [, next = ''] of text.matchAll(/(?:from|import)\s*\(?\s*["']\.\/([\w.-]+\.js)["']/g)) visit(next);
    };
    visit(entry);
    return [...files].filter((name) => readFileSync(join(dist, name), 'utf8').includes('@resvg/resvg-wasm'));
  };
  expect(readdirSync(dist)).toContain('picture-worker.js');
  expect(loadedBy('picture-worker.js')).not.toEqual([]);
  expect(loadedBy('attempt-runbook.js')).toEqual([]);
});

const program = '/usr/bin/pytest';

/** A suite that is over as soon as whoever watches it has looked since it came, however short that is. */
const suite = `
import os, re, psycopg2

NOT_YET = """
SELECT EXISTS (
  SELECT FROM pg_stat_activity AS child JOIN pg_stat_activity AS watcher USING (application_name)
  WHERE child.pid = %s AND watcher.pid <> child.pid
    AND watcher.query LIKE '%%pg_stat_activity%%' AND watcher.query_start <= %s)
"""


def test_is_looked_at():
    url = re.sub(r"^postgresql[+][a-z0-9]+:", "postgresql:", os.environ["DATABASE_URL"])
    child = psycopg2.connect(url)
    child.autocommit = True
    child.cursor().execute("SELECT 1")
    onlooker = psycopg2.connect(url, application_name="onlooker")
    onlooker.autocommit = True
    cursor = onlooker.cursor()
    # A server process begins before it has the name that it is looked for by.
    cursor.execute("SELECT clock_timestamp()")
    (connected,) = cursor.fetchone()
    while True:
        cursor.execute(NOT_YET, (child.info.backend_pid, connected))
        if cursor.fetchone() == (False,):
            return
`;

const placeWith = (directory: string): Place =>
  createPlace({
    alter: (yaml) => {
      const steps = onlySteps('smoke')(onlyChecks('columns')(yaml));
      const step = [
        '  - id: suite',
        '    phase: smoke',
        '    kind: pytest',
        '    title: {en: Suite, ko: 테스트}',
        `    argv: [${program}, -p, 'no:cacheprovider', -q]`,
        `    directory: ${directory}`,
        '    url: {variable: DATABASE_URL, scheme: postgresql+psycopg2}',
      ];
      return steps.replace(/\nrollback:\n/, `\n${step.join('\n')}\n\nrollback:\n`);
    },
  });

const run = (place: Place, database: TestDatabase, until: string) =>
  place.cli(
    [
      'run',
      '--env',
      'staging',
      '--url',
      'env:TEST_DATABASE_URL',
      '--until',
      until,
      '--answers',
      place.answers(allAnswers(place.definition(), 'staging', database.name)),
    ],
    {env: {TEST_DATABASE_URL: database.url, PYTHONDONTWRITEBYTECODE: '1'}},
  );

const ended = (place: Place, step: string): Recorded | undefined =>
  existsSync(place.runs) && readdirSync(place.runs).some((name) => existsSync(join(place.runs, name, 'journal.ndjson')))
    ? place.journal().find((event) => event.type === 'StepSucceeded' && event.step === step)
    : undefined;

needs('pytest').test(
  'a pytest suite behind a smoke step is seen in the target while the picture is being drawn',
  async () => {
    await using database = await createTestDatabase();
    const place = placeWith('suite');
    writeFileSync(place.sql('smoke/030_columns.sql'), "SELECT true AS ok, 5 AS rows, 'looks right' AS observed;\n");
    const directory = join(place.folder, 'suite');
    mkdirSync(directory);
    writeFileSync(join(directory, 'test_short.py'), suite);
    // A font that can be read as soon as somebody writes it: the picture is being drawn for as long as nobody does.
    const fonts = join(place.folder, 'home', '.fonts');
    mkdirSync(fonts);
    const font = join(fonts, 'DejaVuSansMono.ttf');
    execFileSync('mkfifo', [font]);
    const running = run(place, database, 'suite');
    let isOver = false;
    void running.finally(() => (isOver = true));
    const release = (): Promise<boolean> =>
      vi.waitUntil(
        () => {
          try {
            closeSync(openSync(font, constants.O_WRONLY | constants.O_NONBLOCK));
          } catch {
            // ENXIO: nobody reads it.
          }
          return isOver;
        },
        {timeout: 100_000},
      );
    onTestFinished(() => void release());
    await vi.waitUntil(() => isOver || ended(place, 'suite') !== undefined, {timeout: 100_000});
    const suiteEnded = ended(place, 'suite');
    expect(isOver).toBe(false);
    await release();
    const {code, all} = await running;
    expect({code, all}).toMatchObject({code: 0});
    if (suiteEnded?.type !== 'StepSucceeded' || suiteEnded.facts.kind !== 'pytest') throw new Error(all);
    expect(suiteEnded.facts.findings.map((finding) => finding.code)).not.toContain('not-seen-in-target');
  },
  // Each of both waits ends by itself, with its own words.
  240_000,
);
