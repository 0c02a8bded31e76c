// What is wrong with the SQL of a runbook, as PostgreSQL's own parser reads it, all files together?

import type {ParsedStatement, SqlNode, SqlParser} from '../core/sql-parser.ts';
import {tokenize, type LineComment, type Token} from '../core/sql-tokens.ts';
import type {Problem, ProblemDetail} from './problems.ts';
import type {FileRole} from './referenced-files.ts';
import {positions} from './source.ts';
import {allowancesOf} from './sql-allow.ts';
import {bodyOf} from './sql-bodies.ts';
import {bareNames, setsSearchPath} from './sql-names.ts';
import {cascades, findingsOf, refusesTransaction, writes, type Finding, type Knowledge} from './sql-rules.ts';
import {copyOverLine} from './rules/copy-over-line.ts';
import {liftedLimit} from './rules/session-limits.ts';
import {cascadeIn, type Statement} from './sql-statements.ts';
import {inner, list, nameParts, nodesOf, isRelation, relationName, text, unwrapped} from './sql-tree.ts';

/** A file whose words are sound: no open quote, no command of psql. `source` has no byte order mark. */
export type LintFile = Readonly<{file: string; source: string; roles: ReadonlySet<FileRole>}>;

/** A statement with its text, and the words that it is made of. */
type Placed = ParsedStatement & Readonly<{tokens: Statement; end: number}>;

type Read = LintFile &
  Readonly<{comments: readonly LineComment[]}> &
  (Readonly<{statements: readonly Placed[]}> | Readonly<{refused: Readonly<{message: string; offset: number}>}>);

const read = (parser: SqlParser, file: LintFile): Read => {
  const {tokens, comments} = tokenize(file.source);
  const parsed = parser.parse(file.source);
  if (!parsed.ok) return {...file, comments, refused: parsed};
  const statements = parsed.statements.flatMap(({tree, offset}, at): readonly Placed[] => {
    const next = parsed.statements[at + 1]?.offset ?? file.source.length;
    const [first, ...rest] = tokens.filter((token) => token.offset >= offset && token.offset < next);
    return first === undefined ? [] : [{tree, offset: first.offset, tokens: [first, ...rest], end: next}];
  });
  return {...file, comments, statements};
};

const statementsOf = (of: Read): readonly Placed[] => ('statements' in of ? of.statements : []);

/** A relation that a statement creates, and as what. */
const creation = (tree: SqlNode): Readonly<{name: string; view: boolean; temporary: boolean}> | undefined => {
  const [kind, node] = unwrapped(tree);
  const relation =
    kind === 'ViewStmt'
      ? inner(node, 'view')
      : kind === 'CreateStmt'
        ? inner(node, 'relation')
        : inner(inner(node, kind === 'SelectStmt' ? 'intoClause' : 'into') ?? {}, 'rel');
  if (relation === undefined || !isRelation(relation)) return undefined;
  const temporary = text(relation, 'relpersistence') === 't' || text(relation, 'schemaname') === 'pg_temp';
  return {name: relationName(relation), view: kind === 'ViewStmt', temporary};
};

const knowledgeOf = (parser: SqlParser, files: readonly Read[]): Knowledge => {
  const made = files.flatMap((file) =>
    statementsOf(file).flatMap(({tree}) => {
      const of = creation(tree);
      return of === undefined ? [] : [{...of, changes: file.roles.has('change') || file.roles.has('alone')}];
    }),
  );
  const others = new Set(made.filter(({view}) => !view).map(({name}) => name));
  const committing = files.flatMap((file) =>
    statementsOf(file).flatMap(({tree, offset, end}) => {
      const [kind, node] = unwrapped(tree);
      if (kind !== 'CreateFunctionStmt' || node['is_procedure'] !== true) return [];
      const {endings} = bodyOf(parser, tree, file.source.slice(offset, end), offset);
      return endings.length === 0 ? [] : [nameParts(list(node, 'funcname')).at(-1) ?? ''];
    }),
  );
  return {
    views: new Set(made.filter(({view, name}) => view && !others.has(name)).map(({name}) => name)),
    created: new Set(made.filter(({view, changes}) => !view && changes).map(({name}) => name)),
    temporary: new Set(made.filter(({temporary}) => temporary).map(({name}) => name)),
    committing: new Set(committing),
  };
};

const named = (tokens: readonly Token[], name: string): number | undefined =>
  tokens.find(({text: word, kind}) => (kind === 'word' && word === name) || word === `"${name.replaceAll('"', '""')}"`)
    ?.offset;

type Context = Readonly<{parser: SqlParser; knowledge: Knowledge; role: FileRole; searchesOnly: boolean}>;

