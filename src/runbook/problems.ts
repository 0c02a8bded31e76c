// What can be wrong with a runbook, its SQL or an answers file, and where? Codes and data; the words are in
// src/ui/text/problem.ts.

import type {Environment} from '../core/ids.ts';

/** What kind of trouble, with what the words need to be exact. */
export type ProblemDetail = Readonly<
  // The bytes
  | {code: 'file-missing'}
  | {code: 'file-too-big'; bytes: number; limit: number}
  | {code: 'not-utf8'}
  | {code: 'byte-order-mark'}
  | {code: 'carriage-return'}
  | {code: 'tab'}
  /** A bidi control, a zero-width or another invisible character, as `U+202E`. */
  | {code: 'hidden-character'; character: string}
  | {code: 'not-nfc'}
  // YAML
  | {code: 'yaml-syntax'; yaml: string; message: string}
  | {code: 'yaml-directive'}
  | {code: 'yaml-several-documents'}
  | {code: 'yaml-too-deep'}
  | {code: 'yaml-anchor'; name: string}
  | {code: 'yaml-alias'; name: string}
  | {code: 'yaml-tag'; tag: string}
  | {code: 'yaml-merge-key'}
  | {code: 'yaml-key-not-text'}
  | {code: 'key-duplicate'; key: string}
  // The shape
  | {code: 'key-unknown'; key: string}
  | {code: 'key-missing'; key: string}
  | {code: 'type-wrong'; expected: string; actual: string}
  | {code: 'value-wrong'; expected: readonly string[]; actual: string}
  | {code: 'number-out-of-range'; minimum?: number; maximum?: number}
  | {code: 'list-empty'}
  | {code: 'text-blank'}
  | {code: 'id-malformed'; value: string}
  | {code: 'name-malformed'; value: string}
  | {code: 'name-not-qualified'; value: string}
  | {code: 'revision-malformed'; value: string}
  | {code: 'path-malformed'; value: string}
  | {code: 'variable-malformed'; value: string}
  | {code: 'time-malformed'; value: string}
  | {code: 'zone-unknown'; value: string}
  | {code: 'system-identifier-malformed'; value: string}
  | {code: 'ssh-destination-malformed'; value: string}
  | {code: 'commit-malformed'; value: string}
  | {code: 'pattern-malformed'; value: string}
  | {code: 'backup-method-incomplete'; method: string; key: string}
  | {code: 'sql-path-malformed'; value: string}
  | {code: 'sql-path-outside'; value: string}
  | {code: 'signers-malformed'; value: string}
  // The whole
  | {code: 'id-differs-from-folder'; id: string; folder: string}
  | {code: 'duplicate'; what: DuplicateKind; id: string; firstLine: number}
  | {code: 'phase-unknown'; phase: string}
  | {code: 'phase-without-steps'; phase: string}
  | {code: 'environment-undeclared'; environment: Environment}
  | {code: 'step-outside-phase'; phase: string; environment: Environment}
  | {code: 'sql-file-missing'; sql: string}
  | {code: 'verify-missing'}
  | {code: 'file-not-repeatable'; sql: string}
  | {code: 'read-unknown'; read: string}
  | {code: 'read-not-shared'; read: string}
  /** `found`: the WITH queries that the file begins with, '' for none. */
  | {code: 'read-missing'; read: string; wanted: string; found: string}
  | {code: 'read-differs'; read: string; sql: string}
  | {code: 'application-role-missing'; environment: Environment}
  | {code: 'migration-without-snapshot'; environment: Environment}
  | {code: 'migration-without-backup'; environment: Environment}
  | {code: 'jobs-without-directory'}
  | {code: 'accept-in-vain'}
  | {code: 'no-way-back'}
  | {code: 'signers-missing'; signers: string}
  | {code: 'approval-by-operator-only'}
  | {code: 'target-shared'; environment: Environment}
  | {code: 'option-without-objects'; option: string}
  | {code: 'alembic-step-unknown'; step: string}
  | {code: 'find-by-unknown'; step: string}
  | {code: 'after-kind-wrong'; kind: string}
  | {code: 'confirms-unknown'; step: string}
  | {code: 'alembic-without-rehearsal'; environment: Environment}
  | {code: 'alembic-file-missing'; path: string}
  | {code: 'option-without-snapshot'; option: string; environment: Environment}
  // SQL
  | {code: 'sql-empty'}
  | {code: 'sql-unterminated'; what: 'comment' | 'string' | 'identifier' | 'dollar-string'; opened: string}
  | {code: 'sql-meta-command'; command: string}
  | {code: 'sql-transaction-control'; statement: string}
  | {code: 'sql-cascade'}
  | {code: 'sql-several-statements'; statements: number}
  // SQL, as PostgreSQL's parser reads it
  | {code: 'sql-syntax'; message: string}
  | {code: 'sql-several-answers'; statements: number}
  | {code: 'sql-not-in-transaction'; statement: string}
  | {code: 'sql-write-in-reader'; statement: string}
  | {code: 'sql-lifts-limit'; setting: string}
  | {code: 'sql-not-declared'; object: string; key: 'objects' | 'tables'}
  | {code: 'sql-view-alone'; view: string}
  | {code: 'sql-copy-over-line'; statement: string}
  | {code: 'sql-index-on-view'; view: string}
  | {code: 'sql-lock-on-view'; view: string}
  | {code: 'sql-index-blocks-writes'; table: string}
  | {code: 'sql-index-may-be-broken'; index: string}
  | {code: 'sql-commits-inside'; statement: string}
  | {code: 'sql-name-not-qualified'; what: 'relation' | 'function' | 'type'; name: string}
  | {code: 'sql-allow-malformed'; comment: string}
  | {code: 'sql-allow-impossible'; rule: string}
  | {code: 'sql-allow-unused'; rule: string}
  // Answers
  | {code: 'answer-step-unknown'; step: string}
  | {code: 'answer-item-unknown'; step: string; item: string}
  | {code: 'answer-option-unknown'; option: string}
  | {code: 'answer-ambiguous'; keys: readonly string[]}
  | {code: 'answer-does-not-fit'; step: string; kind: string; key: string}
  | {code: 'answer-note-missing'; step: string; item: string}
>;

export type DuplicateKind =
  | 'step'
  | 'phase'
  | 'item'
  | 'check'
  | 'read'
  | 'sample'
  | 'option'
  | 'object'
  | 'table'
  | 'environment';

export type ProblemCode = ProblemDetail['code'];

/** Line and column count from 1; a column counts UTF-16 code units, as editors do. */
export type Position = Readonly<{line: number; column: number}>;

/** `file` is the key under which the loader was given the bytes. `path` is empty where no YAML value is meant. */
export type Problem = ProblemDetail &
  Position &
  Readonly<{
    file: string;
    path: string;
    /** The line of the file that is meant, where showing it helps. */
    sourceLine?: string;
  }>;

/** `steps[3].title.ko`: how a value is named to a reader of the file. */
export const pathText = (path: readonly PropertyKey[]): string =>
  path.map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${String(part)}`)).join('');

/** By file, `runbook.yaml` before `sql/`; within a file from top to bottom. */
export const inReadingOrder = (problems: readonly Problem[]): readonly Problem[] =>
  problems.toSorted(
    (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  );
