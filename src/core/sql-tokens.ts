// Where does a word in an SQL file stand outside of strings, quoted names and comments?
//
// Only the lexical rules of PostgreSQL, with standard_conforming_strings on, and enough of them that a `commit` inside a
// function body or a comment is never taken for a statement, and a real one never hides behind an odd quote.

export type Token = Readonly<{
  kind: 'word' | 'identifier' | 'string' | 'number' | 'backslash' | 'symbol';
  /** As written; a word is lower case. */
  text: string;
  offset: number;
}>;

export type Unterminated = Readonly<{
  what: 'comment' | 'string' | 'identifier' | 'dollar-string';
  opened: string;
  offset: number;
}>;

/** A comment to the end of its line, with its two dashes. */
export type LineComment = Readonly<{text: string; offset: number}>;

export type Tokens = Readonly<{
  tokens: readonly Token[];
  comments: readonly LineComment[];
  unterminated?: Unterminated;
}>;

const space = /\s+/y;
const lineComment = /--[^\n\r]*/y;
const word = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const number = /\d[\w.]*/y;
const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
// A string goes on after white space that contains a line break, and keeps its first half's rules for backslashes.
const continued = /[ \t\f\v]*(?:--[^\n\r]*)?[\n\r](?:\s|--[^\n\r]*(?=[\n\r]))*'/y;

const match = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
};

/** The end of a block comment that begins here; they nest. */
const endOfComment = (text: string, start: number): number | undefined => {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const two = text.slice(at, at + 2);
    if (two === '/*') {
      depth += 1;
      at += 1;
    } else if (two === '*/') {
      depth -= 1;
      at += 1;
      if (depth === 0) return at + 1;
    }
  }
  return undefined;
};

/** The end of something quoted, whose opening quote is at `start`; a doubled quote does not end it. */
const endOfQuoted = (text: string, start: number, escapes: boolean): number | undefined => {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at += 1) {
    if (escapes && text[at] === '\\') at += 1;
    else if (text[at] === quote) {
      if (text[at + 1] === quote) at += 1;
      else {
        const more = quote === "'" ? match(continued, text, at + 1) : undefined;
        if (more === undefined) return at + 1;
        at += more.length;
      }
    }
  }
  return undefined;
};

// U&'…' and U&"…" need no care: the quotes after the ampersand follow the plain rules.
const stringPrefix = /^(?:e|b|x|n)$/i;

export const tokenize = (text: string): Tokens => {
  const tokens: Token[] = [];
  const comments: LineComment[] = [];
  let at = 0;
  const take = (kind: Token['kind'], end: number): void => {
    const written = text.slice(at, end);
    tokens.push({kind, text: kind === 'word' ? written.toLowerCase() : written, offset: at});
    at = end;
  };
  const broken = (what: Unterminated['what'], opened: string, offset = at): Tokens => ({
    tokens,
    comments,
    unterminated: {what, opened, offset},
  });

  while (at < text.length) {
    const comment = match(lineComment, text, at);
    if (comment !== undefined) comments.push({text: comment, offset: at});
    const skipped = comment ?? match(space, text, at);
    if (skipped !== undefined) {
      at += skipped.length;
      continue;
    }
    const two = text.slice(at, at + 2);
    if (two === '/*') {
      const end = endOfComment(text, at);
      if (end === undefined) return broken('comment', '/*');
      at = end;
      continue;
    }
    const written = match(word, text, at);
    const prefixed = written !== undefined && stringPrefix.test(written) && text[at + 1] === "'";
    const quoteAt = prefixed ? at + 1 : at;
    const quote = text[quoteAt];
    if (quote === "'" || quote === '"') {
      const isString = quote === "'";
      const end = endOfQuoted(text, quoteAt, prefixed && /^e$/i.test(written));
      if (end === undefined) return broken(isString ? 'string' : 'identifier', quote, quoteAt);
      take(isString ? 'string' : 'identifier', end);
      continue;
    }
    if (written !== undefined) {
      take('word', at + written.length);
      continue;
    }
    const tag = match(dollarTag, text, at);
    if (tag !== undefined) {
      const end = text.indexOf(tag, at + tag.length);
      if (end < 0) return broken('dollar-string', tag);
      take('string', end + tag.length);
      continue;
    }
    const numeral = match(number, text, at);
    if (numeral !== undefined) take('number', at + numeral.length);
    else take(text[at] === '\\' ? 'backslash' : 'symbol', at + 1);
  }
  return {tokens, comments};
};
