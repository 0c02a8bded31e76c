// Which views does a script create, from which queries?

import type {CreatedView} from '../core/planned-view.ts';
import {tokenize, type Token} from '../core/sql-tokens.ts';
import {statementsOf, type Statement} from './sql-statements.ts';

const isWord = (token: Token | undefined, ...words: readonly string[]): boolean =>
  token?.kind === 'word' && words.includes(token.text);
const isSymbol = (token: Token | undefined, symbol: string): boolean =>
  token?.kind === 'symbol' && token.text === symbol;

const nameOf = (token: Token | undefined): string | undefined => {
  if (token?.kind === 'word') return token.text;
  return token?.kind === 'identifier' ? token.text.slice(1, -1).replaceAll('""', '"') : undefined;
};

const createdView = (sql: string, tokens: Statement): CreatedView | undefined => {
  let at = 0;
  const skip = (...words: readonly string[]): boolean => {
    const found = isWord(tokens[at], ...words);
    if (found) at += 1;
    return found;
  };
  if (!skip('create')) return undefined;
  const replaces = skip('or') && skip('replace');
  // A temporary view is nobody's declared object, and a recursive one writes its query in another way.
  if (!skip('view')) return undefined;
  const parts = [nameOf(tokens[at])];
  at += 1;
  while (isSymbol(tokens[at], '.')) {
    parts.push(nameOf(tokens[at + 1]));
    at += 2;
  }
  const columns: string[] = [];
  let depth = 0;
  // Column names, then WITH (options): the first AS outside of parentheses begins the query.
  let inColumns = isSymbol(tokens[at], '(');
  for (; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (depth === 0 && isWord(token, 'as')) break;
    if (isSymbol(token, '(')) depth += 1;
    else if (isSymbol(token, ')')) {
      depth -= 1;
      if (depth === 0) inColumns = false;
    } else if (inColumns) {
      const column = nameOf(token);
      if (column !== undefined) columns.push(column);
    }
  }
  const start = tokens[at + 1];
  if (start === undefined || parts.includes(undefined)) return undefined;
  // [WITH [CASCADED | LOCAL] CHECK OPTION] is no part of the query.
  let end = tokens.length;
  if (isWord(tokens[end - 1], 'option') && isWord(tokens[end - 2], 'check')) {
    end -= 2;
    if (isWord(tokens[end - 1], 'cascaded', 'local')) end -= 1;
    if (isWord(tokens[end - 1], 'with')) end -= 1;
  }
  const last = tokens[end - 1] ?? start;
  return {name: parts.join('.'), replaces, columns, query: sql.slice(start.offset, last.offset + last.text.length)};
};

export const createdViews = (sql: string): readonly CreatedView[] =>
  statementsOf(tokenize(sql).tokens).flatMap((statement) => createdView(sql, statement) ?? []);
