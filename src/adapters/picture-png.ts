// How a picture becomes a PNG, drawn by a library without native code; loaded only when a picture is taken.

import {readFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import type {Resvg} from '@resvg/resvg-wasm';

type Renderer = Readonly<{Resvg: typeof Resvg}>;
let loading: Promise<Renderer> | undefined;

const load = async (): Promise<Renderer> => {
  const renderer = await import('@resvg/resvg-wasm');
  const require = createRequire(import.meta.url);
  await renderer.initWasm(await readFile(require.resolve('@resvg/resvg-wasm/index_bg.wasm')));
  return renderer;
};

/** @param fonts files that together have every sign of it: a sign that none has would be an empty box. */
export const pngOf = async (svg: string, fonts: readonly Uint8Array[]): Promise<Uint8Array> => {
  loading ??= load();
  const renderer = await loading;
  const drawing = new renderer.Resvg(svg, {
    font: {fontBuffers: [...fonts], loadSystemFonts: false},
    // Twice as many dots as cells have: sharp in a document, and on paper.
    fitTo: {mode: 'zoom', value: 2},
  });
  try {
    const image = drawing.render();
    try {
      return image.asPng();
    } finally {
      image.free();
    }
  } finally {
    drawing.free();
  }
};
