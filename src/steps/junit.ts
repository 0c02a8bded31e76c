// What does a JUnit report say of each test? Of the dialect that pytest writes, `junit_family=xunit1`.

import {readXml, type XmlElement} from '../core/xml.ts';

export type TestOutcome = 'passed' | 'failed' | 'error' | 'skipped';
export type ReportedTest = Readonly<{id: string; outcome: TestOutcome; message: string}>;

export type JunitResult = Readonly<{ok: true; tests: readonly ReportedTest[]}> | Readonly<{ok: false; message: string}>;

/** 300 characters: an assertion fits; the whole story is in the report. */
const MESSAGE = 300;

const outcomes: Readonly<Record<string, TestOutcome>> = {failure: 'failed', error: 'error', skipped: 'skipped'};

/** The worst that a report says of one test counts: a tear-down can fail after a pass. */
const worst: readonly TestOutcome[] = ['passed', 'skipped', 'error', 'failed'];

/** `tests/test_view.py::TestView::test_columns[en]`, as pytest itself names it. */
const idOf = ({file = '', classname = '', name = ''}: Readonly<Record<string, string>>): string => {
  const module = file.replace(/\.py$/, '').replaceAll('/', '.');
  if (file === '') return [classname, name].filter((part) => part !== '').join('::');
  const classes = classname.startsWith(`${module}.`) ? classname.slice(module.length + 1).split('.') : [];
  return [file, ...classes, name].join('::');
};

const shortened = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > MESSAGE ? `${line.slice(0, MESSAGE)} (${line.length} characters)` : line;
};

const testOf = (of: XmlElement): ReportedTest => {
  const said = of.children.flatMap(({name, attributes, text}) => {
    const outcome = Object.hasOwn(outcomes, name) ? outcomes[name] : undefined;
    return outcome === undefined ? [] : [{outcome, message: shortened(attributes['message'] ?? text)}];
  });
  const id = idOf(of.attributes);
  return said
    .map((one): ReportedTest => ({id, ...one}))
    .reduce((a, b) => (worst.indexOf(b.outcome) > worst.indexOf(a.outcome) ? b : a), {
      id,
      outcome: 'passed',
      message: '',
    });
};

const casesIn = (of: XmlElement): readonly XmlElement[] =>
  of.children.flatMap((child) =>
    child.name === 'testcase' ? [child] : child.name === 'testsuite' ? casesIn(child) : [],
  );

/** A test that was reported twice is one test. */
const merged = (tests: readonly ReportedTest[]): readonly ReportedTest[] => {
  const byId = new Map<string, ReportedTest>();
  for (const test of tests) {
    const before = byId.get(test.id);
    if (before === undefined || worst.indexOf(test.outcome) > worst.indexOf(before.outcome)) byId.set(test.id, test);
  }
  return [...byId.values()];
};

export const readJunit = (document: string): JunitResult => {
  const read = readXml(document);
  if (!read.ok) return {ok: false, message: `${read.problem}, character ${read.at}`};
  const {root} = read;
  if (root.name !== 'testsuites' && root.name !== 'testsuite') return {ok: false, message: `<${root.name}>`};
  return {ok: true, tests: merged(casesIn(root).map(testOf))};
};
