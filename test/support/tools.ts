// What do steps of the operator's own programs look like, and what do they find? One of everything, so that a new one does
// not compile without a sample.

import type {ToolFinding, ToolFindingCode} from '../../src/core/tool-finding.ts';
import type {ToolFactsByKind, ToolKind, ToolStep} from '../../src/core/tools.ts';

const base = {id: 'x', phase: 'p', title: {en: 'x', ko: 'x'}} as const;

export const toolActions: {readonly [K in ToolKind]: Extract<ToolStep, {kind: K}>} = {
  pytest: {...base, kind: 'pytest', argv: ['pytest', '-k', 'attempt_view_smoke', '-q']},
};

export const goodToolFacts: ToolFactsByKind = {
  pytest: {kind: 'pytest', findings: [{code: 'test-passed', id: 'test_view.py::test_rows'}], durationMs: 310},
};

const id = 'tests/test_view.py::test_columns';

export const toolFindings: {readonly [C in ToolFindingCode]: readonly Extract<ToolFinding, {code: C}>[]} = {
  'test-passed': [{code: 'test-passed', id}],
  'test-failed': [{code: 'test-failed', id, message: 'assert 10 == 11'}],
  'test-error': [{code: 'test-error', id, message: ''}],
  'test-skipped': [
    {code: 'test-skipped', id, message: 'no data', expected: true},
    {code: 'test-skipped', id, message: 'needs a GPU', expected: false},
  ],
  'test-deselected': [{code: 'test-deselected', id, count: 3}],
  'test-missing': [{code: 'test-missing', id}],
  'test-unknown': [{code: 'test-unknown', id}],
  deselected: [
    {code: 'deselected', count: 12, named: true},
    {code: 'deselected', count: 1, named: false},
  ],
  'none-collected': [{code: 'none-collected'}],
  'too-few': [{code: 'too-few', executed: 1, minimum: 3}],
  'object-has-rows': [{code: 'object-has-rows', object: 'public.attempt'}],
  'object-empty': [{code: 'object-empty', object: 'public.attempt'}],
  'object-unread': [{code: 'object-unread', object: 'public.attempt', message: 'permission denied'}],
  'not-seen-in-target': [{code: 'not-seen-in-target'}],
};
