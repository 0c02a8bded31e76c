// Which statements give a login on a copy what it has on the target, on servers before and after PostgreSQL 16?

import {describe, expect, test} from 'vitest';
import {loginStatements} from '../../../src/catalog/login/statements.ts';
import type {LoginRights} from '../../../src/core/login-rights.ts';

const plain = {
  isSuperuser: false,
  inherits: true,
  createsRoles: false,
  createsDatabases: false,
  replicates: false,
  bypassesPolicies: false,
};

const rights: LoginRights = {
  login: 'deploy',
  beginsAs: 'Owner "x"',
  roles: [
    {...plain, name: 'deploy', inherits: false, bypassesPolicies: true},
    {...plain, name: 'Owner "x"'},
  ],
  memberships: [
    {role: 'Owner "x"', member: 'deploy', admin: false, inherits: false, sets: true},
    {role: 'pg_monitor', member: 'deploy', admin: true, inherits: true, sets: false},
  ],
  owner: 'Owner "x"',
  onDatabase: [
    {grantee: 'PUBLIC', privilege: 'CONNECT', grantable: false},
    {grantee: 'deploy', privilege: 'CREATE', grantable: true},
  ],
  onParameters: [{parameter: 'app.mode', grantee: 'deploy', privilege: 'SET', grantable: false}],
};

describe('the statements that make a login', () => {
  test('say all that it is and may, under any name, and no password', () => {
    expect(loginStatements(rights, {database: 'copy', serverVersionNum: 170_000})).toEqual([
      'ALTER ROLE "deploy" NOSUPERUSER NOINHERIT NOCREATEROLE NOCREATEDB NOREPLICATION BYPASSRLS',
      'ALTER ROLE "Owner ""x""" NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS',
      'ALTER ROLE "deploy" LOGIN',
      'ALTER ROLE "deploy" SET role = "Owner ""x"""',
      'GRANT "Owner ""x""" TO "deploy" WITH ADMIN false, INHERIT false, SET true',
      'GRANT "pg_monitor" TO "deploy" WITH ADMIN true, INHERIT true, SET false',
      'ALTER DATABASE "copy" OWNER TO "Owner ""x"""',
      'REVOKE ALL ON DATABASE "copy" FROM PUBLIC, "Owner ""x"""',
      'GRANT CONNECT ON DATABASE "copy" TO PUBLIC',
      'GRANT CREATE ON DATABASE "copy" TO "deploy" WITH GRANT OPTION',
      'GRANT SET ON PARAMETER "app"."mode" TO "deploy"',
    ]);
  });

  test('know only ADMIN of a membership before PostgreSQL 16', () => {
    const older = loginStatements(rights, {database: 'copy', serverVersionNum: 150_000});
    expect(older.filter((statement) => /^GRANT .* TO "deploy"( WITH ADMIN OPTION)?$/.test(statement))).toEqual([
      'GRANT "Owner ""x""" TO "deploy"',
      'GRANT "pg_monitor" TO "deploy" WITH ADMIN OPTION',
      'GRANT SET ON PARAMETER "app"."mode" TO "deploy"',
    ]);
  });

  test('leave the database as it is made where nobody has changed who may what', () => {
    const {onDatabase: _, ...untouched} = rights;
    const statements = loginStatements(untouched, {database: 'copy', serverVersionNum: 170_000});
    expect(statements.filter((statement) => statement.includes(' ON DATABASE '))).toEqual([]);
  });
});
