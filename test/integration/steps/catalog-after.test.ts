// Does a run keep the catalog as the change and the way back found it, and say how it differs from before?

import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import type {Compose} from '../../../src/cli/open-run.ts';
import {snapshotText} from '../../../src/catalog/snapshot.ts';
import {factsText} from '../../../src/ui/text/facts.ts';
import {verdictOf} from '../../../src/core/facts.ts';
import {around} from '../../support/around.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {catalogOf, factsFrom, openTestRun, resumeTestRun, type TestRun} from '../../support/run.ts';

const steps = ['snapshot', 'apply-v1'];

type Diff = Readonly<{before: unknown; after: unknown; changes: readonly Readonly<{object: string; aspect: string}>[]}>;

const textIn = ({path}: TestRun, file: string): string => readFileSync(join(path, file), 'utf8');
const diffIn = (run: TestRun, file: string): Diff => JSON.parse(textIn(run, file)) as Diff;
const sealedIn = (run: TestRun): readonly string[] =>
  run.session
    .view()
    .state.artifacts.flatMap(({artifact: {path}}) => (/\.(catalog|diff)\.json$/.test(path) ? [path] : []));

describe('the catalog afterwards', () => {
  test('is kept with what differs: the change in its aspects, and nothing after the way back', async () => {
    await using database = await createTestDatabase();
    const before = await catalogOf(database);
    const run = await openTestRun(database, {steps});
    const applied = factsFrom(await run.start('apply-v1'), 'migration');
    expect(textIn(run, 'artifacts/apply-v1.1.catalog.json')).toBe(snapshotText(await catalogOf(database)));
    const diff = diffIn(run, 'artifacts/apply-v1.1.diff.json');
    expect(diff.changes.map(({object, aspect}) => `${object} ${aspect}`)).toEqual(
      applied.changes.map(({object, aspect}) => `${object} ${aspect}`),
    );
    expect(diff.changes.length).toBeGreaterThan(0);
    expect(applied.catalogAfter).toMatchObject({diff: {differences: diff.changes.length}});

    const restored = factsFrom(await run.rollback('restore-objects'), 'restore-objects');
    expect(textIn(run, 'artifacts/rollback.restore-objects.1.catalog.json')).toBe(snapshotText(before));
    expect(diffIn(run, 'artifacts/rollback.restore-objects.1.diff.json').changes).toEqual([]);
    expect(factsText(restored, 'en').join('\n')).toContain('equal to before');
    expect(factsText(restored, 'ko').join('\n')).toContain('변경 전과 같음');
    expect(sealedIn(run)).toHaveLength(4);
  });

  test('that cannot be written leaves the change a success, and a remark', async () => {
    await using database = await createTestDatabase();
    const full: Compose = (world) => ({
      ...world,
      files: {
        ...world.files,
        write: async (path, content, mediaType) =>
          path.endsWith('.catalog.json')
            ? {ok: false, failure: {code: 'disk-full', path}}
            : world.files.write(path, content, mediaType),
      },
    });
    const run = await openTestRun(database, {steps, compose: full});
    const state = await run.start('apply-v1');
    expect(state).toMatchObject({status: 'succeeded', verdict: 'amber'});
    const facts = factsFrom(state, 'migration');
    expect(facts.catalogAfter).toMatchObject({failure: {code: 'disk-full'}});
    expect(verdictOf(facts)).toBe('amber');
    expect(factsText(facts, 'en').join('\n')).toContain('could not be kept as evidence');
    expect(sealedIn(run)).toEqual([]);
  });

  test('is kept by whoever finds after a crash that the change took effect', async () => {
    await using database = await createTestDatabase();
    const cut = around({after: async (sql) => sql === 'COMMIT'});
    const run = await openTestRun(database, {steps, compose: cut});
    await run.start('apply-v1');
    await run.close();
    const again = await resumeTestRun(database, run.runsDirectory, run.id);
    await again.session.settled();
    const facts = factsFrom(again.stateOf('apply-v1'), 'migration');
    expect(facts).toMatchObject({reconciled: true, catalogAfter: {path: 'artifacts/apply-v1.1.catalog.json'}});
    expect(sealedIn(again)).toEqual(['artifacts/apply-v1.1.catalog.json', 'artifacts/apply-v1.1.diff.json']);
    expect(textIn(again, 'artifacts/apply-v1.1.catalog.json')).toBe(snapshotText(await catalogOf(database)));
  });
});
