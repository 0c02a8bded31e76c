// Is the plan a list that `sha256sum -c` accepts, and does every byte and every value count?

import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {describe, expect, it} from 'vitest';

import {
  comparePlans,
  makePlan,
  parametersText,
  parsePlanList,
  planDigest,
  planFiles,
  planList,
  type PlanParameters,
} from '../../../src/runbook/plan.ts';
import {bytes, load, orders} from './fixtures.ts';

const parameters: PlanParameters = {
  environment: 'staging',
  target: {systemIdentifier: '7412', database: 'shop', user: 'dba', serverMajor: 15},
  parameters: {orders: '300', before: '1'},
};
const files = new Map([
  ['sql/b.sql', bytes('b')],
  ['runbook.yaml', bytes('r')],
  ['sql/B.sql', bytes('B')],
  ['sql/a-1.sql', bytes('1')],
  ['sql/a/1.sql', bytes('2')],
]);

describe('the list', () => {
  it('is sorted by the bytes of the path', () => {
    expect(planFiles(files, parameters).map(({path}) => path)).toEqual([
      'parameters.json',
      'runbook.yaml',
      'sql/B.sql',
      'sql/a-1.sql',
      'sql/a/1.sql',
      'sql/b.sql',
    ]);
  });

  it('does not depend on the order in which the files came', () => {
    expect(makePlan(new Map([...files].toReversed()), parameters).digest).toBe(makePlan(files, parameters).digest);
  });

  it('is accepted by sha256sum -c, and its digest is what sha256sum says', () => {
    const loaded = load(orders());
    if (!loaded.ok) throw new Error('the orders runbook must load');
    const plan = makePlan(loaded.files, parameters);
    const folder = mkdtempSync(join(tmpdir(), 'plan-'));
    try {
      for (const {path, bytes: content} of plan.files) {
        mkdirSync(dirname(join(folder, path)), {recursive: true});
        writeFileSync(join(folder, path), content);
      }
      writeFileSync(join(folder, 'plan.sha256'), plan.list);
      const checked = execFileSync('sha256sum', ['--strict', '-c', 'plan.sha256'], {cwd: folder, encoding: 'utf8'});
      expect(checked.trim().split('\n')).toHaveLength(plan.files.length);
      expect(execFileSync('sha256sum', ['plan.sha256'], {cwd: folder, encoding: 'utf8'}).slice(0, 64)).toBe(
        plan.digest,
      );
    } finally {
      rmSync(folder, {recursive: true});
    }
  });

  it('is read back, and nothing else is', () => {
    const {list, files: planned} = makePlan(files, parameters);
    expect(parsePlanList(list)).toEqual(planned.map(({path, sha256}) => ({path, sha256})));
    expect(parsePlanList('')).toEqual([]);
    for (const bad of [list.slice(0, -1), list.replace('  ', ' '), list.toUpperCase(), list + list, `${list}\n`]) {
      expect(parsePlanList(bad)).toBeUndefined();
    }
  });
});

describe('parameters.json', () => {
  it('is one text for one value', () => {
    const text = parametersText(parameters);
    expect(text).toBe(`{
  "environment": "staging",
  "parameters": {
    "before": "1",
    "orders": "300"
  },
  "target": {
    "database": "shop",
    "serverMajor": 15,
    "systemIdentifier": "7412",
    "user": "dba"
  }
}
`);
    expect(
      parametersText({parameters: {before: '1', orders: '300'}, target: parameters.target, environment: 'staging'}),
    ).toBe(text);
    expect(parametersText({...parameters, target: null})).toContain('"target": null');
  });
});

describe('the digest', () => {
  it('is the sha256 of the list', () => {
    const {list, digest} = makePlan(files, parameters);
    expect(digest).toBe(createHash('sha256').update(list).digest('hex'));
    expect(planDigest(list)).toBe(digest);
  });

  it('changes with every byte of every file, with every value and with the target', () => {
    const {digest} = makePlan(files, parameters);
    const others = [
      ...[...files].map(([path, content]) =>
        makePlan(new Map([...files, [path, new Uint8Array([...content, 32])]]), parameters),
      ),
      makePlan(files, {...parameters, environment: 'production'}),
      makePlan(files, {...parameters, target: null}),
      makePlan(files, {...parameters, target: {...parameters.target!, systemIdentifier: '7413'}}),
      makePlan(files, {...parameters, parameters: {orders: '301', before: '1'}}),
    ].map((plan) => plan.digest);
    expect(new Set([digest, ...others]).size).toBe(others.length + 1);
  });
});

describe('comparing', () => {
  it('names what changed, came and went', () => {
    const before = planFiles(files, parameters);
    expect(comparePlans(before, planFiles(files, parameters))).toEqual([]);
    const after = new Map([...files, ['sql/new.sql', bytes('n')] as const, ['runbook.yaml', bytes('R')] as const]);
    after.delete('sql/b.sql');
    expect(comparePlans(before, planFiles(after, {...parameters, environment: 'production'}))).toEqual([
      'parameters.json',
      'runbook.yaml',
      'sql/b.sql',
      'sql/new.sql',
    ]);
    expect(comparePlans(before, parsePlanList(planList(before)) ?? [])).toEqual([]);
  });
});
