// What keys do to a run: the screen is driven as a person drives it, and the commands that arrive are looked at.

import {afterEach, describe, expect, test} from 'vitest';
import type {FactsByKind} from '../../src/core/facts.ts';
import type {Recording} from '../../src/ui/tui/recorder.ts';
import {createFakeSession} from './support/fake-session.ts';
import {advanceTo, migrationFacts, queryFacts, refusedQuery, smokeFacts, startApply} from './support/story.ts';
import {closeTerminals, keysOf, openTerminal} from './support/terminal.ts';

afterEach(closeTerminals);

const {enter, esc, down, up, left, tab, ctrlC, backspace} = keysOf;
const restored: FactsByKind['restore-objects'] = {
  kind: 'restore-objects',
  digest: '9'.repeat(64),
  durationMs: 38,
  statements: 9,
};

describe('the checklist', () => {
  test('is ticked item by item, with a note where one is required', async () => {
    const fake = createFakeSession();
    const t = openTerminal({session: fake.session});
    await t.waitFor('[ ] 1');
    await t.pressUntil(enter, '[✓] 1');
    await t.pressUntil(' ', 'A note is required');
    await t.pressUntil(enter, 'it goes into the evidence');
    t.press('CR-2117');
    await t.waitFor('Note: CR-2117');
    await t.pressUntil(enter, '[✓] 2');
    await t.pressUntil(enter, '1.2 Columns before the change');
    expect(fake.commands.map(({type}) => type)).toEqual(['CheckItem', 'CheckItem', 'CheckItem']);
    expect(fake.state().items['people']?.['ticket']?.note).toBe('CR-2117');
    expect(fake.state().steps['people']?.status).toBe('succeeded');
  });

  test('lets the cursor choose the item', async () => {
    const fake = createFakeSession();
    const t = openTerminal({session: fake.session});
    await t.waitFor('▸ [ ] 1');
    await t.pressUntil(down + down, '▸ [ ] 3');
    await t.pressUntil(enter, '[✓] 3');
    expect(fake.commands).toEqual([{type: 'CheckItem', step: 'people', item: 'observer'}]);
  });
});

describe('Enter', () => {
  test('starts a step that only reads, and what was found stays until Enter', async () => {
    const fake = createFakeSession();
    advanceTo(fake, 'columns');
    const t = openTerminal({session: fake.session});
    await t.waitFor('information_schema');
    await t.pressUntil(enter, 'running');
    expect(fake.commands).toEqual([{type: 'StartStep', step: 'columns'}]);
    fake.succeed(queryFacts);
    await t.waitFor('Next: 2.1');
    await t.pressUntil(enter, 'captures the declared objects');
    expect(fake.commands).toHaveLength(1);
  });

  test('on a dangerous step asks for the name, and a wrong name is refused', async () => {
    const fake = createFakeSession({environment: 'production'});
    advanceTo(fake, 'apply');
    const t = openTerminal({session: fake.session});
    await t.waitFor('drop view');
    await t.pressUntil(enter, "Type the target's name:");
    expect(fake.commands).toHaveLength(0);
    await t.pressUntil(`seed${enter}`, ' ! ');
    expect(fake.state().steps['apply']).toBeUndefined();
    await t.waitFor("Type the target's name: seed");
    // The wrong name is still there to be corrected.
    await t.pressUntil(`test${enter}`, 'running');
    expect(fake.state().steps['apply']?.status).toBe('running');
    expect(fake.commands.at(-1)).toEqual({type: 'StartStep', step: 'apply', confirm: 'seedtest'});
  });

  test('pressed twice in one chunk does not start a dangerous step', async () => {
    const fake = createFakeSession();
    advanceTo(fake, 'apply');
    const t = openTerminal({session: fake.session});
    await t.waitFor('drop view');
    await t.pressUntil(enter + enter, ' ! ');
    expect(fake.state().steps['apply']).toBeUndefined();
  });

  test('a name that is typed behind an Enter too many is still taken', async () => {
    const fake = createFakeSession();
    advanceTo(fake, 'apply');
    const t = openTerminal({session: fake.session});
    await t.waitFor('drop view');
    await t.pressUntil(`${enter}${enter}seedtest${enter}`, 'running');
    expect(fake.commands).toEqual([{type: 'StartStep', step: 'apply', confirm: 'seedtest'}]);
  });

  test('on a failed step tries again, and asks for the name again', async () => {
    const fake = createFakeSession();
    advanceTo(fake, 'apply');
    startApply(fake);
    fake.fail(refusedQuery);
    const t = openTerminal({session: fake.session});
    await t.waitFor('What happened');
    await t.pressUntil(enter, "Type the target's name:");
    await t.pressUntil(esc, 'try again (asks');
    expect(fake.commands).toHaveLength(0);
  });
});

