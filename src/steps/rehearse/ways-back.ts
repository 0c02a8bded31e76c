// Every way back, on the copy: whether it did what it says, and whether the catalog is then what it was before.

import type {Action, QueryStep, RollbackOption} from '../../core/definition.ts';
import {verdictOf, type CheckVerdict, type Facts, type RehearsedPart} from '../../core/facts.ts';
import {failed, success, type Failure, type Result} from '../../core/failure.ts';
import {rollbackStepId, type Environment, type StepId} from '../../core/ids.ts';
import {afterStepsOf} from '../../core/outline.ts';
import {impossibility} from '../../core/rollback.ts';
import type {RunState} from '../../core/state.ts';
import type {StepContext} from '../kind.ts';
import {lookAt} from '../rehearse-copy.ts';

export type Shown = Pick<RehearsedPart, 'taken' | 'statements'>;
export type Tried = Readonly<{outcome: Result<Facts>; durationMs: number; lockHeldMs?: number}> & Shown;

/** Why the ways back cannot be tried: the change does not stand there. */
export type Stopped = Readonly<{because: NonNullable<RehearsedPart['because']>; failure?: Failure}>;

type Backwards = Readonly<{
  copy: StepContext;
  options: readonly RollbackOption[];
  attempt: (id: StepId, action: Action) => Promise<Tried>;
  note: (part: RehearsedPart) => void;
  show: (part: StepId) => void;
  tell: (failure: Failure) => void;
  forth: () => Promise<Stopped | undefined>;
  before: RunState;
  /** Why the change does not stand there, where it does not. */
  from: Stopped | undefined;
}>;

/** The digest that every way back is measured by: the copy's own snapshot. */
const digestBefore = (state: RunState): string => {
  const taken = Object.values(state.steps).find(
    (step) => step.status === 'succeeded' && step.facts.kind === 'snapshot',
  );
  return taken?.status === 'succeeded' && taken.facts.kind === 'snapshot' ? taken.facts.digest : '';
};

/** The queries that follow a way back and ask of nothing that a person does: the copy can answer them as the target would. */
export const askedAfter = (option: RollbackOption, environment: Environment): readonly QueryStep[] =>
  afterStepsOf(option, environment).flatMap((step) =>
    step.kind === 'query' && step.confirms === undefined ? [step] : [],
  );

/** Each way back from the change, and the change again before the next. */
export const backAndForth = async (of: Backwards): Promise<Result<void>> => {
  const {copy, options, attempt, note, show, tell, forth, before, from} = of;
  const wanted = digestBefore(before);
  const putBack = {id: 'put-back', kind: 'restore-objects', title: {en: '', ko: ''}} as const;
  const isBack = async (): Promise<Result<boolean>> => {
    const look = await lookAt(copy);
    return look.ok ? success(look.value.digest === wanted) : look;
  };
  /** 'changed' wants a way back, 'back' wants the change again, 'lost' is neither. */
  let stands: 'changed' | 'back' | 'lost' = from === undefined ? 'changed' : 'lost';
  let stopped: Stopped | undefined = from;

  for (const option of options) {
    const step = rollbackStepId(option.id);
    const skip = (why: Stopped): void => note({step, verdict: 'not-run', durationMs: 0, ...why});
    show(step);
    if (copy.signal.aborted) return failed({code: 'cancelled'});
    if (impossibility(before, option) !== undefined) {
      skip({because: 'impossible'});
      continue;
    }
    if (stands === 'back') {
      stopped = await forth();
      stands = stopped === undefined ? 'changed' : 'lost';
    }
    if (copy.signal.aborted) return failed({code: 'cancelled'});
    // The whole backup replaces whatever there is; every other way starts from the change.
    if (stands === 'lost' && option.kind !== 'restore-backup') {
      skip(stopped ?? {because: 'earlier-part-failed'});
      continue;
    }
    if (option.kind === 'drop-object') {
      const look = await lookAt(copy);
      if (!look.ok) return look;
      if (look.value.dependants > 0) {
        skip({because: 'dependants-in-the-way'});
        continue;
      }
    }
    const after: RehearsedPart[] = [];
    const {outcome, ...took} = await attempt(step, option);
    if (copy.signal.aborted) return failed({code: 'cancelled'});
    // Now, while the copy is as the way back has left it: what did not work has left nothing to ask about.
    for (const query of outcome.ok ? askedAfter(option, copy.opened.environment) : []) {
      show(query.id);
      const {outcome: answer, ...asking} = await attempt(query.id, query);
      if (copy.signal.aborted) return failed({code: 'cancelled'});
      const said = answer.ok ? {verdict: verdictOf(answer.value)} : {verdict: 'fail' as const, failure: answer.failure};
      after.push({step: query.id, ...said, ...asking});
    }
    const left = await afterwards(copy, option, outcome, () => attempt(rollbackStepId(putBack.id), putBack), isBack);
    if (!left.ok) return left;
    const {digestEqual, isBackNow, leaves} = left.value;
    note({
      step,
      verdict: wayBackVerdict(option, outcome, left.value),
      ...took,
      ...(digestEqual === undefined ? {} : {digestEqual}),
      ...(leaves === undefined ? {} : {leaves}),
      ...(outcome.ok ? {} : {failure: outcome.failure}),
    });
    if (!outcome.ok) tell(outcome.failure);
    for (const part of after) {
      note(part);
      if (part.failure !== undefined) tell(part.failure);
    }
    stopped = undefined;
    // Where nothing is captured, only the change's own verify tells whether it is there still.
    const isThere = isMissed(outcome) && copy.runbook.objects.length === 0;
    stands = isThere ? 'changed' : isBackNow && !isMissed(outcome) ? 'back' : 'lost';
  }
  return success(undefined);
};

const isMissed = (outcome: Result<Facts>): boolean => !outcome.ok && outcome.failure.code === 'way-back-missed';

/** The same as on the target, where a script that words something in another way than before is a remark. */
const wayBackVerdict = (
  option: RollbackOption,
  outcome: Result<Facts>,
  {digestEqual, leaves}: Afterwards,
): CheckVerdict => {
  const isDropped = option.kind === 'drop-object' && leaves !== undefined;
  // It did what it says; that nothing is there afterwards is said where it is offered.
  if (leaves !== undefined && !isDropped) return 'amber';
  if (!outcome.ok) return 'fail';
  if (digestEqual === true || isDropped) return verdictOf(outcome.value);
  return option.kind === 'revert' || option.kind === 'downgrade' ? 'amber' : 'fail';
};

/** `digestEqual` is absent of a drop that went well: what it leaves was compared with nothing but its absence. */
type Afterwards = Readonly<{digestEqual?: boolean; isBackNow: boolean; leaves?: 'nothing'}>;

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
  if (isGone && again.value) return success({isBackNow: true, leaves: 'nothing'});
  const leaves =
    option.kind === 'downgrade' &&
    (outcome.ok || isMissed(outcome)) &&
    copy.runbook.objects.length > 0 &&
    look.value.objects === 0;
  return success({
    digestEqual: false,
    isBackNow: again.value,
    ...(leaves ? {leaves: 'nothing' as const} : {}),
  });
};
