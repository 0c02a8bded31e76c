// Does the plain front, when it stops at a step in doubt, advise what can be done about that doubt?

import {describe, expect, it} from 'vitest';
import type {Probe} from '../../../../src/core/state.ts';
import {doubtLines} from '../../../../src/ui/plain/doubt-lines.ts';
import {opened, stateOf} from '../../../support/events.ts';

const state = stateOf(opened());
const probe = (verdict: Probe['verdict'], detail: string): Probe => ({
  verdict,
  detail,
  by: 'probe',
  at: '2026-01-01T00:00:00.000Z',
});
const advice = (of: Probe): string => doubtLines('Apply', of, state, 'en').at(-1) ?? '';

describe('a step in doubt', () => {
  it.each(['target-unreachable', 'xid 771: connection-lost'])(
    'of which the server was not asked (%s) is asked by the next resume',
    (detail) => {
      expect(advice(probe('cannot-tell', detail))).toContain(
        `continue the run, which asks first: attempt-runbook resume ${state.opened?.run}`,
      );
      expect(doubtLines('Apply', probe('cannot-tell', detail), state, 'en')[0]).toContain('did not last');
      expect(doubtLines('Apply', probe('cannot-tell', detail), state, 'ko').at(-1)).toContain('attempt-runbook resume');
    },
  );

  it('that the server was asked about and could not tell is for a human', () => {
    expect(advice(probe('cannot-tell', 'the script may write'))).toContain('settle the step');
  });

  it('whose sessions are still at work is waited for, or ended by the typed name', () => {
    expect(advice(probe('still-running', ''))).toContain('--cancel-orphans');
  });
});
