// Does a script confirm by hand only what a program could not be asked about?

import {describe, expect, test} from 'vitest';
import type {RunbookDefinition} from '../../../../src/core/definition.ts';
import type {Failure} from '../../../../src/core/failure.ts';
import {next} from '../../../../src/core/next.ts';
import {loadAnswers} from '../../../../src/runbook/answers.ts';
import {moveFor} from '../../../../src/ui/plain/decide-answer.ts';
import {fold} from '../../../../src/core/reduce.ts';
import {failedWith, opened, recorded, runbook as small, started} from '../../../support/events.ts';

const runbook: RunbookDefinition = {
  ...small,
  steps: [
    {id: 'pr', phase: small.phases[0]?.id ?? '', title: {en: 'PR', ko: 'PR'}, kind: 'pull-request', number: 73},
    ...small.steps,
  ],
};
const answersOf = (line: string) => {
  const text = `format: attempt-runbook-answers/1\nsteps:\n  pr: ${line}\n`;
  const parsed = loadAnswers({file: 'answers.yaml', bytes: new TextEncoder().encode(text), runbook});
  if (!parsed.ok) throw new Error(JSON.stringify(parsed));
  return parsed.answers;
};
const move = (failure: Failure | undefined, line: string | undefined) => {
  const state = fold(
    recorded([opened(), ...(failure === undefined ? [] : [started('pr'), failedWith('pr', 1, failure)])]),
  );
  const need = next(runbook, state);
  if (need.kind !== 'answer' || state.opened === undefined) throw new Error('the run does not ask');
  const answers = line === undefined ? undefined : answersOf(line);
  const front = {
    retry: false,
    cancelOrphans: undefined,
    elsewhere: {runs: '', signers: ''},
    started: new Set<string>(),
    locale: 'en',
  } as const;
  return moveFor({runbook, state, opened: state.opened, need, answers, ...front});
};
const unavailable: Failure = {code: 'tool-unavailable', tool: 'gh', why: 'network', message: ''};
const note = "{waive: '29 of 29, on the page'}";

describe('a pull request in a script', () => {
  test('is asked for first, whatever the answers have ready', () => {
    expect(move(undefined, note)).toEqual({do: 'submit', command: {type: 'StartStep', step: 'pr'}});
  });

  test('is confirmed by the note of the answers once GitHub could not be asked', () => {
    expect(move(unavailable, note)).toEqual({
      do: 'submit',
      command: {type: 'WaiveStep', step: 'pr', reason: '29 of 29, on the page'},
    });
  });

  test('waits for a human without a note, and says which line would answer', () => {
    expect(move(unavailable, '{start: true}')).toMatchObject({
      do: 'end',
      end: {status: 'waiting', needed: expect.arrayContaining(['    waive: "what you saw, and where"']) as string[]},
    });
  });

  test('has failed when GitHub did answer', () => {
    const failure: Failure = {code: 'tool-findings', tool: 'gh', findings: []};
    expect(move(failure, note)).toMatchObject({do: 'end', end: {status: 'failed'}});
  });
});
