// What do the files of a migration say of which objects, and of which of their statements can nobody tell?

import type {Effect, Saying, ScriptEffects} from '../../core/script-effects.ts';
import type {SqlNode, SqlParser} from '../../core/sql-parser.ts';
import {tokenize} from '../../core/sql-tokens.ts';
import {isCatalogFunction} from '../catalog-names.ts';
import {positions} from '../source.ts';
import {bodyOf} from '../sql-bodies.ts';
import {isCall, list, nameParts, nodesOf, relationName, inner, unwrapped} from '../sql-tree.ts';
import {effectsOf, isTemporary, isUnplaced, type StatementEffect} from './statement-effects.ts';

export type ScriptFile = Readonly<{file: string; sql: string}>;

/** 160 characters: what a line of the preview shows of a statement. */
const SHOWN = 160;

const onOneLine = (sql: string): string => {
  const line = sql
    .replaceAll(/--[^\n]*/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/;$/, '');
  return line.length > SHOWN ? `${line.slice(0, SHOWN - 1)}…` : line;
};

/** Whether it calls what is not the server's own: a function of somebody's may change anything. */
const callsOthers = (tree: SqlNode): boolean =>
  nodesOf(tree).some(([, node]) => {
    if (!isCall(node)) return false;
    const [first = '', second] = nameParts(list(node, 'funcname'));
    if (second === undefined) return !isCatalogFunction(first);
    return first !== 'pg_catalog';
  });

/** A statement that is asked for its answer alone has no other reason to call a function than what the function does. */
const mayDoAnything = (tree: SqlNode): boolean => {
  const [kind] = unwrapped(tree);
  switch (kind) {
    case 'CallStmt':
    case 'ExecuteStmt':
    case 'DropOwnedStmt':
    case 'ReassignOwnedStmt':
    case 'AlterExtensionStmt':
    case 'CreateExtensionStmt':
    case 'ImportForeignSchemaStmt':
      return true;
    case 'SelectStmt':
      return callsOthers(tree);
    default:
      return false;
  }
};

type Read = Readonly<{said: readonly StatementEffect[]; opaque: boolean}>;

const readStatement = (parser: SqlParser, tree: SqlNode, statement: string, temporary: ReadonlySet<string>): Read => {
  const [kind, node] = unwrapped(tree);
  if (kind !== 'DoStmt') {
    const said = isTemporary(tree) ? [] : effectsOf(tree).filter(({object}) => !temporary.has(object));
    return {said: said.filter((one) => !isUnplaced(one)), opaque: said.some(isUnplaced) || mayDoAnything(tree)};
  }
  // A block whose statements are all written out says what it does as any other script.
  const bodies = list(node, 'args').length;
  const body = bodyOf(parser, tree, statement, 0);
  if (bodies === 0 || body.statements.length === 0 || /\bexecute\b/i.test(statement)) return {said: [], opaque: true};
  const parts = body.statements.map(({sql}): Read => {
    const parsed = parser.parse(sql);
    if (!parsed.ok) return {said: [], opaque: true};
    const inside = parsed.statements.map((one) => readStatement(parser, one.tree, sql, temporary));
    return {said: inside.flatMap(({said}) => said), opaque: inside.some(({opaque}) => opaque)};
  });
  return {said: parts.flatMap(({said}) => said), opaque: parts.some(({opaque}) => opaque)};
};

const temporaryName = (tree: SqlNode): readonly string[] => {
  if (!isTemporary(tree)) return [];
  const [, node] = unwrapped(tree);
  const relation = inner(node, 'relation') ?? inner(node, 'view') ?? inner(inner(node, 'into') ?? {}, 'rel');
  return relation === undefined ? [] : [relationName(relation)];
};

/** @param files in the order in which they run. */
export const scriptEffects = (parser: SqlParser, files: readonly ScriptFile[]): ScriptEffects => {
  const effects: Effect[] = [];
  const opaque: Saying[] = [];
  const temporary = new Set<string>();
  for (const {file, sql} of files) {
    const parsed = parser.parse(sql);
    if (!parsed.ok) {
      opaque.push({file, line: 1, text: parsed.message});
      continue;
    }
    const positionOf = positions(sql);
    for (const [at, {tree, offset}] of parsed.statements.entries()) {
      const end = parsed.statements[at + 1]?.offset ?? sql.length;
      const statement = sql.slice(offset, end);
      // The parser counts the blanks and comments before a statement to it.
      const first = tokenize(statement).tokens.find(({text: word}) => word !== ';')?.offset ?? 0;
      const saying: Saying = {file, line: positionOf(offset + first).line, text: onOneLine(statement.slice(first))};
      for (const name of temporaryName(tree)) temporary.add(name);
      const read = readStatement(parser, tree, statement, temporary);
      effects.push(...read.said.map((said) => ({...saying, ...said})));
      if (read.opaque) opaque.push(saying);
    }
  }
  return {effects, opaque};
};
