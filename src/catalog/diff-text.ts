// The bytes in which the differences between two kept catalogs are written down.

import type {CatalogChange} from '../core/failure.ts';
import {diffSnapshots} from './diff.ts';
import type {OtherDependant, Snapshot} from './snapshot.ts';

type Kept = Readonly<{path: string; sha256: string}>;

export type CatalogDiff = Readonly<{
  format: 'attempt-runbook-catalog-diff/1';
  before: Kept;
  after: Kept;
  /** `before` is of an earlier format, and what it lacks was not compared. */
  notCompared?: true;
  changes: readonly CatalogChange[];
}>;

const named = ({type, identity}: OtherDependant): string => `${type} ${identity}`;

/** Also what cannot be put back: a change refuses to touch it, so whoever compares before a change leaves it out. */
const otherChanges = (before: Snapshot, after: Snapshot): readonly CatalogChange[] => {
  const [was, is] = [before.others.map(named), after.others.map(named)];
  return [
    ...was
      .filter((name) => !is.includes(name))
      .map((object) => ({object, aspect: 'existence', before: 'there', after: ''})),
    ...is
      .filter((name) => !was.includes(name))
      .map((object) => ({object, aspect: 'existence', before: '', after: 'there'})),
  ];
};

/** Nothing in it means that every object, dependant and other thing that hangs on them is as it was. */
export const differencesBetween = (before: Snapshot, after: Snapshot): readonly CatalogChange[] => [
  ...diffSnapshots(before, after),
  ...otherChanges(before, after),
];

export const catalogDiffText = (diff: CatalogDiff): string => `${JSON.stringify(diff, null, 1)}\n`;
