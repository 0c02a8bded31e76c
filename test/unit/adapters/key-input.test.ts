// Does every key reach the screen when the process was busy, and is Esc decided when nothing comes behind it?

import {execFileSync} from 'node:child_process';
import {constants, mkdtempSync, openSync, rmSync, writeSync} from 'node:fs';
import {Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {keyInput, type KeyInput} from '../../../src/adapters/key-input.ts';
import {ESC_ALONE} from '../../../src/adapters/typed-keys.ts';

let folder: string;
let descriptor: number;
let terminal: Socket;
let keys: KeyInput;
let heard: string;
let isHeard: PromiseWithResolvers<void>;

/** A pipe of the kernel: what is written lies there until the process looks, as in a terminal. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keys-'));
  execFileSync('mkfifo', [join(folder, 'line')]);
  descriptor = openSync(join(folder, 'line'), constants.O_RDWR | constants.O_NONBLOCK);
  terminal = new Socket({fd: descriptor, readable: true, writable: false});
  keys = keyInput(Object.assign(terminal, {isTTY: true, setRawMode: () => terminal}) as unknown as NodeJS.ReadStream);
  heard = '';
  isHeard = Promise.withResolvers();
  keys.stdin.on('readable', () => {
    heard += String(keys.stdin.read() ?? '');
    isHeard.resolve();
    isHeard = Promise.withResolvers();
  });
  keys.stdin.setRawMode(true);
});

afterEach(() => {
  terminal.destroy();
  rmSync(folder, {recursive: true});
});

const type = (text: string): void => void writeSync(descriptor, text);
const hear = async (text: string): Promise<void> => {
  while (heard.length < text.length) await isHeard.promise;
  expect(heard).toBe(text);
};
/** Longer than the rest of a key is waited for. */
const beBusy = (): void => {
  const until = performance.now() + 40;
  while (performance.now() < until);
};

it('the rest of a key that lay in the terminal while the process was busy is its rest', async () => {
  type('\u001b');
  await new Promise<void>((resolve) => {
    terminal.once('readable', () => {
      type('[A');
      beBusy();
      resolve();
    });
  });
  await hear('\u001b[A');
});

it('Esc is Esc when nothing comes behind it', async () => {
  type('a\u001b');
  await hear(`a${ESC_ALONE}`);
  type('b');
  await hear(`a${ESC_ALONE}b`);
});

it('what is typed once the terminal is let go of stays for the next program, and is read when it comes back', async () => {
  type('a');
  await hear('a');
  keys.stdin.setRawMode(false);
  await keys.letGo();
  type('theirs');
  expect(execFileSync('head', ['-c', '6'], {stdio: [descriptor, 'pipe', 'inherit'], encoding: 'utf8'})).toBe('theirs');
  keys.stdin.setRawMode(true);
  type('b');
  await hear('ab');
});

it('the end of the terminal is the end of the keys', async () => {
  const ended = new Promise<void>((resolve) => {
    keys.stdin.once('end', resolve);
  });
  terminal.push(null);
  await ended;
});
