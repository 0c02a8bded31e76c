// Which statements run inside of a statement: in the body of a DO block, or of a function in SQL?

import type {SqlNode, SqlParser} from '../core/sql-parser.ts';
import {inner, list, nodesOf, optionOf, text, unwrapped} from './sql-tree.ts';

/** An SQL text inside of another one; `at` leads from its offsets to those of the outer text, as near as can be told. */
export type InnerSql = Readonly<{sql: string; at: (offset: number) => number}>;

export type Body = Readonly<{
  statements: readonly InnerSql[];
  /** Where it ends a transaction. */
  endings: readonly Readonly<{statement: string; offset: number}>[];
}>;

const empty: Body = {statements: [], endings: []};

const optionText = (node: SqlNode, key: 'args' | 'options', name: string): string | undefined => {
  const argument = inner(optionOf(node, key, name) ?? {}, 'arg');
  if (argument === undefined) return undefined;
  const [first] = list(inner(argument, 'List') ?? {}, 'items');
  const string = inner(argument, 'String') ?? inner(first ?? {}, 'String');
  return string === undefined ? undefined : text(string, 'sval');
};

/** The offset of each line's beginning in the body, added to where the body begins. */
const lineStart = (body: string, line: number): number => {
  let at = 0;
  for (let nth = 1; nth < line; nth += 1) {
    const next = body.indexOf('\n', at);
    if (next < 0) return at;
    at = next + 1;
  }
  return at;
};

/**
 * Where a query of the tree stands in the body. The parser writes SELECT for PERFORM, which has a letter more, and blanks
 * over INTO and what follows it.
 */
const placeOf = (body: string, query: string, from: number): number | undefined => {
  const beginning = query.split(/ {6,}/)[0] ?? query;
  const exact = body.indexOf(beginning, from);
  if (exact >= 0) return exact;
  const rest = beginning.replace(/^\s*SELECT\s/i, '');
  const performed = body.indexOf(rest, from);
  return performed < 0 ? undefined : performed - (beginning.length - rest.length);
};

const sqlOf = (query: string, mode: number): Readonly<{sql: string; skipped: number}> => {
  // 2: an expression. 3 and above: an assignment, of which the right side is an expression.
  if (mode === 0) return {sql: query, skipped: 0};
  const value = mode > 2 ? query.replace(/^.*?:?=/s, '') : query;
  return {sql: `SELECT ${value}`, skipped: 'SELECT '.length - (query.length - value.length)};
};

/** The text of a string constant given to EXECUTE. */
const executed = (parser: SqlParser, sql: string): string | undefined => {
  const parsed = parser.parse(sql);
  if (!parsed.ok) return undefined;
  const target = list(unwrapped(parsed.statements[0]?.tree ?? {})[1], 'targetList')[0];
  const value = inner(inner(inner(target ?? {}, 'ResTarget') ?? {}, 'val') ?? {}, 'A_Const');
  const string = value === undefined ? undefined : inner(value, 'sval');
  return string === undefined ? undefined : text(string, 'sval');
};

const ofPlpgsql = (parser: SqlParser, statement: string, body: string, start: number): Body => {
  const tree = parser.parseBody(statement);
  if (tree === undefined) return empty;
  const statements: InnerSql[] = [];
  const endings: {statement: string; offset: number}[] = [];
  let line = 1;
  for (const [key, node] of nodesOf(tree)) {
    if (typeof node['lineno'] === 'number') line = node['lineno'];
    const ending = /^PLpgSQL_stmt_(commit|rollback)$/.exec(key)?.[1];
    if (ending !== undefined) {
      const from = lineStart(body, line);
      const within = body.slice(from).toLowerCase().indexOf(ending);
      endings.push({statement: ending, offset: start + from + Math.max(0, within)});
    }
    const dynamic = key === 'PLpgSQL_stmt_dynexecute' ? inner(inner(node, 'query') ?? {}, 'PLpgSQL_expr') : undefined;
    if (dynamic !== undefined) {
      const sql = executed(parser, `SELECT ${text(dynamic, 'query')}`);
      const from = lineStart(body, line);
      const found = body.indexOf(text(dynamic, 'query'), from);
      if (sql !== undefined) statements.push({sql, at: () => start + (found < 0 ? from : found)});
    }
    if (key === 'PLpgSQL_expr') {
      const query = text(node, 'query');
      const {sql, skipped} = sqlOf(query, typeof node['parseMode'] === 'number' ? node['parseMode'] : 0);
      const from = lineStart(body, line);
      const base = placeOf(body, query, from);
      statements.push({sql, at: (offset) => start + (base === undefined ? from : base + offset - skipped)});
    }
  }
  return {statements, endings};
};

/**
 * @param statement the whole statement as it stands in the file, and `offset`, where that is.
 * @param setsPath a function that brings its own search_path is not looked into.
 */
export const bodyOf = (parser: SqlParser, tree: SqlNode, statement: string, offset: number): Body => {
  const [kind, node] = unwrapped(tree);
  const isDo = kind === 'DoStmt';
  if (!isDo && kind !== 'CreateFunctionStmt') return empty;
  const body = optionText(node, isDo ? 'args' : 'options', 'as');
  if (body === undefined) return empty;
  const language = (optionText(node, isDo ? 'args' : 'options', 'language') ?? (isDo ? 'plpgsql' : 'sql')).toLowerCase();
  // With doubled quotes or escapes inside, the body is not in the file letter for letter: then its places are the start's.
  const found = statement.indexOf(body);
  const start = offset + Math.max(0, found);
  if (language === 'plpgsql') return ofPlpgsql(parser, statement, body, start);
  if (language !== 'sql') return empty;
  return {statements: [{sql: body, at: (at) => (found < 0 ? start : start + at)}], endings: []};
};
