// Does an author's command end within its limit, whatever it has left behind?

import {expect, test} from 'vitest';
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
