// Does the report say how a run stands, carry along what it needs and nothing else, and stay a report whatever is written in it?

import {createHash} from 'node:crypto';
import {describe, expect, it} from 'vitest';
import type {RunEvent} from '../../../src/core/event.ts';
import type {Failure} from '../../../src/core/failure.ts';
import {fold} from '../../../src/core/reduce.ts';
import {embedded} from '../../../src/evidence/report/cast.ts';
import {linesOf} from '../../../src/evidence/report/source.ts';
import {standingOf} from '../../../src/evidence/report/standing.ts';
import {unseen} from '../../../src/ui/text/visible.ts';
import {
  changed,
  closed,
  failedWith,
  histories,
  recorded,
  runbook,
  started,
  succeeded,
  untilChange,
  wayBack,
} from '../../support/events.ts';
import {hostileStrings} from '../../support/hostile-strings.ts';
import {castOf, eventsWith, excerptOfText, filesOf, hostileReport, reportOf} from './report-fixture.ts';

const page = (of: Parameters<typeof filesOf>[0]): string => filesOf(of)['report.html'] ?? '';

const numbered = hostileStrings.map((text, at) => [at, JSON.stringify(text).slice(0, 40), text] as const);

const withoutScripts = (html: string): string =>
  html.replaceAll(/<(script|style)([^>]*)>[\s\S]*?<\/\1>/g, '<$1$2></$1>');

