// How is a picture drawn while everything else goes on? By a worker, which is there as long as there is something to draw.

import {extname} from 'node:path';
import {Worker} from 'node:worker_threads';
import type {Drawing, WhyNotDrawn} from '../core/drawing.ts';
import {errorMessage} from './files.ts';

/** What the worker is told; it answers with a `Drawing`, or dies of what it could not draw. */
export type DrawOrder = Readonly<{
  svg: string;
  /** Every sign that a font has to have. */
  signs: readonly string[];
  /** Where fonts are looked for. */
  folders: readonly string[];
}>;

export type PictureDrawer = Readonly<{
  /** One after the other, in the order in which they are asked for. Never throws. */
  draw: (order: DrawOrder) => Promise<Drawing>;
  /** From now on the process lives until what was asked for is drawn. */
  hold: () => void;
  /** Nothing more is drawn; what was asked for ends as `left`. */
  leave: () => void;
}>;

/** 60 s: ten times the slowest picture seen on a busy machine; leaving a run waits for it. */
const LIMIT_MS = 60_000;

/** Beside this file, as source and as built: a worker has an entry of its own. */
const ENTRY = new URL(`./picture-worker${extname(import.meta.url)}`, import.meta.url);

/** Its warnings stay with it: on standard error they would tear the screen. */
export const startPictureWorker = (): Worker => new Worker(ENTRY, {name: 'pictures', stdout: true, stderr: true});

const notDrawn = (because: WhyNotDrawn): Drawing => ({kind: 'not-drawn', because});

const answerOf = (worker: Worker, order: DrawOrder): Promise<Drawing> =>
  new Promise((resolve) => {
    const late = setTimeout(() => done(notDrawn({code: 'too-slow', afterMs: LIMIT_MS})), LIMIT_MS).unref();
    const done = (drawing: Drawing): void => {
      clearTimeout(late);
      worker.off('message', done).off('error', died).off('exit', ended);
      resolve(drawing);
    };
    const died = (error: unknown): void => done(notDrawn({code: 'failed', message: errorMessage(error)}));
    const ended = (exitCode: number): void => done(notDrawn({code: 'ended', exitCode}));
    worker.on('message', done).on('error', died).on('exit', ended);
    worker.postMessage(order);
  });

/** @param start throws, or gives a worker that ends at once, where none can be had. */
export const createPictureDrawer = (start: () => Worker = startPictureWorker): PictureDrawer => {
  let worker: Worker | undefined;
  let asked = 0;
  let isHeld = false;
  let isLeft = false;
  let drawing: Promise<unknown> = Promise.resolve();

  const begin = (): Worker => {
    const begun = start();
    // The process does not die of a picture: an error that nobody hears would end it.
    begun.on('error', () => undefined);
    return begun;
  };
  /** With the worker go its WebAssembly and its fonts, of which one for Chinese, Japanese and Korean has 20 MB. */
  const end = (): void => {
    void worker?.terminate();
    worker = undefined;
  };
  const drawNow = async (order: DrawOrder): Promise<Drawing> => {
    if (isLeft) return notDrawn({code: 'left'});
    try {
      worker ??= begin();
    } catch (error) {
      return notDrawn({code: 'failed', message: errorMessage(error)});
    }
    const answering = answerOf(worker, order);
    // Nor does it live for one. Not earlier: to listen to a worker is to wait for it, as Node sees it.
    if (!isHeld) worker.unref();
    const answer = await answering;
    // What died, or does not come to an end, draws nothing else; the next picture has a worker of its own.
    if (answer.kind === 'not-drawn') end();
    return isLeft && answer.kind === 'not-drawn' ? notDrawn({code: 'left'}) : answer;
  };
  return {
    draw: (order) => {
      asked += 1;
      const drawn = drawing.then(async () => {
        const answer = await drawNow(order);
        asked -= 1;
        if (asked === 0) end();
        return answer;
      });
      drawing = drawn;
      return drawn;
    },
    hold: () => {
      isHeld = true;
      worker?.ref();
    },
    leave: () => {
      isLeft = true;
      void worker?.terminate();
    },
  };
};
