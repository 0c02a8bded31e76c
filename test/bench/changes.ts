// What do the parts share that change the view and change it back?

import {execFile} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {startSampleServer, type SampleServer} from './sample-server.ts';

export type Change = Readonly<{what: string; waitedMs: number; heldMs: number; tookMs: number}>;

export const shipped = (path: string): string =>
  readFileSync(new URL(`../../sql/attempt-view-v1-lock/${path}`, import.meta.url), 'utf8');
export const plain = readFileSync(new URL('../fixtures/attempt-v1-plain.sql', import.meta.url), 'utf8');

/** Changes the view and changes it back in a process of its own. */
export const change = async (server: SampleServer, pairs: number): Promise<readonly Change[]> => {
  const entry = fileURLToPath(new URL('entry/change.ts', import.meta.url));
  const {stdout} = await promisify(execFile)(process.execPath, [entry, server.url, `${pairs}`]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Change);
};

export const filled = (results: number, note: (text: string) => void): Promise<SampleServer> => {
  note(`filling a server with ${results} results`);
  return startSampleServer(results);
};
