// Asks the target whether a change that took effect is there still, by what the change itself promised.

import {qualifiedName, type Snapshot} from '../../catalog/snapshot.ts';
import type {MigrationStep} from '../../core/definition.ts';
import type {CatalogStanding, Found} from '../../core/doubt.ts';
import type {FactsOf} from '../../core/facts.ts';
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

/** The last change that took effect, where that is another one. */
const laterThan = (step: MigrationStep, {runbook, opened, state}: StepContext): MigrationStep | undefined => {
  const made = stepsOf(runbook, opened.environment).filter(
    (of): of is MigrationStep => of.kind === 'migration' && stepState(state, of.id).status === 'succeeded',
  );
  const last = made.at(-1);
  return last?.id === step.id ? undefined : last;
};

/** What the change had left there, as it was kept then; undefined where that cannot be read. */
const leftBy = async (
  {catalogAfter}: Pick<FactsOf<'migration'>, 'catalogAfter'>,
  {files}: StepContext,
): Promise<readonly string[] | undefined> => {
  if (catalogAfter === undefined || 'failure' in catalogAfter) return undefined;
  const text = await files.read(catalogAfter.path, catalogAfter.sha256);
  // The hash proves that these are the bytes that the change wrote, so the shape is its own.
  return text.ok ? (JSON.parse(text.value) as Snapshot).objects.map(qualifiedName) : undefined;
};

export const probeAgain = async (step: MigrationStep, context: StepContext): Promise<ProbedAgain> => {
  const of = stepState(context.state, step.id);
  const facts = of.status === 'succeeded' && of.facts.kind === 'migration' ? of.facts : undefined;
  const verify = facts?.verifyHeldBefore === true ? undefined : step.verify;
  const last = laterThan(step, context);
  const later = last?.verify;
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
  if (catalog.asBefore === undefined) return {detail: 'snapshot-missing', found};
  // Not as before is not yet as the change has left it: what is not there at all is not in place.
  const left = last === undefined && facts !== undefined ? await leftBy(facts, context) : undefined;
  const isMissing = left?.some((name) => !catalog.present.includes(name)) === true;
  return {holds: !catalog.asBefore && !isMissing, detail: 'catalog', found};
};
