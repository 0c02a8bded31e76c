// A bundle is written and checked by keys alone, from a run and from the first screen; what is shown is what was found.

import {afterEach, describe, expect, test} from 'vitest';
import type {BundleChecked, BundleWork, BundleWritten} from '../../src/ui/tui/bundle.ts';
import {createFakeHome} from './support/fake-home.ts';
import {createFakeSession} from './support/fake-session.ts';
import {expectGolden, expectWidth} from './support/golden.ts';
import {advanceTo} from './support/story.ts';
import {closeTerminals, keysOf, openTerminal} from './support/terminal.ts';

afterEach(closeTerminals);

const {enter, esc, down, up, ctrlC} = keysOf;

const written: BundleWritten = {
  status: 'written',
  archive: '/runs/r-0412-evidence.zip',
  directory: '/runs/r-0412-evidence',
  files: 61,
  bytes: 812_000,
  isComplete: false,
};
const damaged: BundleWritten = {
  ...written,
  damaged: {
    en: ['Not all that the run sealed:', ...Array.from({length: 30}, (_, at) => `  transcripts/${at + 1}.log: other`)],
    ko: ['봉인한 내용과 다름:', ...Array.from({length: 30}, (_, at) => `  transcripts/${at + 1}.log: 다름`)],
  },
};
const sound: BundleChecked = {
  status: 'sound',
  lines: {
    en: [
      {label: 'target', words: ['operator@seedtest', '10.1.4.7:5432', 'PostgreSQL 15.8', 'id 7412000000000009021']},
      {label: 'by hash', words: ['artifacts/backup.1.dump', '90.1 kB', 'f6'.repeat(32), 'not in the bundle']},
      ...Array.from({length: 40}, (_, at) => `found ${at + 1}`),
    ],
    ko: [
      {label: '대상', words: ['operator@seedtest', '10.1.4.7:5432', 'PostgreSQL 15.8', 'id 7412000000000009021']},
      {label: '해시만', words: ['artifacts/backup.1.dump', '90.1 kB', 'f6'.repeat(32), '증적에 없음']},
      ...Array.from({length: 40}, (_, at) => `확인 ${at + 1}`),
    ],
  },
};

const fakeBundles = () => {
  const asked: string[] = [];
  const ends: ((of: BundleWritten) => void)[] = [];
  const checks: ((of: BundleChecked) => void)[] = [];
  const bundles: BundleWork = {
    placeOf: (run) => `/runs/${run}-evidence.zip`,
    exportRun: (run, tell, signal) => {
      asked.push(`export ${run}`);
      tell('packing', 42_000_000, 100_000_000);
      signal.addEventListener('abort', () => ends.at(-1)?.({status: 'stopped'}));
      return new Promise((resolve) => ends.push(resolve));
    },
    verify: (path) => {
      asked.push(`verify ${path}`);
      return new Promise((resolve) => checks.push(resolve));
    },
  };
  return {
    bundles,
    asked,
    exported: (of: BundleWritten = written) => ends.at(-1)?.(of),
    checked: (of: BundleChecked = sound) => checks.at(-1)?.(of),
  };
};

const openRun = (options: Parameters<typeof openTerminal>[0] = {}) => {
  const fake = createFakeSession();
  advanceTo(fake, 'apply');
  const work = fakeBundles();
  return {fake, work, t: openTerminal({session: fake.session, bundles: work.bundles, ...options})};
};

describe.each(['en', 'ko'] as const)('in %s', (locale) => {
  test.each([
    {name: 'bundle-exporting', keys: 'x', end: 'none'},
    {name: 'bundle-exported', keys: 'x', end: 'exported'},
    {name: 'bundle-damaged', keys: 'x', end: 'damaged'},
    {name: 'bundle-verify', keys: 'v', end: 'none'},
    {name: 'bundle-sound', keys: `v${enter}`, end: 'checked'},
    {name: 'bundle-unsound', keys: `v${enter}`, end: 'unsound'},
  ])('$name', async ({name, keys, end}) => {
    const {t, work} = openRun({locale});
    await t.waitFor('3.1');
    t.press(keys);
    await t.settled();
    if (end === 'exported') work.exported();
    if (end === 'damaged') work.exported(damaged);
    if (end === 'checked') work.checked();
    if (end === 'unsound')
      work.checked({status: 'unsound', lines: {en: ['data/x.log: another hash'], ko: ['data/x.log: 해시 다름']}});
    const frame = await t.settled();
    expectWidth(frame, 80);
    expectGolden(`${name}.${locale}`, frame);
  });
});

