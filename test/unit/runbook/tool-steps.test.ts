// Are steps of the operator's own programs refused when they cannot work as they are written?

import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {loadRunbook} from '../../../src/runbook/load.ts';
import {fixtureFolder} from '../../support/run.ts';

const base = readFileSync(join(fixtureFolder, 'orders-add-status', 'runbook.yaml'), 'utf8');
const phase = /\nphases:\n\s+- \{?id: ([\w-]+)/.exec(base)?.[1] ?? '';

const codesOf = (step: string): readonly string[] => {
  const inserted = `\nsteps:\n  - id: tool\n    phase: ${phase}\n    title: {en: Tool, ko: 도구}\n${step}`;
  const text = base.replace(/\nsteps:\n/, () => inserted);
  const files = new Map([['runbook.yaml', new TextEncoder().encode(text)]]);
  const loaded = loadRunbook({files, folder: 'orders-add-status'});
  const ours = loaded.ok ? [] : loaded.problems.filter(({code}) => code !== 'sql-file-missing');
  return ours.map(({code, path}) => `${code} ${path}`);
};

const job = (rest: string): string =>
  `    kind: downstream-jobs\n    jobs: [{id: kpi, title: {en: KPI, ko: KPI}, argv: [kpi], ${rest}}]\n`;

test.each<readonly [string, string, readonly string[]]>([
  ['an RDS snapshot of nothing', '    kind: managed-backup\n    method: rds-snapshot\n', ['backup-method-incomplete']],
  [
    'commands of which one is missing',
    '    kind: managed-backup\n    method: command\n    create: [backup]\n',
    ['backup-method-incomplete'],
  ],
  ['a pattern that is none', job("output: '(rows'"), ['pattern-malformed']],
  ['a count without its group', job("rows: {pattern: 'rows', minimum: 1}"), ['pattern-malformed']],
  ['a count with its group', job("rows: {pattern: '(\\d+) rows', minimum: 1}"), []],
  ['a commit that is none', "    kind: pull-request\n    number: 7\n    commit: 'HEAD'\n", ['commit-malformed']],
  [
    'a Job in a namespace that none can be called',
    "    kind: kubernetes-job\n    namespace: 'a b'\n    image: x\n",
    ['name-malformed'],
  ],
  [
    'a Job with all that one can have',
    '    kind: kubernetes-job\n    context: prod\n    namespace: seedtest\n    image: x@sha256:1\n    command: [python]\n    args: [-m, x]\n    variables: {A: b}\n    secrets: [db]\n    serviceAccount: jobs\n    verify: verify/x.sql\n    writes: true\n    timeoutMs: 1000\n',
    [],
  ],
  ['a pytest without a program', '    kind: pytest\n    argv: []\n', ['list-empty']],
])('%s', (_, step, wanted) => {
  const found = codesOf(step);
  expect(found).toHaveLength(wanted.length);
  for (const [at, code] of wanted.entries()) expect(found[at]).toContain(code);
});
