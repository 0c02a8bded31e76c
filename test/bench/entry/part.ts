// How does a part of the bench run in a process of its own? `part.ts FILE [--quick]`, with a channel to the bench.

import {pathToFileURL} from 'node:url';
import {quantity, times} from '../table.ts';
import {rowOf} from '../row.ts';
import type {Figure, Figures, Part} from '../part.ts';
import type {Message} from '../run-part.ts';

const [file = '', quick] = process.argv.slice(2);

/** Of a screen that was not as expected, what fits into a row. */
const LONGEST = 400;

const send = (message: Message): Promise<void> =>
  new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });
const note = (text: string): void => void process.stderr.write(`  ${text}\n`);
const add = (figure: Figure): void => {
  // Here too, so that what was not measured is known at the place that did not measure it.
  const {what, value, unit, beside, ratio} = rowOf('', figure, {load: 0, at: ''});
  const peer = beside === undefined ? '' : `, ${quantity(beside.value, unit)} ${beside.what}, ${times(ratio ?? 0)}`;
  note(`${what}: ${quantity(value, unit)}${peer}`);
  void send({figure});
};
const figures: Figures = {isQuick: quick === '--quick', note, add};

// Nobody is left to measure for.
process.once('disconnect', () => process.exit(1));
const fail = async (error: unknown): Promise<never> => {
  note(error instanceof Error ? (error.stack ?? String(error)) : String(error));
  const words = error instanceof Error ? error.message : String(error);
  await send({failed: words.slice(0, LONGEST) || 'without a word'});
  process.exit(1);
};
process.once('uncaughtException', (error) => void fail(error));
process.once('unhandledRejection', (error) => void fail(error));

try {
  const {part} = (await import(pathToFileURL(file).href)) as {part?: Part};
  if (part === undefined) throw new Error('the file exports no part');
  await send({minutes: part.minutes});
  await part.run(figures);
  await send({ended: true});
  process.exit(0);
} catch (error) {
  await fail(error);
}
