// A session without a world: the real decide, reduce and next, with effects whose outcomes a test has written down.

import {rollbackPlan} from '../../../../src/core/rollback.ts';
import type {Command, Refusal} from '../../../../src/core/command.ts';
import {decide} from '../../../../src/core/decide.ts';
import type {Action, RunbookDefinition} from '../../../../src/core/definition.ts';
import type {Recorded, RunEvent, Verdict} from '../../../../src/core/event.ts';
import type {Facts} from '../../../../src/core/facts.ts';
import type {Failure} from '../../../../src/core/failure.ts';
import type {Environment, StepId} from '../../../../src/core/ids.ts';
import {next} from '../../../../src/core/next.ts';
import {actionOf} from '../../../../src/core/outline.ts';
import type {Progress} from '../../../../src/core/ports.ts';
import {reduce} from '../../../../src/core/reduce.ts';
import {emptyState, type RunState} from '../../../../src/core/state.ts';
import type {Fault, Preview, Session, SessionMessage, SessionView} from '../../../../src/engine/session.ts';
import {facts, operator, target} from '../text/samples.ts';

export type FakeEffect = Readonly<{
  output?: readonly string[];
  progress?: readonly Progress[];
  /** Outcome of each attempt, the last one for all that follow; success when absent. */
  outcomes?: readonly (Failure | 'success' | 'doubt')[];
  verdict?: Verdict;
  fault?: Fault;
  /** What a success found out; a sample of its kind when absent. */
  facts?: Facts;
}>;

export type FakeOptions = Readonly<{
  runbook: RunbookDefinition;
  environment?: Environment;
  effects?: Readonly<Record<StepId, FakeEffect>>;
  previews?: Readonly<Record<StepId, Preview>>;
  refusals?: Partial<Readonly<Record<Command['type'], Refusal>>>;
}>;

export type FakeSession = Session & Readonly<{events: readonly Recorded[]; commands: readonly Command[]}>;

const factsFor = (action: Action): Facts => {
  const sample = facts[action.kind].at(0);
  if (sample === undefined) throw new Error(`no sample facts for ${action.kind}`);
  return sample;
};

export const fakeSession = ({
  runbook,
  environment = 'staging',
  effects = {},
  refusals = {},
  previews = {},
}: FakeOptions): FakeSession => {
  const listeners = new Set<(message: SessionMessage) => void>();
  const events: Recorded[] = [];
  const commands: Command[] = [];
  let state: RunState = emptyState;
  let progress: Progress | undefined;
  let fault: Fault | undefined;

  const tell = (message: SessionMessage): void => {
    for (const listener of listeners) listener(message);
  };

  const append = (event: RunEvent): void => {
    const at = new Date(Date.UTC(2025, 10, 21, 17, 31, events.length)).toISOString();
    const recorded: Recorded = {v: 1, seq: events.length + 1, at, prev: '0'.repeat(64), ...event};
    events.push(recorded);
    state = reduce(state, recorded);
    tell({type: 'event', event: recorded});
  };

  const perform = async (step: StepId, attempt: number): Promise<void> => {
    const action = actionOf(runbook, step);
    if (action === undefined) throw new Error(step);
    const effect = effects[step] ?? {};
    for (const of of effect.progress ?? []) {
      progress = of;
      tell({type: 'view'});
      await Promise.resolve();
    }
    progress = undefined;
    for (const text of effect.output ?? []) tell({type: 'output', step, attempt, stream: 'stdout', text});
    if (effect.fault !== undefined) {
      fault = effect.fault;
      tell({type: 'view'});
      return;
    }
    const outcome = effect.outcomes?.[Math.min(attempt, effect.outcomes.length) - 1] ?? 'success';
    if (outcome === 'success') append({type: 'StepSucceeded', step, attempt, facts: effect.facts ?? factsFor(action)});
    else if (outcome === 'doubt') append({type: 'StepInterrupted', step, attempt});
    else append({type: 'StepFailed', step, attempt, failure: outcome});
  };

  const pump = async (): Promise<void> => {
    while (fault === undefined) {
      await Promise.resolve();
      const need = next(runbook, state);
      if (need.kind === 'effect') await perform(need.step, need.attempt);
      else if (need.kind === 'reconciliation') {
        const verdict = effects[need.step]?.verdict ?? 'cannot-tell';
        append({
          type: 'StepReconciled',
          step: need.step,
          attempt: need.attempt,
          verdict,
          by: 'probe',
          detail: 'xid 81734: unknown',
        });
      } else if (need.kind === 'probe') {
        append({type: 'StepProbedAgain', step: need.step, attempt: need.attempt, holds: true, detail: 'verify.sql'});
      } else if (need.kind === 'close') append({type: 'RunClosed', outcome: need.outcome, by: operator});
      else return;
    }
  };

  append({
    type: 'RunOpened',
    run: 'r-0412',
    runbook: runbook.id,
    plan: 'ab'.repeat(32),
    environment,
    operator,
    target,
    tool: '1.0.0',
  });

  const unused = (): never => {
    throw new Error('not part of the plain front');
  };

  return {
    events,
    commands,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    view: (): SessionView => ({
      runbook,
      state,
      need: next(runbook, state),
      droppedBytes: 0,
      ...(progress === undefined ? {} : {progress}),
      ...(fault === undefined ? {} : {fault}),
    }),
    submit: async (command) => {
      commands.push(command);
      await Promise.resolve();
      const refusal = refusals[command.type];
      if (refusal !== undefined) return refusal;
      const receipt = () => ({applicationName: 'attempt-runbook/r-0412', statements: []});
      const decision = decide(runbook, state, command, {by: operator, now: '2026-01-01T00:00:00.000Z', receipt});
      if (!decision.ok) return decision.refusal;
      for (const event of decision.events) append(event);
      void pump();
      return undefined;
    },
    rollbackOptions: async () => ({
      ok: true,
      options: rollbackPlan(runbook, state, {
        tables: [{table: 'public.things', rows: 130, rowsAtBackup: 100, changedSince: 42}],
        newDependants: [],
        dependants: [],
      }),
    }),
    preview: async (step) => previews[step] ?? {parts: []},
    blockerQueries: async (pids) => ({ok: true, value: pids.map((pid) => ({pid, query: 'SELECT\n  1'}))}),
    writeStatement: unused,
    transcript: unused,
    seal: async () => false,
    openShell: async () => ({ok: false, refusal: {code: 'run-closed'}}),
    attach: async () => ({code: 'run-read-only'}),
    evidence: {
      piece: async () => ({ok: true, value: {text: '', from: 0, to: 0, of: 0}}),
      hash: async () => ({ok: true, value: {bytes: 0, sha256: ''}}),
    },
    noticeSleep: async () => undefined,
    takeInbox: async () => undefined,
    settled: async () => undefined,
  };
};
