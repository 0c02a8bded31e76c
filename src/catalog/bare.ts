// How is an object right after its CREATE, with its owner given to it, and which columns has a script left it?

import type {Rows} from '../core/ports.ts';
import {quoteLiteral, quoteQualified} from './names.ts';
import {isRelation, type Dependant, type Grant} from './snapshot.ts';

/** Documented under "Privileges"; MAINTAIN, of 17, is left out: to grant it once more changes nothing. */
const RELATION = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'];

const grant = (grantee: string, grantor: string, privilege: string): Grant => ({
  grantee,
  grantor,
  privilege,
  grantable: false,
});

/** USAGE of a type and EXECUTE of a routine are everybody's by default. */
const everybodys = (owner: string, privilege: string): readonly Grant[] => [
  grant('PUBLIC', owner, privilege),
  grant(owner, owner, privilege),
];

/**
 * What CREATE and ALTER … OWNER make of it where no default privileges are set: a guess, which a look at the catalog has
 * to confirm.
 */
export const bareOf = (of: Dependant): Dependant => {
  const {owner} = of;
  const undressed = {settings: [], ...(of.extensions === undefined ? {} : {extensions: []})};
  if (!isRelation(of)) {
    const isRoutine = of.kind === 'function' || of.kind === 'procedure';
    return {...of, ...undressed, grants: isRoutine ? everybodys(owner, 'EXECUTE') : []};
  }
  return {
    ...of,
    ...undressed,
    grants: RELATION.map((privilege) => grant(owner, owner, privilege)),
    columns: of.columns.map((column) => ({...column, default: null, comment: null, grants: []})),
    comment: null,
    rules: [],
    triggers: [],
    ...(of.rowType === undefined ? {} : {rowType: {comment: null, grants: everybodys(owner, 'USAGE')}}),
  };
};

/** @param objects names as `schema.name`; those that do not exist have no columns. */
export const columnsSql = (objects: readonly string[]): string => `
SELECT wanted.object, a.attname::text AS name
FROM pg_catalog.json_each_text(${quoteLiteral(JSON.stringify(Object.fromEntries(objects.map((name) => [name, quoteQualified(name)]))))}::json)
  AS wanted(object, address)
JOIN pg_catalog.pg_attribute a ON a.attrelid = pg_catalog.to_regclass(wanted.address) AND a.attnum > 0 AND NOT a.attisdropped`;

/** By object, the names of its columns. */
export const columnsFrom = ({rows}: Rows): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>();
  for (const row of rows) {
    const object = row['object'] ?? '';
    found.set(object, (found.get(object) ?? new Set()).add(row['name'] ?? ''));
  }
  return found;
};

/** Of what a script made: nothing can be given to a column that it has not, and options are set whatever it said of them. */
export const bareWith = (of: Dependant, columns: ReadonlySet<string>): Dependant => {
  const bare = bareOf(of);
  return isRelation(bare) ? {...bare, options: [], columns: bare.columns.filter(({name}) => columns.has(name))} : bare;
};
