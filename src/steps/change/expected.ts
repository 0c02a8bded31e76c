// What must the catalog be just before a change? As the snapshot has it, or as the last change of this run left it.

import type {Snapshot} from '../../catalog/snapshot.ts';
import {success, type Result} from '../../core/failure.ts';
import {stepsOf} from '../../core/outline.ts';
import {stepState} from '../../core/state.ts';
import type {StepContext} from '../kind.ts';
import {takenSnapshot} from '../snapshot.ts';

/** Where the catalog that the last change before this step left was kept. */
const keptBefore = ({
  runbook,
  opened,
  state,
  step,
}: StepContext): Readonly<{path: string; sha256: string}> | undefined => {
  const steps = stepsOf(runbook, opened.environment);
  const kept = steps
    .slice(
      0,
      Math.max(
        0,
        steps.findIndex(({id}) => id === step),
      ),
    )
    .flatMap(({id}) => {
      const of = stepState(state, id);
      if (of.status !== 'succeeded' || of.facts.kind !== 'migration') return [];
      const {catalogAfter} = of.facts;
      return catalogAfter !== undefined && 'path' in catalogAfter ? [catalogAfter] : [];
    });
  return kept.at(-1);
};

/** A change finds what the change before it left: that nobody else's hand was there is what is asked. */
export const expectedCatalog = async (context: StepContext): Promise<Result<Snapshot>> => {
  if (context.copied?.catalog !== undefined) return success(context.copied.catalog);
  const kept = context.isCopy === true ? undefined : keptBefore(context);
  const text = kept === undefined ? undefined : await context.files.read(kept.path, kept.sha256);
  // Evidence that is gone takes no step with it: then the snapshot is compared, which is the stricter one.
  if (text?.ok !== true) return takenSnapshot(context.state, context.files);
  // The hash proves that these are the bytes that the step wrote, so the shape is its own.
  return success(JSON.parse(text.value) as Snapshot);
};
