// Is every change of an approved plan noticed and named, and does a sceptic need no tool of ours to see it?

import {mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {LIST, changedFiles, readList, readPlan, writePlan} from '../../../src/adapters/plan-directory.ts';
import type {RunbookFolder} from '../../../src/adapters/runbook-folder.ts';
import {makePlan, parsePlanList, type Plan} from '../../../src/runbook/plan.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let root: string;
let plan: Plan;
let directory: string;
let source: RunbookFolder;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'plan-'));
  directory = join(root, 'run', 'plan');
  mkdirSync(directory, {recursive: true});
  source = {yaml: join(root, 'book', 'small', 'runbook.yaml'), sql: join(root, 'sql', 'small'), answers: ''};
  mkdirSync(join(root, 'book', 'small'), {recursive: true});
  mkdirSync(join(source.sql, 'apply'), {recursive: true});
  const files = new Map([
    ['runbook.yaml', bytes('id: small # 작은 런북\n')],
    ['sql/apply/010.sql', bytes('SELECT 1;\r\n')],
    ['sql/apply/020.sql', bytes('')],
  ]);
  writeFileSync(source.yaml, files.get('runbook.yaml') ?? '');
  writeFileSync(join(source.sql, 'apply/010.sql'), files.get('sql/apply/010.sql') ?? '');
  writeFileSync(join(source.sql, 'apply/020.sql'), files.get('sql/apply/020.sql') ?? '');
  plan = makePlan(files, {environment: 'staging', target: null, parameters: {}});
  writePlan(directory, plan.files, plan.list);
});

afterEach(() => rmSync(root, {recursive: true}));

const changed = (from: RunbookFolder | undefined = source): readonly string[] =>
  changedFiles(directory, plan.files, plan.digest, from);

const check = async (): Promise<Readonly<{exitCode: number | undefined; stdout: string}>> => {
  const {exitCode, stdout} = await execa('sha256sum', ['--check', '--strict', LIST], {cwd: directory, reject: false});
  return {exitCode, stdout};
};

describe('a plan as it was approved', () => {
  it('differs in nothing, and reads back as it was written', () => {
    expect(changed()).toEqual([]);
    expect(readList(directory)).toBe(plan.list);
    expect(parsePlanList(readList(directory))).toEqual(plan.files.map(({path, sha256}) => ({path, sha256})));
    const read = readPlan(directory, plan.files);
    expect([...read.keys()]).toEqual(['parameters.json', 'runbook.yaml', 'sql/apply/010.sql', 'sql/apply/020.sql']);
    for (const file of plan.files) expect(read.get(file.path)).toEqual(new Uint8Array(file.bytes));
  });

  it('is accepted by sha256sum, and its digest is what sha256sum says of the list', async () => {
    expect(await check()).toEqual({
      exitCode: 0,
      stdout: 'parameters.json: OK\nrunbook.yaml: OK\nsql/apply/010.sql: OK\nsql/apply/020.sql: OK',
    });
    const {stdout} = await execa('sha256sum', [LIST], {cwd: directory});
    expect(stdout).toBe(`${plan.digest}  ${LIST}`);
  });

  it('is for its owner alone', () => {
    expect(statSync(join(directory, 'sql/apply/010.sql')).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'sql')).mode & 0o777).toBe(0o700);
  });

  it('is judged by its own copy when the folder it came from is not on this machine', () => {
    rmSync(join(root, 'book'), {recursive: true});
    rmSync(source.sql, {recursive: true});
    expect(changed()).toEqual([]);
    expect(changed(undefined)).toEqual([]);
  });
});

describe('a changed plan', () => {
  it.each(['parameters.json', 'runbook.yaml', 'sql/apply/010.sql', 'sql/apply/020.sql'])(
    'names %s in the copy',
    async (path) => {
      writeFileSync(join(directory, path), ' ', {flag: 'a'});
      expect(changed(undefined)).toEqual([path]);
      const {exitCode, stdout} = await check();
      expect(exitCode).toBe(1);
      expect(stdout).toContain(`${path}: FAILED`);
    },
  );

  it.each(['runbook.yaml', 'sql/apply/010.sql', 'sql/apply/020.sql'])(
    'names %s when it is gone from the copy',
    (path) => {
      rmSync(join(directory, path));
      expect(changed(undefined)).toEqual([path]);
    },
  );

  it('names a changed file of the folder that it came from, where a reviewer would look', () => {
    writeFileSync(join(source.sql, 'apply/010.sql'), 'SELECT 1;\n');
    expect(changed()).toEqual(['sql/apply/010.sql']);
    rmSync(join(source.sql, 'apply/020.sql'));
    writeFileSync(source.yaml, 'id: small\n');
    expect(changed()).toEqual(['runbook.yaml', 'sql/apply/010.sql', 'sql/apply/020.sql']);
  });

  it('names its list when somebody signed another one, files and list together', () => {
    const other = makePlan(new Map([['runbook.yaml', bytes('id: other\n')]]), {
      environment: 'staging',
      target: null,
      parameters: {},
    });
    writePlan(directory, other.files, other.list);
    expect(changed(undefined)).toEqual([LIST]);
    expect(changedFiles(directory, other.files, plan.digest, undefined)).toEqual([LIST]);
  });

  it('that got a file more is the same plan: what is not listed is never run', () => {
    writeFileSync(join(directory, 'sql/apply/030.sql'), 'DROP TABLE x;');
    writeFileSync(join(source.sql, 'apply/030.sql'), 'DROP TABLE x;');
    expect(changed()).toEqual([]);
    expect([...readPlan(directory, plan.files).keys()]).not.toContain('sql/apply/030.sql');
  });
});
