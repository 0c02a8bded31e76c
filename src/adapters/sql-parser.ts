// How an SQL text becomes PostgreSQL's own parse tree: libpg_query, compiled to WebAssembly.

import {setFlagsFromString} from 'node:v8';
import type * as libpgQuery from 'libpg-query';
import type {ParsedSql, SqlNode, SqlParser} from '../core/sql-parser.ts';

/**
 * Words that PostgreSQL 16 to 18 reserve and 15 does not: the parser is of 18, and `json_value` may be somebody's
 * function, `format json` and `nested path` a column and its alias. Where it refuses a text, they are tried as the plain names that they are to older servers.
 */
const reservedSince15 =
  /\b(?:json_array|json_arrayagg|json_exists|json_object|json_objectagg|json_query|json_scalar|json_serialize|json_table|json_value|merge_action|system_user|format(?=\s+json)|nested(?=\s+path))\b/gi;

/** Another first letter, so that no position moves. */
const disguised = (sql: string): string => sql.replaceAll(reservedSince15, (word) => `_${word.slice(1)}`);

const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length;

/** From bytes of UTF-8 to UTF-16 code units; undefined when they are the same. */
const unitsOfBytes = (text: string): ((byte: number) => number) | undefined => {
  if (isAscii(text)) return undefined;
  const starts: number[] = [];
  let unit = 0;
  for (const character of text) {
    const bytes = Buffer.byteLength(character);
    for (let at = 0; at < bytes; at += 1) starts.push(unit);
    unit += character.length;
  }
  const end = unit;
  return (byte) => starts[byte] ?? end;
};

/** An error is placed by characters, where a tree is placed by bytes. */
const unitOfCharacter = (text: string, characters: number): number =>
  isAscii(text) ? characters : [...text].slice(0, characters).join('').length;

const places = new Set(['location', 'stmt_location']);

const withUnits = (node: unknown, unitOf: (byte: number) => number): unknown => {
  if (Array.isArray(node)) return node.map((inner) => withUnits(inner, unitOf));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      places.has(key) && typeof value === 'number' ? unitOf(value) : withUnits(value, unitOf),
    ]),
  );
};

type Library = typeof libpgQuery;

/** The majors of Node that these are known to exist in: V8 prints a line about a flag that it does not know. */
const optimising = Number(process.versions.node.split('.')[0]) <= 26 ? ['wasm-tier-up', 'wasm-dynamic-tiering'] : [];

/**
 * V8 would optimise the one function that is PostgreSQL's grammar: 100 KB of code, for which it takes 600 MB of memory
 * and two seconds of a core, and the process waits for it at its end. As first compiled it reads a whole runbook in
 * 0.2 s. A function is compiled when it is first called, so the flags are down during the calls and for nobody else.
 */
const unoptimised = <T>(call: () => T): T => {
  for (const flag of optimising) setFlagsFromString(`--no-${flag}`);
  try {
    return call();
  } finally {
    for (const flag of optimising) setFlagsFromString(`--${flag}`);
  }
};

const parsed = ({parseSync}: Library, sql: string): ParsedSql => {
  const {stmts} = unoptimised(() => parseSync(sql));
  const unitOf = unitsOfBytes(sql);
  // The shape is libpg_query's own; `runbook` looks at it node by node.
  const list = (unitOf === undefined ? stmts : withUnits(stmts, unitOf)) as readonly SqlNode[] | undefined;
  return {
    ok: true,
    statements: (list ?? []).map(({stmt, stmt_location: offset}) => ({
      tree: (stmt ?? {}) as SqlNode,
      offset: typeof offset === 'number' ? offset : 0,
    })),
  };
};

const parserOf = (library: Library): SqlParser => {
  const attempt = (sql: string): ParsedSql => {
    if (sql === '') return {ok: true, statements: []};
    try {
      return parsed(library, sql);
    } catch (error) {
      const characters = library.hasSqlDetails(error) ? (error.sqlDetails?.cursorPosition ?? 0) : 0;
      const message = error instanceof Error ? error.message : String(error);
      return {ok: false, message, offset: unitOfCharacter(sql, characters)};
    }
  };
  return {
    parse: (sql) => {
      const first = attempt(sql);
      const older = disguised(sql);
      if (first.ok || older === sql) return first;
      const second = attempt(older);
      return second.ok ? second : first;
    },
    parseBody: (statement) => {
      try {
        return unoptimised(() => library.parsePlPgSQLSync(statement)) as unknown as SqlNode;
      } catch {
        // The server will say so when it runs; what this parser refuses may be one of its own gaps.
        return undefined;
      }
    },
  };
};

/** Loaded on demand: compiling 1.7 MB of WebAssembly takes 50 ms, which the first frame must not wait for. */
export const loadSqlParser = async (): Promise<SqlParser> => {
  const library = await import('libpg-query');
  await library.loadModule();
  return parserOf(library);
};
