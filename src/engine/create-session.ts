// The loop: commands become events, events become state, state says what is needed, and what is needed is done.

import type {Command, Refusal} from '../core/command.ts';
import {decide, type Asking, type Decision} from '../core/decide.ts';
import type {Action, RollbackOption, RunbookDefinition} from '../core/definition.ts';
import type {RunEvent} from '../core/event.ts';
import {operatorsOf} from '../core/approval.ts';
import {signersStanding} from '../core/signers/standing.ts';
import {parseStatement} from '../core/approval-statement.ts';
import {rollbackStepId, type Identity, type StepId, type TargetIdentity} from '../core/ids.ts';
import {currentStep, next} from '../core/next.ts';
import {actionOf} from '../core/outline.ts';
import type {Progress} from '../core/ports.ts';
import {reduce} from '../core/reduce.ts';
import {rollbackPlan} from '../core/rollback.ts';
import type {OpenedRun, RunState} from '../core/state.ts';
import type {RunLoss} from '../core/trouble.ts';
import type {StepContext, World} from '../steps/kind.ts';
import {previewOf} from '../steps/preview.ts';
import {outlineOf} from '../steps/registry.ts';
import {rollbackFacts} from '../steps/rollback-facts.ts';
import {attachTo, type AttachTo} from './attach.ts';
import {applicationName} from './application-name.ts';
import {performEffect, probeStepAgain, reconcileStep, type Attempt} from './effect.ts';
import {approve, writeStatement, type Approving, type Handed} from './approvals.ts';
import {lookInto} from './inbox/look-into.ts';
import type {EngineWorld, PlanCopies} from './ports.ts';
import {openShell, SHELL_STEP, type ShellEnd} from './shell.ts';
import type {Fault, Session, SessionMessage, SessionView} from './session.ts';

export type SessionOptions = Readonly<{
  runbook: RunbookDefinition;
  /** The fold of the journal so far; it holds at least RunOpened. */
  state: RunState;
  operator: Identity;
  target: TargetIdentity;
  world: EngineWorld;
  droppedBytes: number;
  /** A damaged journal can be looked at, never continued. */
  fault?: Fault;
}>;

/** Thrown when the journal cannot be written: no effect may follow, so it ends whatever was going on. */
class JournalStopped extends Error {}

/** True for commands that lead to an effect, before which the plan is compared with what was approved. */
const isForward = (command: Command): boolean => command.type === 'StartStep';
const isApproval = (command: Command) => command.type === 'GiveApproval' || command.type === 'ImportApproval';

const copiesForWayBack = (option: RollbackOption | undefined): PlanCopies | undefined => {
  switch (option?.kind) {
    case 'revert':
      return 'own';
    // It runs the files of the project themselves, not the run's copy of them.
    case 'downgrade':
      return 'own-and-source';
    default:
      return undefined;
  }
};

/**
 * Which copies of the plan must still be what was approved. A way back goes whatever became of the folder that the plan
 * came from, also when it is tried again, and one that runs no file of the plan goes even when the run's own copy is
 * damaged. What follows it runs the run's own copy.
 */
const planCopiesFor = (runbook: RunbookDefinition, command: Command): PlanCopies | undefined => {
  if (isApproval(command)) return 'own-and-source';
  if (command.type === 'BeginRollback') return copiesForWayBack(runbook.rollback.find(({id}) => id === command.option));
  if (command.type !== 'StartStep') return undefined;
  const option = runbook.rollback.find(({id}) => rollbackStepId(id) === command.step);
  if (option !== undefined) return copiesForWayBack(option);
  return runbook.steps.some(({id}) => id === command.step) ? 'own-and-source' : 'own';
};

const faultOfLoss = (loss: RunLoss): Fault => {
  switch (loss.by) {
    case 'process':
      return {
        code: 'run-taken-over',
        ...(loss.holder === undefined ? {} : {holder: loss.holder}),
      };
    case 'removal':
      return {code: 'run-removed', file: loss.file};
  }
};

