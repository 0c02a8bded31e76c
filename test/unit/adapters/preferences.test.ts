import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {rememberedLocale, rememberLocale} from '../../../src/adapters/preferences.ts';

let folder = '';
const before = process.env['XDG_CONFIG_HOME'];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'preferences-'));
  process.env['XDG_CONFIG_HOME'] = folder;
});

afterEach(() => {
  if (before === undefined) delete process.env['XDG_CONFIG_HOME'];
  else process.env['XDG_CONFIG_HOME'] = before;
  rmSync(folder, {recursive: true, force: true});
});

const kept = (): string => join(folder, 'attempt-runbook', 'config.json');

test('the language that was chosen is the language of the next start', async () => {
  expect(rememberedLocale()).toBeUndefined();
  await rememberLocale('ko');
  expect(rememberedLocale()).toBe('ko');
  await rememberLocale('en');
  expect(rememberedLocale()).toBe('en');
});

test('what else the file holds stays in it', async () => {
  await rememberLocale('ko');
  writeFileSync(kept(), JSON.stringify({locale: 'ko', operator: 'hana'}));
  await rememberLocale('en');
  expect(JSON.parse(readFileSync(kept(), 'utf8'))).toEqual({locale: 'en', operator: 'hana'});
});

test.each(['', '{', 'null', '[]', '"ko"', '{"locale":"fr"}', '{"locale":7}'])(
  'a file that holds %s says no language, and the next choice is kept all the same',
  async (content) => {
    await rememberLocale('ko');
    writeFileSync(kept(), content);
    expect(rememberedLocale()).toBeUndefined();
    await rememberLocale('ko');
    expect(rememberedLocale()).toBe('ko');
  },
);

test('a choice that cannot be written ends nothing', async () => {
  writeFileSync(join(folder, 'attempt-runbook'), 'a file where the folder would be');
  await rememberLocale('ko');
  expect(rememberedLocale()).toBeUndefined();
});
