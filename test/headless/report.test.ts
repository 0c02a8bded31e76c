// Does the scripted rehearsal walk there and back, and does its report open in a real browser: whole, in both languages,
// playing its recordings, and asking nobody for anything?

import {spawnSync} from 'node:child_process';
import {copyFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {openBrowser, type Browser} from '../support/browser.ts';
import {createPlace, ensureBuilt, type Ended, type Place} from '../support/headless.ts';
import {hostileStrings} from '../support/hostile-strings.ts';
import {needs} from '../support/needs.ts';
import {expectNothingLeft} from '../support/nothing-left.ts';
import {expectWholeBundle} from '../support/whole-bundle.ts';
import {filesOf, hostileReport} from '../unit/evidence/report-fixture.ts';

/** Of the whole file: the place of a run goes with its test. */
const folder = mkdtempSync(join(tmpdir(), 'arp-'));
const page = join(folder, 'report.html');
const ends: (() => void)[] = [];
// Once for this file: the shipped runbook, there and back, on a server of its own.
let place: Place;
let walked: Ended;
const bundle = (): string => join(place.folder, 'evidence');
beforeAll(async () => {
  await ensureBuilt();
  place = createPlace({whenDone: (end) => void ends.push(end)});
  walked = await place.cli(['rehearse', '--export', `${bundle()}.zip`]);
  if (walked.code === 0) copyFileSync(join(bundle(), 'data', 'report.html'), page);
});
afterAll(() => {
  rmSync(folder, {recursive: true, force: true});
  for (const end of ends) end();
});

describe('a whole scripted rehearsal', () => {
  test('walks from preflight to the way back, ends 0, and exports everything that an auditor is promised', () => {
    const {code, stdout, stderr} = walked;
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
    const events = place.journal();
    expect(events.filter(({type}) => type === 'StepFailed')).toEqual([]);
    const end = events.findLastIndex(({type}) => type === 'RunClosed');
    expect(events[end]).toMatchObject({type: 'RunClosed', outcome: 'rolled-back'});
    // On a busy machine the picture of the smoke step is drawn for longer than everything after it takes.
    const later = events.slice(end + 1);
    expect(later.filter(({type}) => type !== 'ArtifactSealed')).toEqual([]);
    const done = events.flatMap((event) => (event.type === 'StepSucceeded' ? [event.step] : []));
    expect(done).toEqual(
      expect.arrayContaining([
        'data-contract',
        'backup',
        'apply-v1',
        'smoke',
        'downstream',
        'student-index',
        'rollback/restore-objects',
      ]),
    );
    expect(existsSync(`${bundle()}.zip`)).toBe(true);
    expectWholeBundle(bundle(), place.path(), events);
    expect(stdout).toContain(`attempt-runbook export ${place.run()}`);
    expectNothingLeft(place);
  });

  test('has a report in its bundle that comes out the same when it is verified, and when it is written alone', async () => {
    const verified = await place.command(['verify', `${bundle()}.zip`, '--json']);
    expect(JSON.parse(verified.stdout)).toMatchObject({ok: true, reportsRemade: true});
    for (const [format, lang, name] of [
      ['html', 'en', 'report.html'],
      ['md', 'en', 'report.md'],
      ['md', 'ko', 'report.ko.md'],
    ] as const) {
      const alone = join(place.folder, name);
      const {code, stdout} = await place.command(['report', '--format', format, '--lang', lang, '-o', alone]);
      expect({code, stdout}).toEqual({code: 0, stdout: `${alone}\n`});
      expect(readFileSync(alone)).toEqual(readFileSync(join(bundle(), 'data', name)));
    }
    // A page that says something else is named.
    const other = join(place.folder, 'other');
    cpSync(bundle(), other, {recursive: true});
    writeFileSync(join(other, 'data', 'report.html'), readFileSync(page, 'utf8').replace('Rolled back', 'Completed'));
    const {code, stdout, stderr} = await place.command(['verify', other]);
    expect({code, named: `${stdout}${stderr}`.includes('data/report.html')}).toEqual({code: 65, named: true});
  });

  test("has a report that fills the fields of the guide's approval form", () => {
    const html = readFileSync(page, 'utf8');
    const form = html.slice(html.indexOf('id="en-form"'), html.indexOf('id="en-impact"'));
    const fields: Readonly<Record<string, string | undefined>> = Object.fromEntries(
      [...form.matchAll(/<div><dt>(.*?)<\/dt><dd>([\s\S]*?)<\/dd><\/div>/g)].map(([, name, value]) => [name, value]),
    );
    expect(
      Object.values(fields).filter((value) => value === undefined || value === '' || value.includes('not recorded')),
    ).toEqual([]);
    expect(fields['Pull request']).toContain('#73');
    expect(fields['Commit']).toContain('<strong>279d6aa1a</strong>');
    expect(fields['Output of the upgrade']).toContain('lock held');
    expect(fields['Output of the smoke test']).toContain('16 checks');
    expect(fields['count(*)']).toMatch(/^\d+ rows/);
    expect(fields['Output of the downstream samples']).toContain('irt-calibration');
    expect(fields['Five newest rows']?.match(/student_id=/g)).toHaveLength(5);
    expect(fields['Decision']).toContain('rehearsal');
  });
});

/** Widths that people have: a desk, and a phone in the hand of whoever is on call. */
const widths = [1280, 390] as const;

const opened = async (browser: Browser, path: string): Promise<void> => {
  const loaded = browser.event('Page.loadEventFired');
  await browser.send('Page.navigate', {url: `file://${path}`});
  await loaded;
};

needs('chromium').describe('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  beforeEach(() => opened(browser, page));
  afterAll(async () => browser?.close());

  const troubles = (): readonly unknown[] => [
    ...browser.events('Runtime.exceptionThrown'),
    ...browser.events('Log.entryAdded'),
    ...browser.events('Audits.issueAdded'),
  ];
  const fetched = (): readonly unknown[] =>
    browser
      .events('Network.requestWillBeSent')
      .map(({request}) => (request as Readonly<{url: string}>).url)
      // A picture is in the page; that the browser asks itself for it is no request.
      .filter((url: string) => !url.startsWith('file://') && !url.startsWith('data:'));

  test('opens from a file, in one language at a time, and switches', async () => {
    const shown = (): Promise<unknown> =>
      browser.evaluate(
        "[...document.querySelectorAll('main')].filter((of) => of.offsetHeight > 0).map((of) => of.lang)",
      );
    for (const lang of ['en', 'ko', 'en']) {
      await browser.evaluate(`document.querySelector('label[for=show-${lang}]').click()`);
      expect(await shown()).toEqual([lang]);
    }
    expect(troubles()).toEqual([]);
    expect(fetched()).toEqual([]);
  });

  test('plays a recording', async () => {
    await browser.evaluate(`
      for (const of of document.querySelectorAll('#en-step-smoke details')) of.open = true;
      document.querySelector('#en-step-smoke button[data-cast]').click();
      new Promise((resolve) => {
        const look = () => (document.querySelector('#en-step-smoke .ap-term')?.innerText.includes('PASS') ? resolve() : requestAnimationFrame(look));
        look();
      })`);
    expect(troubles()).toEqual([]);
    expect(fetched()).toEqual([]);
  });

  test.each(widths)('is no wider than the screen at %i pixels, with everything unfolded', async (width) => {
    await browser.send('Emulation.setDeviceMetricsOverride', {
      width,
      height: 900,
      deviceScaleFactor: 1,
      mobile: width < 600,
    });
    for (const lang of ['ko', 'en']) {
      const sticksOut = await browser.evaluate(`
        document.getElementById('show-${lang}').click();
        for (const of of document.querySelectorAll('details')) of.open = true;
        [...document.querySelectorAll('main[lang=${lang}] *')]
          .filter((of) => of.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
          .filter((of) => of.closest('.scroll, pre, .player') === null)
          .map((of) => of.outerHTML.slice(0, 100))`);
      expect(sticksOut).toEqual([]);
      expect(await browser.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    }
  });

  needs('chromium', 'pdftotext').test('prints all of it, in the language that is shown', async () => {
    await browser.evaluate("document.getElementById('show-ko').click()");
    await browser.evaluate("for (const of of document.querySelectorAll('details')) of.open = false");
    const {data} = (await browser.send('Page.printToPDF', {preferCSSPageSize: true})) as {data: string};
    const path = join(folder, 'report.pdf');
    writeFileSync(path, Buffer.from(data, 'base64'));
    const read = spawnSync('pdftotext', ['-layout', path, '-'], {encoding: 'utf8'});
    expect(read.stdout.includes('변경 전 영향도 분석')).toBe(true);
    // From a transcript, which is folded on the screen.
    expect(/PASS\s+row-count/.test(read.stdout)).toBe(true);
    expect(read.stdout.includes('Impact analysis')).toBe(false);
  });

  // One of each way out: of a script, an attribute, a style and a page; and signs that no text should hold.
  const most = [1, 4, 6, 7, 18, 23];
  const shown = process.env['LONG'] === '1' ? [...hostileStrings.keys()] : most;

  test(`shows what somebody wrote to break out of it as what it is, ${shown.length} times`, async () => {
    for (const at of shown) {
      const text = hostileStrings[at] ?? '';
      const path = join(folder, `hostile-${at}.html`);
      writeFileSync(path, filesOf(hostileReport(text))['report.html'] ?? '');
      await opened(browser, path);
      const found = await browser.evaluate(
        "[document.querySelectorAll('main').length, document.scripts.length, document.querySelectorAll('img, iframe, [onload], [onerror], [onmouseover]').length, document.body.lastElementChild.tagName]",
      );
      expect(found).toEqual([2, 3, 0, 'SCRIPT']);
    }
    expect(troubles()).toEqual([]);
    expect(fetched()).toEqual([]);
  });
});
