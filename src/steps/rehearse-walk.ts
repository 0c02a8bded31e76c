// The way there and every way back, on the copy: what each part took, whether it held, and what it left.

import type {Action, RollbackOption, StepDefinition} from '../core/definition.ts';
import type {RunEvent} from '../core/event.ts';
import {verdictOf, type Facts, type RehearsedPart} from '../core/facts.ts';
import {failed, success, type Failure, type Result} from '../core/failure.ts';
import type {StepId} from '../core/ids.ts';
import {stepsOf} from '../core/outline.ts';
import {reduce} from '../core/reduce.ts';
import type {RunState} from '../core/state.ts';
import {isOfTool, mayWrite} from '../core/tools.ts';
import {verified} from './change.ts';
import type {StepContext} from './kind.ts';
import {reasonLines} from './rehearse/reason.ts';
import {askedAfter, backAndForth, type Shown, type Stopped, type Tried} from './rehearse/ways-back.ts';
import {withReader} from './sessions.ts';

/** The registry's, handed in: this file is one of the things that the registry knows. */
export type Perform = (action: Action, context: StepContext) => Promise<Result<Facts>> | undefined;

type Rehearsed = Extract<StepDefinition, {kind: 'query' | 'migration' | 'smoke' | 'downstream'}>;

/**
 * From the first change on; what only a person can do, what asks whether they did, or an author's command that may reach
 * elsewhere, is left out.
 */
export const rehearsedSteps = ({runbook, opened}: Pick<StepContext, 'runbook' | 'opened'>): readonly Rehearsed[] => {
  const steps = stepsOf(runbook, opened.environment);
  const first = steps.findIndex(({kind}) => kind === 'migration');
  return first < 0
    ? []
    : steps
        .slice(first)
        .filter(
          (step): step is Rehearsed =>
            (step.kind === 'query' && step.confirms === undefined) ||
            step.kind === 'migration' ||
            step.kind === 'smoke' ||
            step.kind === 'downstream',
        );
};

/** What may change the target and is not made on a copy; what comes behind it may need it. */
const isLeftOut = (step: StepDefinition): boolean => step.kind === 'command' || (isOfTool(step) && mayWrite(step));

/** From the first change on, in the order of the runbook: what is tried, and what is known to be missing then. */
const partsAhead = (context: Pick<StepContext, 'runbook' | 'opened'>): readonly (Rehearsed | StepDefinition)[] => {
  const tried = rehearsedSteps(context);
  const steps = stepsOf(context.runbook, context.opened.environment);
  const first = steps.findIndex(({id}) => id === tried[0]?.id);
  return first < 0
    ? []
    : steps.slice(first).flatMap((step) => tried.find(({id}) => id === step.id) ?? (isLeftOut(step) ? [step] : []));
};

/** In the order of the runbook, and the restore of the whole backup last: it does not need what the others leave. */
export const rehearsedOptions = ({runbook}: Pick<StepContext, 'runbook'>): readonly RollbackOption[] => [
  ...runbook.rollback.filter(({kind}) => kind !== 'restore-backup'),
  ...runbook.rollback.filter(({kind}) => kind === 'restore-backup'),
];

/** What the parts after this one may know of it. It is folded in memory: the run's journal never hears of it. */
export const remember = (state: RunState, context: StepContext, step: StepId, facts: Facts): RunState => {
  const at = context.clock.now();
  const receipt = {applicationName: context.applicationName, statements: []};
  const events: readonly RunEvent[] = [
    {type: 'StepStarted', step, attempt: 1, receipt, by: context.opened.operator},
    {type: 'StepSucceeded', step, attempt: 1, facts},
  ];
  return events.reduce((so, event) => reduce(so, {v: 1, seq: so.seq + 1, at, prev: '', ...event}), state);
};

/** What a migration of Alembic's has shown of itself here. */
const shownBy = (facts: Facts): Shown => {
  if (facts.kind !== 'migration' || facts.alembic === undefined) return {};
  const {taken, statements} = facts.alembic;
  return {taken, ...(statements === undefined ? {} : {statements})};
};

export type Walk = Readonly<{parts: readonly RehearsedPart[]}>;

/**
 * @param copy a context that reaches the copy and nothing else.
 * @param known what the copy's own snapshot and the run's backup have left in the state.
 */