/** The markup alone: names of elements and attributes, without a word of text or a value. */
const skeleton = (html: string): string =>
  (withoutScripts(html).match(/<[^>]*>/g) ?? []).map((tag) => tag.replaceAll(/="[^"]*"/g, '=')).join('');

describe('the page', () => {
  /** A number of a pull request, and a commit, are looked for in what people wrote; no other word changes the page. */
  const known = new Set(
    ['harmless', 'harmless #60', 'harmless #73 279d6aa1a'].map((text) => skeleton(page(hostileReport(text)))),
  );

  it.each(numbered)('has the same markup whatever stands in it: %i %s', (_, __, text) => {
    const html = page(hostileReport(text));
    expect(known.has(skeleton(html))).toBe(true);
    // The player's own text has signs that nobody sees; nothing else has.
    expect(withoutScripts(html).match(unseen) ?? []).toEqual([]);
  });

  it('lets run and look only what its policy names by hash, and lets nothing be fetched', () => {
    const html = page(hostileReport('</script>'));
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    const hashes = [...html.matchAll(/<(?:script|style)>([\s\S]*?)<\/(?:script|style)>/g)].map(
      ([, text]) =>
        `'sha256-${createHash('sha256')
          .update(text ?? '')
          .digest('base64')}'`,
    );
    expect(hashes).toHaveLength(4);
    for (const hash of hashes) expect(policy).toContain(hash);
    expect(policy).toMatch(/^default-src 'none'; /);
    expect(policy.replace('img-src data:; ', '')).not.toMatch(/unsafe-inline|https?:|data:|blob:|\*/);
    expect(html).not.toMatch(
      /<(?:link|img|iframe|object|embed|base)\b|\ssrc=|\sstyle=|\son\w+=|href="(?!#|data:image\/png;base64,)/,
    );
  });

  it('is the same wherever and whenever it is made', () => {
    const of = reportOf(recorded(histories['completed'] ?? []));
    const before = page(of);
    const zone = process.env['TZ'];
    process.env['TZ'] = 'America/New_York';
    try {
      expect(page(of)).toBe(before);
    } finally {
      process.env['TZ'] = zone;
    }
  });

  it("opens in its operator's language, and shows the operator's time beside UTC", () => {
    const events = recorded(
      (histories['completed'] ?? []).map((event) =>
        event.type === 'RunOpened' ? {...event, reader: {locale: 'ko', timeZone: 'Asia/Seoul'} as const} : event,
      ),
    );
    const html = page(reportOf(events));
    expect(html).toContain('id="show-ko" checked>');
    expect(html).toContain('2026-01-01 00:00:01 UTC (2026-01-01 09:00:01 KST)');
    expect(page(reportOf(recorded(histories['completed'] ?? [])))).toContain('id="show-en" checked>');
  });

  it('names a zone that nobody knows nowhere, and goes on in UTC', () => {
    const events = recorded(
      (histories['completed'] ?? []).map((event) =>
        event.type === 'RunOpened' ? {...event, reader: {locale: 'en', timeZone: 'Mars/Olympus'} as const} : event,
      ),
    );
    expect(page(reportOf(events))).toContain('2026-01-01 00:00:01 UTC');
  });

  it('keeps the licence of the player with the player', () => {
    expect(page(reportOf(recorded(histories['completed'] ?? [])))).toContain('@license');
  });

  it('shows the beginning and the end of a log that is too long, and says how much is left out and where it lies', () => {
    const head = new TextEncoder().encode('first\nsecond\ncut he');
    const tail = new TextEncoder().encode('re too\nlast but one\nlast\n');
    expect(linesOf({bytes: 1_000_000, head, tail})).toEqual({
      head: 'first\nsecond\n',
      tail: 'last but one\nlast\n',
      leftOutBytes: 1_000_000 - 13 - 18,
    });
    const html = page(
      reportOf(
        recorded(histories['completed'] ?? []),
        new Map([['transcripts/look.1.log', {bytes: 1_000_000, head, tail}]]),
      ),
    );
    expect(html).toContain('1.0 MB left out here; all of it is in the bundle: data/transcripts/look.1.log');
    expect(html).toContain('last but one\nlast\n</pre>');
  });

  it('embeds as many recordings as there is room for, and says of the others where they lie', () => {
    const long = castOf(...Array.from({length: 400}, (_, at) => [0.01, 'o', `${at} ${'x'.repeat(1000)}`] as const));
    const steps = Array.from({length: 16}, (_, at) => at + 1);
    const events = recorded([
      ...(histories['failed, then retried'] ?? []).slice(0, 4),
      ...steps.map((attempt) => ({
        type: 'StepStarted' as const,
        step: 'look',
        attempt,
        receipt: {applicationName: 'x', statements: []},
        by: {name: 'kim', host: 'laptop'},
      })),
    ]);
    const excerpts = new Map(
      steps.map((attempt) => [`transcripts/look.${attempt}.cast`, excerptOfText(long)] as const),
    );
    const html = page(reportOf(events, excerpts));
    expect(html.length).toBeLessThan(5_000_000);
    expect(html).toContain(
      'Only the beginning of the recording is embedded here. All of it is in the bundle: data/transcripts/look.1.cast',
    );
    expect(html).toContain(
      'The recording is not embedded here, to keep this page small. It is in the bundle: data/transcripts/look.16.cast',
    );
  });
});

describe('an embedded recording', () => {
  const whole = (text: string): string => text;

  it('gives the time of what no player shows to the record after it', () => {
    const text = castOf([1, 'o', 'a'], [2, 'j', '{}'], [3, 'b', 'AA=='], [4, 'o', 'b']);
    expect(embedded(excerptOfText(text), 10_000, whole)).toEqual({
      text: castOf([1, 'o', 'a'], [9, 'o', 'b']).replace(',"title":"x"', ''),
      isWhole: true,
    });
  });

  it('ends with a whole record where the limit, or a crash, has cut it', () => {
    const text = castOf([1, 'o', 'a'], [2, 'o', 'x'.repeat(500)]);
    expect(embedded(excerptOfText(text), 200, whole)).toMatchObject({isWhole: false});
    expect(embedded(excerptOfText(`${text}\n[3, "o", "tor`), 10_000, whole)?.text.split('\n')).toHaveLength(3);
  });

  it.each(['', 'no cast', '{"version":2}', '{"version":3}', castOf()])(
    'is none of what is no recording: %j',
    (text) => {
      expect(embedded(excerptOfText(text), 10_000, whole)).toBeUndefined();
    },
  );
});

describe('how a run stands', () => {
  it.each([
    ['completed', 'completed', true],
    ['waived', 'remarks', true],
    ['abandoned', 'abandoned', true],
    ['rolled back after a failure', 'rolled-back', true],
  ] as const)('%s: %s', (name, headline, isComplete) => {
    const state = fold(recorded(histories[name] ?? []));
    expect(standingOf({runbook, state, end: {head: '', tornBytes: 0}})).toMatchObject({headline, isComplete});
  });

  it('says of a run that was given up behind a way back that one was taken, and not that its change stays', () => {
    const events = recorded([
      ...changed,
      wayBack('restore'),
      started('rollback/restore'),
      succeeded('rollback/restore'),
      closed('abandoned'),
    ]);
    const end = {head: '', tornBytes: 0};
    expect(standingOf({runbook, state: fold(events), end})).toMatchObject({headline: 'abandoned-after-way-back'});
  });

  it('is in doubt as long as one step is, open as long as nobody closed it, and not complete where the end is torn', () => {
    const doubtful = recorded((histories['in doubt, took effect'] ?? []).slice(0, -6));
    const end = {head: '', tornBytes: 0};
    const cut = doubtful.slice(0, doubtful.findIndex(({type}) => type === 'StepInterrupted') + 1);
    expect(standingOf({runbook, state: fold(cut), end})).toMatchObject({
      headline: 'in-doubt',
      tone: 'bad',
      isComplete: false,
    });
    const open = recorded((histories['completed'] ?? []).slice(0, -1));
    expect(standingOf({runbook, state: fold(open), end})).toMatchObject({headline: 'open', isComplete: false});
    const state = fold(recorded(histories['completed'] ?? []));
    expect(standingOf({runbook, state, end: {...end, tornBytes: 7}})).toMatchObject({isComplete: false});
    expect(standingOf({runbook, state, end: {...end, damage: 'x'}})).toMatchObject({
      headline: 'damaged',
      isComplete: false,
    });
  });

  it('every history has a page in both languages that names its outcome first', () => {
    for (const history of Object.values(histories)) {
      const html = page(reportOf(recorded(history)));
      expect(html.match(/class="headline"/g)).toHaveLength(2);
      expect(html).toContain('<main lang="ko">');
    }
  });

  it('names on its first screen who approved and who refused, with which key, and says who checks that', () => {
    const files = filesOf(reportOf(eventsWith('lee')));
    const html = files['report.html'] ?? '';
    const first = html.slice(html.indexOf('<main lang="en">'), html.indexOf('id="en-attention"'));
    expect(first).toContain('approved: lee (lee, on the operator&#39;s list, which is not part of the plan)');
    expect(first).toContain('refused: lee');
    expect(html).toContain(
      'Whether the signatures hold, and whose keys they are, is what attempt-runbook verify says.',
    );
    expect(files['report.md']).toContain('approved: lee');
    expect(page(reportOf(recorded(histories['completed'] ?? [])))).toContain('No approval is recorded in this run.');
  });

  it('says of no attempt that nothing was changed once an earlier one has left something', () => {
    const lost: Failure = {code: 'transaction-lost', xid: '735'};
    const refused: Failure = {code: 'query-refused', sqlState: '42601', message: 'no'};
    const tried = (failure: Failure): readonly RunEvent[] => [
      ...untilChange,
      started('change'),
      failedWith('change', 1, failure),
      started('change', 2),
      failedWith('change', 2, refused),
    ];
    // The page is long: what is looked for is enough where it fails.
    const says = (failure: Failure, words: string): boolean => page(reportOf(recorded(tried(failure)))).includes(words);
    expect(says(lost, 'Nothing was changed')).toBe(false);
    expect(says(lost, 'This attempt changed nothing')).toBe(true);
    expect(says(refused, 'Nothing was changed: the whole transaction')).toBe(true);
  });

  it('tells failures, waivers, takeovers, sleep and ways back where an approver must see them', () => {
    const html = page(reportOf(eventsWith('lee')));
    const attention = html.slice(html.indexOf('id="en-attention"'), html.indexOf('id="en-form"'));
    for (const words of [
      'waived by',
      'taken over by',
      'the machine slept',
      'Way back',
      'abandoned',
      'refused by',
      'operates the run now',
      'NOT scanned',
      '2 values masked',
    ])
      expect(attention).toContain(words);
  });
});

/** Outside of code spans and of the one code block: where GitHub looks for markup, mentions, references and addresses. */
const outsideOfCode = (markdown: string): string =>
  markdown.replaceAll(/```\n[\s\S]*?\n```/g, '').replaceAll(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '');

describe('the Markdown', () => {
  it.each(numbered)('lets no foreign text act: %i %s', (_, __, text) => {
    for (const name of ['report.md', 'report.ko.md']) {
      const markdown = filesOf(hostileReport(text))[name] ?? '';
      expect(outsideOfCode(markdown)).not.toMatch(/[@<>[\]\\~$]|https?:|www\.|#\d|GH-|\b[0-9a-f]{40}\b|:\w+:/);
      expect(markdown.match(unseen) ?? []).toEqual([]);
      // A row of a table has the cells that its heading has.
      for (const table of markdown.split('\n\n').filter((part) => part.includes('\n|---'))) {
        const cells = table
          .trim()
          .split('\n')
          .map((row) => row.replaceAll('\\|', '').split('|').length);
        expect(new Set(cells).size).toBe(1);
      }
    }
  });

  it('never has more than 65,000 characters, and counts what it leaves out', () => {
    const history = histories['completed'] ?? [];
    const many = Array.from({length: 1000}, () => ({
      type: 'SleepNoticed' as const,
      sleptMs: 1000,
      lockLostTo: '김'.repeat(200),
    }));
    const markdown = filesOf(reportOf(recorded([...history.slice(0, -1), ...many, ...history.slice(-1)])));
    for (const name of ['report.md', 'report.ko.md']) expect((markdown[name] ?? '').length).toBeLessThanOrEqual(65_000);
    expect(markdown['report.md']).toMatch(/[\d,]+ lines were left out here\. report\.html has all of them\./);
  });
});
