// Asks the target whether a change that took effect is there still, by what the change itself promised.

import type {MigrationStep} from '../../core/definition.ts';
import type {Found} from '../../core/doubt.ts';
import {success} from '../../core/failure.ts';
import {stepState} from '../../core/state.ts';
import {catalogLook} from '../catalog-standing.ts';
import type {StepContext} from '../kind.ts';
import {withReader} from '../sessions.ts';

/** `holds` is absent where nobody could tell. */
export type ProbedAgain = Readonly<{holds?: boolean; detail: string; found?: Found}>;

export const probeAgain = async (step: MigrationStep, context: StepContext): Promise<ProbedAgain> => {
  const of = stepState(context.state, step.id);
  const facts = of.status === 'succeeded' && of.facts.kind === 'migration' ? of.facts : undefined;
  const verify = facts?.verifyHeldBefore === true ? undefined : step.verify;
  const looked = await withReader(context, {}, async (session) => {
    const look = await catalogLook(context, session, verify);
    return look.ok ? success(look.value.standing) : look;
  });
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
