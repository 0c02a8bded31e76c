// Is a picture drawn beside everything else, by a worker that is there for as long as it is needed and whose end is a value?

import {execFileSync, spawn} from 'node:child_process';
import {closeSync, constants, mkdtempSync, openSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Worker} from 'node:worker_threads';
import {describe, expect, it, onTestFinished} from 'vitest';
import {createPictureDrawer, type DrawOrder} from '../../../src/adapters/picture-drawer.ts';
import {fontFolder} from '../../support/fonts.ts';

const order: DrawOrder = {svg: '<svg/>', signs: ['a'], folders: []};
const numbered = (nth: number): DrawOrder => ({...order, svg: `${nth}`});

/** A worker that does this with each order, and a drawer that has as many of them as it asks for. */
const drawerWith = (code: string) => {
  const workers: Worker[] = [];
  const drawer = createPictureDrawer(() => {
    const worker = new Worker(`require('node:worker_threads').parentPort.on('message', ({svg}) => {${code}})`, {
      eval: true,
    });
    workers.push(worker);
    return worker;
  });
  return {drawer, workers};
};

const gone = (worker: Worker): Promise<unknown> =>
  worker.threadId === -1 ? Promise.resolve() : new Promise((resolve) => worker.once('exit', resolve));

const draws = `require('node:worker_threads').parentPort.postMessage({kind: 'signs-missing', missing: [svg]})`;
const never = '';

describe('a drawer of pictures', () => {
  it('draws a PNG', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="18"><text y="14">a</text></svg>';
    const drawn = await createPictureDrawer().draw({svg, signs: ['a'], folders: [fontFolder]});
    if (drawn.kind !== 'drawn') throw new Error(JSON.stringify(drawn));
    const png = Buffer.from(drawn.png);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([18, 36]);
  });

  it('says which signs no font has', async () => {
    expect(await createPictureDrawer().draw(order)).toEqual({kind: 'signs-missing', missing: ['a']});
  });

  it('lets everything else go on while it waits for a font', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fonts-'));
    onTestFinished(() => rmSync(folder, {recursive: true}));
    // Whoever opens it to read it waits until somebody opens it to write.
    const font = join(folder, 'DejaVuSansMono.ttf');
    execFileSync('mkfifo', [font]);
    const ended: string[] = [];
    const drawing = createPictureDrawer()
      .draw({...order, folders: [folder]})
      .then(() => ended.push('the picture'));
    const reader = new Promise<void>((resolve) => {
      const look = (): void => {
        try {
          closeSync(openSync(font, constants.O_WRONLY | constants.O_NONBLOCK));
          resolve();
        } catch {
          // ENXIO: nobody reads it yet.
          setImmediate(look);
        }
      };
      setImmediate(look);
    }).then(() => ended.push('everything else'));
    await Promise.all([drawing, reader]);
    expect(ended).toEqual(['everything else', 'the picture']);
  });

  it('has one worker for all that is asked for, in its order, and none afterwards', async () => {
    const {drawer, workers} = drawerWith(draws);
    const drawn = await Promise.all([1, 2, 3].map((nth) => drawer.draw(numbered(nth))));
    expect(drawn.map((one) => one.kind === 'signs-missing' && one.missing[0])).toEqual(['1', '2', '3']);
    expect(workers).toHaveLength(1);
    await Promise.all(workers.map(gone));
    await drawer.draw(order);
    expect(workers).toHaveLength(2);
  });

  it.each([
    {how: 'throws', code: `throw new Error('unreachable')`, because: {code: 'failed', message: 'unreachable'}},
    {how: 'rejects', code: `Promise.reject(new Error('no font'))`, because: {code: 'failed', message: 'no font'}},
    {how: 'ends', code: 'process.exit(3)', because: {code: 'ended', exitCode: 3}},
  ])('says so when its worker $how, and draws the next picture with another', async ({code, because}) => {
    const {drawer, workers} = drawerWith(`if (svg === '1') {${code}} else ${draws}`);
    const drawn = await Promise.all([drawer.draw(numbered(1)), drawer.draw(numbered(2))]);
    expect(drawn).toEqual([
      {kind: 'not-drawn', because},
      {kind: 'signs-missing', missing: ['2']},
    ]);
    expect(workers).toHaveLength(2);
  });

  it('says so when no worker can be started', async () => {
    const refused = createPictureDrawer(() => {
      throw new Error('EAGAIN');
    });
    expect(await refused.draw(order)).toEqual({kind: 'not-drawn', because: {code: 'failed', message: 'EAGAIN'}});
    const missing = createPictureDrawer(() => new Worker(join(tmpdir(), 'no-such-worker.js')));
    expect(await missing.draw(order)).toMatchObject({
      kind: 'not-drawn',
      because: {code: 'failed', message: expect.stringContaining('no-such-worker.js')},
    });
  });

  it('lets go of what it draws and of what it would draw next when it is left', async () => {
    const {drawer, workers} = drawerWith(never);
    const asked = [drawer.draw(numbered(1)), drawer.draw(numbered(2))];
    await Promise.resolve();
    drawer.leave();
    const left = {kind: 'not-drawn', because: {code: 'left'}};
    expect(await Promise.all(asked)).toEqual([left, left]);
    expect(await drawer.draw(order)).toEqual(left);
    await Promise.all(workers.map(gone));
  });

  it.each([
    {held: false, becomes: ''},
    {held: true, becomes: 'signs-missing'},
  ])('keeps a process alive only when it is held (held: $held)', async ({held, becomes}) => {
    const source = fileURLToPath(new URL('../../../src/adapters/picture-drawer.ts', import.meta.url));
    const worker = `const {parentPort, workerData} = require('node:worker_threads');
      parentPort.on('message', () => {
        Atomics.wait(workerData, 0, 0);
        parentPort.postMessage({kind: 'signs-missing', missing: []});
      });`;
    const code = `import {Worker} from 'node:worker_threads';
      import {createPictureDrawer} from ${JSON.stringify(source)};
      const go = new Int32Array(new SharedArrayBuffer(4));
      const drawer = createPictureDrawer(() => new Worker(${JSON.stringify(worker)}, {eval: true, execArgv: [], workerData: go}));
      drawer.draw({svg: '', signs: [], folders: []}).then(({kind}) => console.log(kind));
      if (${held}) setImmediate(() => {
        drawer.hold();
        // From here on there is nothing else to do.
        Atomics.store(go, 0, 1);
        Atomics.notify(go, 0);
      });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {stdio: ['ignore', 'pipe', 'inherit']});
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    const exitCode = await new Promise((resolve) => child.once('close', resolve));
    expect({exitCode, said: said.trim()}).toEqual({exitCode: 0, said: becomes});
  });
});
