// What is a process that opens or resumes a staging run and dies at a given write of the journal?
//
// Between the product and the disk stands only the executioner, who counts the writes that reach journal.ndjson (RunOpened
// and RunResumed included, which are written before a composition could put itself in the way) and kills this process
// with SIGKILL before, in the middle of or after one.

import fs from 'node:fs';
import {syncBuiltinESMExports} from 'node:module';
import {walkOrder, type WalkOrder} from './walk-order.ts';

/** `middle`: this share of the line's bytes is on disk; 1 means all of it but its newline. */
export type Kill = Readonly<
  {at: number; when: 'before' | 'unsynced' | 'after'} | {at: number; when: 'middle'; share: number}
>;

export type CrashOrder = WalkOrder & Readonly<{kill?: Kill}>;

const die = (): never => {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('SIGKILL has not killed');
};

const watchJournal = (kill: Kill): void => {
  const {openSync, writeSync, fsyncSync} = fs;
  const journals = new Set<number>();
  let writes = 0;
  fs.openSync = (...of) => {
    const descriptor = openSync(...of);
    if (String(of[0]).endsWith('/journal.ndjson') && of[1] === 'a') journals.add(descriptor);
    return descriptor;
  };
  fs.writeSync = ((
    descriptor: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): number => {
    if (!journals.has(descriptor)) return writeSync(descriptor, bytes, offset, length, position);
    writes += 1;
    if (writes !== kill.at) return writeSync(descriptor, bytes, offset, length);
    if (kill.when === 'before') die();
    const part = kill.when === 'middle' ? Math.max(1, Math.floor((length - 1) * kill.share)) : length;
    const written = writeSync(descriptor, bytes, offset, part);
    return kill.when === 'after' ? written : die();
  }) as typeof fs.writeSync;
  fs.fsyncSync = (descriptor) => {
    fsyncSync(descriptor);
    if (journals.has(descriptor) && writes === kill.at && kill.when === 'after') die();
  };
  // The product imports these functions by name; this brings the names up to date.
  syncBuiltinESMExports();
};

const order = JSON.parse(process.env['CRASH_ORDER'] ?? '') as CrashOrder;
if (order.kill !== undefined) watchJournal(order.kill);
process.exitCode = await walkOrder(order, process.env, (line) => void process.stdout.write(`${line}\n`));
