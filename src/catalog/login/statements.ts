// Which statements give a login on another server what it has on the target?

import type {GrantedRight, LoginRights, Membership, RoleAttributes} from '../../core/login-rights.ts';
import {quoteIdentifier} from '../names.ts';

/** PostgreSQL 16 has INHERIT and SET on each membership; before, what the member inherits is the member's own attribute. */
const FIRST_WITH_OPTIONS = 160_000;

const has = (isGiven: boolean, attribute: string): string => `${isGiven ? '' : 'NO'}${attribute}`;

/** No limit of connections: it is no right, and on a copy nobody else takes a share of it. */
const attributes = (role: RoleAttributes): string =>
  [
    has(role.isSuperuser, 'SUPERUSER'),
    has(role.inherits, 'INHERIT'),
    has(role.createsRoles, 'CREATEROLE'),
    has(role.createsDatabases, 'CREATEDB'),
    has(role.replicates, 'REPLICATION'),
    has(role.bypassesPolicies, 'BYPASSRLS'),
  ].join(' ');

const member = ({role, member: of, admin, inherits, sets}: Membership, serverVersionNum: number): string => {
  const grant = `GRANT ${quoteIdentifier(role)} TO ${quoteIdentifier(of)}`;
  if (serverVersionNum < FIRST_WITH_OPTIONS) return admin ? `${grant} WITH ADMIN OPTION` : grant;
  return `${grant} WITH ADMIN ${admin}, INHERIT ${inherits}, SET ${sets}`;
};

const grant = ({grantee, privilege, grantable}: GrantedRight, on: string): string =>
  `GRANT ${privilege} ON ${on} TO ${grantee === 'PUBLIC' ? 'PUBLIC' : quoteIdentifier(grantee)}${grantable ? ' WITH GRANT OPTION' : ''}`;

/**
 * To be run by a superuser, where every role of `rights` is already there; again is no harm. Only the login can log in, and
 * without a password.
 * @param database the copy's name.
 */
export const loginStatements = (
  {login, beginsAs, roles, memberships, owner, onDatabase, onParameters}: LoginRights,
  {database, serverVersionNum}: Readonly<{database: string; serverVersionNum: number}>,
): readonly string[] => {
  const on = `DATABASE ${quoteIdentifier(database)}`;
  const rights =
    onDatabase === undefined
      ? []
      : [`REVOKE ALL ON ${on} FROM PUBLIC, ${quoteIdentifier(owner)}`, ...onDatabase.map((one) => grant(one, on))];
  return [
    ...roles.map((role) => `ALTER ROLE ${quoteIdentifier(role.name)} ${attributes(role)}`),
    `ALTER ROLE ${quoteIdentifier(login)} LOGIN`,
    ...(beginsAs === undefined ? [] : [`ALTER ROLE ${quoteIdentifier(login)} SET role = ${quoteIdentifier(beginsAs)}`]),
    ...memberships.map((one) => member(one, serverVersionNum)),
    `ALTER ${on} OWNER TO ${quoteIdentifier(owner)}`,
    ...rights,
    ...onParameters.map((one) => grant(one, `PARAMETER ${one.parameter.split('.').map(quoteIdentifier).join('.')}`)),
  ];
};
