// How many columns does this terminal give to a Hangul syllable? It is asked where its cursor is after one.

import type {ReadStream, WriteStream} from 'node:tty';

/** 500 ms: a terminal answers within a screen's refresh; one that does not know the question never does. */
const ANSWER_MS = 500;

/** @returns undefined when the terminal does not say. Leaves the line as it was: empty. */
export const hangulWidth = (input: ReadStream, output: WriteStream): Promise<number | undefined> =>
  new Promise((resolve) => {
    let answer = '';
    const done = (width: number | undefined): void => {
      clearTimeout(limit);
      input.removeListener('data', listen);
      input.setRawMode(false);
      input.pause();
      output.write('\r\u001b[K');
      resolve(width);
    };
    const limit = setTimeout(() => done(undefined), ANSWER_MS);
    const listen = (bytes: Buffer): void => {
      answer += bytes.toString('latin1');
      // oxlint-disable-next-line no-control-regex -- the answer begins with ESC.
      const column = /\u001b\[\d+;(\d+)R/.exec(answer)?.[1];
      if (column !== undefined) done(Number(column) - 1);
    };
    input.setRawMode(true);
    input.on('data', listen);
    input.resume();
    output.write('\r가\u001b[6n');
  });
