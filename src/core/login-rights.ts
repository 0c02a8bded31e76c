// What may the login of a target do there, beyond what a dump of its database tells?

/** As CREATE ROLE knows them. */
export type RoleAttributes = Readonly<{
  name: string;
  isSuperuser: boolean;
  inherits: boolean;
  createsRoles: boolean;
  createsDatabases: boolean;
  replicates: boolean;
  bypassesPolicies: boolean;
}>;

/** `inherits` and `sets`: since PostgreSQL 16 of the membership itself; before, of the member, and always. */
export type Membership = Readonly<{
  role: string;
  member: string;
  admin: boolean;
  inherits: boolean;
  sets: boolean;
}>;

/** `grantee` is a role, or PUBLIC. */
export type GrantedRight = Readonly<{
  grantee: string;
  privilege: string;
  grantable: boolean;
}>;

export type LoginRights = Readonly<{
  login: string;
  /** `ALTER ROLE login SET role`: as whom its sessions begin. */
  beginsAs?: string;
  /** The login, the roles that the database knows, and all that they are members of. */
  roles: readonly RoleAttributes[];
  memberships: readonly Membership[];
  owner: string;
  /** On the database; absent where nobody has changed what is given to everybody. */
  onDatabase?: readonly GrantedRight[];
  /** SET and ALTER SYSTEM of parameters, by their names; PostgreSQL 15 and later. */
  onParameters: readonly (GrantedRight & Readonly<{parameter: string}>)[];
}>;

/** As whom a rehearsal changed its copy. */
export type RehearsedRights = Readonly<
  | {tried: true; login: string}
  /**
   * 'roles-not-made': the server stays, and a role would outlive the copy; 'name-taken': the server's own superuser has the
   * name of a role of the target; 'roles-hidden': the target does not tell, and 'roles-refused': the server of the copy did
   * not take a statement, each in its own words.
   */
  | {
      tried: false;
      as: string;
      because: 'roles-not-made' | 'name-taken' | 'roles-hidden' | 'roles-refused';
      message?: string;
    }
>;
