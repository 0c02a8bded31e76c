// Are tests named as pytest names them, and does the worst that is said of one count?

import {expect, test} from 'vitest';
import {readJunit} from '../../../src/steps/junit.ts';
import {deselectedIn, judgeTests} from '../../../src/steps/pytest-verdict.ts';

const report = (cases: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest">${cases}</testsuite></testsuites>`;

test('names and outcomes of tests', () => {
  const read = readJunit(
    report(
      [
        '<testcase classname="tests.test_view.TestView" name="test_a[한글-1]" file="tests/test_view.py" line="3" time="0.1"/>',
        '<testcase classname="tests.test_view" name="test_b" file="tests/test_view.py"><failure message="assert 1 == 2">long\n story</failure></testcase>',
        '<testcase classname="tests.test_view" name="test_c" file="tests/test_view.py"><skipped type="pytest.skip" message="no data">here</skipped></testcase>',
        '<testcase classname="tests.test_view" name="test_d" file="tests/test_view.py"/>',
        '<testcase classname="tests.test_view" name="test_d" file="tests/test_view.py"><error message="teardown"/></testcase>',
        '<testcase classname="other" name="e"><properties><property name="failure" value="x"/></properties></testcase>',
      ].join(''),
    ),
  );
  expect(read).toEqual({
    ok: true,
    tests: [
      {id: 'tests/test_view.py::TestView::test_a[한글-1]', outcome: 'passed', message: ''},
      {id: 'tests/test_view.py::test_b', outcome: 'failed', message: 'assert 1 == 2'},
      {id: 'tests/test_view.py::test_c', outcome: 'skipped', message: 'no data'},
      {id: 'tests/test_view.py::test_d', outcome: 'error', message: 'teardown'},
      {id: 'other::e', outcome: 'passed', message: ''},
    ],
  });
});

test('what is no JUnit report is refused', () => {
  expect(readJunit('<html></html>')).toEqual({ok: false, message: '<html>'});
  expect(readJunit('<!DOCTYPE testsuites><testsuites/>')).toMatchObject({ok: false});
});

test('a skipped test does not count as executed', () => {
  const tests = [
    {id: 'a', outcome: 'passed', message: ''},
    {id: 'b', outcome: 'skipped', message: ''},
  ] as const;
  expect(judgeTests({minimum: 2}, tests, 0)).toContainEqual({code: 'too-few', executed: 1, minimum: 2});
  expect(judgeTests({minimum: 1}, tests, 0).map(({code}) => code)).toEqual(['test-passed', 'test-skipped']);
});

test('the last count of deselected tests is the one that counts', () => {
  expect(deselectedIn('collected 9 items / 4 deselected\n5 passed, 3 deselected in 0.31s')).toBe(3);
  expect(deselectedIn('5 passed in 0.31s')).toBe(0);
});
