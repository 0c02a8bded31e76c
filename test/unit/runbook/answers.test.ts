// Is an answers file held against its runbook before the run, and not in the middle of it?

import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';

import type {RunbookDefinition} from '../../../src/core/definition.ts';
import {afterStepsOf, stepsOf} from '../../../src/core/outline.ts';
import {isDangerous} from '../../../src/core/decide.ts';
import {loadAnswers, type LoadedAnswers} from '../../../src/runbook/answers.ts';
import type {RunbookFiles} from '../../../src/runbook/load.ts';
import {bytes, load, orders, root, shipped} from './fixtures.ts';

const runbookOf = (files: RunbookFiles): RunbookDefinition => {
  const loaded = load(files);
  if (!loaded.ok) throw new Error('the runbook must load');
  return loaded.runbook;
};
const runbook = runbookOf(orders());

const read = (text: string): LoadedAnswers =>
  loadAnswers({file: 'answers.yaml', bytes: bytes(`format: attempt-runbook-answers/1\n${text}`), runbook});
const found = (text: string): readonly string[] => {
  const loaded = read(text);
  return loaded.ok ? [] : loaded.problems.map(({line, column, code, path}) => `${line}:${column} ${code} ${path}`);
};

describe('a fit file', () => {
  it('gives one answer a step', () => {
    const loaded = read(`steps:
  agreed: {check: all, note: Kim}
  snapshot: {start: true}
  add-status: {confirm: shop}
  vacuum: {waive: not needed}
rollback: {option: drop-status, reason: rehearsed, confirm: shop}
`);
    expect(loaded).toEqual({
      ok: true,
      answers: {
        steps: new Map<string, unknown>([
          ['agreed', {answer: 'check-all', note: 'Kim'}],
          ['snapshot', {answer: 'start'}],
          ['add-status', {answer: 'confirm', target: 'shop'}],
          ['vacuum', {answer: 'waive', reason: 'not needed'}],
        ]),
        rollback: {option: 'drop-status', reason: 'rehearsed', confirm: 'shop'},
      },
    });
  });

  it('may answer items one by one, and may answer nothing', () => {
    const loaded = read('steps: {agreed: {check: {agreed: {note: Kim}}}}');
    expect(loaded.ok && loaded.answers.steps.get('agreed')).toEqual({answer: 'check', items: {agreed: {note: 'Kim'}}});
    expect(read('').ok).toBe(true);
  });
});

describe('a file that does not fit', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['a step that does not exist', 'steps: {agree: {check: all}}', ['2:9 answer-step-unknown steps.agree']],
    [
      'an item that does not exist',
      'steps: {agreed: {check: {agree: {}}}}',
      ['2:26 answer-item-unknown steps.agreed.check.agree'],
    ],
    ['a note that is needed', 'steps: {agreed: {check: all}}', ['2:18 answer-note-missing steps.agreed.check']],
    [
      'a note that one item needs',
      'steps: {agreed: {check: {agreed: {}}}}',
      ['2:26 answer-note-missing steps.agreed.check.agreed'],
    ],
    ['two answers', 'steps: {vacuum: {start: true, waive: no}}', ['2:9 answer-ambiguous steps.vacuum']],
    ['no answer', 'steps: {vacuum: {}}', ['2:9 answer-ambiguous steps.vacuum']],
    ['a note without a checklist', 'steps: {vacuum: {start: true, note: x}}', ['2:9 answer-ambiguous steps.vacuum']],
    [
      'a start of a dangerous step',
      'steps: {add-status: {start: true}}',
      ['2:22 answer-does-not-fit steps.add-status.start'],
    ],
    ['a start of a checklist', 'steps: {agreed: {start: true}}', ['2:18 answer-does-not-fit steps.agreed.start']],
    ['a check of no checklist', 'steps: {smoke: {check: all}}', ['2:17 answer-does-not-fit steps.smoke.check']],
    [
      'a confirmation that nobody asks for',
      'steps: {smoke: {confirm: shop}}',
      ['2:17 answer-does-not-fit steps.smoke.confirm'],
    ],
    ['a waiver of a mandatory step', 'steps: {smoke: {waive: why}}', ['2:17 answer-does-not-fit steps.smoke.waive']],
    ['a no', 'steps: {smoke: {start: false}}', ['2:24 value-wrong steps.smoke.start']],
    [
      'a check of the wrong type',
      'steps: {agreed: {check: {agreed: {note: 3}}}}',
      ['2:41 type-wrong steps.agreed.check.agreed.note'],
    ],
    ['a check of the wrong value', 'steps: {agreed: {check: some}}', ['2:25 value-wrong steps.agreed.check']],
    ['a blank reason', "steps: {vacuum: {waive: ' '}}", ['2:25 text-blank steps.vacuum.waive']],
    ['a step id that cannot be one', 'steps: {Agreed: {check: all}}', ['2:9 id-malformed steps.Agreed']],
    [
      'a way back that does not exist',
      'rollback: {option: drop, reason: x, confirm: shop}',
      ['2:12 answer-option-unknown rollback.option'],
    ],
    [
      'a way back without a confirmation',
      'rollback: {option: drop-status, reason: x}',
      ['2:11 key-missing rollback.confirm'],
    ],
    ['an unknown key', 'skip: all', ['2:1 key-unknown skip']],
  ];
  for (const [name, text, expected] of cases) it(name, () => expect(found(text)).toEqual(expected));
});

describe('the shipped rehearsal', () => {
  const attempt = runbookOf(shipped());
  const file = 'answers.rehearsal.yaml';
  const loaded = loadAnswers({
    file,
    bytes: readFileSync(join(root, 'runbook/attempt-view-v1-lock', file)),
    runbook: attempt,
  });

  it('answers every step of a rehearsal, in its order, and nothing else', () => {
    const taken = attempt.rollback.find(({id}) => loaded.ok && id === loaded.answers.rollback?.option);
    const after = taken === undefined ? [] : afterStepsOf(taken, 'rehearsal');
    const steps = [...stepsOf(attempt, 'rehearsal'), ...after].map(({id}) => id);
    expect(after).not.toEqual([]);
    expect(loaded.ok && [...loaded.answers.steps.keys()]).toEqual(steps);
  });

  it('confirms with the name of the rehearsal database only', () => {
    const answers = loaded.ok ? loaded.answers : undefined;
    for (const step of stepsOf(attempt, 'rehearsal').filter(isDangerous)) {
      expect(answers?.steps.get(step.id)).toEqual({answer: 'confirm', target: 'seedtest'});
    }
    expect(answers?.rollback).toMatchObject({option: 'restore-objects', confirm: 'seedtest'});
  });
});
