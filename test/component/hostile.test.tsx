// Can anything that somebody else wrote act on the operator's terminal, in either front?

import {renderToString} from 'ink';
import xterm from '@xterm/headless';
import {describe, expect, it} from 'vitest';
import {visible, visibleLine} from '../../src/ui/text/visible.ts';
import {jsonLine} from '../../src/ui/plain/json-line.ts';
import {linePrinter} from '../../src/ui/plain/printer.ts';
import {line, paragraph, type Line} from '../../src/ui/tui/line.ts';
import {createOutputStore} from '../../src/ui/tui/output-store.ts';
import {Rows} from '../../src/ui/tui/parts/Rows.tsx';
import type {SessionView} from '../../src/engine/session.ts';

const LONG = process.env['LONG'] === '1';
const STRINGS = LONG ? 100_000 : 5000;
const BATCH = 50;
const columns = 200;

/** A generator with a seed, so that what fails can be seen again. */
const randomOf = (seed: number) => (): number => {
  seed = (seed * 1_664_525 + 1_013_904_223) % 4_294_967_296;
  return seed / 4_294_967_296;
};

const ESC = '\u001b';
const pieces: readonly string[] = [
  `${ESC}]52;c;aGk=\u0007`,
  `${ESC}]0;title${ESC}\\`,
  `${ESC}]8;;http://x/${ESC}\\link`,
  '\u009d52;c;aGk=\u009c',
  `${ESC}[31m`,
  `${ESC}[7m`,
  '\u009b4m',
  `${ESC}[2J`,
  `${ESC}[10;10H`,
  `${ESC}[?1049l`,
  `${ESC}[?25l`,
  `${ESC}[?2004h`,
  `${ESC}[6n`,
  `${ESC}[20t`,
  `${ESC}c`,
  `${ESC}(0`,
  `${ESC}P$q"p${ESC}\\`,
  `${ESC}_G${ESC}\\`,
  `${ESC}^x${ESC}\\`,
  ESC,
  '\r',
  '\b\b\b\b',
  '\u0000',
  '\u0007',
  '\u000b\u000c',
  '\u000e',
  '\u007f',
  '\u0085',
  '\u2028',
  '\u202e',
  '\u2066',
  '\u200b',
  '\u200d',
  '\u00ad',
  '\ufeff',
  '\ufe0f',
  '\u{e0041}',
  '\ud800',
  '\udc80',
  '\u3164',
  '\t',
  '\n',
  '한글',
  '\u{1f642}',
  'e\u0301',
  'plain text',
  ';',
  ']',
  '[',
  '0m',
  '\\',
];

const hostile = (next: () => number): string =>
  Array.from({length: 1 + Math.floor(next() * 8)}, () =>
    next() < 0.15
      ? String.fromCharCode(Math.floor(next() * 0x3000))
      : (pieces[Math.floor(next() * pieces.length)] ?? ''),
  ).join('');

