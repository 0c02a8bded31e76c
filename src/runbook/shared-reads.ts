// Do the checks that claim to share a read begin with the same queries, letter for letter?
//
// Where they differ, the one statement that the tool makes of them would ask something that one of the files does not.

import type {SmokeStep} from '../core/definition.ts';
import {leadingQueries, sharedParts} from '../steps/shared-read.ts';
import type {ParsedDocument, Path} from './parse.ts';
import type {Problem, ProblemDetail} from './problems.ts';
import {fileKey} from './referenced-files.ts';
import {positions} from './source.ts';

/** Of the document alone: what each name refers to, and whether anything is shared. */
export const shareProblems = (document: ParsedDocument, path: Path, {checks, shared = []}: SmokeStep): readonly Problem[] => [
  ...checks.flatMap(({shares}, at) =>
    shares === undefined || shared.some(({id}) => id === shares)
      ? []
      : [document.problemAt([...path, 'checks', at, 'shares'], {code: 'read-unknown', read: shares})],
  ),
  ...shared.flatMap(({id}, at) =>
    checks.filter(({shares}) => shares === id).length > 1
      ? []
      : [document.problemAt([...path, 'shared', at, 'id'], {code: 'read-not-shared', read: id})],
  ),
];

const problemIn = (sql: string, source: string, offset: number, detail: ProblemDetail): Problem => {
  const position = positions(source)(offset);
  const sourceLine = (source.split('\n')[position.line - 1] ?? '').replace(/\r$/, '');
  return {...detail, ...position, file: fileKey(sql), path: '', sourceLine};
};

const firstDifference = (a: string, b: string): number => {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
};

/** Of the files: each is held against the first of its read. `texts` has those that can be read, by their keys. */
export const sharedTextProblems = (texts: ReadonlyMap<string, string>, {checks, shared = []}: SmokeStep): readonly Problem[] =>
  shared.flatMap((read) => {
    let first: Readonly<{sql: string; text: string}> | undefined;
    return checks.flatMap(({sql, shares}): readonly Problem[] => {
      const source = shares === read.id ? texts.get(fileKey(sql)) : undefined;
      if (source === undefined) return [];
      const parts = sharedParts(source, read.with);
      const leading = leadingQueries(source);
      const start = leading?.start ?? 0;
      if (parts === undefined) {
        const found = (leading?.queries ?? []).map(({name}) => name).join(', ');
        const detail = {code: 'read-missing', read: read.id, wanted: read.with.join(', '), found} as const;
        return [problemIn(sql, source, start, detail)];
      }
      first ??= {sql, text: parts.shared};
      if (parts.shared === first.text) return [];
      const at = start + firstDifference(parts.shared, first.text);
      return [problemIn(sql, source, at, {code: 'read-differs', read: read.id, sql: first.sql})];
    });
  });
