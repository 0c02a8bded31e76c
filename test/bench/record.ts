// How are the rows of a run of the bench kept, so that a later run is compared with them?

import {spawnSync} from 'node:child_process';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {cpus, totalmem} from 'node:os';
import {dirname} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Row} from './row.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export type Circumstances = Readonly<{
  date: string;
  /** Undefined outside a checkout; 'dirty' says that the bench measured more than the commit. */
  commit?: string;
  isDirty: boolean;
  node: string;
  machine: string;
  isQuick: boolean;
}>;

/** Each row has its own load and time besides. */
export type BenchRecord = Readonly<{v: 1}> & Circumstances & Readonly<{rows: readonly Row[]}>;

const git = (...args: readonly string[]): string | undefined => {
  const {status, stdout} = spawnSync('git', ['-C', root, ...args], {encoding: 'utf8'});
  return status === 0 ? stdout.trim() : undefined;
};

export const circumstances = (isQuick: boolean): Circumstances => {
  const commit = git('rev-parse', 'HEAD');
  return {
    date: new Date().toISOString(),
    ...(commit !== undefined && {commit}),
    isDirty: (git('status', '--porcelain') ?? '') !== '',
    node: process.versions.node,
    machine: `${process.platform} ${process.arch}, ${cpus().length} x ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    isQuick,
  };
};

export const defaultFile = ({date}: Circumstances): string =>
  `${root}.bench/${date.slice(0, 19).replaceAll(':', '-')}.json`;

export const writeRecord = (file: string, record: BenchRecord): void => {
  mkdirSync(dirname(file), {recursive: true});
  writeFileSync(file, `${JSON.stringify(record, undefined, 2)}\n`);
};

export const readRecord = (file: string): BenchRecord => {
  const record = JSON.parse(readFileSync(file, 'utf8')) as Partial<BenchRecord>;
  if (record.v !== 1 || !Array.isArray(record.rows)) throw new Error(`${file} is not what the bench writes`);
  return record as BenchRecord;
};
