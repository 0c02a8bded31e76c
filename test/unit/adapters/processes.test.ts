// Does an author's command end within its limit, and does everybody else have a turn while it talks?

import {describe, expect, test} from 'vitest';
import {processesOf} from '../../../src/adapters/processes.ts';

const linux = process.platform === 'linux';

test.skipIf(!linux)(
  'a command whose grandchild left its group and keeps the pipe is late, and ends (needs setsid)',
  async () => {
    const processes = processesOf({
      env: process.env,
      secrets: () => [],
      target: () => ({variables: {}, through: () => ({}), dispose: () => undefined}),
    });
    let said = '';
    try {
      const ended = await processes.shell({
        script: "setsid sh -c 'echo $$; exec sleep 60' & sleep 60",
        timeoutMs: 500,
        signal: new AbortController().signal,
        onOutput: (_stream, text) => (said += text),
      });
      expect(ended).toMatchObject({ok: true, value: {timedOut: true}});
      expect(said).toMatch(/^\d+\n$/);
    } finally {
      if (said.trim() !== '') process.kill(Number(said.trim()), 'SIGKILL');
    }
  },
  20_000,
);

describe('a flood', () => {
  const processes = processesOf({
    env: process.env,
    secrets: () => [],
    target: () => ({variables: {}, through: () => ({}), dispose: () => undefined}),
  });
  const lines = 20_000;
  const script = `awk 'BEGIN {for (i = 1; i <= ${lines}; i++) printf "%08d %090d\\n", i, 0}'`;

  test.each(['shell', 'run'] as const)(
    'of %s comes whole, and between two pieces of it a key has its turn',
    async (how) => {
      let pieces = 0;
      let together = 0;
      let isOver = false;
      const turn = (): void => {
        pieces = 0;
        if (!isOver) setImmediate(turn);
      };
      let said = '';
      const onOutput = (_stream: string, text: string): void => {
        pieces += 1;
        if (pieces > 1) together += 1;
        said += text;
        // As long as recording a piece takes: meanwhile the child fills the pipe again.
        const until = performance.now() + 3;
        while (performance.now() < until);
      };
      const common = {timeoutMs: 60_000, signal: new AbortController().signal, onOutput};
      turn();
      const ended = await (how === 'shell'
        ? processes.shell({...common, script})
        : processes.run({...common, program: 'bash', args: ['-c', script], toTarget: false}));
      isOver = true;
      expect(ended).toMatchObject({ok: true, value: {exitCode: 0}});
      expect(said).toBe(
        Array.from({length: lines}, (_, at) => `${`${at + 1}`.padStart(8, '0')} ${'0'.repeat(90)}\n`).join(''),
      );
      if (ended.ok) {
        expect(ended.value.lastLines).toHaveLength(20);
        expect(ended.value.lastLines.at(-1)).toMatch(/^00020000 0{90}$/);
      }
      // Once the child has ended, Node itself lets go of what is left.
      expect(together).toBeLessThanOrEqual(2);
    },
  );

  test.each([
    [
      'more lines than are kept in one piece',
      "seq 1 100; printf 'no end'",
      [...Array.from({length: 19}, (_, at) => `${82 + at}`), 'no end'],
    ],
    ['few', 'echo one; echo; echo two', ['one', 'two']],
    ['only line feeds at the beginning', "printf '\\n'; seq 1 20", Array.from({length: 20}, (_, at) => `${at + 1}`)],
  ])('leaves its last lines: %s', async (_, script, lastLines) => {
    const ended = await processes.shell({
      script,
      timeoutMs: 60_000,
      signal: new AbortController().signal,
      onOutput: () => undefined,
    });
    expect(ended).toMatchObject({ok: true, value: {lastLines}});
  });
});
