// Which names in a statement need a schema and have none? Our sessions search pg_catalog alone.

import type {SqlNode} from '../core/sql-parser.ts';
import {isCatalogFunction, isCatalogRelation, isCatalogType} from './catalog-names.ts';
import {
  inner,
  isCall,
  isRelation,
  isTypeName,
  list,
  locationOf,
  nameParts,
  nodesOf,
  relationName,
  text,
  unwrapped,
} from './sql-tree.ts';

export type BareName = Readonly<{what: 'relation' | 'function' | 'type'; name: string; offset: number | undefined}>;

// What parse analysis turns into an integer and a sequence.
const serials = new Set(['serial', 'serial2', 'serial4', 'serial8', 'smallserial', 'bigserial']);

/** Names that a statement itself introduces: its common table expressions, whatever their reach. */
const introduced = (tree: SqlNode): ReadonlySet<string> =>
  new Set(nodesOf(tree).flatMap(([, node]) => (typeof node['ctename'] === 'string' ? [node['ctename']] : [])));

const constant = (node: SqlNode | undefined): string | undefined => {
  const value = node === undefined ? undefined : inner(inner(node, 'A_Const') ?? {}, 'sval');
  return value === undefined ? undefined : text(value, 'sval');
};

/** A plain name in a string: with a dot, quotes or anything else it is either qualified or not ours to judge. */
const isBare = (name: string | undefined): name is string => name !== undefined && /^[a-z_][\w$]*$/i.test(name);

// Functions whose first argument is looked up as the name of a relation.
const lookups = new Set(['to_regclass', 'nextval', 'currval', 'setval', 'pg_get_viewdef', 'pg_relation_size']);

const inCall = (node: SqlNode): readonly BareName[] => {
  const [name = '', ...more] = nameParts(list(node, 'funcname'));
  if (more.length > 0) return [];
  const offset = locationOf(node);
  const given = constant(list(node, 'args')[0]);
  if (lookups.has(name) && isBare(given) && !isCatalogRelation(given)) return [{what: 'relation', name: given, offset}];
  return isCatalogFunction(name) ? [] : [{what: 'function', name, offset}];
};

const inCast = (node: SqlNode): readonly BareName[] => {
  const given = constant(inner(node, 'arg'));
  if (!isBare(given)) return [];
  const offset = locationOf(node);
  switch (nameParts(list(inner(node, 'typeName') ?? {}, 'names')).at(-1)) {
    case 'regclass':
      return isCatalogRelation(given) ? [] : [{what: 'relation', name: given, offset}];
    case 'regproc':
      return isCatalogFunction(given) ? [] : [{what: 'function', name: given, offset}];
    default:
      return [];
  }
};

const inType = (node: SqlNode): readonly BareName[] => {
  const [name = '', ...more] = nameParts(list(node, 'names'));
  // `column%TYPE` names a column of a relation, which is another notation.
  if (more.length > 0 || node['pct_type'] === true || isCatalogType(name) || serials.has(name)) return [];
  return [{what: 'type', name, offset: locationOf(node)}];
};

/** Kinds of object that live in a schema, and how many parts their name has with it. */
const partsWithSchema: Readonly<Record<string, number>> = {
  OBJECT_TABLE: 2,
  OBJECT_VIEW: 2,
  OBJECT_MATVIEW: 2,
  OBJECT_INDEX: 2,
  OBJECT_SEQUENCE: 2,
  OBJECT_FOREIGN_TABLE: 2,
  OBJECT_COLLATION: 2,
  OBJECT_STATISTIC_EXT: 2,
  OBJECT_COLUMN: 3,
  OBJECT_TRIGGER: 3,
  OBJECT_RULE: 3,
  OBJECT_POLICY: 3,
  OBJECT_TABCONSTRAINT: 3,
};

const routines = new Set(['OBJECT_FUNCTION', 'OBJECT_PROCEDURE', 'OBJECT_ROUTINE', 'OBJECT_AGGREGATE']);

/** DROP and COMMENT ON spell names out as lists of strings. */
const addressed = (objectType: string, object: SqlNode): readonly BareName[] => {
  const [, node] = unwrapped(object);
  if (routines.has(objectType)) {
    const [name = '', ...more] = nameParts(list(node, 'objname'));
    return more.length > 0 ? [] : [{what: 'function', name, offset: undefined}];
  }
  const expected = partsWithSchema[objectType];
  const parts = nameParts(list(node, 'items'));
  if (expected === undefined || parts.length === 0 || parts.length >= expected) return [];
  return [{what: 'relation', name: parts[0] ?? '', offset: undefined}];
};

/** What a statement creates or addresses without a node of its own. */
const inStatement = (kind: string, node: SqlNode): readonly BareName[] => {
  const lone = (what: BareName['what'], key: string): readonly BareName[] => {
    const parts = nameParts(list(node, key));
    return parts.length === 1 ? [{what, name: parts[0] ?? '', offset: undefined}] : [];
  };
  switch (kind) {
    case 'DropStmt':
      return list(node, 'objects').flatMap((object) => addressed(text(node, 'removeType'), object));
    case 'CommentStmt': {
      const object = inner(node, 'object');
      return object === undefined ? [] : addressed(text(node, 'objtype'), object);
    }
    case 'CreateFunctionStmt':
      return lone('function', 'funcname');
    case 'CreateTrigStmt':
      return lone('function', 'funcname').filter(({name}) => !isCatalogFunction(name));
    case 'CreateEnumStmt':
    case 'CreateRangeStmt':
      return lone('type', 'typeName');
    case 'CreateDomainStmt':
      return lone('type', 'domainname');
    default:
      return [];
  }
};

/** Places whose relations are not looked up by the search path: aliases, and what CREATE SCHEMA makes inside of itself. */
const elsewhere = new Set(['lockedRels', 'schemaElts']);

/** @param temporary names of temporary tables, which have a schema of their own that is always searched. */
export const bareNames = (tree: SqlNode, temporary: ReadonlySet<string>): readonly BareName[] => {
  const known = introduced(tree);
  const [kind, top] = unwrapped(tree);
  const seen = nodesOf(tree, elsewhere).flatMap(([key, node]): readonly BareName[] => {
    if (isRelation(node)) {
      const name = relationName(node);
      const isSearched = text(node, 'schemaname') === '' && text(node, 'relpersistence') !== 't';
      return isSearched && !known.has(name) && !isCatalogRelation(name)
        ? [{what: 'relation', name, offset: locationOf(node)}]
        : [];
    }
    if (isCall(node)) return inCall(node);
    if (isTypeName(node)) return inType(node);
    return key === 'TypeCast' ? inCast(node) : [];
  });
  return [...seen, ...inStatement(kind, top)].filter(({what, name}) => what !== 'relation' || !temporary.has(name));
};

/** From such a statement on, another search path holds, and what it finds cannot be told from here. */
export const setsSearchPath = (tree: SqlNode): boolean => {
  const [kind, node] = unwrapped(tree);
  if (kind === 'VariableSetStmt') return text(node, 'name') === 'search_path';
  return nodesOf(tree).some(
    ([, call]) =>
      isCall(call) &&
      nameParts(list(call, 'funcname')).at(-1) === 'set_config' &&
      constant(list(call, 'args')[0]) === 'search_path',
  );
};
