// A command: a shell line that the runbook's author wrote, for what no other kind does.

import {failed, success} from '../core/failure.ts';
import type {Kind} from './kind.ts';

/** 10 min: a job that takes longer should be a job of its own, watched by its own tool. */
const TIMEOUT_MS = 600_000;

export const command: Kind<'command'> = {
  kind: 'command',
  outline: (step) => [{title: 'bash', language: 'shell', text: step.run}],
  perform: async (step, context) => {
    let lines = 0;
    context.scribe.progress({code: 'running', program: 'bash'});
    const ran = await context.processes.shell({
      script: step.run,
      timeoutMs: step.timeoutMs ?? TIMEOUT_MS,
      signal: context.signal,
      onOutput: (stream, text) => {
        for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
        context.scribe.output(stream, text);
      },
    });
    if (!ran.ok) return ran;
    const {exitCode, signal, timedOut, cancelled, durationMs, lastLines} = ran.value;
    if (cancelled) return failed({code: 'cancelled'});
    if (timedOut) return failed({code: 'timed-out', afterMs: step.timeoutMs ?? TIMEOUT_MS});
    if (exitCode === 0) return success({kind: 'command', exitCode, durationMs, lines});
    return failed({
      code: 'process-failed',
      program: 'bash',
      lastLines,
      ...(exitCode === undefined ? {} : {exitCode}),
      ...(signal === undefined ? {} : {signal}),
    });
  },
  reconcile: async (step) =>
    step.repeatable === true
      ? {verdict: 'had-no-effect', detail: 'repeatable'}
      : {verdict: 'cannot-tell', detail: 'not repeatable'},
};
