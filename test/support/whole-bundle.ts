// Does the bundle of a whole run hold everything that an auditor is promised, and is each file what its name says?

import {execFileSync} from 'node:child_process';
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import type {Recorded} from '../../src/core/event.ts';
import {sha256Of} from '../../src/evidence/hashing.ts';
import {has} from './programs.ts';

type Json = Readonly<Record<string, unknown>>;

/** @param bag the bundle's directory. @param run the directory of the run that it was made from. */
export const expectWholeBundle = (bag: string, run: string, events: readonly Recorded[]): void => {
  const bytes = (path: string): Buffer => readFileSync(join(bag, 'data', path));
  const text = (path: string): string => bytes(path).toString('utf8');
  const json = (path: string): Json => JSON.parse(text(path)) as Json;
  const paths = readdirSync(join(bag, 'data'), {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(bag, 'data').length + 1));
  const ending = (...ends: readonly string[]): readonly string[] =>
    paths.filter((path) => ends.some((end) => path.endsWith(end)));
  const factsOf = (kind: string) =>
    events.flatMap((event) =>
      event.type === 'StepSucceeded' && event.facts.kind === kind ? [{step: event.step, facts: event.facts}] : [],
    );

  // The journal, byte for byte.
  expect(bytes('journal.ndjson').equals(readFileSync(join(run, 'journal.ndjson')))).toBe(true);

  // Every file that was sealed, as it was sealed; only the backup stays where it is.
  const sealed = events.flatMap((event) => (event.type === 'ArtifactSealed' ? [event.artifact] : []));
  for (const {path, sha256} of sealed)
    if (!/\.(?:dump|stand-in\.ndjson)$/.test(path))
      expect({path, sha256: sha256Of(bytes(path))}).toEqual({path, sha256});

  // The plan as it was signed: its list is what the run was opened with, and its files are what the list says.
  const opened = events.find((event) => event.type === 'RunOpened');
  const list = bytes('plan/plan.sha256');
  expect(sha256Of(list)).toBe(opened?.plan);
  const listed = list.toString('utf8').trimEnd().split('\n');
  for (const line of listed) expect(`${sha256Of(bytes(`plan/${line.slice(66)}`))}  ${line.slice(66)}`).toBe(line);
  expect(listed.map((line) => `plan/${line.slice(66)}`).toSorted()).toEqual(
    paths.filter((path) => path.startsWith('plan/') && path !== 'plan/plan.sha256').toSorted(),
  );

  // A recording and a plain log of every step that the tool performed.
  const performed = events.flatMap((event) => (event.type === 'StepStarted' ? [event] : []));
  expect(performed.length).toBeGreaterThan(10);
  for (const {step, attempt} of performed) {
    const name = `transcripts/${step.replaceAll('/', '.')}.${attempt}`;
    expect(text(`${name}.log`)).not.toBe('');
    const [header = '', ...records] = text(`${name}.cast`).trimEnd().split('\n');
    expect(JSON.parse(header)).toMatchObject({version: 3, 'attempt-runbook': {step, attempt}});
    for (const record of records) expect(JSON.parse(record)).toHaveLength(3);
  }

  // The smoke suite as JUnit XML: a case for every check.
  const suites = ending('.junit.xml');
  expect(suites).toEqual(['artifacts/smoke.1.junit.xml']);
  const [smoke] = factsOf('smoke');
  if (smoke?.facts.kind !== 'smoke') throw new Error('no smoke step succeeded');
  const suite = text('artifacts/smoke.1.junit.xml');
  const {tests, failures} =
    /<testsuite name="smoke" tests="(?<tests>\d+)" failures="(?<failures>\d+)"/.exec(suite)?.groups ?? {};
  expect({tests, failures}).toEqual({tests: `${smoke.facts.checks.length}`, failures: '0'});
  const cases = [...suite.matchAll(/<testcase classname="smoke" name="([^"]+)"/g)].map(([, name]) => name);
  expect(cases).toEqual(smoke.facts.checks.map(({id}) => id));
  if (has('xmllint')) execFileSync('xmllint', ['--noout', ...suites], {cwd: join(bag, 'data')});

  // The plans of the downstream queries and of what smoke checks share, each with its root node.
  const plans = ending('.explain.json');
  const samples = factsOf('downstream').flatMap(({step, facts}) =>
    facts.kind === 'downstream' ? facts.samples.map(({id}) => `artifacts/${step}.1.${id}.explain.json`) : [],
  );
  const reads = (smoke.facts.reads ?? []).map(({id}) => `artifacts/smoke.1.${id}.explain.json`);
  expect([samples.length, reads.length].every((count) => count > 0)).toBe(true);
  expect(plans.toSorted()).toEqual([...samples, ...reads].toSorted());
  for (const path of plans) expect(json(path)).toMatchObject([{Plan: {'Node Type': expect.any(String)}}]);

  // The catalog before, after the change, and after the way back, which leaves no difference.
  const snapshot = 'artifacts/snapshot.1.snapshot.json';
  expect(json(snapshot)).toMatchObject({
    format: 'attempt-runbook-snapshot/2',
    objects: expect.arrayContaining([expect.objectContaining({schema: 'public', name: 'attempt'})]),
  });
  const differences = (name: string): unknown => {
    const after = `artifacts/${name}.1.catalog.json`;
    const diff = json(`artifacts/${name}.1.diff.json`);
    expect(diff).toMatchObject({
      before: {path: snapshot, sha256: sha256Of(bytes(snapshot))},
      after: {path: after, sha256: sha256Of(bytes(after))},
    });
    return diff['changes'];
  };
  expect(differences('apply-v1')).toContainEqual(
    expect.objectContaining({object: 'public.attempt', aspect: 'definition'}),
  );
  for (const {step} of factsOf('migration')) expect(differences(step)).toBeInstanceOf(Array);
  expect(differences('rollback.restore-objects')).toEqual([]);

  // The backup stays behind: its hash, its size, and how far it was proven; a stand-in was not.
  const [backup] = factsOf('backup');
  const isStandIn = backup?.facts.kind === 'backup' && backup.facts.method === 'stand-in';
  const path = `artifacts/backup.1.${isStandIn ? 'stand-in.ndjson' : 'dump'}`;
  const dump = readFileSync(join(run, path));
  const proof = isStandIn ? {} : {proof: {level: 'restored', objects: expect.any(Number) as unknown}};
  expect(json('backups.json')).toMatchObject([
    {step: 'backup', facts: {path, bytes: dump.byteLength, sha256: sha256Of(dump), ...proof}},
  ]);
  expect(ending('.dump', '.stand-in.ndjson')).toEqual([]);

  // The approval, and the picture of the smoke step.
  expect(paths.filter((path) => path.startsWith('artifacts/approvals/'))).not.toEqual([]);
  expect(text('artifacts/screens/smoke.1.1.svg')).toMatch(/^<svg [\s\S]*<\/svg>\s*$/);
  const png = 'artifacts/screens/smoke.1.1.png';
  expect(bytes(png).subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');

  // The report, for every reader.
  expect(text('report.html')).toMatch(/^<!doctype html>[\s\S]*Content-Security-Policy[\s\S]*<\/html>\s*$/i);
  expect(text('report.md')).toContain('**Rolled back.**');
  expect(text('report.ko.md')).toContain('**원복 완료.**');

  // The statement: over every other file, by its hash.
  const statement = json('statement.json');
  expect(statement).toMatchObject({
    _type: 'https://in-toto.io/Statement/v1',
    predicate: {run: opened?.run, outcome: 'rolled-back', complete: true, journal: {events: events.length}},
  });
  const others = paths.filter((path) => path !== 'statement.json').toSorted();
  expect(statement['subject']).toHaveLength(others.length);
  expect(statement['subject']).toEqual(
    expect.arrayContaining(others.map((name) => ({name, digest: {sha256: sha256Of(bytes(name))}}))),
  );
};
