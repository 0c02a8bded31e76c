// Which problems did the file's author accept, in writing, above the statement: -- lint: allow <code> because <reason>?

import type {LineComment} from '../core/sql-tokens.ts';

/** Rules that judge. What a server refuses for certain no reason makes possible. */
export const judgements = ['sql-cascade', 'sql-commits-inside', 'sql-index-blocks-writes', 'sql-index-may-be-broken', 'sql-name-not-qualified'] as const;
export type Judgement = (typeof judgements)[number];

export type Allowance =
  | Readonly<{status: 'allowed'; rule: Judgement; offset: number}>
  | Readonly<{status: 'impossible'; rule: string; offset: number}>
  | Readonly<{status: 'malformed'; comment: string; offset: number}>;

const meant = /^--\s*lint\s*:/i;
const wellFormed = /^--\s*lint:\s+allow\s+([a-z-]+)\s+because\s+\S/;

export const isJudgement = (code: string): code is Judgement =>
  judgements.some((judgement) => judgement === code);

export const allowancesOf = (comments: readonly LineComment[]): readonly Allowance[] =>
  comments
    .filter(({text}) => meant.test(text))
    .map(({text, offset}) => {
      const rule = wellFormed.exec(text)?.[1];
      if (rule === undefined) return {status: 'malformed', comment: text, offset};
      return isJudgement(rule) ? {status: 'allowed', rule, offset} : {status: 'impossible', rule, offset};
    });
