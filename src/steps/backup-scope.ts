// What a backup step holds of what the runbook declares, and how pg_dump is told.

import {quoteQualified} from '../catalog/names.ts';
import type {BackupStep, RunbookDefinition, TableDefinition} from '../core/definition.ts';

export type Scope = Readonly<{
  kind: 'database' | 'schema-only' | 'tables';
  /** Tables whose rows are in the dump and are counted. */
  tables: readonly TableDefinition[];
  /** Declared objects that are in the dump and are compared. */
  objects: readonly string[];
  /** What must be listed in the dump. */
  listed: readonly string[];
  /** Declared, and not in the dump or not with its rows. */
  lacks: readonly string[];
}>;

export const scopeOf = (
  {scope = 'database'}: BackupStep,
  {tables, objects}: Pick<RunbookDefinition, 'tables' | 'objects'>,
): Scope => {
  const names = tables.map(({name}) => name);
  if (scope === 'database') return {kind: 'database', tables, objects, listed: names, lacks: []};
  if (scope === 'schema-only') return {kind: 'schema-only', tables: [], objects, listed: names, lacks: names};
  const isIn = (name: string): boolean => scope.tables.includes(name);
  return {
    kind: 'tables',
    tables: tables.filter(({name}) => isIn(name)),
    objects: objects.filter(isIn),
    listed: scope.tables,
    lacks: [...names, ...objects].filter((name) => !isIn(name)),
  };
};

/** In quotes nothing in a name is a pattern. */
export const scopeArguments = ({scope = 'database'}: BackupStep): readonly string[] => {
  if (scope === 'database') return [];
  if (scope === 'schema-only') return ['--schema-only'];
  return scope.tables.map((name) => `--table=${quoteQualified(name)}`);
};