describe('the way back', () => {
  test('is walked to its end: option, reason, name, done', async () => {
    const fake = createFakeSession();
    advanceTo(fake, 'answers');
    const t = openTerminal({session: fake.session});
    await t.waitFor('4.1');
    await t.pressUntil('b', 'recommended');
    await t.waitFor('create view public.attempt as select 1 as v0');
    await t.pressUntil('3', '▸ 3 DROP VIEW');
    // What is not possible says why, and is not begun.
    await t.pressUntil(enter, ' ! ');
    await t.pressUntil(up + up, '▸ 1 Restore');
    await t.pressUntil(enter, 'Why go back');
    await t.pressUntil(enter, 'A reason is required');
    t.press('grants of app_reader are missing');
    await t.pressUntil(enter, "Type the target's name:");
    await t.pressUntil(`wrong${enter}`, ' ! ');
    expect(fake.state().rollback).toBeUndefined();
    await t.pressUntil(`${backspace.repeat(5)}seedtest${enter}`, 'going back');
    expect(fake.commands.at(-1)).toEqual({
      type: 'BeginRollback',
      option: 'restore',
      reason: 'grants of app_reader are missing',
      confirm: 'seedtest',
    });
    await t.waitFor('running');
    fake.succeed(restored);
    await t.waitFor('done in');
    await t.pressUntil(enter, 'The run was rolled back');
    t.press(enter);
    expect(await t.exit).toEqual({reason: 'closed', run: 'r-0412', locale: 'en'});
  });

  test('takes the name that is typed behind a wrong one', async () => {
    const fake = createFakeSession();
    advanceTo(fake, 'answers');
    const t = openTerminal({session: fake.session});
    await t.waitFor('4.1');
    await t.pressUntil('b', 'recommended');
    await t.pressUntil(enter, 'Why go back');
    t.press('OPS-1');
    await t.pressUntil(enter, "Type the target's name:");
    await t.pressUntil(`x${enter}${backspace}seedtest${enter}`, 'going back');
    expect(fake.commands.at(-1)).toMatchObject({type: 'BeginRollback', reason: 'OPS-1', confirm: 'seedtest'});
  });

  test('says why it is not needed when nothing was changed', async () => {
    const t = openTerminal({session: createFakeSession().session});
    await t.waitFor('[ ] 1');
    await t.pressUntil('b', 'not needed: nothing was changed');
  });

  test('returns from the exact statements to the same option', async () => {
    const fake = createFakeSession();
    advanceTo(fake, 'answers');
    const t = openTerminal({session: fake.session});
    await t.waitFor('4.1');
    await t.pressUntil('b', 'recommended');
    await t.pressUntil(down, '▸ 2 Revert');
    await t.pressUntil('s', 'What Revert SQL (V0) runs');
    await t.pressUntil(esc, '▸ 2 Revert');
  });
});

describe('a step in doubt', () => {
  test('is settled by a human with a reason, and only then', async () => {
    const fake = createFakeSession();
    advanceTo(fake, 'apply');
    startApply(fake);
    fake.interrupt();
    const t = openTerminal({session: fake.session});
    await t.waitFor('is being asked');
    fake.record({
      type: 'StepReconciled',
      step: 'apply',
      attempt: 1,
      verdict: 'cannot-tell',
      by: 'probe',
      detail: 'too old',
    });
    await t.waitFor('▸ 1 Ask the database again');
    await t.pressUntil('2', '▸ 2 It took effect');
    await t.pressUntil(enter, 'Reason:');
    await t.pressUntil(enter, 'A reason is required');
    await t.pressUntil(`seen in psql${enter}`, '4.1');
    await t.waitUntil(() => fake.state().steps['apply']?.status === 'succeeded', 'the step to be settled');
    expect(fake.commands).toEqual([
      {type: 'SettleStep', step: 'apply', verdict: 'took-effect', reason: 'seen in psql'},
    ]);
  });
});

