// Does a materialised view that falls come back with the rows that it had? It is filled anew, from what there is today.

import {quoteIdentifier, quoteLiteral} from '../../catalog/names.ts';
import {isRelation, qualifiedName, type Dependant, type ObjectState} from '../../catalog/snapshot.ts';
import {success, type CatalogChange, type Result} from '../../core/failure.ts';
import type {Rows as Answer} from '../../core/ports.ts';

/** Of each filled view by name: how many rows, and what is in them; undefined where the login may not read it. */
export type Rows = ReadonlyMap<string, Readonly<{count: string; content: string}> | undefined>;

const nameOf = ({schema, name}: ObjectState): string => `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;

/** The same rows in any order give the same sum; it is numeric, so that it cannot overflow. */
const contentSql = (of: ObjectState): string =>
  `SELECT count(*)::text AS count, coalesce(sum(hashtextextended((q.*)::text, 0)), 0)::text AS content FROM ${nameOf(of)} AS q`;

/** Sends statements in one message, and tells what each answered. */
export type Ask = (statements: readonly string[]) => Promise<Result<readonly Answer[]>>;

/** Materialized views that hold rows, and that a put-back would fill anew. */
export const filledIn = (falling: readonly Dependant[]): readonly ObjectState[] =>
  falling.filter(isRelation).filter(({kind, populated}) => kind === 'materialized view' && populated);

export const rowsIn = async (ask: Ask, falling: readonly Dependant[]): Promise<Result<Rows>> => {
  const filled = filledIn(falling);
  if (filled.length === 0) return success(new Map());
  const allowed = await ask(
    filled.map((of) => `SELECT has_table_privilege(${quoteLiteral(nameOf(of))}, 'SELECT')::text AS may`),
  );
  if (!allowed.ok) return allowed;
  const readable = filled.filter((_, at) => allowed.value[at]?.rows[0]?.['may'] === 'true');
  const read = await ask(readable.map(contentSql));
  if (!read.ok) return read;
  const found = new Map(
    readable.map((of, at) => {
      const row = read.value[at]?.rows[0];
      return [qualifiedName(of), {count: row?.['count'] ?? '', content: row?.['content'] ?? ''}] as const;
    }),
  );
  return success(new Map(filled.map((of) => [qualifiedName(of), found.get(qualifiedName(of))])));
};

/** `before` and `after` are numbers of rows; both are empty where nobody could look. */
export const rowChanges = (before: Rows, after: Rows): readonly CatalogChange[] =>
  [...before].flatMap(([object, was]) => {
    // One that does not come back is missed as a whole.
    if (!after.has(object)) return [];
    const is = after.get(object);
    if (was === undefined || is === undefined) return [{object, aspect: 'rows', before: '', after: ''}];
    const isSame = was.count === is.count && was.content === is.content;
    return isSame ? [] : [{object, aspect: 'rows', before: was.count, after: is.count}];
  });
