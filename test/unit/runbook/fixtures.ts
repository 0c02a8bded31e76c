// Where do the tests get runbooks from: the shipped one, the fixtures, and small ones made on the spot?

import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

import {loadRunbook, type LoadedRunbook, type RunbookFiles} from '../../../src/runbook/load.ts';
import type {Problem} from '../../../src/runbook/problems.ts';

export const root = join(import.meta.dirname, '../../..');
export const fixtures = join(root, 'test/fixtures/runbooks');

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A runbook as it lies on disk: `<base>/runbook/<id>/runbook.yaml` and `<base>/sql/<id>/`. */
export const filesOf = (base: string, id: string): RunbookFiles => {
  const sql = join(base, 'sql', id);
  const paths = readdirSync(sql, {recursive: true, encoding: 'utf8'}).filter((path) => path.endsWith('.sql'));
  return new Map([
    ['runbook.yaml', readFileSync(join(base, 'runbook', id, 'runbook.yaml'))],
    ...paths.map((path) => [`sql/${path}`, readFileSync(join(sql, path))] as const),
  ]);
};

export const shipped = (): RunbookFiles => filesOf(root, 'attempt-view-v1-lock');
export const orders = (): RunbookFiles => filesOf(fixtures, 'orders-add-status');

const text = (files: RunbookFiles, key: string): string => new TextDecoder().decode(files.get(key));

/** The orders runbook with one place of one file changed; the place must be there, or the test tests nothing. */
export const changed = (key: string, from: string, to: string, files: RunbookFiles = orders()): RunbookFiles => {
  const before = text(files, key);
  if (!before.includes(from)) throw new Error(`${key} does not contain ${from}`);
  return new Map([...files, [key, bytes(before.replace(from, to))]]);
};

export const problemsOf = (loaded: LoadedRunbook): readonly Problem[] => (loaded.ok ? [] : loaded.problems);

export const load = (files: RunbookFiles): LoadedRunbook => loadRunbook({files});

/** `runbook.yaml:12:3 key-unknown steps[1].titel`: how the golden files write a problem. */
export const line = ({file, line: at, column, code, path}: Problem): string =>
  `${file}:${at}:${column} ${code}${path === '' ? '' : ` ${path}`}`;
