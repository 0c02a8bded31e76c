// What is wrong with an SQL file, as far as its words tell? (What it means to PostgreSQL is another question.)

import {tokenize} from '../core/sql-tokens.ts';
import type {Problem, ProblemCode, ProblemDetail} from './problems.ts';
import {positions, readSource} from './source.ts';
import {statementsOf, transactionControl} from './sql-statements.ts';

// 16 MiB: a message to the server may have 1 GB, but nobody reviews such a file.
const maxBytes = 16_777_216;

/** True for files that must have exactly one statement: they run outside of a transaction. */
type Expectations = Readonly<{oneStatement: boolean}>;

/** Problems of one file; `file` is its key, `sql/<path>`. */
export const sqlProblems = (file: string, bytes: Uint8Array, {oneStatement}: Expectations): readonly Problem[] => {
  const source = readSource(file, bytes, {maxBytes, document: false});
  if (source.text === '' && source.problems.length > 0) return source.problems;

  const positionOf = positions(source.text);
  const at = (offset: number, detail: ProblemDetail): Problem => ({...detail, ...positionOf(offset), file, path: ''});
  // A byte order mark has its own problem; left in, it would also look like the beginning of a word.
  const {tokens, unterminated} = tokenize(source.text.replace(/^\ufeff/, ' '));
  const problems: Problem[] = [...source.problems];

  for (const token of tokens.filter(({kind}) => kind === 'backslash')) {
    const command = /^\\\S*/.exec(source.text.slice(token.offset))?.[0] ?? '\\';
    problems.push(at(token.offset, {code: 'sql-meta-command', command}));
  }
  // What follows an open quote is not known to be code.
  if (unterminated !== undefined) {
    const {what, opened, offset} = unterminated;
    return [...problems, at(offset, {code: 'sql-unterminated', what, opened})];
  }
  const statements = statementsOf(tokens.filter(({kind}) => kind !== 'backslash'));
  if (statements.length === 0) problems.push(at(0, {code: 'sql-empty'}));
  for (const statement of statements) {
    const control = transactionControl(statement);
    if (control !== undefined)
      problems.push(at(statement[0].offset, {code: 'sql-transaction-control', statement: control}));
  }
  const second = statements[1];
  if (oneStatement && second !== undefined) {
    problems.push(at(second[0].offset, {code: 'sql-several-statements', statements: statements.length}));
  }
  return problems;
};

/** What leaves a parser nothing to read, or something other than what the server would be sent. */
const unreadable: ReadonlySet<ProblemCode> = new Set([
  'file-too-big',
  'not-utf8',
  'sql-meta-command',
  'sql-unterminated',
]);

/** The text of a file for PostgreSQL's parser; undefined when one of its problems keeps it from being read. */
export const readable = (bytes: Uint8Array, found: readonly Problem[]): string | undefined => {
  const isUnreadable = found.some(
    (problem) => unreadable.has(problem.code) || (problem.code === 'hidden-character' && problem.character === 'U+0000'),
  );
  return isUnreadable ? undefined : new TextDecoder('utf-8', {ignoreBOM: true}).decode(bytes).replace(/^\ufeff/, ' ');
};