describe('from a run', () => {
  test('x exports, Enter verifies what was written, and the verdict is scrolled', async () => {
    const {t, work} = openRun();
    await t.waitFor('3.1');
    await t.pressUntil('x', '42 %');
    work.exported();
    await t.waitFor('/runs/r-0412-evidence.zip');
    await t.pressUntil(enter, 'Reading every file');
    work.checked();
    await t.waitFor('✓ The bundle is what it says.');
    await t.pressUntil(down.repeat(40), 'found 40');
    // Keys beyond its end are not counted: the first Up already moves it.
    await t.pressUntil(down.repeat(20), 'Up/Down scroll');
    t.press(up);
    expect(await t.settled()).not.toContain('found 40');
    await t.pressUntil(esc, '[Step]');
    expect(work.asked).toEqual(['export r-0412', 'verify /runs/r-0412-evidence.zip']);
  });

  test('what is damaged in a bundle is scrolled to its end, is no invitation to sign, and Enter verifies it', async () => {
    const {t, work} = openRun();
    await t.waitFor('3.1');
    await t.pressUntil('x', '42 %');
    work.exported(damaged);
    await t.waitFor('✗ The evidence bundle is written, and it is damaged.');
    const frame = await t.pressUntil(down.repeat(40), 'transcripts/30.log');
    expect(frame).not.toContain('attempt-runbook sign');
    await t.pressUntil(enter, 'Reading every file');
  });

  test('Esc stops an export, and says what is left', async () => {
    const {t} = openRun();
    await t.waitFor('3.1');
    await t.pressUntil('x', '42 %');
    await t.pressUntil(esc, 'Stopped. Nothing is left');
  });

  test('a bundle that is done while something else is looked at is told in one line', async () => {
    const {t, fake, work} = openRun();
    await t.waitFor('3.1');
    await t.pressUntil('x', '42 %');
    fake.fault({code: 'journal-failed', message: 'ENOSPC'});
    // What the run has to say closes nothing; another overlay does.
    await t.pressUntil(esc, 'Stopped');
    await t.pressUntil(esc, 'ENOSPC');
    work.exported();
    expect(await t.settled()).toContain('ENOSPC');
  });

  test('of a closed run is exported and verified in two keys', async () => {
    const fake = createFakeSession();
    advanceTo(fake, 'end');
    const work = fakeBundles();
    const t = openTerminal({session: fake.session, bundles: work.bundles});
    expect(await t.waitFor('The run is completed')).toContain('x export');
    await t.pressUntil('e', '[Evidence]');
    await t.pressUntil('x', '42 %');
    work.exported({...written, isComplete: true});
    expect(await t.settled()).not.toContain('not complete');
    await t.pressUntil(esc, '[Evidence]');
    await t.pressUntil(`v${enter}`, 'Reading every file');
    expect(work.asked).toHaveLength(2);
  });
});

describe('from the first screen', () => {
  test('a path that is typed is verified, letters and all', async () => {
    const work = fakeBundles();
    const t = openTerminal({home: createFakeHome().model, bundles: work.bundles});
    await t.waitFor('Verify a bundle');
    await t.pressUntil('v', 'Bundle:');
    await t.pressUntil('/tmp/lxv.zip', 'Bundle: /tmp/lxv.zip');
    await t.pressUntil(enter, 'Reading every file');
    work.checked({status: 'unreadable', lines: {en: ['no such file'], ko: ['파일 없음']}});
    await t.waitFor('✗ The bundle cannot be read.');
    await t.pressUntil('l', '증적을 읽을 수 없습니다');
    await t.pressUntil(esc, '지난 실행');
    expect(work.asked).toEqual(['verify /tmp/lxv.zip']);
  });

  test('the entry of the list asks for the path as well', async () => {
    const work = fakeBundles();
    const t = openTerminal({home: createFakeHome().model, bundles: work.bundles});
    await t.waitFor('Verify a bundle');
    await t.pressUntil(down.repeat(5), '▸ Verify a bundle');
    await t.pressUntil(enter, 'Bundle:');
    await t.pressUntil(ctrlC, 'Past runs');
  });

  test('x exports the run under the cursor, or one of the past runs', async () => {
    const work = fakeBundles();
    const t = openTerminal({home: createFakeHome().model, bundles: work.bundles});
    await t.waitFor('Verify a bundle');
    await t.pressUntil('x', 'r-0397');
    await t.pressUntil(`${down}x`, '42 %');
    work.exported();
    await t.waitFor('The evidence bundle is written.');
    await t.pressUntil(esc, 'Verify a bundle');
    await t.pressUntil(`${down}x`, '42 %');
    expect(work.asked).toEqual(['export r-0397', 'export r-0412']);
  });
});
