// How a few questions are asked, one after the other, in a terminal.

import {createInterface} from 'node:readline/promises';

export type Questions = Readonly<{
  /** @returns undefined when whoever was asked has gone (Ctrl+D, Ctrl+C). */
  ask: (question: string) => Promise<string | undefined>;
  close: () => void;
}>;

export const openQuestions = (): Questions => {
  const lines = createInterface({input: process.stdin, output: process.stderr});
  const gone = new AbortController();
  lines.on('close', () => gone.abort());
  lines.on('SIGINT', () => lines.close());
  return {
    ask: async (question) => {
      try {
        return (await lines.question(question, {signal: gone.signal})).trim();
      } catch {
        // Aborted: nobody answers any more.
        return undefined;
      }
    },
    close: () => lines.close(),
  };
};
