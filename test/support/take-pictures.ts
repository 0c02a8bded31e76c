// What do the screens look like to a person? Walks the rehearsal and writes a picture of every screen into a folder:
// node test/support/take-pictures.ts FOLDER

import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Locale} from '../../src/core/text.ts';
import {screenText} from '../../src/ui/text/screen.ts';
import {screenPng} from './screen-picture.ts';
import {createPlace, openTerminal} from './terminal.ts';
import {advance, type Walk} from './terminal-walk.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node test/support/take-pictures.ts FOLDER');

const sizes = [
  [80, 24],
  [120, 40],
] as const;

const walkThrough = async (locale: Locale, columns: number, rows: number): Promise<void> => {
  await using place = createPlace();
  await using terminal = openTerminal({place, args: ['--lang', locale], columns, rows});
  const {screen} = terminal;
  const words = screenText(locale);
  let number = 0;
  const take = (name: string): void => {
    number += 1;
    for (const ground of ['dark', 'light'] as const) {
      const into = join(folder, `${locale}-${columns}x${rows}-${ground}`);
      mkdirSync(into, {recursive: true});
      const file = join(into, `${`${number}`.padStart(2, '0')}-${name}`);
      writeFileSync(`${file}.png`, screenPng(screen, ground));
    }
  };
  /** Presses, waits for another screen, takes it, and goes back to the one before. */
  const glance = async (key: string, name: string): Promise<void> => {
    const body = (): string => screen.text().split('\n').slice(2).join('\n');
    const before = body();
    terminal.press(key);
    await screen.becomes(() => body() !== before && !body().includes(words.wayBack.asking), name);
    take(name);
    terminal.press('Esc');
    await screen.becomes(() => body() === before, `the screen before ${name}`);
  };

  // Drawn before the runbook is read; with its plan and its past runs it stands still.
  await screen.shows('▸', /[0-9a-f]{4} [0-9a-f]{4}/);
  await screen.lacks(' ...');
  take('home');
  await glance('?', 'home-help');
  terminal.press('Enter');
  await screen.shows('┌ 1.1 ');
  await glance('?', 'help');
  await glance('p', 'plan');
  await glance('q', 'leaving');
  const titles = new Set<string>();
  const walk: Walk = {
    terminal,
    locale,
    target: 'seedtest',
    visit: async (what) => {
      // What every screen of this kind looks like; one tick more is the same picture.
      const title = /┐┌ (.+?) [─[]/.exec(screen.line(2))?.[1] ?? '';
      const key = `${what}-${title}`;
      if (titles.has(key) || what === 'wait') return;
      titles.add(key);
      take(`${what}-${/[\d.]+/.exec(title)?.[0] ?? 'end'}`);
      if (what === 'confirm' && title.startsWith('4.1')) await glance('s', 'sql');
    },
  };
  while (await advance(walk));
  for (const name of ['output', 'evidence']) {
    const before = screen.text().split('\n')[2];
    terminal.press('Tab');
    await screen.becomes((text) => text.split('\n')[2] !== before, name);
    take(name);
  }
  terminal.press('b');
  await screen.shows(/▸ 1 /);
  take('way-back');
  terminal.press('ArrowDown');
  await screen.shows(/▸ 2 /);
  take('way-back-2');
  terminal.press('Enter');
  await screen.shows(words.wayBack.reason);
  terminal.type('OPS-1');
  await screen.shows(': OPS-1');
  take('way-back-reason');
  terminal.press('Enter');
  await screen.shows(words.wayBack.name);
  take('way-back-name');
  terminal.type('seedtest');
  await screen.shows(`${words.wayBack.name} seedtest`);
  terminal.press('Enter');
  await screen.lacks(words.wayBack.name);
  while (await advance(walk));
  take('rolled-back');
  terminal.press('Enter');
  await terminal.ends();
  take('summary');
};

for (const [columns, rows] of sizes)
  for (const locale of ['en', 'ko'] as const) await walkThrough(locale, columns, rows);
