// Which GRANTs and REVOKEs bring the rights on an object from what they are to what they were?

import {quoteIdentifier} from './names.ts';
import type {Grant} from './snapshot.ts';

const grantee = (grant: Grant): string => (grant.grantee === 'PUBLIC' ? 'PUBLIC' : quoteIdentifier(grant.grantee));
const sameGrant = (a: Grant, b: Grant): boolean =>
  a.grantee === b.grantee && a.grantor === b.grantor && a.privilege === b.privilege && a.grantable === b.grantable;

/** A grant that another role than the owner gave must be given by that role again, or it would be another grant. */
const asGrantor = (owner: string, grantor: string, statement: string): readonly string[] =>
  grantor === owner ? [statement] : [`SET LOCAL ROLE ${quoteIdentifier(grantor)}`, statement, 'RESET ROLE'];

/** Each right after the grant option that it rests on; what rests on something else than `on` itself comes last. */
const restingOrder = (owner: string, grants: readonly Grant[], standing: readonly Grant[]): readonly Grant[] => {
  const ordered: Grant[] = [];
  let left = grants;
  const mayGive = ({grantor, privilege}: Grant): boolean =>
    grantor === owner ||
    [...standing, ...ordered].some(
      (other) => other.grantable && other.grantee === grantor && other.privilege === privilege,
    );
  for (;;) {
    const next = left.filter(mayGive);
    if (next.length === 0) return [...ordered, ...left];
    ordered.push(...next);
    left = left.filter((grant) => !next.includes(grant));
  }
};

/** Rights that are there and should not be. */
export const surplusGrants = (wanted: readonly Grant[], present: readonly Grant[]): readonly Grant[] =>
  present.filter((grant) => !wanted.some((other) => sameGrant(grant, other)));

/** @param on what stands after ON, quoted. @param column its name when the rights are on one column. */
export const grantStatements = (
  on: string,
  owner: string,
  column: string | undefined,
  wanted: readonly Grant[],
  present: readonly Grant[],
): readonly string[] => {
  const what = (privilege: string): string =>
    column === undefined ? privilege : `${privilege} (${quoteIdentifier(column)})`;
  const surplus = surplusGrants(wanted, present);
  const lacking = surplusGrants(present, wanted);
  const standing = present.filter((grant) => !surplus.includes(grant));
  return [
    ...restingOrder(owner, surplus, standing)
      .toReversed()
      .flatMap((grant) =>
        asGrantor(owner, grant.grantor, `REVOKE ${what(grant.privilege)} ON ${on} FROM ${grantee(grant)}`),
      ),
    ...restingOrder(owner, lacking, standing).flatMap((grant) =>
      asGrantor(
        owner,
        grant.grantor,
        `GRANT ${what(grant.privilege)} ON ${on} TO ${grantee(grant)}${grant.grantable ? ' WITH GRANT OPTION' : ''}`,
      ),
    ),
  ];
};
