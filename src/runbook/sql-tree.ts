// How the parse tree of a statement is read without a type for each of PostgreSQL's four hundred kinds of node.

import type {SqlNode} from '../core/sql-parser.ts';

export const isNode = (value: unknown): value is SqlNode =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The one key of a wrapped node, its kind, and what it wraps. */
export const unwrapped = (tree: SqlNode): readonly [kind: string, node: SqlNode] => {
  const [kind = '', node] = Object.entries(tree)[0] ?? [];
  return [kind, isNode(node) ? node : {}];
};

export const text = (node: SqlNode, key: string): string => {
  const value = node[key];
  return typeof value === 'string' ? value : '';
};

export const list = (node: SqlNode, key: string): readonly SqlNode[] => {
  const value = node[key];
  return Array.isArray(value) ? value.filter(isNode) : [];
};

export const inner = (node: SqlNode, key: string): SqlNode | undefined => {
  const value = node[key];
  return isNode(value) ? value : undefined;
};

/** `[{String: {sval: 'public'}}, …]` as its parts. */
export const nameParts = (nodes: readonly SqlNode[]): readonly string[] =>
  nodes.flatMap((node) => {
    const string = inner(node, 'String');
    return string === undefined ? [] : [text(string, 'sval')];
  });

/** One of the options that a statement has as a list: `(create_slot = false)`, `AS '…'`. */
export const optionOf = (node: SqlNode, key: string, name: string): SqlNode | undefined =>
  list(node, key)
    .map((element) => inner(element, 'DefElem'))
    .find((element) => element !== undefined && text(element, 'defname') === name);

export type Keyed = readonly [key: string, node: SqlNode];

const collect = (value: unknown, key: string, without: ReadonlySet<string>, into: Keyed[]): void => {
  if (Array.isArray(value)) for (const one of value) collect(one, key, without, into);
  else if (isNode(value)) {
    into.push([key, value]);
    for (const name in value) if (!without.has(name)) collect(value[name], name, without, into);
  }
};

const nothing: ReadonlySet<string> = new Set();

/** Every node in a tree, each with the key that it stands under, from the outside in; not what stands under `without`. */
export const nodesOf = (value: unknown, without = nothing): readonly Keyed[] => {
  const into: Keyed[] = [];
  collect(value, '', without, into);
  return into;
};

/** A relation by name. Some places hold it wrapped and some bare, so it is known by its fields. */
export const isRelation = (node: SqlNode): boolean =>
  typeof node['relname'] === 'string' && typeof node['relpersistence'] === 'string';

export const isTypeName = (node: SqlNode): boolean => Array.isArray(node['names']) && typeof node['typemod'] === 'number';

export const isCall = (node: SqlNode): boolean => Array.isArray(node['funcname']) && 'funcformat' in node;

/** `schema.name`, or the name alone when no schema is written. */
export const relationName = (node: SqlNode): string =>
  [text(node, 'schemaname'), text(node, 'relname')].filter((part) => part !== '').join('.');

/** Where a node stands; undefined for those that PostgreSQL does not place. */
export const locationOf = (node: SqlNode): number | undefined => {
  const at = node['location'];
  // PostgreSQL leaves a zero out, and writes -1 for a node that no text stands for.
  if (at === undefined) return undefined;
  return typeof at === 'number' && at >= 0 ? at : undefined;
};