describe('after a crash', () => {
  test('what the database said is shown first, and Enter goes on without running it again', async () => {
    const fake = createFakeSession();
    advanceTo(fake, 'apply');
    startApply(fake);
    fake.interrupt();
    fake.record({
      type: 'StepReconciled',
      step: 'apply',
      attempt: 1,
      verdict: 'took-effect',
      by: 'probe',
      detail: 'xid 81734 committed',
      facts: migrationFacts,
    });
    const t = openTerminal({session: fake.session});
    await t.waitFor('According to the database: took effect');
    await t.pressUntil(enter, '4.1');
    await t.waitFor('Enter start');
    expect(fake.commands).toHaveLength(0);
  });

  test('a failure is shown wherever one was looking', async () => {
    const fake = createFakeSession();
    advanceTo(fake, 'apply');
    startApply(fake);
    const t = openTerminal({session: fake.session});
    await t.waitFor('running');
    await t.pressUntil(left + up, '< 2.1');
    fake.fail(refusedQuery);
    await t.waitFor('What happened');
  });
});

describe('waiving', () => {
  test('an optional step wants a reason', async () => {
    const fake = createFakeSession();
    advanceTo(fake, 'answers');
    const t = openTerminal({session: fake.session});
    await t.waitFor('4.1');
    await t.pressUntil('w', 'Reason:');
    await t.pressUntil(`no readers yet${enter}`, 'The run is completed');
    expect(fake.state().steps['answers']?.status).toBe('waived');
  });

  test('a mandatory step cannot be waived', async () => {
    const t = openTerminal({session: createFakeSession().session});
    await t.waitFor('w waive (not possible: mandatory)');
    await t.pressUntil('w', ' ! not possible: mandatory');
  });
});

describe('leaving', () => {
  test('pauses after a question', async () => {
    const t = openTerminal({session: createFakeSession().session});
    await t.waitFor('[ ] 1');
    await t.pressUntil('q', 'Leave this run?');
    await t.pressUntil(esc, 'Enter tick this item');
    await t.pressUntil('q', 'Leave this run?');
    t.press(enter);
    expect(await t.exit).toEqual({reason: 'paused', run: 'r-0412', locale: 'en'});
  });

  test('Ctrl+C asks once, says what happens to the running step, and Enter stays', async () => {
    const fake = createFakeSession();
    advanceTo(fake, 'apply');
    startApply(fake);
    const t = openTerminal({session: fake.session});
    await t.waitFor('running');
    await t.pressUntil(ctrlC, '3.1 Apply the V1 view is running. Stopping ends it');
    await t.pressUntil(enter, 'c stop this step');
    expect(fake.commands).toHaveLength(0);
    await t.pressUntil(ctrlC, 'Stop?');
    await t.pressUntil('2', 'stops at the next point');
    expect(fake.commands).toEqual([{type: 'CancelEffect'}]);
    await t.pressUntil(ctrlC, 'Stop?');
    await t.pressUntil('3', 'The screen closes when the step has stopped');
    fake.fail({code: 'cancelled'});
    expect(await t.exit).toEqual({reason: 'interrupted', run: 'r-0412', locale: 'en'});
  });

  test('gives the alternate screen back', async () => {
    const t = openTerminal();
    await t.waitFor('Past runs');
    t.press('q');
    expect((await t.exit).reason).toBe('quit');
    expect(t.written()).toContain('\u001b[?1049h');
    expect(t.written().lastIndexOf('\u001b[?1049l')).toBeGreaterThan(t.written().lastIndexOf('\u001b[?1049h'));
  });
});

describe('language', () => {
  test('switches at any time and is remembered', async () => {
    const remembered: string[] = [];
    const t = openTerminal({session: createFakeSession().session, onLocale: (locale) => remembered.push(locale)});
    await t.waitFor('[ ] 1 The change window is open');
    await t.pressUntil('l', '[ ] 1 작업 시간대가 시작되었음');
    // With a Hangul input method on, the same key arrives as a jamo.
    await t.pressUntil('ㅣ', '[ ] 1 The change window is open');
    expect(remembered).toEqual(['ko', 'en']);
  });

  test('Hangul is text where text is typed, and the cursor stands behind it', async () => {
    const fake = createFakeSession();
    advanceTo(fake, 'answers');
    const t = openTerminal({session: fake.session});
    await t.waitFor('4.1');
    await t.pressUntil('ㅈ', 'Reason:');
    t.press('나중에');
    const frame = await t.waitFor('Reason: 나중에');
    const row = frame.split('\n').findIndex((line) => line.includes('Reason: 나중에'));
    await t.waitUntil(() => t.cursor().y === row, 'the cursor in the row of the text');
    expect(t.cursor()).toEqual({x: 2 + 'Reason: '.length + 6, y: row});
  });
});

