// What exactly do approvers sign? A `sha256sum` list over every byte that decides what happens, and its digest.
//
// Raw bytes and an ordinary list, so that a sceptical DBA checks it with `sha256sum -c` and needs no tool of ours. That a
// changed comment needs a new approval is intended.

import {createHash} from 'node:crypto';

import type {Environment, Sha256} from '../core/ids.ts';

export type PlanFile = Readonly<{path: string; bytes: Uint8Array; sha256: Sha256}>;

/** What the files do not say: where the plan is carried out, and with which public values. Never a secret. */
export type PlanParameters = Readonly<{
  environment: Environment;
  /** Null before the first connection: such a plan says nothing about a target. */
  target: Readonly<{systemIdentifier: string; database: string; user: string; serverMajor: number}> | null;
  parameters: Readonly<Record<string, string>>;
}>;

export type Plan = Readonly<{files: readonly PlanFile[]; list: string; digest: Sha256}>;

/** The plan's own file; it is not among the runbook's files. */
export const parametersPath = 'parameters.json';

const sha256 = (data: string | Uint8Array): Sha256 => createHash('sha256').update(data).digest('hex');

// Paths are ASCII (the loader sees to it), so comparing code units is comparing bytes: the order of LC_ALL=C sort.
const byPath = (a: Readonly<{path: string}>, b: Readonly<{path: string}>): number =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : 0;

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
};

/** One text for one value: keys sorted, two spaces, a newline at the end. */
export const parametersText = (parameters: PlanParameters): string =>
  `${JSON.stringify(sorted(parameters), null, 2)}\n`;

/**
 * The plan's files, sorted by path. `files` is what `loadRunbook` returned: `runbook.yaml` and each referenced SQL file
 * under `sql/`.
 */
export const planFiles = (files: ReadonlyMap<string, Uint8Array>, parameters: PlanParameters): readonly PlanFile[] => {
  const own: readonly [string, Uint8Array] = [parametersPath, new TextEncoder().encode(parametersText(parameters))];
  return [...files, own].map(([path, bytes]) => ({path, bytes, sha256: sha256(bytes)})).toSorted(byPath);
};

/** The list in the format of `sha256sum`: 64 hex digits, two spaces, the path, a newline. */
export const planList = (files: readonly Pick<PlanFile, 'path' | 'sha256'>[]): string =>
  files
    .toSorted(byPath)
    .map((file) => `${file.sha256}  ${file.path}\n`)
    .join('');

/** The SHA-256 of the list's text: what `sha256sum plan.sha256` prints. */
export const planDigest = (list: string): Sha256 => sha256(list);

export const makePlan = (files: ReadonlyMap<string, Uint8Array>, parameters: PlanParameters): Plan => {
  const all = planFiles(files, parameters);
  const list = planList(all);
  return {files: all, list, digest: planDigest(list)};
};

/** Reads a list back; undefined when a line is not of that format, or a path occurs twice. */
export const parsePlanList = (list: string): readonly Pick<PlanFile, 'path' | 'sha256'>[] | undefined => {
  if (list !== '' && !list.endsWith('\n')) return undefined;
  const entries = list
    .split('\n')
    .slice(0, -1)
    .map((line) => /^([0-9a-f]{64}) {2}(\S.*)$/.exec(line));
  const files = entries.flatMap((entry) => (entry === null ? [] : [{path: entry[2] ?? '', sha256: entry[1] ?? ''}]));
  const distinct = new Set(files.map(({path}) => path));
  return files.length === entries.length && distinct.size === files.length ? files : undefined;
};

/** The paths that only one of two plans has, or that differ; sorted. */
export const comparePlans = (
  a: readonly Pick<PlanFile, 'path' | 'sha256'>[],
  b: readonly Pick<PlanFile, 'path' | 'sha256'>[],
): readonly string[] => {
  const before = new Map(a.map(({path, sha256: digest}) => [path, digest]));
  const after = new Map(b.map(({path, sha256: digest}) => [path, digest]));
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .toSorted();
};
