// Which GRANTs and REVOKEs bring the rights on an object from what they are to what they were?

import {quoteIdentifier} from './names.ts';
import type {Grant} from './snapshot.ts';

/** A right on the whole object, or on one of its columns. */
export type Right = Grant & Readonly<{column?: string}>;

const grantee = (name: string): string => (name === 'PUBLIC' ? 'PUBLIC' : quoteIdentifier(name));

const keyOf = ({grantee: to, grantor, privilege, grantable, column}: Right): string =>
  JSON.stringify([to, grantor, privilege, grantable, column ?? null]);

/** A grant that another role than the owner gave must be given by that role again, or it would be another grant. */
const asGrantor = (owner: string, grantor: string, statements: readonly string[]): readonly string[] =>
  grantor === owner ? statements : [`SET LOCAL ROLE ${quoteIdentifier(grantor)}`, ...statements, 'RESET ROLE'];

/** Round by round, each right after the grant option that it rests on; what rests on something else comes last. */
const restingRounds = (
  owner: string,
  rights: readonly Right[],
  standing: readonly Right[],
): readonly (readonly Right[])[] => {
  const optionOf = (holder: string, {privilege, column}: Right): string =>
    JSON.stringify([holder, privilege, column ?? null]);
  const options = new Set(standing.flatMap((one) => (one.grantable ? [optionOf(one.grantee, one)] : [])));
  const rounds: (readonly Right[])[] = [];
  let left = rights;
  while (left.length > 0) {
    const may = (one: Right): boolean => one.grantor === owner || options.has(optionOf(one.grantor, one));
    const [next, later] = [left.filter(may), left.filter((one) => !may(one))];
    if (next.length === 0) return [...rounds, left];
    rounds.push(next);
    for (const one of next) if (one.grantable) options.add(optionOf(one.grantee, one));
    left = later;
  }
  return rounds;
};

const grouped = <T>(all: readonly T[], key: (one: T) => string): readonly (readonly T[])[] => {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const known = groups.get(key(one));
    if (known === undefined) groups.set(key(one), [one]);
    else known.push(one);
  }
  return [...groups.values()];
};

/** `SELECT, UPDATE ("a", "b")`: everything that one role has of one grantor. */
const whatOf = (rights: readonly Right[]): string =>
  grouped(rights, ({privilege, column}) => `${privilege} ${column === undefined}`)
    .map((same) => {
      const columns = same.flatMap(({column}) => (column === undefined ? [] : [quoteIdentifier(column)]));
      return `${same[0]?.privilege ?? ''}${columns.length === 0 ? '' : ` (${columns.join(', ')})`}`;
    })
    .join(', ');

/** One statement for all roles that get the same: a thousand of them must not be a thousand statements under a lock. */
const merged = (
  rights: readonly Right[],
  owner: string,
  say: (what: string, roles: string, grantable: boolean) => string,
) =>
  grouped(rights, ({grantor}) => grantor).flatMap((ofGrantor) => {
    const ofRole = grouped(ofGrantor, ({grantee: to, grantable}) => `${grantable} ${to}`).map((of) => ({
      what: whatOf(of),
      grantable: of[0]?.grantable ?? false,
      role: of[0]?.grantee ?? '',
    }));
    const statements = grouped(ofRole, ({what, grantable}) => `${grantable} ${what}`).map((same) =>
      say(same[0]?.what ?? '', same.map(({role}) => grantee(role)).join(', '), same[0]?.grantable ?? false),
    );
    return asGrantor(owner, ofGrantor[0]?.grantor ?? owner, statements);
  });

/** Rights that are there and should not be. */
export const surplusGrants = <T extends Right>(wanted: readonly Right[], present: readonly T[]): readonly T[] => {
  const keys = new Set(wanted.map(keyOf));
  return present.filter((one) => !keys.has(keyOf(one)));
};

/** @param on what stands after ON, quoted. */
export const grantStatements = (
  on: string,
  owner: string,
  wanted: readonly Right[],
  present: readonly Right[],
): readonly string[] => {
  const surplus = surplusGrants(wanted, present);
  const lacking = surplusGrants(present, wanted);
  const gone = new Set(surplus);
  const standing = present.filter((one) => !gone.has(one));
  return [
    ...restingRounds(owner, surplus, standing)
      .toReversed()
      .flatMap((round) => merged(round, owner, (what, roles) => `REVOKE ${what} ON ${on} FROM ${roles}`)),
    ...restingRounds(owner, lacking, standing).flatMap((round) =>
      merged(
        round,
        owner,
        (what, roles, grantable) => `GRANT ${what} ON ${on} TO ${roles}${grantable ? ' WITH GRANT OPTION' : ''}`,
      ),
    ),
  ];
};
