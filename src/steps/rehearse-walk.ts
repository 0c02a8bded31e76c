// The way there and every way back, on the copy: what each part took, whether it held, and what it left.

import type {Action, RollbackOption, StepDefinition} from '../core/definition.ts';
import type {RunEvent} from '../core/event.ts';
import {verdictOf, type CheckVerdict, type Facts, type RehearsedPart} from '../core/facts.ts';
import {failed, success, type Failure, type Result} from '../core/failure.ts';
import {rollbackStepId, type StepId} from '../core/ids.ts';
import {stepsOf} from '../core/outline.ts';
import {reduce} from '../core/reduce.ts';
import {impossibility} from '../core/rollback.ts';
import type {RunState} from '../core/state.ts';
import type {StepContext} from './kind.ts';
import {lookAt} from './rehearse-copy.ts';

/** The registry's, handed in: this file is one of the things that the registry knows. */
export type Perform = (action: Action, context: StepContext) => Promise<Result<Facts>> | undefined;

type Rehearsed = Extract<StepDefinition, {kind: 'query' | 'migration' | 'smoke' | 'downstream'}>;

/** From the first change on; what only a person can do, or an author's command that may reach elsewhere, is left out. */
export const rehearsedSteps = ({runbook, opened}: Pick<StepContext, 'runbook' | 'opened'>): readonly Rehearsed[] => {
  const steps = stepsOf(runbook, opened.environment);
  const first = steps.findIndex(({kind}) => kind === 'migration');
  return first < 0
    ? []
    : steps
        .slice(first)
        .filter(
          (step): step is Rehearsed =>
            step.kind === 'query' || step.kind === 'migration' || step.kind === 'smoke' || step.kind === 'downstream',
        );
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

type Shown = Pick<RehearsedPart, 'taken' | 'statements'>;
type Tried = Readonly<{outcome: Result<Facts>; durationMs: number; lockHeldMs?: number}> & Shown;

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
  const options = rehearsedOptions(copy);
  const parts = new Map<StepId, RehearsedPart>();
  const total = steps.length + options.length;

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
      : {outcome, durationMs: wallMs};
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
    const {step, verdict, durationMs, lockHeldMs} = part;
    const lock = lockHeldMs === undefined ? '' : `  lock ${lockHeldMs} ms`;
    copy.scribe.output('stdout', `${verdict.toUpperCase().padEnd(7)} ${step}  ${durationMs} ms${lock}\n`);
  };

  const show = (part: StepId): void =>
    copy.scribe.progress({code: 'rehearsing', part, index: Math.min(total, parts.size + 1), total});

  const walkStep = async (step: Rehearsed): Promise<Failure | undefined> => {
    show(step.id);
    const {outcome, ...took} = await attempt(step.id, step);
    if (outcome.ok) {
      note({step: step.id, verdict: verdictOf(outcome.value), ...took});
      return undefined;
    }
    note({step: step.id, verdict: 'fail', ...took, failure: outcome.failure});
    // An optional step may be waived on the target as well, and then nothing of it happens.
    return step.optional === true ? undefined : outcome.failure;
  };

  const change = async (only: (step: Rehearsed) => boolean): Promise<Result<void>> => {
    for (const step of steps.filter(only)) {
      const failure = await walkStep(step);
      if (copy.signal.aborted) return failed({code: 'cancelled'});
      if (failure !== undefined) return failed({code: 'rehearsal-failed', part: step.id, failure});
    }
    return success(undefined);
  };

  /** What no way back undoes, an index that was built CONCURRENTLY, is there already the second time. */
  const isChange = (step: Rehearsed): boolean =>
    step.kind === 'migration' && (step.migrator === 'alembic' || step.transaction === 'whole');

  const there = await change(() => true);
  if (!there.ok) return there;
  const back = await backAndForth({copy, options, attempt, note, show, forth: () => change(isChange), before: known});
  if (!back.ok) return back;
  return success({parts: [...parts.values()]});
};

type Backwards = Readonly<{
  copy: StepContext;
  options: readonly RollbackOption[];
  attempt: (id: StepId, action: Action) => Promise<Tried>;
  note: (part: RehearsedPart) => void;
  show: (part: StepId) => void;
  forth: () => Promise<Result<void>>;
  before: RunState;
}>;

/** The digest that every way back is measured by: the copy's own snapshot. */
const digestBefore = (state: RunState): string => {
  const taken = Object.values(state.steps).find(
    (step) => step.status === 'succeeded' && step.facts.kind === 'snapshot',
  );
  return taken?.status === 'succeeded' && taken.facts.kind === 'snapshot' ? taken.facts.digest : '';
};