/** A terminal that writes down whatever it was told to do beside showing text in colours. */
const watched = () => {
  const terminal = new xterm.Terminal({cols: columns, rows: 40, allowProposedApi: true, scrollback: 0});
  const acts: string[] = [];
  const act = (what: string) => (): boolean => {
    acts.push(what);
    return false;
  };
  terminal.onTitleChange(() => acts.push('title'));
  terminal.onBell(() => acts.push('bell'));
  terminal.onData((data) => acts.push(`answer ${JSON.stringify(data)}`));
  for (let code = 0; code < 2000; code += 1) terminal.parser.registerOscHandler(code, act(`OSC ${code}`));
  for (let final = 0x40; final <= 0x7e; final += 1) {
    const sign = String.fromCharCode(final);
    for (const prefix of ['', '?', '>', '='])
      if (prefix !== '' || sign !== 'm')
        terminal.parser.registerCsiHandler(
          {...(prefix === '' ? {} : {prefix}), final: sign},
          act(`CSI ${prefix}${sign}`),
        );
    for (const intermediates of ['', '$', '+'])
      terminal.parser.registerDcsHandler(
        {...(intermediates === '' ? {} : {intermediates}), final: sign},
        act(`DCS ${sign}`),
      );
  }
  for (let final = 0x30; final <= 0x7e; final += 1)
    for (const intermediates of ['', '(', ')', '#'])
      terminal.parser.registerEscHandler(
        {...(intermediates === '' ? {} : {intermediates}), final: String.fromCharCode(final)},
        act(`ESC ${intermediates}${String.fromCharCode(final)}`),
      );
  const modes = JSON.stringify(terminal.modes);
  return {
    /** Shows rows from the top, and what is left behind after them. */
    show: async (rows: string): Promise<void> => {
      await new Promise<void>((resolve) => terminal.write(`${rows.replaceAll('\n', '\r\n')}\r\n!`, resolve));
    },
    expectUntouched: (what: string): void => {
      expect(acts, what).toEqual([]);
      expect(JSON.stringify(terminal.modes), what).toBe(modes);
      const {active} = terminal.buffer;
      expect(active.type, what).toBe('normal');
      // The mark after the text is where it should be, and looks as if nothing had been shown before it.
      const mark = active.getLine(active.baseY + active.cursorY)?.getCell(0);
      expect([mark?.getChars(), mark?.isAttributeDefault(), active.cursorX], what).toEqual(['!', true, 1]);
    },
  };
};

const batches = async (seed: number, draw: (strings: readonly string[]) => string): Promise<void> => {
  const next = randomOf(seed);
  const terminal = watched();
  for (let done = 0; done < STRINGS; done += BATCH) {
    const strings = Array.from({length: BATCH}, () => hostile(next));
    await terminal.show(draw(strings));
    terminal.expectUntouched(JSON.stringify(strings));
  }
};

const drawn = (lines: readonly Line[]): string =>
  renderToString(<Rows lines={lines} theme={{ascii: false, colour: true}} />, {columns});

describe('hostile strings leave the terminal as it was', () => {
  it('on the screen, as output that was kept and cut', () =>
    batches(1, (strings) => {
      const store = createOutputStore();
      for (const text of strings) store.push('stdout', `${text}\n`);
      const {slice, total} = store.snapshot();
      return drawn(slice(0, total).flatMap(({text}) => paragraph(text, columns - 2, 'bad')));
    }));

  it('on the screen, where a pane forgot to make them visible', () =>
    batches(2, (strings) => drawn(strings.map((text) => line(text, 'warn')))));

  it('on lines of the plain front', () =>
    batches(3, (strings) => {
      const printed: string[] = [];
      const view = (): SessionView => {
        throw new Error('output needs no view');
      };
      const printer = linePrinter({view, locale: 'en', timeZone: 'UTC', write: (text) => printed.push(text)});
      for (const text of strings)
        printer.message({type: 'output', step: 's', attempt: 1, stream: 'stdout', text: `${text}\n`});
      return printed.join('\n');
    }));

  it('as NDJSON, which still says the same', () =>
    batches(4, (strings) => {
      const lines = strings.map((text) => jsonLine({text}));
      lines.forEach((json, at) => expect(JSON.parse(json)).toEqual({text: strings[at]}));
      return lines.join('\n');
    }));

  it('in Markdown, made visible as a whole', () => batches(5, (strings) => visible(strings.join('\n'))));

  it('and what is visible stays as it is', () => {
    const next = randomOf(6);
    for (let nth = 0; nth < STRINGS; nth += 1) {
      const once = visibleLine(hostile(next));
      expect(visibleLine(once)).toBe(once);
    }
  });

  it('which the watching terminal would have noticed', async () => {
    for (const text of [`${ESC}]52;c;aGk=\u0007`, `${ESC}[31m`, `${ESC}[?25l`, '\u0007', `${ESC}[6n`, `${ESC}[2J`]) {
      const terminal = watched();
      await terminal.show(text);
      expect(() => terminal.expectUntouched(text), JSON.stringify(text)).toThrow();
    }
  });
});