/** Of one statement, with what stands in its body; offsets are of the text that it stands in. */
const problemsOf = (context: Context, statement: Placed, source: string, isInner: boolean): readonly Finding[] => {
  const {parser, knowledge, role, searchesOnly} = context;
  const {tree, tokens, offset, end} = statement;
  const [kind, node] = unwrapped(tree);
  const head = tokens
    .slice(0, 2)
    .map(({text: word}) => word.toUpperCase())
    .join(' ');
  const findings: Finding[] = [...findingsOf(tree, role, knowledge)];
  const found = (detail: ProblemDetail, at: number | undefined): void => {
    findings.push({detail, offset: at});
  };
  if (cascades(tree)) found({code: 'sql-cascade'}, cascadeIn(tokens)?.offset);
  const alone = refusesTransaction(tree);
  if (alone !== undefined && (role === 'change' || (isInner && role !== 'read'))) {
    found({code: 'sql-not-in-transaction', statement: alone}, undefined);
  }
  const lifted = role === 'sample' ? undefined : liftedLimit(tree);
  if (lifted !== undefined) found({code: 'sql-lifts-limit', setting: lifted}, undefined);
  const copy = role === 'sample' ? undefined : copyOverLine(tree);
  if (copy !== undefined) found({code: 'sql-copy-over-line', statement: copy}, undefined);
  const written = role === 'read' && copy === undefined ? writes(tree, head) : undefined;
  if (written !== undefined) found({code: 'sql-write-in-reader', statement: written}, undefined);
  if (searchesOnly) {
    for (const {what, name, offset: at} of bareNames(tree, knowledge.temporary)) {
      found({code: 'sql-name-not-qualified', what, name}, at ?? named(tokens, name));
    }
  }
  // A function's own search_path, or a body that runs later, is another matter; DO runs here and now.
  const body = bodyOf(parser, tree, source.slice(offset, end), offset);
  if (role === 'alone' && !isInner) {
    const commits = body.endings.length > 0 || body.statements.some(({sql}) => /^\s*call\b/i.test(sql));
    if (kind === 'CallStmt' || (kind === 'DoStmt' && commits))
      found({code: 'sql-commits-inside', statement: kind === 'DoStmt' ? 'DO' : 'CALL'}, undefined);
  }
  const looksInside = kind === 'DoStmt' || !functionSetsPath(node);
  if (kind === 'DoStmt' && role !== 'alone') {
    for (const ending of body.endings) found({code: 'sql-transaction-control', statement: ending.statement}, ending.offset);
  }
  for (const {sql, at} of looksInside ? body.statements : []) {
    // What a function does when somebody calls it is not what this file does.
    const inside: Context = kind === 'DoStmt' ? context : {...context, role: 'sample'};
    findings.push(...innerFindings(inside, sql).map((one) => ({...one, offset: at(one.offset ?? 0)})));
  }
  return findings.map((finding) => ({...finding, offset: finding.offset ?? offset}));
};

const functionSetsPath = (node: SqlNode): boolean =>
  nodesOf(list(node, 'options')).some(([key, set]) => key === 'VariableSetStmt' && text(set, 'name') === 'search_path');

const innerFindings = (context: Context, sql: string): readonly Finding[] => {
  const of = read(context.parser, {file: '', source: sql, roles: new Set()});
  // Where a body cannot be read, the server will say so; PL/pgSQL has notations of its own.
  return statementsOf(of).flatMap((statement) => problemsOf(context, statement, sql, true));
};

const unique = (problems: readonly Problem[]): readonly Problem[] => [
  ...new Map(problems.map((one) => [`${one.line}:${one.column} ${JSON.stringify(one)}`, one])).values(),
];

const lintFile = (parser: SqlParser, knowledge: Knowledge, of: Read): readonly Problem[] => {
  const positionOf = positions(of.source);
  const lines = of.source.split('\n');
  const problem = (offset: number, detail: ProblemDetail): Problem => {
    const position = positionOf(offset);
    const sourceLine = (lines[position.line - 1] ?? '').replace(/\r$/, '');
    return {...detail, ...position, file: of.file, path: '', sourceLine};
  };
  if ('refused' in of) return [problem(of.refused.offset, {code: 'sql-syntax', message: of.refused.message})];
  const {statements, roles} = of;
  const allowances = allowancesOf(of.comments);
  const used = new Set<number>();
  const problems: Problem[] = [];
  for (const role of roles) {
    if (role === 'sample') continue;
    const second = statements[1];
    if (role === 'read' && second !== undefined) {
      problems.push(problem(second.offset, {code: 'sql-several-answers', statements: statements.length}));
    }
    let searchesOnly = true;
    let before = -1;
    for (const statement of statements) {
      const here = allowances.filter(({offset}) => offset > before && offset < statement.offset);
      before = statement.tokens.at(-1)?.offset ?? statement.offset;
      searchesOnly &&= !setsSearchPath(statement.tree);
      const context = {parser, knowledge, role, searchesOnly};
      for (const {detail, offset} of problemsOf(context, statement, of.source, false)) {
        const allowance = here.find((one) => one.status === 'allowed' && one.rule === detail.code);
        if (allowance === undefined) problems.push(problem(offset ?? statement.offset, detail));
        else used.add(allowance.offset);
      }
    }
  }
  for (const one of allowances) {
    if (one.status === 'malformed') problems.push(problem(one.offset, {code: 'sql-allow-malformed', comment: one.comment}));
    else if (one.status === 'impossible') problems.push(problem(one.offset, {code: 'sql-allow-impossible', rule: one.rule}));
    else if (!used.has(one.offset)) problems.push(problem(one.offset, {code: 'sql-allow-unused', rule: one.rule}));
  }
  return unique(problems);
};

export const lintSql = (parser: SqlParser, files: readonly LintFile[]): readonly Problem[] => {
  const all = files.map((file) => read(parser, file));
  const knowledge = knowledgeOf(parser, all);
  return all.flatMap((file) => lintFile(parser, knowledge, file));
};
