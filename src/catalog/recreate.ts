// Which statements drop captured objects, create them again, and give them back what they had.

import {grantStatements, surplusGrants, type Right} from './grants.ts';
import {quoteIdentifier, quoteLiteral} from './names.ts';
import {
  isRelation,
  qualifiedName,
  type ColumnState,
  type Dependant,
  type ObjectState,
  type PartState,
} from './snapshot.ts';

const nameOf = (of: ObjectState): string => `${quoteIdentifier(of.schema)}.${quoteIdentifier(of.name)}`;
const keyword = (of: ObjectState): string => (of.kind === 'view' ? 'VIEW' : 'MATERIALIZED VIEW');
const addressOf = (of: Dependant): string => (isRelation(of) ? `${keyword(of)} ${nameOf(of)}` : of.address);

/** RESTRICT, always: what we did not capture, the server refuses to drop. */
export const dropStatement = (of: Dependant): string => {
  if (of.kind === 'column default') return `ALTER ${of.address} DROP DEFAULT`;
  return `DROP ${addressOf(of)} RESTRICT`;
};

/**
 * Takes the strongest lock on the object, or on the table it belongs to, and changes nothing, whatever happened since
 * the capture: a move to the schema that it is in. (Giving it the owner it has would undo an owner changed meanwhile.)
 */
export const lockStatement = (of: Dependant): string =>
  isRelation(of) ? `ALTER ${addressOf(of)} SET SCHEMA ${quoteIdentifier(of.schema)}` : of.lock;

const optionList = (options: readonly string[]): string =>
  options
    .map((option) => {
      const at = option.indexOf('=');
      return `${option.slice(0, at)}=${quoteLiteral(option.slice(at + 1))}`;
    })
    .join(', ');

/** The bare object: definition and options. Owner, grants and comments are put back by `putBackStatements`. */
export const createStatements = (of: Dependant): readonly string[] => {
  if (!isRelation(of)) return [of.definition];
  const options = of.options.length === 0 ? '' : ` WITH (${optionList(of.options)})`;
  const query = of.definition.trimEnd().replace(/;$/, '');
  const data = of.kind === 'view' ? '' : of.populated ? ' WITH DATA' : ' WITH NO DATA';
  return [`CREATE ${keyword(of)} ${nameOf(of)}${options} AS\n${query}${data}`, ...of.indexes];
};

const ownsItself = (of: Dependant): boolean =>
  isRelation(of) || of.kind === 'function' || of.kind === 'procedure' || of.kind === 'statistics object';

export const ownerStatement = (of: Dependant): string => `ALTER ${addressOf(of)} OWNER TO ${quoteIdentifier(of.owner)}`;

/** None for what belongs to its table's owner. */
export const ownerStatements = (of: Dependant): readonly string[] => (ownsItself(of) ? [ownerStatement(of)] : []);

const optionStatements = (wanted: ObjectState, present: ObjectState): readonly string[] => {
  const key = (option: string): string => option.slice(0, option.indexOf('='));
  const lost = present.options.filter((option) => !wanted.options.some((other) => key(other) === key(option)));
  const set = wanted.options.filter((option) => !present.options.includes(option));
  const alter = `ALTER ${keyword(wanted)} ${nameOf(wanted)}`;
  return [
    ...(lost.length === 0 ? [] : [`${alter} RESET (${lost.map(key).join(', ')})`]),
    ...(set.length === 0 ? [] : [`${alter} SET (${optionList(set)})`]),
  ];
};

const comment = (text: string | null): string => (text === null ? 'NULL' : quoteLiteral(text));

/** Of the columns that exist: one that the change removed cannot get anything back, and the comparison tells of it. */
const columnRights = (of: ObjectState, other: ObjectState): readonly Right[] => {
  const names = new Set(other.columns.map(({name}) => name));
  return of.columns.flatMap(({name, grants}) =>
    names.has(name) ? grants.map((grant) => ({...grant, column: name})) : [],
  );
};

