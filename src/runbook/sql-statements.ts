// Which statements does an SQL file consist of?

import type {Token} from '../core/sql-tokens.ts';

export type Statement = readonly [Token, ...Token[]];

const isWord = (token: Token | undefined, text: string): boolean => token?.kind === 'word' && token.text === text;

/**
 * Splits at semicolons, but not inside of parentheses (CREATE RULE … DO (a; b)) and not inside of a routine's
 * BEGIN ATOMIC … END, whose END would otherwise look like the end of a transaction.
 */
export const statementsOf = (tokens: readonly Token[]): readonly Statement[] => {
  const statements: Statement[] = [];
  let current: Token[] = [];
  let parentheses = 0;
  // BEGIN ATOMIC and every CASE inside of it each wait for their own END.
  let open = 0;
  const finish = (): void => {
    const [first, ...rest] = current;
    if (first !== undefined) statements.push([first, ...rest]);
    current = [];
    parentheses = 0;
    open = 0;
  };
  for (const token of tokens) {
    if (token.kind === 'symbol' && token.text === ';' && parentheses <= 0 && open === 0) {
      finish();
      continue;
    }
    if (token.kind === 'symbol' && token.text === '(') parentheses += 1;
    if (token.kind === 'symbol' && token.text === ')') parentheses -= 1;
    // Only a routine has such a body; elsewhere `begin atomic` is a column and its alias.
    if (isWord(token, 'atomic') && isWord(current.at(-1), 'begin') && isWord(current[0], 'create')) open += 1;
    else if (open > 0 && isWord(token, 'case')) open += 1;
    else if (open > 0 && isWord(token, 'end')) open -= 1;
    current.push(token);
  }
  finish();
  return statements;
};

/** The words at the head of this statement that begin, end or alter a transaction; undefined when it does neither. */
export const transactionControl = ([first, second, third]: Statement): string | undefined => {
  if (first.kind !== 'word') return undefined;
  const next = second?.kind === 'word' ? second.text : '';
  switch (first.text) {
    case 'begin':
    case 'commit':
    case 'rollback':
    case 'end':
    case 'abort':
    case 'savepoint':
    case 'release':
      return first.text;
    case 'start':
    case 'prepare':
      return next === 'transaction' ? `${first.text} ${next}` : undefined;
    case 'set':
      // Too late to take effect in a transaction that the tool has opened, or meant for those that come after.
      if (next === 'transaction') return 'set transaction';
      return next === 'session' && isWord(third, 'characteristics') ? 'set session characteristics' : undefined;
    default:
      return undefined;
  }
};

/** A CASCADE that drops or truncates things nobody listed; the ON DELETE and ON UPDATE of a foreign key are not that. */
export const cascadeIn = (statement: Statement): Token | undefined =>
  statement.find((token, at) => {
    const before = statement[at - 1];
    const ofForeignKey = (isWord(before, 'delete') || isWord(before, 'update')) && isWord(statement[at - 2], 'on');
    return isWord(token, 'cascade') && !ofForeignKey;
  });
