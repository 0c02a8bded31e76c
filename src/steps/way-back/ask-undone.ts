// Every way back asks afterwards what it was to undo: the verify of each change that this run made must have rows again.

import type {Of, OptionKind, MigrationStep} from '../../core/definition.ts';
import type {Facts, FactsOf} from '../../core/facts.ts';
import {failed, success, type Result} from '../../core/failure.ts';
import {stepsOf} from '../../core/outline.ts';
import {leftSomething} from '../../core/rollback.ts';
import {stepState} from '../../core/state.ts';
import type {DatabaseSession} from '../../core/ports.ts';
import type {AskedAfter} from '../../core/way-back/undone.ts';
import type {Kind, StepContext} from '../kind.ts';
import {withReader} from '../sessions.ts';
import {verifySays} from './verify-says.ts';

type Verifiable = MigrationStep & Readonly<{verify: string}>;

const madeBy = ({runbook, state, opened}: StepContext): readonly Verifiable[] =>
  stepsOf(runbook, opened.environment).flatMap((step) =>
    step.kind === 'migration' && step.verify !== undefined && leftSomething(state, step)
      ? [{...step, verify: step.verify}]
      : [],
  );

/** What a way back was made for; an index that was built CONCURRENTLY beside it stays, and harms nobody. */
const toUndo = (context: StepContext): readonly Verifiable[] => {
  const all = madeBy(context);
  const whole = all.filter((step) => step.migrator === 'alembic' || step.transaction === 'whole');
  return whole.length === 0 ? all : whole;
};

/** Whether the verify was seen to miss the change before it: only then is the change there when it holds. */
const toldBefore = (context: StepContext, {id}: Verifiable): 'holds' | 'misses' | undefined => {
  const of = stepState(context.state, id);
  if (of.status !== 'succeeded' || of.facts.kind !== 'migration') return undefined;
  if (of.facts.verifyHeldBefore === true) return 'holds';
  return of.facts.verifyMissedBefore === true ? 'misses' : undefined;
};

const saysNow = async (
  context: StepContext,
  session: DatabaseSession,
  change: Verifiable,
): Promise<AskedAfter['says']> => {
  const before = toldBefore(context, change);
  const says = before === 'holds' ? undefined : await verifySays(context, session, change.verify);
  if (says === 'misses') return 'gone';
  return says === 'holds' && before === 'misses' ? 'in-place' : 'cannot-tell';
};

const asked = async (context: StepContext): Promise<readonly AskedAfter[]> => {
  const changes = toUndo(context);
  if (changes.length === 0) return [];
  const unknown = changes.map(({id, verify}): AskedAfter => ({step: id, verify, says: 'cannot-tell'}));
  const answers = await withReader(context, {}, async (session) => {
    const found: AskedAfter[] = [];
    for (const change of changes) {
      const {id, verify} = change;
      found.push({step: id, verify, says: await saysNow(context, session, change)});
    }
    return success(found);
  });
  return answers.ok ? answers.value : unknown;
};

const judged = async <F extends Facts>(context: StepContext, facts: F): Promise<Result<F>> => {
  const undone = await asked(context);
  for (const {step, verify, says} of undone) context.scribe.output('note', `${verify} (${step}): ${says}\n`);
  const inPlace = undone.filter(({says}) => says === 'in-place');
  // Where one of several changes is gone, the way back has done something, and what it left is said with it.
  const isMissed = inPlace.length > 0 && undone.every(({says}) => says !== 'gone');
  const missing = facts.kind === 'downgrade' ? facts.missing : [];
  return isMissed || missing.length > 0
    ? failed({code: 'way-back-missed', inPlace: inPlace.map(({step, verify}) => ({step, verify})), missing})
    : success({...facts, undone});
};

/** A way back that has left everything as it was, or nothing at all, is none: the others stay open. */
export const askingAfter = <K extends OptionKind>(kind: Kind<K>): Kind<K> => {
  const {perform} = kind;
  return {
    ...kind,
    ...(perform === undefined
      ? {}
      : {
          perform: async (option: Of<K>, context: StepContext): Promise<Result<FactsOf<K>>> => {
            const done = await perform(option, context);
            return done.ok ? judged(context, done.value) : done;
          },
        }),
    reconcile: async (option, doubt, context) => {
      const found = await kind.reconcile(option, doubt, context);
      if (found.verdict !== 'took-effect' || found.facts === undefined) return found;
      const after = await judged(context, found.facts);
      return after.ok ? {...found, facts: after.value} : {...found, verdict: 'incomplete', failure: after.failure};
    },
  };
};