const columnStatements = (wanted: ObjectState, present: ObjectState): readonly string[] => {
  // REVOKE on the whole object takes the rights on its columns as well, so after one they are all given again.
  const isRevoked = surplusGrants(wanted.grants, present.grants).length > 0;
  const there = new Map(present.columns.map((column) => [column.name, column]));
  const said = wanted.columns.flatMap((column) => {
    const now: ColumnState | undefined = there.get(column.name);
    if (now === undefined) return [];
    const name = `${nameOf(wanted)}.${quoteIdentifier(column.name)}`;
    const change = `ALTER ${keyword(wanted)} ${nameOf(wanted)} ALTER COLUMN ${quoteIdentifier(column.name)}`;
    return [
      ...(column.comment === now.comment ? [] : [`COMMENT ON COLUMN ${name} IS ${comment(column.comment)}`]),
      ...(column.default === now.default
        ? []
        : [column.default === null ? `${change} DROP DEFAULT` : `${change} SET DEFAULT ${column.default}`]),
    ];
  });
  const rights = columnRights(wanted, present);
  return [
    ...said,
    ...grantStatements(nameOf(wanted), wanted.owner, rights, isRevoked ? [] : columnRights(present, wanted)),
  ];
};

const settingStatements = (wanted: Dependant, present: Dependant): readonly string[] => [
  ...wanted.settings.filter((setting) => !present.settings.includes(setting)),
  ...(wanted.extensions ?? []).filter((one) => !(present.extensions ?? []).includes(one)),
];

const rowTypeStatements = (wanted: ObjectState, present: ObjectState): readonly string[] => {
  // A snapshot of format 1 does not know what it was, and nothing is known to be put back.
  if (wanted.rowType === undefined || present.rowType === undefined) return [];
  const type = `TYPE ${nameOf(wanted)}`;
  return [
    ...(wanted.rowType.comment === present.rowType.comment
      ? []
      : [`COMMENT ON ${type} IS ${comment(wanted.rowType.comment)}`]),
    ...grantStatements(type, wanted.owner, wanted.rowType.grants, present.rowType.grants),
  ];
};

const partStatements = (wanted: PartState, present: PartState): readonly string[] => [
  ...grantStatements(wanted.address, wanted.owner, wanted.grants, present.grants),
  ...settingStatements(wanted, present),
];

const relationStatements = (wanted: ObjectState, present: ObjectState): readonly string[] => [
  ...optionStatements(wanted, present),
  ...(wanted.comment === present.comment
    ? []
    : [`COMMENT ON ${keyword(wanted)} ${nameOf(wanted)} IS ${comment(wanted.comment)}`]),
  ...grantStatements(nameOf(wanted), wanted.owner, wanted.grants, present.grants),
  ...columnStatements(wanted, present),
  ...rowTypeStatements(wanted, present),
  ...wanted.rules.filter((rule) => !present.rules.includes(rule)),
  ...wanted.triggers.filter((trigger) => !present.triggers.includes(trigger)),
  ...settingStatements(wanted, present),
];

/** Of the statements below, those that decide who may read through the object: they need nothing but the object. */
export const rightStatements = (wanted: Dependant, present: Dependant): readonly string[] => {
  if (!isRelation(wanted)) {
    return grantStatements(wanted.address, wanted.owner, wanted.grants, present.grants);
  }
  if (!isRelation(present)) return [];
  const bare = {...wanted, comment: present.comment, rules: [], triggers: [], settings: [], extensions: []};
  const kept = wanted.columns.map((column) => {
    const now = present.columns.find(({name}) => name === column.name);
    return {...column, default: now?.default ?? null, comment: now?.comment ?? null};
  });
  return relationStatements({...bare, columns: kept}, present);
};

/**
 * What brings an object that exists to the owner-independent state it had: options, comments, grants, defaults, rules
 * and triggers. `present` must have been captured after the owner was set, since ALTER OWNER rewrites the grants.
 */
export const putBackStatements = (wanted: Dependant, present: Dependant): readonly string[] => {
  if (isRelation(wanted)) return isRelation(present) ? relationStatements(wanted, present) : [];
  return isRelation(present) ? [] : partStatements(wanted, present);
};

export const isSame = (a: Dependant, b: Dependant): boolean => qualifiedName(a) === qualifiedName(b);
