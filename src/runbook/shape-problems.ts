// How does what zod says about a value become problems with a place in the file?

import type {z} from 'zod';

import type {ParsedDocument, Path} from './parse.ts';
import {pathText, type Problem, type ProblemDetail} from './problems.ts';

type Issue = z.core.$ZodIssue;

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[part] : undefined,
    value,
  );

const typeName = (value: unknown): string => {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' ? 'mapping' : typeof value === 'string' ? 'text' : typeof value;
};

const expectedName = (expected: string): string => {
  switch (expected) {
    case 'object':
    case 'record':
      return 'mapping';
    case 'array':
      return 'list';
    case 'string':
      return 'text';
    case 'int':
      return 'whole number';
    default:
      return expected;
  }
};

/** The code that a pattern of src/steps/schema-parts.ts carries in place of a message. */
const malformed = (message: string, value: string): ProblemDetail => {
  switch (message) {
    case 'text-blank':
      return {code: 'text-blank'};
    case 'id-malformed':
    case 'name-malformed':
    case 'name-not-qualified':
    case 'revision-malformed':
    case 'path-malformed':
    case 'variable-malformed':
    case 'time-malformed':
    case 'zone-unknown':
    case 'system-identifier-malformed':
    case 'signers-malformed':
    case 'ssh-destination-malformed':
    case 'commit-malformed':
      return {code: message, value};
    case 'sql-path-malformed': {
      const leaves = /^(?:[\\/]|[A-Za-z]:)/.test(value) || value.split(/[\\/]/).includes('..');
      return {code: leaves ? 'sql-path-outside' : message, value};
    }
    default:
      throw new Error(`a pattern without a problem code: ${message}`);
  }
};

/** The branch of a union that got furthest is the one the author meant. */
const likeliest = (branches: readonly (readonly Issue[])[]): readonly Issue[] =>
  branches.toSorted((a, b) => (b[0]?.path.length ?? 0) - (a[0]?.path.length ?? 0))[0] ?? [];

const unionProblems = (
  document: ParsedDocument,
  path: Path,
  issue: Extract<Issue, {code: 'invalid_union'}>,
): readonly Problem[] => {
  if (issue.discriminator !== undefined) {
    // A kind that exists, at a place where it may not stand: the list of kinds alone would not say why.
    const isAfter = path[0] === 'rollback' && path[2] === 'after' && issue.discriminator === 'kind';
    if (isAfter) return [document.problemAt(path, {code: 'after-kind-wrong', kind: String(valueAt(document.value, path))})];
    const expected = ('options' in issue ? (issue.options ?? []) : []).map(String);
    return [document.problemAt(path, {code: 'value-wrong', expected, actual: String(valueAt(document.value, path))})];
  }
  return likeliest(issue.errors).flatMap((inner) => problemsOf(document, path, inner));
};

const problemsOf = (document: ParsedDocument, base: Path, issue: Issue): readonly Problem[] => {
  const path = [...base, ...issue.path];
  const {value: root, problemAt} = document;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const inner = [...path, key];
      return {code: 'key-unknown', key, ...document.keyPositionOf(inner), file: document.file, path: pathText(inner)};
    });
  }
  if (!document.has(path)) return [problemAt(path, {code: 'key-missing', key: String(path.at(-1) ?? '')})];
  const actual = valueAt(root, path);
  // An alias or a merge key, which has its own problem already: nothing more can be said about its value.
  if (actual === undefined) return [];
  switch (issue.code) {
    case 'invalid_type':
      return [problemAt(path, {code: 'type-wrong', expected: expectedName(issue.expected), actual: typeName(actual)})];
    case 'invalid_value': {
      const shown = typeof actual === 'object' ? typeName(actual) : String(actual);
      return [problemAt(path, {code: 'value-wrong', expected: issue.values.map(String), actual: shown})];
    }
    case 'too_small':
      if (issue.origin === 'array') return [problemAt(path, {code: 'list-empty'})];
      return [problemAt(path, {code: 'number-out-of-range', minimum: Number(issue.minimum)})];
    case 'too_big':
      return [problemAt(path, {code: 'number-out-of-range', maximum: Number(issue.maximum)})];
    case 'invalid_format':
      return [problemAt(path, malformed(issue.message, String(actual)))];
    case 'invalid_union':
      return unionProblems(document, path, issue);
    case 'invalid_key': {
      const name = String(path.at(-1) ?? '');
      const place = document.keyPositionOf(path);
      return issue.issues.map((inner) => ({
        ...malformed(inner.message, name),
        ...place,
        file: document.file,
        path: pathText(path),
      }));
    }
    case 'invalid_element':
    case 'not_multiple_of':
    case 'custom':
      throw new Error(`the schemas do not use ${issue.code}`);
  }
};

/** Every issue as a problem, at the key for an unknown key, at the parent for a missing one, else at the value. */
export const shapeProblems = (document: ParsedDocument, error: z.ZodError): readonly Problem[] =>
  error.issues.flatMap((issue) => problemsOf(document, [], issue));
