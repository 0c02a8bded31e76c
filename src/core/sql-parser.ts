// What a parser of PostgreSQL's grammar must be able to tell of an SQL text. The adapter has PostgreSQL's own.

/** A node of the parse tree as PostgreSQL names it; `location`s are offsets in UTF-16 code units, as in all our texts. */
export type SqlNode = Readonly<Record<string, unknown>>;

/** `{SelectStmt: {…}}`; `offset` is where it begins, before its leading blanks and comments. */
export type ParsedStatement = Readonly<{tree: SqlNode; offset: number}>;

export type ParsedSql =
  | Readonly<{ok: true; statements: readonly ParsedStatement[]}>
  | Readonly<{ok: false; message: string; offset: number}>;

export type SqlParser = Readonly<{
  parse: (sql: string) => ParsedSql;
  /** The tree of the PL/pgSQL body of one DO or CREATE FUNCTION statement; undefined when it cannot be told. */
  parseBody: (statement: string) => SqlNode | undefined;
}>;
