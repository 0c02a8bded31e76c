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
const outputs = [process.stdout, process.stderr];
let before: readonly (readonly ReturnType<NodeJS.WriteStream['listeners']>[number][])[];
beforeEach(() => void (before = outputs.map((stream) => stream.listeners('error'))));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  outputs.forEach((stream, index) => {
    for (const listener of stream.listeners('error'))
      if (before[index]?.includes(listener) !== true) stream.removeListener('error', listener as () => void);
  });
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
    const interruption = watchInterruption(stuck(), () => never);
    process.emit('SIGINT');
    await vi.advanceTimersByTimeAsync(500);
    process.emit('SIGINT');
    expect(exit).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1000);
    process.emit('SIGTERM');
    expect(exit).toHaveBeenCalledWith(130);
    await interruption.leave(async () => undefined);
  });
});

describe('a signal while the run is left', () => {
  const leaving = () => {
    vi.spyOn(process, 'kill').mockReturnValue(true);
    const exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
    const interruption = watchInterruption(stuck(), () => never);
    const away = Promise.withResolvers<void>();
    return {exit, away, interruption, left: interruption.leave(() => away.promise)};
  };

  it('waits until the run is put away, and ends the process then', async () => {
    const {exit, away, interruption, left} = leaving();
    process.emit('SIGINT');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(exit).not.toHaveBeenCalled();
    away.resolve();
    await left;
    expect(interruption.happened()).toBe(true);
    await vi.waitFor(() => expect(exit).toHaveBeenCalledWith(130));
  });

  it('is none when only the reader of the output goes', async () => {
    const {exit, away, interruption, left} = leaving();
    process.stdout.emit('error', new Error('EPIPE'));
    away.resolve();
    await left;
    await vi.advanceTimersByTimeAsync(0);
    expect(interruption.happened()).toBe(false);
    expect(exit).not.toHaveBeenCalled();
  });
});
