// Draws pictures in a thread of its own: fonts are looked for and read, and WebAssembly runs, nowhere else.

import {parentPort} from 'node:worker_threads';
import type {Drawing} from '../core/drawing.ts';
import type {DrawOrder} from './picture-drawer.ts';
import {fontsFor} from './picture-fonts.ts';
import {pngOf} from './picture-png.ts';

const drawingOf = async ({svg, signs, folders}: DrawOrder): Promise<Drawing> => {
  const fonts = fontsFor(new Set(signs), folders);
  if (!fonts.ok) return {kind: 'signs-missing', missing: fonts.missing};
  return {kind: 'drawn', png: await pngOf(svg, fonts.fonts)};
};

parentPort?.on('message', async (order: DrawOrder) => {
  // What it throws ends the worker, and is told by that: WebAssembly that trapped once can draw nothing more.
  const drawing = await drawingOf(order);
  // Handed over, not copied: nobody here needs it any more.
  parentPort?.postMessage(drawing, drawing.kind === 'drawn' ? [drawing.png.buffer as ArrayBuffer] : []);
});
