// Which roles must exist before a dump can be restored with its owners and grants?

import type {RoleNeed} from './ports.ts';

const NAME = String.raw`"(?:[^"]|"")+"|[a-z_\u0080-\uffff][\w$\u0080-\uffff]*`;
const NAMING = [
  String.raw`^ALTER .* OWNER TO (NAME);$`,
  String.raw`^(?:ALTER DEFAULT PRIVILEGES .* )?GRANT .* TO (NAME)(?: WITH GRANT OPTION)?;$`,
  String.raw`^(?:ALTER DEFAULT PRIVILEGES .* )?REVOKE .* FROM (NAME);$`,
  String.raw`^ALTER DEFAULT PRIVILEGES FOR ROLE (NAME) `,
  String.raw`^SET SESSION AUTHORIZATION (NAME);$`,
  String.raw`^CREATE POLICY .* TO ((?:NAME)(?:, (?:NAME))*)(?: USING | WITH CHECK |;)`,
].map((pattern) => new RegExp(pattern.replaceAll('NAME', NAME)));

/** PostgreSQL lets only superusers own these. */
const SUPERUSERS_ONLY = /^ALTER (?:EVENT TRIGGER|FOREIGN DATA WRAPPER) /;

const unquoted = (name: string): string =>
  name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();

/**
 * The roles that one line of a dump's SQL names. A line in the body of a function may look like one; then there is a
 * role too many in the copy, who may do nothing.
 */
export const rolesIn = (line: string): readonly RoleNeed[] =>
  NAMING.flatMap((pattern) => {
    const found = pattern.exec(line)?.[1];
    return found === undefined ? [] : [...found.matchAll(new RegExp(NAME, 'g'))].map(([name]) => unquoted(name));
  })
    .filter((name) => !name.startsWith('pg_') && name !== 'public')
    .map((name) => (SUPERUSERS_ONLY.test(line) ? {name, superuser: true} : {name}));

/** Each role once; a superuser where any line wants one. */
export const rolesOf = (lines: readonly string[]): readonly RoleNeed[] => {
  const needs = new Map<string, RoleNeed>();
  for (const need of lines.flatMap(rolesIn)) {
    if (needs.get(need.name)?.superuser !== true) needs.set(need.name, need);
  }
  return [...needs.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
};
