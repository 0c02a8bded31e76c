// Which SQL files does a runbook refer to, from where?

import type {RollbackOption, RunbookDefinition, SampleDefinition, SqlFile, StepDefinition} from '../core/definition.ts';
import {isOfTool} from '../core/tools.ts';

/**
 * How a file runs: in a transaction that changes the target, statement by statement outside of one, as one question
 * that may only read, or to build a database of its own.
 */
export type FileRole = 'change' | 'alone' | 'read' | 'sample';

/** A reference, with the path inside of the step, option or sample that makes it. */
export type Reference = Readonly<{sql: SqlFile; path: readonly PropertyKey[]; role: FileRole}>;

const one = (role: FileRole, sql: SqlFile, ...path: readonly PropertyKey[]): Reference => ({sql, path, role});

export const referencesOfStep = (step: StepDefinition): readonly Reference[] => {
  // Linted for its words only: what it may do is the server's to say, in a session that begins read-only.
  if (step.kind === 'psql') return [one('sample', step.sql, 'sql')];
  if (step.kind === 'kubernetes-job') return step.verify === undefined ? [] : [one('read', step.verify, 'verify')];
  if (isOfTool(step)) return [];
  switch (step.kind) {
    case 'query':
      return [one('read', step.sql, 'sql')];
    case 'migration': {
      if (step.migrator === 'alembic') return step.verify === undefined ? [] : [one('read', step.verify, 'verify')];
      const role = step.transaction === 'none' ? 'alone' : 'change';
      const apply = step.apply.map((sql, at) => one(role, sql, 'apply', at));
      return step.verify === undefined ? apply : [...apply, one('read', step.verify, 'verify')];
    }
    case 'smoke':
      return step.checks.map(({sql}, at) => one('read', sql, 'checks', at, 'sql'));
    case 'downstream':
      return step.samples.map(({sql}, at) => one('read', sql, 'samples', at, 'sql'));
    case 'checklist':
    case 'snapshot':
    case 'backup':
    case 'rehearse':
    case 'alembic-check':
    case 'command':
    case 'approval':
      return [];
  }
};

export const referencesOfOption = (option: RollbackOption): readonly Reference[] => [
  ...ownReferences(option),
  ...(option.after ?? []).flatMap((step, at) =>
    step.kind === 'query' ? [one('read', step.sql, 'after', at, 'sql')] : [],
  ),
];

const ownReferences = (option: RollbackOption): readonly Reference[] => {
  switch (option.kind) {
    case 'revert':
      return [one('change', option.sql, 'sql')];
    case 'restore-objects':
    case 'downgrade':
    case 'drop-object':
    case 'restore-backup':
      return [];
  }
};

export const referencesOfSample = (sample: SampleDefinition): readonly Reference[] =>
  sample.files.map((sql, at) => one('sample', sql, 'files', at));

/** Every file that the runbook may run, each once, sorted. */
export const referencedFiles = (runbook: RunbookDefinition): readonly SqlFile[] => {
  const all = [
    ...runbook.steps.flatMap(referencesOfStep),
    ...runbook.rollback.flatMap(referencesOfOption),
    ...(runbook.sample === undefined ? [] : referencesOfSample(runbook.sample)),
  ];
  return [...new Set(all.map(({sql}) => sql))].toSorted();
};

/** Lists of signers, each once: in the plan, since who may approve is part of what is approved. */
export const signerFiles = ({steps}: Pick<RunbookDefinition, 'steps'>): readonly string[] => [
  ...new Set(steps.flatMap((step) => (step.kind === 'approval' && step.signers !== undefined ? [step.signers] : []))),
];

/** The key of a list of signers among a runbook's files, and its path in the plan. */
export const signersKey = (name: string): string => `signers/${name}`;

/** The key of an SQL file among a runbook's files, and its path in the plan. */
export const fileKey = (sql: SqlFile): string => `sql/${sql}`;
