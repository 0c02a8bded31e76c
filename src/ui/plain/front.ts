// How a run is walked without a human at the keyboard: what the answers allow is done, everything else ends the walk.

import type {Refusal} from '../../core/command.ts';
import {rollbackStepId, type StepId} from '../../core/ids.ts';
import {changesAhead} from '../../core/decide.ts';
import {actionOf} from '../../core/outline.ts';
import {stepState} from '../../core/state.ts';
import type {Locale} from '../../core/text.ts';
import type {Session, SessionView} from '../../engine/session.ts';
import {nowhereElse, type Elsewhere} from '../text/approvals/command.ts';
import {endOf, type RunEnd} from '../text/exit.ts';
import type {Answers} from './answers.ts';
import {moveFor, type Move} from './decide-answer.ts';
import {followMessages} from './messages.ts';
import {jsonPrinter, linePrinter} from './printer.ts';
import {wayBackText} from './way-back-text.ts';

export type PlainEnd = RunEnd;

export type PlainOptions = Readonly<{
  session: Session;
  locale: Locale;
  /** Each new event as one line of JSON, and nothing else. */
  json: boolean;
  answers: Answers | undefined;
  /** Stops after this step is done. */
  until?: StepId;
  /** Takes the way back of the answers when every step is done, as a rehearsal does. */
  rollbackAfter?: boolean;
  /** Starts the step again, once, at which the run had failed or was blocked before. */
  retry?: boolean;
  /** The target's name, from an operator who wants the sessions ended that a step in doubt has left. */
  cancelOrphans?: string;
  /** Options that a next command needs in order to find the same run. */
  sameRuns?: string;
  /** Options that an approver's command needs in another terminal. */
  elsewhere?: Elsewhere;
  /** Prints what the sessions in the way run; it may hold personal data. */
  showBlockerQueries?: boolean;
  /** IANA name; times of day are shown in it. */
  timeZone?: string;
  write: (line: string) => void;
  /** True once the process is asked to end: nothing more is begun. */
  interrupted?: () => boolean;
  /** Called in the same breath in which the front stops printing: no event falls between it and who prints on. */
  left?: () => void;
}>;

type Turn = Move | Readonly<{do: 'wait'}>;

const isDone = (view: SessionView, step: StepId): boolean =>
  ['succeeded', 'waived'].includes(stepState(view.state, step).status);

/** A refusal because of a fault is the fault's doing, not the answer's. */
const refusedOrFaulted = (refusal: Refusal, {fault}: SessionView): RunEnd =>
  fault === undefined ? {status: 'refused', refusal} : {status: 'faulted', fault};

/** Others may have left their words before this process had the run: they are looked for before anybody is asked. */
const asksForApproval = ({need}: SessionView): boolean => need.kind === 'answer' && need.question === 'approval';

/** Prints events that come from now on; the cli prints the earlier ones if it wants to. */
export const runPlain = async (options: PlainOptions): Promise<PlainEnd> => {
  const {session, answers, until, locale, write} = options;
  const {
    json,
    rollbackAfter = false,
    retry = false,
    timeZone = 'UTC',
    sameRuns = '',
    elsewhere = nowhereElse,
  } = options;
  const printer = json
    ? jsonPrinter(write)
    : linePrinter({
        view: session.view,
        locale,
        timeZone,
        write,
        sameRuns,
        ...(options.showBlockerQueries === true ? {queriesOf: session.blockerQueries} : {}),
      });
  const started = new Set<StepId>();
  let wentBack = false;
  let {cancelOrphans} = options;

  const turn = (view: SessionView): Turn => {
    const {runbook, state, need, fault} = view;
    const {opened, closed} = state;
    if (options.interrupted?.() === true) return {do: 'end', end: endOf(view)};
    if (fault !== undefined) return {do: 'end', end: {status: 'faulted', fault}};
    if (opened === undefined) throw new Error('a session without RunOpened');
    if (until !== undefined && state.rollback === undefined && isDone(view, until) && need.kind === 'answer') {
      return {do: 'end', end: {status: 'stopped', step: until}};
    }
    switch (need.kind) {
      case 'effect':
      case 'reconciliation':
      case 'probe':
      case 'conclusion':
      case 'close':
        return {do: 'wait'};
      case 'answer':
        return moveFor({runbook, state, opened, need, answers, started, retry, cancelOrphans, elsewhere, locale});
      case 'nothing': {
        if (closed === undefined) throw new Error('an open run that needs nothing');
        const back = answers?.rollback;
        return closed.outcome === 'completed' && rollbackAfter && back !== undefined && !wentBack
          ? {do: 'submit', command: {type: 'BeginRollback', ...back}}
          : {do: 'end', end: {status: 'closed', outcome: closed.outcome}};
      }
    }
  };

  const shown = new Set<StepId>();
  /** Once a step: what a change would do, before it begins or before somebody is asked for it. */
  const showImpact = async (move: Turn): Promise<void> => {
    const step =
      move.do === 'submit' && move.command.type === 'StartStep'
        ? move.command.step
        : move.do === 'end' && move.end.status === 'waiting'
          ? move.end.step
          : undefined;
    if (step === undefined || json || shown.has(step)) return;
    const {runbook, state} = session.view();
    const action = actionOf(runbook, step);
    // Whoever is asked to approve is told what the changes after it would do.
    const changes = action?.kind === 'approval' ? changesAhead(runbook, state, step) : [step];
    for (const change of changes) {
      if (actionOf(runbook, change)?.kind !== 'migration' || shown.has(change)) continue;
      shown.add(change);
      const {impact} = await session.preview(change);
      if (impact !== undefined) printer.impact(impact);
    }
  };

  const ended = (end: RunEnd): RunEnd => {
    printer.end(end);
    return end;
  };

  const messages = followMessages(session, printer.message);
  try {
    for (;;) {
      if (asksForApproval(session.view())) await session.takeInbox();
      const seen = messages.seen();
      const move = turn(session.view());
      await showImpact(move);
      switch (move.do) {
        case 'wait':
          await messages.after(seen);
          break;
        case 'submit': {
          const {command} = move;
          if (command.type === 'StartStep') started.add(command.step);
          // Once: what stays after that is for a human to look at.
          if (command.type === 'CancelOrphans') cancelOrphans = undefined;
          if (command.type === 'BeginRollback') {
            wentBack = true;
            started.add(rollbackStepId(command.option));
            // What is about to be lost stands above what is done about it.
            const ranked = json ? undefined : await session.rollbackOptions();
            if (ranked?.ok === true) wayBackText(ranked.options, locale, timeZone, command.option).forEach(write);
          }
          const refusal = await session.submit(command);
          if (refusal !== undefined) return ended(refusedOrFaulted(refusal, session.view()));
          break;
        }
        case 'end':
          return ended(move.end);
      }
    }
  } finally {
    messages.close();
    options.left?.();
  }
};
