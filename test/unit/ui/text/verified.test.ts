// What a bundle that holds proves is said as it is: in which columns, of how many records, and why a file has no seal.

import {describe, expect, it} from 'vitest';
import type {RunState} from '../../../../src/core/state.ts';
import type {Verified} from '../../../../src/evidence/verify.ts';
import {onOneRow, verifiedLines} from '../../../../src/ui/text/verified.ts';

const state = {
  opened: {
    run: 'r-0412',
    environment: 'staging',
    plan: 'ab'.repeat(32),
    operator: {name: 'oncall', host: 'vm'},
    at: '2026-11-24T10:00:00.000Z',
    target: {user: 'operator', database: 'seedtest', address: 'db:5432', serverVersion: '15.8', systemIdentifier: '7'},
  },
  approvals: [],
} as unknown as RunState;

const verified = (of: Partial<Verified> = {}): Verified => ({
  state,
  events: 119,
  head: 'cd'.repeat(32),
  files: 96,
  complete: false,
  tornBytes: 0,
  byHashOnly: [],
  unsealed: [],
  signatures: [],
  statement: undefined,
  signed: new Uint8Array(),
  reportsRemade: true,
  ...of,
});

const said = (of: Partial<Verified>, locale: 'en' | 'ko' = 'en'): string =>
  verifiedLines(verified(of), [], [], locale).map(onOneRow).join('\n');

describe('a bundle that holds', () => {
  it('counts one record as one', () => {
    expect(said({events: 1})).toContain('journal   1 record  ');
    expect(said({events: 2})).toContain('journal   2 records  ');
  });

  it.each([
    ['en', 'still open when this was exported', 'still running when this was exported'],
    ['ko', '세션의 기록', '시도의 파일'],
  ] as const)('tells the recording of a session from the files of an attempt (%s)', (locale, session, attempt) => {
    const lines = said({unsealed: ['transcripts/session.1.cast', 'transcripts/apply.1.log']}, locale).split('\n');
    const of = (path: string): string => lines.find((line) => line.startsWith(`! ${path}`)) ?? '';
    expect(of('transcripts/session.1.cast')).toContain(session);
    expect(of('transcripts/session.1.cast')).not.toContain(attempt);
    expect(of('transcripts/apply.1.log')).toContain(attempt);
  });
});
