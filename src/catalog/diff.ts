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

/** Undefined where a snapshot of an earlier format does not say: then nothing is compared. */
type Aspects = Readonly<Record<string, string | undefined>>;

const partAspects = (of: PartState): Aspects => ({
  // A policy, a rule, a trigger and a default have no owner of their own; their table's is nobody's promise here.
  ...(['function', 'procedure', 'statistics object'].includes(of.kind) ? {owner: of.owner} : {}),
  definition: of.definition,
  grants: grantText(of.grants),
  'row columns': of.rowColumns.join('; '),
  settings: of.settings.join('; '),
  'extension dependencies': of.extensions?.join('; '),
});

/** The aspects that are compared, each as a text; equal texts mean an equal aspect. */
const aspects = (of: Dependant): Aspects => (isRelation(of) ? relationAspects(of) : partAspects(of));

const relationAspects = (of: ObjectState): Aspects => ({
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
  'row type comment': of.rowType === undefined ? undefined : (of.rowType.comment ?? ''),
  'row type grants': of.rowType === undefined ? undefined : grantText(of.rowType.grants),
  'extension dependencies': of.extensions?.join('; '),
});

const objectChanges = (before: Dependant, after: Dependant): readonly CatalogChange[] => {
  const now = aspects(after);
  const isSameShape = isRelation(before) === isRelation(after);
  return Object.entries(aspects(before)).flatMap(([aspect, was]) => {
    const is = now[aspect];
    if (was === undefined || was === is || (is === undefined && isSameShape)) return [];
    return [{object: qualifiedName(before), aspect, before: was, after: is ?? ''}];
  });
};

const compared = (before: readonly Dependant[], after: readonly Dependant[]): readonly CatalogChange[] => {
  const named = (list: readonly Dependant[]) => new Map(list.map((of) => [qualifiedName(of), of]));
  const [was, is] = [named(before), named(after)];
  return [
    ...before.flatMap((of) => {
      const now = is.get(qualifiedName(of));
      return now === undefined
        ? [{object: qualifiedName(of), aspect: 'existence', before: of.kind, after: ''}]
        : objectChanges(of, now);
    }),
    ...after.flatMap((now) =>
      was.get(qualifiedName(now)) === undefined
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
 * A view that reads a function knows its columns by position: with others in their places it would show other values
 * under the old names, while its definition might look the same. What is added at the end moves none.
 */
const shiftsNothing = (before: string, after: string): boolean => {
  const was = before.split('; ');
  const is = after.split('; ');
  return was.length === is.length && was.every((one, at) => is[at] === one || is[at]?.startsWith(`${one}, `) === true);
};

/**
 * Splits the differences after a change: what the change of a declared object is for (its definition and columns, and
 * the column types that follow in its dependants), and what nobody asked for.
 */
export const splitChanges = (
  declared: readonly string[],
  changes: readonly CatalogChange[],
): Readonly<{meant: readonly CatalogChange[]; unmeant: readonly CatalogChange[]}> => {
  const isMeant = ({object, aspect, before, after}: CatalogChange): boolean =>
    declared.includes(object)
      ? aspect === 'definition' ||
        aspect === 'columns' ||
        aspect === 'column types' ||
        (aspect === 'existence' && before === '')
      : aspect === 'column types' || (aspect === 'row columns' && shiftsNothing(before, after));
  return {meant: changes.filter(isMeant), unmeant: changes.filter((change) => !isMeant(change))};
};
