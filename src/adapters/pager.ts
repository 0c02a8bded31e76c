// How a text is shown in the operator's own pager.

import {Readable} from 'node:stream';
import {execa} from 'execa';

/** Through standard input, so that nothing is left in a temporary file. */
export const pageText = async (
  text: string | AsyncIterable<string>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> => {
  // $PAGER may hold arguments (`less -R`); words are all that is understood, never a shell.
  const [program = 'less', ...args] = (env['PAGER'] ?? 'less').split(/\s+/).filter((word) => word !== '');
  await execa(program, args, {
    input: typeof text === 'string' ? text : Readable.from(text),
    stdout: 'inherit',
    stderr: 'inherit',
    reject: false,
  });
};
