// How a program is run on the operator's own terminal, with everything that appears on it recorded as it appears.
//
// `script` of util-linux gives the program a terminal of its own and copies what it says, not into a file but into a pipe of
// ours: nothing reaches the disk that was not looked at for secrets first.

import {constants, mkdtempSync, openSync, rmSync, writeSync} from 'node:fs';
import {Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {randomUUID} from 'node:crypto';
import {execa} from 'execa';
import {failed, success, type Result} from '../core/failure.ts';
import type {ProcessEnd, ProcessRun} from '../core/ports.ts';
import {errorCode} from './files.ts';
import {programHint} from './program-hint.ts';
import {rawDecoder} from './raw-text.ts';

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

const missing = (program: string) => failed({code: 'program-missing', program, install: programHint(program)} as const);

/** A pipe with a name, that `script` takes for its file; only its maker can look into its folder. */
const namedPipe = async (folder: string): Promise<string | undefined> => {
  const path = join(folder, 'pipe');
  const made = await execa('mkfifo', ['-m', '600', path], {reject: false});
  return made.exitCode === 0 ? path : undefined;
};

/** @param env all that the program gets. */
export const onTerminal = async (
  spec: Pick<ProcessRun, 'program' | 'args' | 'signal' | 'onOutput'>,
  env: Readonly<Record<string, string>>,
): Promise<Result<ProcessEnd>> => {
  // The `script` of other systems is another program, with other options.
  if (process.platform !== 'linux') return missing('script');
  const folder = mkdtempSync(join(tmpdir(), 'ar-terminal-'));
  try {
    const pipe = await namedPipe(folder);
    if (pipe === undefined) return missing('mkfifo');
    // For reading and writing: opened for reading alone it would wait for a writer, who may never come.
    const descriptor = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
    const reader = new Socket({fd: descriptor, readable: true, writable: false});
    const end = randomUUID();
    const heard = listened(reader, end, (text) => spec.onOutput('stdout', text));
    const began = performance.now();
    const command = ['exec', ...[spec.program, ...spec.args].map(quoted)].join(' ');
    const ran = await execa('script', ['--quiet', '--flush', '--return', '--command', command, pipe], {
      // Whatever shell the operator likes: this one reads nothing of his before the program.
      env: {...env, SHELL: '/bin/sh'},
      extendEnv: false,
      stdio: 'inherit',
      reject: false,
      cancelSignal: spec.signal,
      forceKillAfterDelay: 2000,
      cwd: '/',
    });
    // Behind everything that was said: when this has come through, so has all the rest.
    writeSync(descriptor, end);
    await heard;
    reader.destroy();
    if (ran.exitCode === undefined && ran.signal === undefined && errorCode(ran.cause ?? ran) === 'ENOENT') {
      return missing('script');
    }
    return success({
      ...(ran.exitCode === undefined ? {} : {exitCode: ran.exitCode}),
      ...(ran.signal === undefined ? {} : {signal: ran.signal}),
      timedOut: false,
      cancelled: ran.isCanceled === true,
      durationMs: Math.round(performance.now() - began),
      lastLines: [],
    });
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
};

const listened = (reader: Socket, end: string, onText: (text: string) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const decoder = rawDecoder();
    // What may be the beginning of the end is held back until the next piece tells.
    let held = '';
    reader.once('error', reject);
    reader.on('data', (bytes: Buffer) => {
      const text = held + decoder.push(bytes);
      const at = text.indexOf(end);
      const whole = at < 0 ? text.slice(0, Math.max(0, text.length - end.length)) : text.slice(0, at);
      held = at < 0 ? text.slice(whole.length) : '';
      if (whole !== '') onText(whole);
      if (at >= 0) resolve();
    });
  });
