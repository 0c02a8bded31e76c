// Which statements drop captured objects, create them again, and give them back what they had.

import {quoteIdentifier, quoteLiteral} from './names.ts';
import {qualifiedName, type ColumnState, type Grant, type ObjectState} from './snapshot.ts';

const nameOf = (of: ObjectState): string => `${quoteIdentifier(of.schema)}.${quoteIdentifier(of.name)}`;
const keyword = (of: ObjectState): string => (of.kind === 'view' ? 'VIEW' : 'MATERIALIZED VIEW');

/** RESTRICT, always: what we did not capture, the server refuses to drop. */
export const dropStatement = (of: ObjectState): string => `DROP ${keyword(of)} ${nameOf(of)} RESTRICT`;

const optionList = (options: readonly string[]): string =>
  options
    .map((option) => {
      const at = option.indexOf('=');
      return `${option.slice(0, at)}=${quoteLiteral(option.slice(at + 1))}`;
    })
    .join(', ');

/** The bare object: definition and options. Owner, grants and comments are put back by `putBackStatements`. */
export const createStatements = (of: ObjectState): readonly string[] => {
  const options = of.options.length === 0 ? '' : ` WITH (${optionList(of.options)})`;
  const query = of.definition.trimEnd().replace(/;$/, '');
  const data = of.kind === 'view' ? '' : of.populated ? ' WITH DATA' : ' WITH NO DATA';
  return [`CREATE ${keyword(of)} ${nameOf(of)}${options} AS\n${query}${data}`, ...of.indexes];
};

export const ownerStatement = (of: ObjectState): string =>
  `ALTER ${keyword(of)} ${nameOf(of)} OWNER TO ${quoteIdentifier(of.owner)}`;

const grantee = (grant: Grant): string => (grant.grantee === 'PUBLIC' ? 'PUBLIC' : quoteIdentifier(grant.grantee));
const sameGrant = (a: Grant, b: Grant): boolean =>
  a.grantee === b.grantee && a.grantor === b.grantor && a.privilege === b.privilege && a.grantable === b.grantable;

/** A grant that another role than the owner gave must be given by that role again, or it would be another grant. */
const asGrantor = (owner: string, grantor: string, statement: string): readonly string[] =>
  grantor === owner ? [statement] : [`SET LOCAL ROLE ${quoteIdentifier(grantor)}`, statement, 'RESET ROLE'];

const grantStatements = (
  on: string,
  owner: string,
  column: string | undefined,
  wanted: readonly Grant[],
  present: readonly Grant[],
): readonly string[] => {
  const what = (privilege: string): string =>
    column === undefined ? privilege : `${privilege} (${quoteIdentifier(column)})`;
  const surplus = present.filter((grant) => !wanted.some((other) => sameGrant(grant, other)));
  const lacking = wanted.filter((grant) => !present.some((other) => sameGrant(grant, other)));
  return [
    ...surplus.flatMap((grant) =>
      asGrantor(owner, grant.grantor, `REVOKE ${what(grant.privilege)} ON ${on} FROM ${grantee(grant)}`),
    ),
    // The owner's own grants first: what another grantor passed on rests on them.
    ...lacking
      .toSorted((a, b) => Number(a.grantor !== owner) - Number(b.grantor !== owner))
      .flatMap((grant) =>
        asGrantor(
          owner,
          grant.grantor,
          `GRANT ${what(grant.privilege)} ON ${on} TO ${grantee(grant)}${grant.grantable ? ' WITH GRANT OPTION' : ''}`,
        ),
      ),
  ];
};

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

const columnStatements = (wanted: ObjectState, present: ObjectState): readonly string[] =>
  wanted.columns.flatMap((column) => {
    const now: ColumnState | undefined = present.columns.find(({name}) => name === column.name);
    // A column that the change removed cannot get anything back; the difference is reported by the comparison.
    if (now === undefined) return [];
    const name = `${nameOf(wanted)}.${quoteIdentifier(column.name)}`;
    const change = `ALTER ${keyword(wanted)} ${nameOf(wanted)} ALTER COLUMN ${quoteIdentifier(column.name)}`;
    return [
      ...(column.comment === now.comment ? [] : [`COMMENT ON COLUMN ${name} IS ${comment(column.comment)}`]),
      ...(column.default === now.default
        ? []
        : [column.default === null ? `${change} DROP DEFAULT` : `${change} SET DEFAULT ${column.default}`]),
      ...grantStatements(nameOf(wanted), wanted.owner, column.name, column.grants, now.grants),
    ];
  });

/**
 * What brings an object that exists to the owner-independent state it had: options, comments, grants, defaults, rules
 * and triggers. `present` must have been captured after the owner was set, since ALTER OWNER rewrites the grants.
 */
export const putBackStatements = (wanted: ObjectState, present: ObjectState): readonly string[] => [
  ...optionStatements(wanted, present),
  ...(wanted.comment === present.comment
    ? []
    : [`COMMENT ON ${keyword(wanted)} ${nameOf(wanted)} IS ${comment(wanted.comment)}`]),
  ...grantStatements(nameOf(wanted), wanted.owner, undefined, wanted.grants, present.grants),
  ...columnStatements(wanted, present),
  ...wanted.rules.filter((rule) => !present.rules.includes(rule)),
  ...wanted.triggers.filter((trigger) => !present.triggers.includes(trigger)),
];

export const isSame = (a: ObjectState, b: ObjectState): boolean => qualifiedName(a) === qualifiedName(b);
