// Asks the target whether a change that took effect is there still, by what the change itself promised.

import type {MigrationStep} from '../../core/definition.ts';
import type {CatalogStanding, Found} from '../../core/doubt.ts';
import {stepsOf} from '../../core/outline.ts';
import {success} from '../../core/failure.ts';
import {stepState} from '../../core/state.ts';
import {catalogLook} from '../catalog-standing.ts';
import type {StepContext} from '../kind.ts';
import {withReader} from '../sessions.ts';
import {verifySays} from './verify-says.ts';

/** `holds` is absent where nobody could tell. */
export type ProbedAgain = Readonly<{holds?: boolean; detail: string; found?: Found}>;

/** 30 min: as long as a change outside of a transaction may take, whose verify runs in its session. */
const PROBE_TIMEOUT_MS = 1_800_000;
const LOOKS = 5;
const PAUSE_MS = 1000;

const isAnswer = (standing: CatalogStanding, verify: string | undefined): boolean =>
  verify === undefined ? standing.asBefore !== undefined : standing.verify !== undefined;

/** The verify of the last change that took effect, where that is another one. */
const standingOn = (step: MigrationStep, {runbook, opened, state}: StepContext): string | undefined => {
  const made = stepsOf(runbook, opened.environment).filter(
    (of): of is MigrationStep => of.kind === 'migration' && stepState(state, of.id).status === 'succeeded',
  );
  const last = made.at(-1);
  return last === undefined || last.id === step.id ? undefined : last.verify;
};

export const probeAgain = async (step: MigrationStep, context: StepContext): Promise<ProbedAgain> => {
  const of = stepState(context.state, step.id);
  const facts = of.status === 'succeeded' && of.facts.kind === 'migration' ? of.facts : undefined;
  const verify = facts?.verifyHeldBefore === true ? undefined : step.verify;
  const later = standingOn(step, context);
  const timeoutMs = step.timeoutMs ?? PROBE_TIMEOUT_MS;
  const look = () =>
    withReader(context, {timeoutMs}, async (session) => {
      const found = await catalogLook(context, session, verify);
      if (!found.ok) return found;
      const {standing} = found.value;
      // A later change of this run may have gone on with what this one made: then it is proven by the one on top of it.
      const isSuperseded =
        standing.verify === 'fails' && later !== undefined && (await verifySays(context, session, later)) === 'holds';
      return success(isSuperseded ? {...standing, verify: 'holds' as const} : standing);
    });
  let looked = await look();
  // A line that comes back, or a lock that is let go of: one look that failed is no doubt yet.
  for (
    let nth = 1;
    nth < LOOKS && !(looked.ok && isAnswer(looked.value, verify)) && !context.signal.aborted;
    nth += 1
  ) {
    await context.clock.pause(PAUSE_MS, context.signal);
    looked = await look();
  }
  if (!looked.ok) return {detail: looked.failure.code};
  const catalog = looked.value;
  const found: Found = {probedAgain: true, catalog};
  // The file says more than the catalog, which somebody may have gone on with since.
  if (verify !== undefined)
    return catalog.verify === undefined
      ? {detail: verify, found}
      : {holds: catalog.verify === 'holds', detail: verify, found};
  return catalog.asBefore === undefined
    ? {detail: 'snapshot-missing', found}
    : {holds: !catalog.asBefore, detail: 'catalog', found};
};
