// How the catalog that was found after a change, or after a way back, becomes evidence: as it is, and how it differs from before.

import {catalogDiffText, differencesBetween} from '../catalog/diff-text.ts';
import {snapshotText, type Snapshot} from '../catalog/snapshot.ts';
import type {CatalogAfter, LooksAfter} from '../core/catalog-after.ts';
import type {Artifact} from '../core/facts.ts';
import {success, type Failure, type Result} from '../core/failure.ts';
import {factsOf} from '../core/state.ts';
import type {StepContext} from './kind.ts';

const JSON_TYPE = 'application/json';

/** A name that nothing sealed bears: after a crash the same attempt may be looked at twice, and a sealed file never changes. */
const pathFor = ({state, step, attempt}: StepContext): string => {
  const base = `artifacts/${step.replaceAll('/', '.')}.${attempt}`;
  const sealed = new Set(state.artifacts.map(({artifact}) => artifact.path));
  const isFree = (path: string): boolean => !sealed.has(`${path}.catalog.json`) && !sealed.has(`${path}.diff.json`);
  let path = base;
  for (let look = 2; !isFree(path); look += 1) path = `${base}.look-${look}`;
  return path;
};

const seal = async (context: StepContext, path: string, text: string): Promise<Result<Artifact>> => {
  const written = await context.files.write(path, text, JSON_TYPE);
  if (written.ok) context.scribe.sealed(written.value);
  return written;
};

const sealBoth = async (
  context: StepContext,
  before: Snapshot | undefined,
  after: Snapshot,
): Promise<Result<CatalogAfter>> => {
  const name = pathFor(context);
  const kept = await seal(context, `${name}.catalog.json`, snapshotText(after));
  if (!kept.ok) return kept;
  const {path, sha256} = kept.value;
  const taken = factsOf(context.state, 'snapshot')[0]?.facts;
  if (before === undefined || taken === undefined) return success({path, sha256});
  const changes = differencesBetween(before, after);
  const isWhole = before.format === after.format;
  const text = catalogDiffText({
    format: 'attempt-runbook-catalog-diff/1',
    before: {path: taken.path, sha256: taken.digest},
    after: {path, sha256},
    ...(isWhole ? {} : {notCompared: true as const}),
    changes,
  });
  const diff = await seal(context, `${name}.diff.json`, text);
  if (!diff.ok) return diff;
  const told = {path: diff.value.path, differences: changes.length};
  return success({path, sha256, diff: isWhole ? told : {...told, notCompared: true}});
};

/** What changed has changed: evidence that is missing is said, and makes no failure of a success. */
export const catalogLost = (context: StepContext, failure: Failure): LooksAfter => {
  context.scribe.output('note', `! catalog afterwards not kept: ${failure.code} / 변경 후 카탈로그를 남기지 못함\n`);
  return {catalogAfter: {failure}};
};

/**
 * Never while a lock is held: it writes and syncs two files.
 * @param before what the run's snapshot has; undefined where there is none.
 * @param after what was captured for a comparison that is made anyway.
 */
export const sealCatalog = async (
  context: StepContext,
  before: Snapshot | undefined,
  after: Snapshot,
): Promise<LooksAfter> => {
  // A copy is dropped afterwards; what it shows is told by the digests of its parts.
  if (context.copied !== undefined) context.copied.catalog = after;
  if (context.isCopy === true || context.runbook.objects.length === 0) return {};
  const sealed = await sealBoth(context, before, after);
  return sealed.ok ? {catalogAfter: sealed.value} : catalogLost(context, sealed.failure);
};

/** Where only a look for the evidence's sake can tell: that it did not succeed is no failure either. */
export const sealLook = async (
  context: StepContext,
  before: Snapshot | undefined,
  after: Result<Snapshot>,
): Promise<LooksAfter> => {
  if (context.runbook.objects.length === 0 || (context.isCopy === true && !after.ok)) return {};
  return after.ok ? sealCatalog(context, before, after.value) : catalogLost(context, after.failure);
};
