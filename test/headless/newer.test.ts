// Is a run that a newer version has gone on with looked at, never continued, and never called damaged?

import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {beforeAll, describe, expect, test} from 'vitest';
import type {RunEvent} from '../../src/core/event.ts';
import {createPlace, ensureBuilt, type Place} from '../support/headless.ts';
import {keepRun, keptRun} from '../support/kept-run.ts';
import {target} from '../support/events.ts';
import {bundleOf, events, journalOf, payloadOf} from '../unit/evidence/bundle.ts';

beforeAll(ensureBuilt);

/** As a version would write it that knows more than this one. */
const later = {type: 'TideNoticed', step: 'look', height: 3} as unknown as RunEvent;
const operator = {name: 'min', host: 'ops-1'};
const resumedBy = (tool?: string): RunEvent => ({
  type: 'RunResumed',
  operator,
  target,
  droppedBytes: 0,
  ...(tool === undefined ? {} : {tool}),
});

const goneOnWith = (...between: readonly RunEvent[]): Place => {
  const place = createPlace();
  keepRun(place.folder, 10, false, between);
  return place;
};

describe.each(['en', 'ko'])('a run with an event that is not known (%s)', (lang) => {
  test('is listed and looked at up to it, with the event and the version that is needed', async () => {
    const place = goneOnWith(resumedBy('9.1.0'), later, {type: 'RunClosed', outcome: 'completed', by: operator});
    const listed = await place.command(['runs', '--lang', lang]);
    expect(listed).toMatchObject({code: 0, stderr: ''});
    expect(listed.stdout).toContain(lang === 'en' ? 'of a newer version' : '더 새로운 버전');
    const {all} = await place.command(['status', keptRun, '--lang', lang]);
    expect(all).toContain('TideNoticed');
    expect(all).toContain('9.1.0');
    // What stands behind it is not told: neither that the run is closed, nor how.
    expect(all).not.toMatch(/damaged|completed|손상|완료/);
  });

  test('is neither continued nor reported nor exported nor written to: 65, and why', async () => {
    const place = goneOnWith(resumedBy('9.1.0'), later);
    const before = readFileSync(place.path('journal.ndjson'));
    for (const args of [
      ['resume', keptRun],
      ['rollback', keptRun, '--option', 'x', '--confirm', 'shop'],
      ['report', keptRun],
      ['export', keptRun, '-o', join(place.folder, 'e.zip')],
    ]) {
      const {code, all} = await place.command([...args, '--lang', lang]);
      expect({args, code}).toEqual({args, code: 65});
      expect(all).toContain('TideNoticed');
      expect(all).toContain('9.1.0');
      expect(all).not.toMatch(/damaged|손상/);
    }
    expect(readFileSync(place.path('journal.ndjson')).equals(before)).toBe(true);
  });

  test('is damaged all the same where a line behind it is', async () => {
    const place = goneOnWith(resumedBy('9.1.0'), later, resumedBy('9.1.0'), resumedBy('9.1.0'));
    const path = place.path('journal.ndjson');
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, lines.with(3, (lines[3] ?? '').replace('ops-1', 'ops-2')).join('\n'));
    const {code, all} = await place.command(['resume', keptRun, '--lang', lang]);
    expect(code).toBe(65);
    expect(all).toMatch(/damaged at record 3|3번 항목에서 손상/);
  });
});

describe('a bundle of such a run', () => {
  const verified = async (...more: readonly RunEvent[]) => {
    const place = createPlace();
    const bag = join(place.folder, 'bag');
    for (const {path, bytes} of bundleOf(payloadOf(journalOf([...events.slice(0, -1), ...more])))) {
      mkdirSync(dirname(join(bag, path)), {recursive: true});
      writeFileSync(join(bag, path), bytes);
    }
    return place.command(['verify', bag]);
  };

  test.each([
    ['and says which version is needed', [resumedBy('9.1.0'), later], '9.1.0'],
    ['also where nobody wrote down which version that is', [resumedBy(), later], 'newer version'],
  ] as const)('is not verified and not called changed: 2, %s', async (_, more, says) => {
    const {code, all} = await verified(...more);
    expect({code, all}).toMatchObject({code: 2});
    expect(all).toContain('TideNoticed');
    expect(all).toContain(says);
    expect(all).not.toMatch(/✓|NOT what it was/);
  });

  test('is faulty where the version that wrote it is not newer: it knows no such event', async () => {
    const {code, all} = await verified(resumedBy('0.0.1'), later);
    expect({code, all}).toMatchObject({code: 65});
    expect(all).toContain('NOT what it was');
  });
});
