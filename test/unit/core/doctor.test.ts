// Which programs does a runbook need, by what its steps say?

import {expect, test} from 'vitest';
import {neededBy, otherPrograms} from '../../../src/core/doctor.ts';
import type {CommandStep, RunbookDefinition} from '../../../src/core/definition.ts';

const title = {en: 'x', ko: 'x'};
const runbook: RunbookDefinition = {
  format: 'attempt-runbook/1',
  id: 'x',
  title,
  summary: title,
  objects: [],
  tables: [],
  environments: {},
  phases: [{id: 'a', title}],
  steps: [],
  rollback: [],
};
const command = (run: string): CommandStep => ({id: 'c', phase: 'a', kind: 'command', title, run});
const neededFor = (run: string): readonly string[] => [...neededBy({...runbook, steps: [command(run)]})].toSorted();

test('nothing is needed by a runbook without steps', () => {
  expect([...neededBy(runbook)]).toEqual([]);
});

test.each([
  ['gh pr checks 73', ['bash', 'gh']],
  ['cd x && /usr/bin/aws rds describe-db-snapshots', ['aws', 'bash']],
  ['kubectl apply -f job.yaml; kubectl wait job/x', ['bash', 'kubectl']],
  ['alembic upgrade abc && pytest -q', ['alembic', 'bash', 'pytest']],
  ['echo rough laws', ['bash']],
])('%s', (run, expected) => {
  expect(neededFor(run)).toEqual(expected);
});

test('words that a human reads need nothing; a bastion needs ssh, an approval ssh-keygen', () => {
  const checklist = {
    id: 'l',
    phase: 'a',
    kind: 'checklist',
    title,
    items: [{id: 'i', text: {en: 'run gh pr', ko: 'gh pr'}}],
  } as const;
  expect([...neededBy({...runbook, steps: [checklist]})]).toEqual([]);
  expect([...neededBy({...runbook, environments: {staging: {via: {ssh: 'bastion'}}}})]).toEqual(['ssh', 'ssh-agent']);
});

test('what stands behind a prefix runs elsewhere: the prefix is what has to be here', () => {
  const pytest = (argv: readonly string[]): RunbookDefinition => ({
    ...runbook,
    steps: [{id: 'p', phase: 'a', kind: 'pytest', title, argv}],
  });
  expect([...neededBy(pytest(['pytest', '-q']))]).toEqual(['pytest']);
  expect(otherPrograms(pytest(['pytest', '-q']))).toEqual([]);
  expect([...neededBy(pytest(['docker', 'exec', 'api', 'pytest', '-q']))]).toEqual([]);
  expect(otherPrograms(pytest(['docker', 'exec', 'api', 'pytest', '-q']))).toEqual(['docker']);
  expect([...neededBy(pytest(['kubectl', 'exec', 'api', '--', 'pytest']))]).toEqual(['kubectl']);
  expect(otherPrograms(pytest(['.venv/bin/pytest']))).toEqual(['.venv/bin/pytest']);
});
