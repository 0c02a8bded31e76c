// What do the tests of a suite prove? Only what was run, was expected, and had something to look at.

import type {ToolFinding} from '../core/tool-finding.ts';
import type {PytestStep} from '../core/tools.ts';
import type {ReportedTest} from './junit.ts';

const ofTest = ({id, outcome, message}: ReportedTest, expected: boolean): ToolFinding => {
  switch (outcome) {
    case 'passed':
      return {code: 'test-passed', id};
    case 'failed':
      return {code: 'test-failed', id, message};
    case 'error':
      return {code: 'test-error', id, message};
    case 'skipped':
      return {code: 'test-skipped', id, message, expected};
  }
};

/** pytest counts them in its last line, `5 passed, 2 deselected in 0.31s`; its report leaves them out. */
export const deselectedIn = (output: string): number =>
  Number([...output.matchAll(/\b(\d+) deselected\b/g)].at(-1)?.[1] ?? 0);

export const judgeTests = (
  {expect, minimum}: Pick<PytestStep, 'expect' | 'minimum'>,
  tests: readonly ReportedTest[],
  deselected: number,
): readonly ToolFinding[] => {
  const named = new Set(expect);
  const reported = new Set(tests.map(({id}) => id));
  const executed = tests.filter(({outcome}) => outcome !== 'skipped').length;
  const absent = (expect ?? []).filter((id) => !reported.has(id));
  return [
    ...(tests.length === 0 ? [{code: 'none-collected'} as const] : []),
    ...tests.map((test) => ofTest(test, named.has(test.id))),
    ...(expect === undefined
      ? []
      : tests.filter(({id}) => !named.has(id)).map(({id}) => ({code: 'test-unknown', id}) as const)),
    ...absent.map(
      (id): ToolFinding =>
        deselected > 0 ? {code: 'test-deselected', id, count: deselected} : {code: 'test-missing', id},
    ),
    ...(minimum !== undefined && executed < minimum ? [{code: 'too-few', executed, minimum} as const] : []),
    // With every test named, the others were left out on purpose; without, nobody can tell.
    ...(deselected > 0 && absent.length === 0
      ? [{code: 'deselected', count: deselected, named: expect !== undefined} as const]
      : []),
  ];
};
