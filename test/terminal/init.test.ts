// Does init ask in a terminal for what was not said, say what it cannot take, and write nothing when it is left?

import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createPlace, openTerminal} from '../support/terminal.ts';

test('a few questions in the language of the operator, each with what Enter means', async () => {
  await using place = createPlace();
  const folder = join(place.folder, 'new');
  await using terminal = openTerminal({place, args: ['init', folder, '--lang', 'ko', '--environments', 'staging']});
  await terminal.screen.shows('변경할 객체 (schema.name)?');
  terminal.type('Orders');
  terminal.press('Enter');
  await terminal.screen.shows("'Orders' 값은 사용할 수 없습니다");
  terminal.type('shop.orders');
  terminal.press('Enter');
  for (const question of [
    '객체 종류',
    '애플리케이션이 사용하는 역할',
    '적용 방법',
    '런북 이름',
    '영어 제목',
    '한국어 제목',
  ]) {
    await terminal.screen.shows(question);
    terminal.press('Enter');
  }
  await terminal.screen.shows('작성한 파일');
  expect(await terminal.ends()).toEqual({exitCode: 0});
  expect(existsSync(join(folder, 'runbook/shop-orders-view/runbook.yaml'))).toBe(true);
});

test('Ctrl+C ends it with 130 and nothing written', async () => {
  await using place = createPlace();
  const folder = join(place.folder, 'new');
  await using terminal = openTerminal({place, args: ['init', folder, '--lang', 'en', '--object', 'a.b']});
  await terminal.screen.shows('What is it');
  terminal.press('Ctrl+C');
  expect(await terminal.ends()).toEqual({exitCode: 130});
  expect(existsSync(folder)).toBe(false);
});
