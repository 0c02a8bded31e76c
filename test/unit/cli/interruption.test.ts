// Whoever ends the tool while something cannot be stopped: how long is that waited for?

import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {watchInterruption} from '../../../src/cli/interruption.ts';
import {leaveRun} from '../../../src/cli/leave-run.ts';
import type {OpenRun} from '../../../src/cli/open-run.ts';
import type {Refusal} from '../../../src/core/command.ts';
import type {Session} from '../../../src/engine/session.ts';

const never = new Promise<void>(() => undefined);

/** A session whose effect never ends. */
const stuck = (refusal?: Refusal): Session =>
  ({submit: async () => refusal, settled: () => never, view: () => ({state: {}})}) as unknown as Session;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('a rehearsal that is left', () => {
  it.each<readonly [string, Refusal | undefined, number]>([
    ['is not waited for when it cannot be given up', {code: 'already-running', step: 'a'}, 0],
    ['is waited for no longer than 10 s', undefined, 10_000],
  ])('%s, and its server goes', async (_name, refusal, limitMs) => {
    const done: string[] = [];
    const run = {session: stuck(refusal), close: async () => void done.push('closed')} as unknown as OpenRun;
    const server = {stop: async () => done.push('stopped') > 0, detach: () => undefined};
    const left = leaveRun(run, server, false);
    await vi.advanceTimersByTimeAsync(limitMs);
    await left;
    expect(done).toEqual(['closed', 'stopped']);
  });
});

describe('a second signal', () => {
  it('ends the process, unless it is the first one passed on', async () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
    const before = {out: process.stdout.listeners('error'), err: process.stderr.listeners('error')};
    const interruption = watchInterruption(stuck(), () => never);
    process.emit('SIGINT');
    await vi.advanceTimersByTimeAsync(500);
    process.emit('SIGINT');
    expect(exit).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1000);
    process.emit('SIGTERM');
    expect(exit).toHaveBeenCalledWith(130);
    interruption.dispose();
    for (const listener of process.stdout.listeners('error'))
      if (!before.out.includes(listener)) process.stdout.removeListener('error', listener as () => void);
    for (const listener of process.stderr.listeners('error'))
      if (!before.err.includes(listener)) process.stderr.removeListener('error', listener as () => void);
  });
});
