// What does a statement that runs outside of a transaction ask of others, and can it run a second time?

import {tokenize, type Token} from '../core/sql-tokens.ts';
import {statementsOf, type Statement} from './sql-statements.ts';

const isWord = (token: Token | undefined, ...words: readonly string[]): boolean =>
  token?.kind === 'word' && words.includes(token.text);

const has = (statement: Statement, ...words: readonly string[]): boolean =>
  statement.some((_, at) => words.every((word, nth) => isWord(statement[at + nth], word)));

/** As a word of its own or as an option that is switched on; the value of an option, off or not, is not looked into. */
const isConcurrent = (statement: Statement): boolean =>
  statement.some((token, at) => {
    const [before, after] = [statement[at - 1], statement[at + 1]];
    const isOption = before?.kind === 'symbol' && ['(', ','].includes(before.text);
    return isWord(token, 'concurrently') && (!isOption || (after?.kind === 'symbol' && [')', ','].includes(after.text)));
  });

const passes = (statement: Statement): boolean => {
  const [first, second] = statement;
  if (isWord(first, 'vacuum')) return !has(statement, 'full');
  if (isWord(first, 'analyze', 'analyse')) return true;
  // DETACH PARTITION … CONCURRENTLY ends with ACCESS EXCLUSIVE on the partition.
  const isKnown = isWord(first, 'reindex', 'refresh') || (isWord(first, 'create', 'drop') && isWord(second, 'index', 'unique'));
  return isKnown && isConcurrent(statement);
};

const repeats = (statement: Statement): boolean => {
  const [first, second, third] = statement;
  if (isWord(first, 'vacuum', 'analyze', 'analyse', 'reindex', 'refresh', 'cluster')) return true;
  if (isWord(first, 'drop')) return has(statement, 'if', 'exists');
  if (!isWord(first, 'create')) return isWord(first, 'alter') && isWord(second, 'system');
  // A broken CREATE INDEX CONCURRENTLY leaves its name behind: IF NOT EXISTS would take the invalid index for the index.
  if (isConcurrent(statement)) return false;
  return (isWord(second, 'or') && isWord(third, 'replace')) || has(statement, 'if', 'not', 'exists');
};

/**
 * True when it may have committed a part of what it does before it ends: a procedure commits by itself, a block where its
 * body has a word for it, and a partition that is detached concurrently goes in two transactions.
 */
const mayStayHalf = (statement: Statement): boolean => {
  const [first, second] = statement;
  if (isWord(first, 'call')) return true;
  if (isWord(first, 'do')) {
    const isPlpgsql = !has(statement, 'language') || has(statement, 'language', 'plpgsql');
    const bodies = statement.filter(({kind}) => kind === 'string').map(({text}) => text);
    return !isPlpgsql || bodies.some((body) => /\b(?:commit|rollback|call|execute)\b/i.test(body));
  }
  return isWord(first, 'alter') && isWord(second, 'table') && has(statement, 'detach', 'partition') && isConcurrent(statement);
};

/** What comes to the same when it is said again, or is refused because it is there, or gone, already. */
const definitions = [
  'alter',
  'analyse',
  'analyze',
  'cluster',
  'comment',
  'create',
  'drop',
  'grant',
  'import',
  'refresh',
  'reindex',
  'revoke',
  'security',
  'vacuum',
] as const;

/** True when a second run may do once more what the first one did, as far as its words tell: rows above all. */
export const mayDouble = (sql: string): boolean =>
  !statementsOf(tokenize(sql).tokens).every(
    (statement) => isWord(statement[0], ...definitions) && !(isWord(statement[0], 'alter') && has(statement, 'using')),
  );

/** True when a process that died while it ran may have left a part of it, as far as its words tell. */
export const commitsInside = (sql: string): boolean => {
  const statements = statementsOf(tokenize(sql).tokens);
  return statements.length !== 1 || statements.some(mayStayHalf);
};

/** True when readers and writers pass while any of its statements waits for its lock. */
export const letsOthersPass = (sql: string): boolean => statementsOf(tokenize(sql).tokens).every(passes);

/** True when the file can run again after it has run, as far as its words tell. */
export const isRepeatable = (sql: string): boolean => statementsOf(tokenize(sql).tokens).every(repeats);