export const createSession = (options: SessionOptions): Session => {
  const {runbook, operator, target, world} = options;
  const listeners = new Set<(message: SessionMessage) => void>();
  let {state} = options;
  let progress: Progress | undefined;
  let fault = options.fault;
  let cached: SessionView | undefined;
  let abort: AbortController | undefined;
  /** While the operator is in a psql on the target. */
  let shell: Readonly<{stop: AbortController; ended: Promise<ShellEnd>}> | undefined;
  let pumping: Promise<void> = Promise.resolve();
  let submitting: Promise<unknown> = Promise.resolve();

  const tell = (message: SessionMessage): void => {
    cached = message.type === 'output' ? cached : undefined;
    for (const listener of listeners) listener(message);
  };

  const stop = (reason: Fault): void => {
    // The message of an exception may quote what was at hand when it was thrown.
    const redact = world.redact ?? ((text: string) => text);
    fault ??= 'message' in reason ? {...reason, message: redact(reason.message)} : reason;
    abort?.abort();
    tell({type: 'view'});
  };

  const stopIfLost = (): void => {
    const loss = world.runLoss();
    if (loss === undefined) return;
    const lost = faultOfLoss(loss);
    stop(lost);
    throw new JournalStopped(lost.code);
  };

  const append = (event: RunEvent): void => {
    if (fault !== undefined) throw new JournalStopped(fault.code);
    stopIfLost();
    let recorded;
    try {
      recorded = world.journal.append(event);
    } catch (error) {
      // A journal that was removed a moment ago refuses the record as a full disk does, and is something else.
      stopIfLost();
      // A failed write or sync may be on disk or not; nothing that follows could be believed.
      stop({code: 'journal-failed', message: error instanceof Error ? error.message : String(error)});
      throw new JournalStopped('journal-failed');
    }
    state = reduce(state, recorded);
    tell({type: 'event', event: recorded});
  };

  const show = (doing: Progress | undefined): void => {
    progress = doing;
    tell({type: 'view'});
  };

  const opened = (): OpenedRun => {
    if (state.opened === undefined) throw new Error('a session without RunOpened');
    return state.opened;
  };

  const named = (step: StepId, attempt: number): string => applicationName(opened().run, step, attempt);

  const asking = (): Asking => ({
    by: operator,
    now: world.clock.now(),
    receipt: (step, attempt, action) => ({
      applicationName: named(step, attempt),
      statements: outlineOf(action, () => '').map(({title}) => title),
    }),
  });

  const approving = (): Approving => ({
    runbook,
    state,
    approvals: world.approvals,
    asking: asking(),
    redact: world.redact ?? ((text) => text),
  });

  const contextOf = (
    step: StepId,
    attempt: number,
    scribe: StepContext['scribe'],
    signal: AbortSignal,
  ): StepContext => ({
    ...stepWorld(named(step, attempt)),
    runbook,
    state,
    opened: opened(),
    target,
    step,
    attempt,
    applicationName: named(step, attempt),
    scribe,
    signal,
  });

  const stepWorld = (name: string): World & Pick<StepContext, 'database'> => ({
    ...world.attempt(name),
    files: world.files,
    clock: world.clock,
    scratch: world.scratch,
    sha256: world.sha256,
    targetLockLost: world.targetLockLost,
    targetLockHeld: world.targetLockHeld,
    fence: world.fence,
    sql: world.sql,
    createdViews: world.createdViews,
    scriptEffects: world.scriptEffects,
    letsOthersPass: world.letsOthersPass,
    commitsInside: world.commitsInside,
    mayDouble: world.mayDouble,
    projectFolder: world.projectFolder,
    planned: world.planned,
  });

  const attemptOf = (step: StepId, attempt: number): Attempt => {
    abort = new AbortController();
    return {step, attempt, append, tell, show, transcripts: world.transcripts, signal: abort.signal, contextOf};
  };

  const actionFor = (step: StepId): Action => {
    const action = actionOf(runbook, step);
    if (action === undefined) throw new Error(`the journal names a step that the plan does not have: ${step}`);
    return action;
  };

  /** Does what can be done without a human, until a human is needed. */
  const pump = async (): Promise<void> => {
    for (;;) {
      const need = next(runbook, state);
      if (fault !== undefined) return;
      switch (need.kind) {
        case 'effect':
          await performEffect(actionFor(need.step), attemptOf(need.step, need.attempt));
          break;
        case 'reconciliation':
          await reconcileStep(actionFor(need.step), state, attemptOf(need.step, need.attempt));
          break;
        case 'probe':
          await probeStepAgain(actionFor(need.step), attemptOf(need.step, need.attempt));
          break;
        case 'conclusion':
          append({type: 'StepSucceeded', step: need.step, attempt: need.attempt, facts: need.facts});
          break;
        case 'close':
          append({type: 'RunClosed', outcome: need.outcome, by: operator});
          break;
        case 'answer':
        case 'nothing':
          return;
      }
    }
  };

  const startPump = (): void => {
    pumping = pumping.then(pump).catch((error: unknown) => {
      if (error instanceof JournalStopped) return;
      // Our bug: nothing more is written, and the step that was running will be in doubt, which is the honest answer.
      stop({code: 'bug', message: error instanceof Error ? (error.stack ?? error.message) : String(error)});
    });
  };

  const lockRefusal = async (): Promise<Refusal | undefined> => {
    const loss = await world.targetLockLost();
    return loss === undefined ? undefined : {code: 'target-lock-lost', ...loss};
  };

  const faultRefusal = (): Refusal | undefined => {
    switch (fault?.code) {
      case undefined:
        return undefined;
      case 'run-damaged':
        return {code: 'run-damaged', seq: fault.seq};
      case 'run-newer':
      case 'run-taken-over':
      case 'run-removed':
        return fault;
      case 'journal-failed':
      case 'bug':
        return {code: 'journal-failed', message: fault.message};
    }
  };

  const refusalBefore = async (command: Command): Promise<Refusal | undefined> => {
    const stopped = faultRefusal();
    if (stopped !== undefined) return stopped;
    const copies = planCopiesFor(runbook, command);
    const files = copies === undefined ? [] : await world.changedPlanFiles(copies);
    if (files.length > 0) return {code: 'plan-changed', files};
    return isForward(command) || command.type === 'BeginRollback' ? lockRefusal() : undefined;
  };

  const handle = async (command: Command, handed?: Handed): Promise<Refusal | undefined> => {
    if (shell !== undefined) {
      // Only its end is possible now: a step must not change beneath somebody who looks.
      if (command.type !== 'CancelEffect') return {code: 'already-running', step: SHELL_STEP};
      shell.stop.abort();
      return undefined;
    }
    const refusal = await refusalBefore(command);
    if (refusal !== undefined) return refusal;
    const decision: Decision =
      command.type === 'GiveApproval' || command.type === 'ImportApproval'
        ? await approve(approving(), command, handed)
        : decide(runbook, state, command, asking());
    const events = decision.events ?? [];
    if (decision.ok && command.type === 'CancelEffect') abort?.abort();
    try {
      for (const event of events) append(event);
    } catch (error) {
      if (error instanceof JournalStopped) return faultRefusal() ?? {code: 'journal-failed', message: error.message};
      throw error;
    }
    if (events.length > 0) startPump();
    return decision.ok ? undefined : decision.refusal;
  };

  const takeInbox = async (): Promise<void> => {
    const {inbox} = world;
    if (inbox === undefined) return;
    await lookInto({
      inbox,
      now: world.clock.now,
      isIdle: () =>
        fault === undefined && shell === undefined && ['answer', 'nothing'].includes(next(runbook, state).kind),
      take: async ({names: [, signature = ''], text, signature: bytes}) => {
        // What names no step is refused by the step that the run stands at.
        const step = parseStatement(text)?.step ?? currentStep(next(runbook, state)) ?? '';
        return handle({type: 'ImportApproval', step, signature}, {text, signature: bytes});
      },
      tell: (news) => tell({type: 'inbox', news}),
    });
  };

  const shellEnd = async (stop: AbortController): Promise<ShellEnd> => {
    const stopped = faultRefusal();
    if (stopped !== undefined) return {ok: false, refusal: stopped};
    const busy = Object.entries(state.steps).find(([, step]) => step.status === 'running')?.[0];
    if (busy !== undefined) return {ok: false, refusal: {code: 'already-running', step: busy}};
    if (state.closed !== undefined) return {ok: false, refusal: {code: 'run-closed'}};
    try {
      return await openShell({state, target, by: operator, world, append, signal: stop.signal});
    } catch (error) {
      if (!(error instanceof JournalStopped)) throw error;
      return {ok: false, refusal: faultRefusal() ?? {code: 'journal-failed', message: error.message}};
    }
  };

  /** Whoever took the target meanwhile has it: what still runs here is stopped, and starts are refused. */
  const noticeSleep = async (sleptMs: number): Promise<void> => {
    if (fault !== undefined || state.closed !== undefined) return;
    const loss = await world.targetLockLost();
    if (loss !== undefined) abort?.abort();
    try {
      append({type: 'SleepNoticed', sleptMs, ...(loss === undefined ? {} : {lockLostTo: loss.holder})});
      startPump();
    } catch (error) {
      if (!(error instanceof JournalStopped)) throw error;
    }
  };

  const attaching: AttachTo = {
    runbook,
    by: operator,
    attachments: world.attachments,
    state: () => state,
    isStopped: () => fault !== undefined,
    append: (event) => {
      try {
        append(event);
        return true;
      } catch (error) {
        if (error instanceof JournalStopped) return false;
        throw error;
      }
    },
  };

  const interrupted = Object.entries(state.steps).find(
    ([, step]) =>
      step.status === 'running' ||
      (step.status === 'in-doubt' && (step.probe !== undefined || step.ending !== undefined)),
  );
  if (fault === undefined) {
    try {
      // Found started without an outcome: nobody knows what became of it, so the target is asked. What it could not say
      // to an earlier process (a session was still at work, the server was away), it may be able to say now.
      if (interrupted !== undefined) {
        append({type: 'StepInterrupted', step: interrupted[0], attempt: interrupted[1].attempt});
      }
      startPump();
    } catch (error) {
      if (!(error instanceof JournalStopped)) throw error;
    }
  }

  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    view: () => {
      cached ??= {
        runbook,
        state,
        need: next(runbook, state),
        droppedBytes: options.droppedBytes,
        ...(progress === undefined ? {} : {progress}),
        ...(fault === undefined ? {} : {fault}),
      };
      return cached;
    },
    submit: (command) => {
      const handled = submitting.then(() => handle(command));
      submitting = handled.catch(() => undefined);
      return handled;
    },
    rollbackOptions: async () => {
      const quiet = {
        transactionOpened: () => undefined,
        sealed: () => undefined,
        output: () => undefined,
        progress: () => undefined,
      };
      const facts = await rollbackFacts(contextOf('rollback-facts', 0, quiet, new AbortController().signal));
      return facts.ok ? {ok: true, options: rollbackPlan(runbook, state, facts.value)} : facts;
    },
    blockerQueries: (pids) => world.attempt('attempt-runbook/look').database.queriesOf(pids),
    writeStatement: async (order) => {
      const stopped = faultRefusal();
      return stopped === undefined ? writeStatement(approving(), order) : {ok: false, refusal: stopped};
    },
    preview: async (step) => {
      const action = actionFor(step);
      const preview = await previewOf(runbook, action, state, stepWorld(named(step, 0)));
      if (action.kind !== 'approval') return preview;
      const read = world.approvals.listed(action, world.clock.now());
      return {...preview, signers: signersStanding(action, read, operatorsOf(state))};
    },
    transcript: (step, attempt) => world.transcripts.read(step, attempt),
    attach: (request) => {
      const attached = submitting.then(() => attachTo(attaching, request));
      submitting = attached.catch(() => undefined);
      return attached;
    },
    openShell: async () => {
      await submitting;
      if (shell !== undefined) return {ok: false, refusal: {code: 'already-running', step: SHELL_STEP}};
      const stop = new AbortController();
      shell = {stop, ended: shellEnd(stop)};
      try {
        return await shell.ended;
      } finally {
        shell = undefined;
      }
    },
    seal: (step, attempt, artifact) => {
      const sealed = submitting.then(
        () => fault === undefined && attaching.append({type: 'ArtifactSealed', step, attempt, artifact}),
      );
      submitting = sealed.catch(() => undefined);
      return sealed;
    },
    evidence: world.evidence,
    takeInbox: () => {
      const taken = submitting.then(takeInbox);
      submitting = taken.catch(() => undefined);
      return taken;
    },
    noticeSleep: (sleptMs) => {
      const noticed = submitting.then(() => noticeSleep(sleptMs));
      submitting = noticed.catch(() => undefined);
      return noticed;
    },
    settled: async () => {
      await submitting;
      await pumping;
      await shell?.ended;
    },
  };
};