const backAndForth = async (of: Backwards): Promise<Result<void>> => {
  const {copy, options, attempt, note, show, forth, before} = of;
  const wanted = digestBefore(before);
  const putBack = {id: 'put-back', kind: 'restore-objects', title: {en: '', ko: ''}} as const;
  const isBack = async (): Promise<Result<boolean>> => {
    const look = await lookAt(copy);
    return look.ok ? success(look.value.digest === wanted) : look;
  };
  /** 'changed' wants a way back, 'back' wants the change again, 'lost' is neither. */
  let stands: 'changed' | 'back' | 'lost' = 'changed';

  for (const option of options) {
    const step = rollbackStepId(option.id);
    const skip = (because: NonNullable<RehearsedPart['because']>): void =>
      note({step, verdict: 'not-run', durationMs: 0, because});
    show(step);
    if (copy.signal.aborted) return failed({code: 'cancelled'});
    if (impossibility(before, option) !== undefined) {
      skip('impossible');
      continue;
    }
    if (stands === 'back') stands = (await forth()).ok ? 'changed' : 'lost';
    if (copy.signal.aborted) return failed({code: 'cancelled'});
    // The whole backup replaces whatever there is; every other way starts from the change.
    if (stands === 'lost' && option.kind !== 'restore-backup') {
      skip('earlier-part-failed');
      continue;
    }
    if (option.kind === 'drop-object') {
      const look = await lookAt(copy);
      if (!look.ok) return look;
      if (look.value.dependants > 0) {
        skip('dependants-in-the-way');
        continue;
      }
    }
    const {outcome, ...took} = await attempt(step, option);
    if (copy.signal.aborted) return failed({code: 'cancelled'});
    const after = await afterwards(copy, option, outcome, () => attempt(rollbackStepId(putBack.id), putBack), isBack);
    if (!after.ok) return after;
    const {digestEqual, isBackNow, leaves} = after.value;
    note({
      step,
      // It did what it says; that nothing is there afterwards is said where it is offered.
      verdict: leaves !== undefined ? 'amber' : wayBackVerdict(option, outcome, digestEqual),
      ...took,
      digestEqual,
      ...(leaves === undefined ? {} : {leaves}),
      ...(outcome.ok ? {} : {failure: outcome.failure}),
    });
    // Where nothing is captured, only the change's own verify tells whether it is there still.
    const isThere = isMissed(outcome) && copy.runbook.objects.length === 0;
    stands = isThere ? 'changed' : isBackNow && !isMissed(outcome) ? 'back' : 'lost';
  }
  return success(undefined);
};

const isMissed = (outcome: Result<Facts>): boolean => !outcome.ok && outcome.failure.code === 'way-back-missed';

/** The same as on the target, where a script that words something in another way than before is a remark. */
const wayBackVerdict = (option: RollbackOption, outcome: Result<Facts>, digestEqual: boolean): CheckVerdict => {
  if (!outcome.ok) return 'fail';
  if (digestEqual) return verdictOf(outcome.value);
  return option.kind === 'revert' || option.kind === 'downgrade' ? 'amber' : 'fail';
};

type Afterwards = Readonly<{digestEqual: boolean; isBackNow: boolean; leaves?: 'nothing'}>;

/** What a way back has left; where that is not the state of before, the objects are put back as captured. */
const afterwards = async (
  copy: StepContext,
  option: RollbackOption,
  outcome: Result<Facts>,
  putBack: () => Promise<Tried>,
  isBack: () => Promise<Result<boolean>>,
): Promise<Result<Afterwards>> => {
  const look = await lookAt(copy);
  if (!look.ok) return look;
  const back = await isBack();
  if (!back.ok) return back;
  if (back.value) return success({digestEqual: true, isBackNow: true});
  const isGone = option.kind === 'drop-object' && outcome.ok && look.value.objects === 0;
  await putBack();
  const again = await isBack();
  if (!again.ok) return again;
  // A drop is right when nothing is left, and when what it dropped comes back as it was.
  const leaves =
    option.kind === 'downgrade' &&
    (outcome.ok || isMissed(outcome)) &&
    copy.runbook.objects.length > 0 &&
    look.value.objects === 0;
  return success({
    digestEqual: isGone && again.value,
    isBackNow: again.value,
    ...(leaves ? {leaves: 'nothing' as const} : {}),
  });
};
