// Do the texts of the runbooks that come with the tool promise of a way back only what the tool itself can say?

import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';
import {parse} from 'yaml';

type Way = Readonly<{id: string; kind: string; why?: Readonly<Record<'en' | 'ko', string>>}>;

const waysBack = (path: string): readonly Way[] =>
  (
    parse(readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8')) as Readonly<{
      rollback: readonly Way[];
    }>
  ).rollback;

/** That no row is lost, the server is asked at the moment of the decision; of a script nobody can know it. */
const promises = {
  en: /\b(?:loses?|lost|losing)\s+(?:no|nothing)\b|\b(?:without|no)\s+(?:any\s+)?loss\b|\blossless\b|\bsays how many\b/,
  ko: /잃는\s+(?:행|것)[은이]?\s*없|손실\s*(?:이|은)?\s*없|몇 건인지/,
} as const;

describe.each([
  'runbook/attempt-view-v1-lock/runbook.yaml',
  'test/fixtures/runbooks/runbook/orders-add-status/runbook.yaml',
  'test/fixtures/alembic/runbook/attempt-view-alembic/runbook.yaml',
])('%s', (path) => {
  test.each(['en', 'ko'] as const)('promises no loss and no number of a way back (%s)', (locale) => {
    const said = waysBack(path).map(({id, why}) => `${id}: ${(why?.[locale] ?? '').replaceAll(/\s+/g, ' ')}`);
    expect(said.filter((text) => promises[locale].test(text))).toEqual([]);
  });
});
