// What is put back of an object, and which differences are in order, when some losses are accepted?

import {isLeft, leftAspects, type AcceptableAspect, type Acceptance} from '../core/acceptance.ts';
import type {CatalogChange} from '../core/failure.ts';
import {isRelation, qualifiedName, type ColumnState, type Dependant, type ObjectState} from './snapshot.ts';

/** The object as it is to be created: without what is created together with it and shall not come back. */
export const toCreate = (of: Dependant, acceptances: readonly Acceptance[]): Dependant => {
  const left = leftAspects(acceptances, qualifiedName(of));
  if (left.size === 0 || !isRelation(of)) return of;
  return {
    ...of,
    options: left.has('options') ? [] : of.options,
    indexes: left.has('indexes') ? [] : of.indexes,
    populated: left.has('populated') ? false : of.populated,
  };
};

const columnsToPutBack = (
  wanted: readonly ColumnState[],
  present: readonly ColumnState[],
  left: ReadonlySet<AcceptableAspect>,
): readonly ColumnState[] =>
  wanted.map((column) => {
    const now = present.find(({name}) => name === column.name);
    return {
      ...column,
      grants: left.has('column grants') ? (now?.grants ?? []) : column.grants,
      comment: left.has('column comments') ? (now?.comment ?? null) : column.comment,
      default: left.has('column defaults') ? (now?.default ?? null) : column.default,
    };
  });

const rowTypeToPutBack = (
  {rowType: wanted}: ObjectState,
  {rowType: present}: ObjectState,
  left: ReadonlySet<AcceptableAspect>,
): Pick<ObjectState, 'rowType'> =>
  wanted === undefined || present === undefined
    ? {}
    : {
        rowType: {
          comment: left.has('row type comment') ? present.comment : wanted.comment,
          grants: left.has('row type grants') ? present.grants : wanted.grants,
        },
      };

/** What is wanted of an object that exists: where a loss is accepted, what is there. */
export const toPutBack = (wanted: Dependant, present: Dependant, acceptances: readonly Acceptance[]): Dependant => {
  const left = leftAspects(acceptances, qualifiedName(wanted));
  if (left.size === 0) return wanted;
  const common = {
    owner: left.has('owner') ? present.owner : wanted.owner,
    grants: left.has('grants') ? present.grants : wanted.grants,
    settings: left.has('settings') ? present.settings : wanted.settings,
    ...(left.has('extension dependencies') && present.extensions !== undefined ? {extensions: present.extensions} : {}),
  };
  if (!isRelation(wanted) || !isRelation(present)) return {...wanted, ...common};
  return {
    ...wanted,
    ...common,
    options: left.has('options') ? present.options : wanted.options,
    comment: left.has('comment') ? present.comment : wanted.comment,
    rules: left.has('rules') ? present.rules : wanted.rules,
    triggers: left.has('triggers') ? present.triggers : wanted.triggers,
    columns: columnsToPutBack(wanted.columns, present.columns, left),
    ...rowTypeToPutBack(wanted, present, left),
  };
};

export const keepsOwner = (of: Dependant, acceptances: readonly Acceptance[]): boolean =>
  !leftAspects(acceptances, qualifiedName(of)).has('owner');

export type Judged = Readonly<{
  accepted: readonly Readonly<{change: CatalogChange; acceptance: Acceptance}>[];
  /** Differences that nobody asked for and nobody accepted. */
  unmeant: readonly CatalogChange[];
  /** Losses that were accepted and did not come about. */
  notNeeded: readonly Acceptance[];
}>;

/** @param changes what differs after the change, apart from what it is for. */
export const judge = (changes: readonly CatalogChange[], acceptances: readonly Acceptance[]): Judged => {
  const covers = ({object, aspect}: Acceptance, change: CatalogChange): boolean =>
    object === change.object && (aspect === undefined || aspect === change.aspect);
  const found = changes.map((change) => ({change, acceptance: acceptances.find((one) => covers(one, change))}));
  return {
    accepted: found.flatMap(({change, acceptance}) => (acceptance === undefined ? [] : [{change, acceptance}])),
    unmeant: found.flatMap(({change, acceptance}) => (acceptance === undefined ? [change] : [])),
    notNeeded: acceptances.filter((one) => !changes.some((change) => covers(one, change))),
  };
};

/** What the tool puts back itself. */
export const withoutLeft = <T extends Dependant>(all: readonly T[], acceptances: readonly Acceptance[]): readonly T[] =>
  all.filter((of) => !isLeft(acceptances, qualifiedName(of)));
