// Which ways back there are now, in which order they should be considered, and why.

import type {OptionKind, RollbackOption, RunbookDefinition} from './definition.ts';
import type {FactsOf} from './facts.ts';
import {rollbackStepId, type Instant} from './ids.ts';
import {stepsOf} from './outline.ts';
import {factsOf, stepState, type RunState} from './state.ts';

/** What was asked of the target at the moment of the decision. */
export type RollbackFacts = Readonly<{
  /** Per declared table: rows now, and rows written since the backup was taken, when that can be told. */
  tables: readonly Readonly<{table: string; rows: number; rowsAtBackup?: number; changedSince?: number}>[];
  /** Objects that depend on the declared objects now and did not when the snapshot was taken. */
  newDependants: readonly string[];
  /** Objects that depend on the declared objects now. */
  dependants: readonly string[];
}>;

export type Advice = 'recommended' | 'possible' | 'not-advised' | 'emergency' | 'last-resort' | 'impossible';

/** Why an option stands where it stands; the words are in ui/text. */
export type AdviceReason =
  | 'exact-and-lossless'
  | 'same-end-state-by-script'
  | 'already-tried'
  | 'leaves-nothing'
  | 'loses-rows'
  | 'loses-nothing-now'
  | 'snapshot-missing'
  | 'objects-missing'
  | 'backup-missing'
  | 'backup-stand-in'
  | 'backup-schema-only'
  | 'backup-lacks-declared'
  | 'new-dependants'
  | 'dependants-in-the-way';

export type Loss = Readonly<{table: string; rows: number; exact: boolean}>;

export type RankedOption = Readonly<{
  option: RollbackOption;
  advice: Advice;
  reasons: readonly AdviceReason[];
  loss: readonly Loss[];
  backupTakenAt?: Instant;
}>;

/** True when a step that changes the target was begun, whatever became of it. */
export const hasChanged = (runbook: RunbookDefinition, state: RunState): boolean =>
  state.opened !== undefined &&
  stepsOf(runbook, state.opened.environment).some(
    (step) => step.kind === 'migration' && stepState(state, step.id).attempt > 0,
  );

/** Why nothing can be restored from this backup. */
const unfit = ({method, scope, lacks = []}: FactsOf<'backup'>): AdviceReason | undefined => {
  if (method === 'stand-in') return 'backup-stand-in';
  if (scope === 'schema-only') return 'backup-schema-only';
  return lacks.length > 0 ? 'backup-lacks-declared' : undefined;
};

/** The backup that a restore would use: the first that it can use, else the first, which says why not. */
export const chosenBackup = (state: RunState): FactsOf<'backup'> | undefined => {
  const taken = factsOf(state, 'backup').map(({facts}) => facts);
  return taken.find((facts) => unfit(facts) === undefined) ?? taken[0];
};

/** Why an option cannot be carried out at all, as far as the journal knows. */
export const impossibility = (state: RunState, option: RollbackOption): AdviceReason | undefined => {
  switch (option.kind) {
    case 'restore-objects':
    case 'revert': {
      const snapshot = factsOf(state, 'snapshot')[0];
      if (snapshot === undefined) return 'snapshot-missing';
      return snapshot.facts.missing.length > 0 && option.kind === 'restore-objects' ? 'objects-missing' : undefined;
    }
    case 'drop-object':
      return undefined;
    case 'restore-backup': {
      const backup = chosenBackup(state);
      return backup === undefined ? 'backup-missing' : unfit(backup);
    }
  }
};

const lossOf = (facts: RollbackFacts): readonly Loss[] =>
  facts.tables.map(({table, rows, rowsAtBackup, changedSince}) => ({
    table,
    rows: changedSince ?? Math.max(0, rows - (rowsAtBackup ?? rows)),
    exact: changedSince !== undefined,
  }));

const rank: Record<Advice, number> = {
  recommended: 0,
  possible: 1,
  'not-advised': 2,
  emergency: 3,
  'last-resort': 4,
  impossible: 5,
};

/** Among equals, the narrower and more exact way comes first. */
const kindRank: Record<OptionKind, number> = {'restore-objects': 0, revert: 1, 'drop-object': 2, 'restore-backup': 3};

const judged = (state: RunState, option: RollbackOption, facts: RollbackFacts): RankedOption => {
  const because = impossibility(state, option);
  if (because !== undefined) return {option, advice: 'impossible', reasons: [because], loss: []};
  const tried = stepState(state, rollbackStepId(option.id)).status === 'failed' ? (['already-tried'] as const) : [];
  switch (option.kind) {
    case 'restore-objects':
      return facts.newDependants.length > 0
        ? {option, advice: 'possible', reasons: ['new-dependants', ...tried], loss: []}
        : {
            option,
            advice: tried.length > 0 ? 'possible' : 'recommended',
            reasons: ['exact-and-lossless', ...tried],
            loss: [],
          };
    case 'revert':
      return {option, advice: 'possible', reasons: ['same-end-state-by-script', ...tried], loss: []};
    case 'drop-object':
      return facts.dependants.length > 0
        ? {option, advice: 'impossible', reasons: ['dependants-in-the-way', 'leaves-nothing'], loss: []}
        : {option, advice: 'emergency', reasons: ['leaves-nothing', ...tried], loss: []};
    case 'restore-backup': {
      const loss = lossOf(facts);
      const backup = chosenBackup(state);
      return {
        option,
        advice: 'last-resort',
        reasons: [loss.some(({rows}) => rows > 0) ? 'loses-rows' : 'loses-nothing-now', ...tried],
        loss,
        ...(backup === undefined ? {} : {backupTakenAt: backup.takenAt}),
      };
    }
  }
};

/** Every way back, best first. The order is total: equal options keep the order of the runbook. */
export const rollbackPlan = (
  runbook: RunbookDefinition,
  state: RunState,
  facts: RollbackFacts,
): readonly RankedOption[] =>
  runbook.rollback
    .map((option) => judged(state, option, facts))
    .toSorted((a, b) => rank[a.advice] - rank[b.advice] || kindRank[a.option.kind] - kindRank[b.option.kind]);
