// What differs between two snapshots, and which of the differences a change is meant to make.

import type {CatalogChange} from '../core/failure.ts';
import {
  isRelation,
  qualifiedName,
  type Dependant,
  type Grant,
  type ObjectState,
  type PartState,
  type Snapshot,
} from './snapshot.ts';

const grantText = (grants: readonly Grant[]): string =>
  grants
    .map(
      ({grantee, privilege, grantable, grantor}) =>
        `${grantee}=${privilege}${grantable ? ' WITH GRANT OPTION' : ''} by ${grantor}`,
    )
    .join(', ');

const partAspects = (of: PartState): Readonly<Record<string, string>> => ({
  // A policy, a rule, a trigger and a default have no owner of their own; their table's is nobody's promise here.
  ...(['function', 'procedure', 'statistics object'].includes(of.kind) ? {owner: of.owner} : {}),
  definition: of.definition,
  grants: grantText(of.grants),
  'row columns': of.rowColumns.join('; '),
  settings: of.settings.join('; '),
});

/** The aspects that are compared, each as a text; equal texts mean an equal aspect. */
const aspects = (of: Dependant): Readonly<Record<string, string>> =>
  isRelation(of) ? relationAspects(of) : partAspects(of);

const relationAspects = (of: ObjectState): Readonly<Record<string, string>> => ({
  kind: of.kind,
  owner: of.owner,
  options: of.options.join(', '),
  definition: of.definition,
  columns: of.columns.map(({name}) => name).join(', '),
  'column types': of.columns.map(({name, type}) => `${name} ${type}`).join(', '),
  comment: of.comment ?? '',
  grants: grantText(of.grants),
  'column grants': of.columns
    .flatMap(({name, grants}) => grants.map((grant) => `${name}: ${grantText([grant])}`))
    .join(', '),
  'column comments': of.columns
    .flatMap(({name, comment}) => (comment === null ? [] : [`${name}: ${comment}`]))
    .join(', '),
  'column defaults': of.columns
    .flatMap((column) => (column.default === null ? [] : [`${column.name}: ${column.default}`]))
    .join(', '),
  rules: of.rules.join('; '),
  triggers: of.triggers.join('; '),
  indexes: of.indexes.join('; '),
  populated: `${of.populated}`,
  settings: of.settings.join('; '),
});

const objectChanges = (before: Dependant, after: Dependant): readonly CatalogChange[] => {
  const now = aspects(after);
  return Object.entries(aspects(before)).flatMap(([aspect, was]) =>
    was === now[aspect] ? [] : [{object: qualifiedName(before), aspect, before: was, after: now[aspect] ?? ''}],
  );
};

const compared = (before: readonly Dependant[], after: readonly Dependant[]): readonly CatalogChange[] => {
  const find = (list: readonly Dependant[], of: Dependant) =>
    list.find((other) => qualifiedName(other) === qualifiedName(of));
  return [
    ...before.flatMap((was) => {
      const now = find(after, was);
      return now === undefined
        ? [{object: qualifiedName(was), aspect: 'existence', before: was.kind, after: ''}]
        : objectChanges(was, now);
    }),
    ...after.flatMap((now) =>
      find(before, now) === undefined
        ? [{object: qualifiedName(now), aspect: 'existence', before: '', after: now.kind}]
        : [],
    ),
  ];
};

/** Every difference between two snapshots of the same declared objects. */
export const diffSnapshots = (before: Snapshot, after: Snapshot): readonly CatalogChange[] => [
  ...compared(before.objects, after.objects),
  ...compared(before.dependants, after.dependants),
];

/**
 * Splits the differences after a change: what the change of a declared object is for (its definition and columns, and
 * the column types that follow in its dependants), and what nobody asked for.
 */
export const splitChanges = (
  declared: readonly string[],
  changes: readonly CatalogChange[],
): Readonly<{meant: readonly CatalogChange[]; unmeant: readonly CatalogChange[]}> => {
  // 'row columns' are never meant: a view that reads a function knows its columns by position, and with other columns
  // it would show other values under the old names, while its definition might look the same.
  const isMeant = ({object, aspect, before}: CatalogChange): boolean =>
    declared.includes(object)
      ? aspect === 'definition' ||
        aspect === 'columns' ||
        aspect === 'column types' ||
        (aspect === 'existence' && before === '')
      : aspect === 'column types';
  return {meant: changes.filter(isMeant), unmeant: changes.filter((change) => !isMeant(change))};
};