export const walkCopy = async (copy: StepContext, known: RunState, perform: Perform): Promise<Result<Walk>> => {
  let state = known;
  const steps = rehearsedSteps(copy);
  const ahead = partsAhead(copy);
  const options = rehearsedOptions(copy);
  const parts = new Map<StepId, RehearsedPart>();
  const asked = options.flatMap((option) => askedAfter(option, copy.opened.environment));
  const total = ahead.length + options.length + asked.length;

  const attempt = async (id: StepId, action: Action): Promise<Tried> => {
    const began = copy.clock.monotonicMs();
    // Its artifacts lie beside those of the run under names of their own.
    const inner = {...copy, state, step: `${copy.step}.${id.replaceAll('/', '.')}`};
    const outcome = (await perform(action, inner)) ?? failed({code: 'cancelled'});
    const wallMs = Math.round(copy.clock.monotonicMs() - began);
    if (!outcome.ok) return {outcome, durationMs: wallMs};
    state = remember(state, copy, id, outcome.value);
    const facts = outcome.value;
    return 'lockHeldMs' in facts && facts.lockHeldMs !== undefined
      ? {outcome, durationMs: facts.durationMs, lockHeldMs: facts.lockHeldMs, ...shownBy(facts)}
      : {outcome, durationMs: wallMs, ...shownBy(facts)};
  };

  const print = ({step, verdict, because, durationMs, lockHeldMs}: RehearsedPart): void => {
    const lock = lockHeldMs === undefined ? '' : `  lock ${lockHeldMs} ms`;
    const said = because ?? `${durationMs} ms${lock}`;
    copy.scribe.output('stdout', `${verdict.toUpperCase().padEnd(7)} ${step}  ${said}\n`);
  };

  /** A part that was tried before keeps its slowest time: what is predicted from it should not be too good. */
  const note = (part: RehearsedPart): void => {
    const before = parts.get(part.step);
    const held = [before?.lockHeldMs, part.lockHeldMs].filter((ms) => ms !== undefined);
    parts.set(part.step, {
      // The statements lie in the file of the first try.
      ...(before?.statements === undefined ? {} : {statements: before.statements}),
      ...part,
      durationMs: Math.max(before?.durationMs ?? 0, part.durationMs),
      ...(held.length === 0 ? {} : {lockHeldMs: Math.max(...held)}),
    });
    print(part);
  };

  const show = (part: StepId): void =>
    copy.scribe.progress({code: 'rehearsing', part, index: Math.min(total, parts.size + 1), total});

  const tell = (failure: Failure): void =>
    copy.scribe.output(
      'stdout',
      reasonLines(failure)
        .map((line) => `        ${line}\n`)
        .join(''),
    );

  const isRehearsed = (step: StepDefinition): step is Rehearsed => steps.some(({id}) => id === step.id);

  /** The failure of a step that must not fail; one that is optional may be waived on the target as well. */
  const walkStep = async (step: Rehearsed, isLeftOutBefore: boolean): Promise<Failure | undefined> => {
    show(step.id);
    const {outcome, ...took} = await attempt(step.id, step);
    if (outcome.ok) {
      note({step: step.id, verdict: verdictOf(outcome.value), ...took});
      return undefined;
    }
    const {failure} = outcome;
    if (isLeftOutBefore) note({step: step.id, verdict: 'not-run', durationMs: 0, because: 'needs-left-out', failure});
    else note({step: step.id, verdict: 'fail', ...took, failure});
    tell(failure);
    return step.optional === true ? undefined : failure;
  };

  /** The way there. Behind a step that was left out nothing is judged that fails: it may want what is not there. */
  const there = async (): Promise<Result<Stopped | undefined>> => {
    let isLeftOutBefore = false;
    for (const [at, step] of ahead.entries()) {
      if (!isRehearsed(step)) {
        note({step: step.id, verdict: 'not-run', durationMs: 0, because: 'left-out'});
        isLeftOutBefore = true;
        continue;
      }
      const failure = await walkStep(step, isLeftOutBefore);
      if (copy.signal.aborted) return failed({code: 'cancelled'});
      if (failure === undefined) continue;
      if (!isLeftOutBefore) return failed({code: 'rehearsal-failed', part: step.id, failure});
      for (const {id} of ahead.slice(at + 1))
        note({step: id, verdict: 'not-run', durationMs: 0, because: 'needs-left-out'});
      return success({because: 'needs-left-out'});
    }
    return success(undefined);
  };

  /** What no way back undoes, an index that was built CONCURRENTLY, is there already the second time: its verify says so. */
  const isWanted = async (step: Rehearsed): Promise<boolean> => {
    if (step.kind !== 'migration') return false;
    if (step.migrator === 'alembic' || step.transaction === 'whole') return true;
    const held = await withReader(copy, {}, (session) => verified(copy, session, step.verify));
    return !held.ok;
  };

  /**
   * The change once more, for the next way back. What the first time has shown of a step stands: this time it starts from
   * what a way back has left, and a failure says only that the next way back cannot be tried from here.
   */
  const again = async (): Promise<Stopped | undefined> => {
    for (const step of steps) {
      if (!(await isWanted(step))) continue;
      show(step.id);
      const {outcome, ...took} = await attempt(step.id, step);
      if (outcome.ok) note({...parts.get(step.id), step: step.id, verdict: verdictOf(outcome.value), ...took});
      else if (copy.signal.aborted || step.optional !== true) {
        print({step: step.id, verdict: 'fail', ...took});
        tell(outcome.failure);
        return {because: 'earlier-part-failed', failure: outcome.failure};
      }
    }
    return undefined;
  };

  const stopped = await there();
  if (!stopped.ok) return stopped;
  const from = stopped.value;
  const back = await backAndForth({copy, options, attempt, note, show, tell, forth: again, before: known, from});
  if (!back.ok) return back;
  return success({parts: [...parts.values()]});
};
