// Loaded before the tool: lets the nth operation below a folder that changes a disk kill the process, or be refused.
//
// FAULT_UNDER names the folder, FAULT_AT the operation (0 counts them into the file FAULT_COUNT), FAULT_HOW what happens.

import fs from 'node:fs';
import promises from 'node:fs/promises';
import {syncBuiltinESMExports} from 'node:module';

const {FAULT_UNDER: under = '', FAULT_AT: at = '0', FAULT_HOW: how = 'SIGKILL', FAULT_COUNT: into} = process.env;
let seen = 0;

const meet = (name: string, path: string): void => {
  seen += 1;
  if (into !== undefined) fs.writeSync(counted, `${name} ${path}\n`);
  if (seen !== Number(at)) return;
  if (how === 'SIGKILL') process.kill(process.pid, 'SIGKILL');
  throw Object.assign(new Error(`${how}: no space left on device, ${name}`), {code: how, syscall: name, errno: -28});
};

const counted = into === undefined ? -1 : fs.openSync(into, 'w');
const isOurs = (path: unknown): path is string => typeof path === 'string' && path.startsWith(under);

type AnyFunction = (...args: unknown[]) => unknown;

for (const name of ['mkdirSync', 'renameSync', 'rmSync', 'openSync'] as const) {
  const real = fs[name] as AnyFunction;
  const stand: AnyFunction = (...args) => {
    // Removing what was begun is the one thing that a full disk allows.
    if (isOurs(args[0]) && !(name === 'rmSync' && how !== 'SIGKILL')) meet(name, args[0]);
    return real(...args);
  };
  Object.assign(fs, {[name]: stand});
}

const realOpen = promises.open;
const open: typeof promises.open = async (path, ...rest) => {
  if (!isOurs(path)) return realOpen(path, ...rest);
  meet('open', path);
  const handle = await realOpen(path, ...rest);
  for (const name of ['write', 'sync'] as const) {
    const real = (handle[name] as AnyFunction).bind(handle);
    Object.assign(handle, {
      [name]: async (...args: unknown[]) => {
        meet(name, path);
        return real(...args);
      },
    });
  }
  return handle;
};
Object.assign(promises, {open});
syncBuiltinESMExports();