describe('looking around', () => {
  test('shows another step, and Enter comes back without starting anything', async () => {
    const fake = createFakeSession();
    advanceTo(fake, 'apply');
    const t = openTerminal({session: fake.session});
    await t.waitFor('drop view');
    await t.pressUntil(left + up, '< 2.1');
    await t.pressUntil(enter, 'drop view public.attempt');
    expect(fake.commands).toHaveLength(0);
  });

  test('every letter can be reached with arrows and Enter through the list of keys', async () => {
    const t = openTerminal({session: createFakeSession().session});
    await t.waitFor('[ ] 1');
    await t.pressUntil(esc, '▸ Enter');
    await t.pressUntil(down.repeat(17), '▸ p ');
    await t.pressUntil(enter, 'sha256');
  });

  test('a past run is shown and takes nothing', async () => {
    const t = openTerminal();
    await t.waitFor('r-0412');
    await t.pressUntil(`${down.repeat(4)}${enter}`, 'r-0397');
    await t.pressUntil(enter, 'read only');
    await t.pressUntil('w', '[ ] 1');
    await t.pressUntil('q', 'Past runs (2)');
  });
});

describe('output', () => {
  test('is followed, scrolled and searched', async () => {
    const fake = createFakeSession();
    advanceTo(fake, 'apply');
    startApply(fake);
    const t = openTerminal({session: fake.session});
    await t.waitFor('running');
    t.press(tab);
    fake.output(Array.from({length: 1000}, (_, at) => `row ${at + 1}\n`).join(''));
    await t.waitFor(/row 1000\b/);
    await t.waitFor('following');
    await t.pressUntil('g', /row 1\b/);
    await t.waitFor('not following');
    fake.output('row 1001\n');
    await t.waitFor('of 1,001');
    await t.waitFor(/row 1\b/);
    await t.pressUntil('/', 'Text:');
    await t.pressUntil(`row 50${enter}`, /> row 50\b/);
    await t.waitFor('match 1 of 11');
    await t.pressUntil('n', /> row 500\b/);
    await t.pressUntil('N', /> row 50\b/);
    await t.pressUntil('f', /row 1001\b/);
  });

  test('100,000 lines are drawn at the pace of frames', async () => {
    const fake = createFakeSession();
    advanceTo(fake, 'apply');
    startApply(fake);
    const t = openTerminal({session: fake.session});
    await t.waitFor('running');
    t.press(tab);
    for (let chunk = 0; chunk < 1000; chunk += 1) {
      fake.output(Array.from({length: 100}, (_, at) => `row ${chunk * 100 + at + 1}\n`).join(''));
    }
    await t.waitFor('row 100000');
    await t.waitFor('of 100,000');
  });

  test('the first line is there at once, on a screen on which nothing else happens', async () => {
    const fake = createFakeSession();
    advanceTo(fake, 'apply');
    const t = openTerminal({session: fake.session});
    await t.waitFor('3.1');
    startApply(fake);
    await t.pressUntil(tab, '[Output]');
    await t.settled();
    fake.output('the first line\n');
    await t.waitFor('the first line');
  });

  /** A piece each turn of the event loop, as a pipe gives them, for as long as the flood has to last. */
  const flood = async (fake: ReturnType<typeof createFakeSession>, forMs: number): Promise<number> => {
    const began = performance.now();
    for (let piece = 1; performance.now() - began < forMs; piece += 1) {
      fake.output(`piece ${piece}\n`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return performance.now() - began;
  };

  /** Each frame asks the recording's clock at least once. */
  const counted = () => {
    let frames = 0;
    const record: Recording = {
      begin: () => undefined,
      event: () => undefined,
      redact: (text) => text,
      nowMs: () => {
        frames += 1;
        return 0;
      },
    };
    return {record, frames: () => frames};
  };

  test('a flood is drawn ten times a second, however many pieces it comes in', async () => {
    const fake = createFakeSession();
    advanceTo(fake, 'apply');
    startApply(fake);
    const {record, frames} = counted();
    const t = openTerminal({session: fake.session, record});
    await t.waitFor('running');
    await t.pressUntil(tab, '[Output]');
    fake.output('the first line\n');
    await t.waitFor('the first line');
    await t.settled();
    const before = frames();
    const tookMs = await flood(fake, 1000);
    // One frame a second more for the clock, and one that was due when the flood began.
    expect(frames() - before).toBeLessThanOrEqual(2 + Math.ceil(tookMs / 100) + Math.ceil(tookMs / 1000));
    await t.settled();
  });

  test('where none of it is shown, a flood draws nothing', async () => {
    const fake = createFakeSession();
    advanceTo(fake, 'apply');
    startApply(fake);
    const {record, frames} = counted();
    const t = openTerminal({session: fake.session, record});
    await t.waitFor('running');
    fake.output('the first line\n');
    await t.waitFor('the first line');
    await t.pressUntil(tab + tab, '[Evidence]');
    await t.settled();
    const before = frames();
    const tookMs = await flood(fake, 500);
    expect(frames() - before).toBeLessThanOrEqual(1 + Math.ceil(tookMs / 1000));
    // What came meanwhile is there as soon as it is looked at.
    fake.output('the last line\n');
    await t.pressUntil(tab + tab, 'the last line');
  });
});

describe('the terminal', () => {
  test('too small: says so in both languages, and q leaves', async () => {
    const t = openTerminal({session: createFakeSession().session});
    await t.waitFor('[ ] 1');
    t.resize(60, 20);
    await t.waitFor('at least 80 x 24');
    await t.waitFor('최소 80 x 24');
    t.resize(80, 24);
    await t.waitFor('[ ] 1');
    t.resize(79, 24);
    await t.waitFor('at least 80 x 24');
    t.press('ㅂ');
    expect((await t.exit).reason).toBe('paused');
  });

  test('production is reversed without any colour', async () => {
    const fake = createFakeSession({environment: 'production'});
    const t = openTerminal({session: fake.session, colour: false});
    const frame = await t.waitFor('[ ] 1');
    await t.settled();
    expect(t.cell(0, 5).isInverse).toBe(true);
    expect(t.cell(0, 79).isInverse).toBe(true);
    expect(frame.split('\n')[0]).toMatch(/^ PRODUCTION .* PRODUCTION$/);
    for (let row = 0; row < 24; row += 1) {
      for (let column = 0; column < 80; column += 1) expect(t.cell(row, column).isColoured).toBe(false);
    }
  });

  test('a hangup ends the screen', async () => {
    const hangup = new AbortController();
    const t = openTerminal({session: createFakeSession().session, hangup: hangup.signal});
    await t.waitFor('[ ] 1');
    hangup.abort();
    expect((await t.exit).reason).toBe('hangup');
  });

  test('a fault makes the run read only and the last step is still shown', async () => {
    const fake = createFakeSession();
    const t = openTerminal({session: fake.session});
    await t.waitFor('[ ] 1');
    fake.fault({code: 'journal-failed', message: 'ENOSPC'});
    await t.waitFor('This run is now read only');
    t.press('q');
    expect((await t.exit).reason).toBe('paused');
  });

  test('the whole run', async () => {
    const fake = createFakeSession();
    advanceTo(fake, 'answers');
    const t = openTerminal({session: fake.session});
    await t.pressUntil(enter, 'running');
    fake.succeed(smokeFacts);
    await t.waitFor('done in');
    await t.pressUntil(enter, 'The run is completed');
    expect(migrationFacts.kind).toBe('migration');
  });
});

describe('the first screen', () => {
  test('asks where the URL is kept, takes no URL, and wants a first use confirmed and a takeover named', async () => {
    const t = openTerminal();
    await t.waitFor('▸ Rehearse');
    await t.pressUntil(`${down}${down}${enter}`, 'Source: env:STAGING_URL');
    t.press('\u0015');
    t.paste('postgresql://app:s3cret@db/seed');
    await t.waitFor('What was typed');
    expect(t.frame()).not.toContain('s3cret');
    await t.pressUntil(`service:staging${enter}`, 'First use of staging');
    await t.pressUntil(`seedtest${enter}`, 'Somebody else has it');
    await t.pressUntil(`r-2abcd${enter}`, '[ ] 1');
  });

  test('does not open what is not possible', async () => {
    const t = openTerminal();
    await t.waitFor('no finished staging run yet');
    await t.pressUntil(down.repeat(3), '▸ Start production');
    t.press(enter);
    await t.pressUntil(up, '▸ Start staging');
  });
});
