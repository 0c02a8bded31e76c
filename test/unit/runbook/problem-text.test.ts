// Has every problem words in both languages, safe to show and with what is needed to put it right?

import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';

import type {Problem, ProblemCode, ProblemDetail} from '../../../src/runbook/problems.ts';
import {problemText} from '../../../src/ui/text/problem.ts';
import {fixtures, load, orders, problemsOf} from './fixtures.ts';

// One of each: a code that is added and not listed here does not compile.
const details: {readonly [C in ProblemCode]: Extract<ProblemDetail, {code: C}>} = {
  'file-missing': {code: 'file-missing'},
  'file-too-big': {code: 'file-too-big', bytes: 2_000_000, limit: 1_048_576},
  'not-utf8': {code: 'not-utf8'},
  'byte-order-mark': {code: 'byte-order-mark'},
  'carriage-return': {code: 'carriage-return'},
  tab: {code: 'tab'},
  'hidden-character': {code: 'hidden-character', character: 'U+202E'},
  'not-nfc': {code: 'not-nfc'},
  'yaml-syntax': {code: 'yaml-syntax', yaml: 'BAD_INDENT', message: 'Bad indentation'},
  'yaml-directive': {code: 'yaml-directive'},
  'yaml-several-documents': {code: 'yaml-several-documents'},
  'yaml-too-deep': {code: 'yaml-too-deep'},
  'yaml-anchor': {code: 'yaml-anchor', name: 'title'},
  'yaml-alias': {code: 'yaml-alias', name: 'title'},
  'yaml-tag': {code: 'yaml-tag', tag: '!!str'},
  'yaml-merge-key': {code: 'yaml-merge-key'},
  'yaml-key-not-text': {code: 'yaml-key-not-text'},
  'key-duplicate': {code: 'key-duplicate', key: 'phase'},
  'key-unknown': {code: 'key-unknown', key: 'optinal'},
  'key-missing': {code: 'key-missing', key: 'title'},
  'type-wrong': {code: 'type-wrong', expected: 'text', actual: 'number'},
  'value-wrong': {code: 'value-wrong', expected: ['rows', 'no-rows'], actual: 'none'},
  'number-out-of-range': {code: 'number-out-of-range', maximum: 6},
  'list-empty': {code: 'list-empty'},
  'text-blank': {code: 'text-blank'},
  'id-malformed': {code: 'id-malformed', value: 'Smoke'},
  'name-malformed': {code: 'name-malformed', value: 'App'},
  'name-not-qualified': {code: 'name-not-qualified', value: 'attempt'},
  'time-malformed': {code: 'time-malformed', value: '2:00'},
  'zone-unknown': {code: 'zone-unknown', value: 'Asia/Soul'},
  'backup-method-incomplete': {code: 'backup-method-incomplete', method: 'command', key: 'find'},
  'pattern-malformed': {code: 'pattern-malformed', value: '(rows'},
  'commit-malformed': {code: 'commit-malformed', value: 'HEAD'},
  'system-identifier-malformed': {code: 'system-identifier-malformed', value: '12a'},
  'ssh-destination-malformed': {code: 'ssh-destination-malformed', value: '-oProxyCommand=x'},
  'sql-path-malformed': {code: 'sql-path-malformed', value: 'a//b.sql'},
  'sql-path-outside': {code: 'sql-path-outside', value: '../b.sql'},
  'id-differs-from-folder': {code: 'id-differs-from-folder', id: 'a', folder: 'b'},
  duplicate: {code: 'duplicate', what: 'step', id: 'smoke', firstLine: 12},
  'phase-unknown': {code: 'phase-unknown', phase: 'before'},
  'phase-without-steps': {code: 'phase-without-steps', phase: 'before'},
  'environment-undeclared': {code: 'environment-undeclared', environment: 'production'},
  'step-outside-phase': {code: 'step-outside-phase', phase: 'before', environment: 'production'},
  'sql-file-missing': {code: 'sql-file-missing', sql: 'apply/010.sql'},
  'verify-missing': {code: 'verify-missing'},
  'file-not-repeatable': {code: 'file-not-repeatable', sql: 'apply/010.sql'},
  'read-unknown': {code: 'read-unknown', read: 'newest'},
  'read-not-shared': {code: 'read-not-shared', read: 'newest'},
  'read-missing': {code: 'read-missing', read: 'newest', wanted: 'one, two', found: 'two'},
  'read-differs': {code: 'read-differs', read: 'newest', sql: 'smoke/010_status.sql'},
  'application-role-missing': {code: 'application-role-missing', environment: 'staging'},
  'migration-without-snapshot': {code: 'migration-without-snapshot', environment: 'staging'},
  'jobs-without-directory': {code: 'jobs-without-directory'},
  'migration-without-backup': {code: 'migration-without-backup', environment: 'staging'},
  'target-shared': {code: 'target-shared', environment: 'staging'},
  'accept-in-vain': {code: 'accept-in-vain'},
  'no-way-back': {code: 'no-way-back'},
  'signers-malformed': {code: 'signers-malformed', value: '../keys'},
  'signers-missing': {code: 'signers-missing', signers: 'approvers'},
  'approval-by-operator-only': {code: 'approval-by-operator-only'},
  'revision-malformed': {code: 'revision-malformed', value: 'head'},
  'path-malformed': {code: 'path-malformed', value: '../app'},
  'variable-malformed': {code: 'variable-malformed', value: '1URL'},
  'alembic-step-unknown': {code: 'alembic-step-unknown', step: 'apply'},
  'after-kind-wrong': {code: 'after-kind-wrong', kind: 'migration'},
  'confirms-unknown': {code: 'confirms-unknown', step: 'stamped'},
  'find-by-unknown': {code: 'find-by-unknown', step: 'contract'},
  'alembic-without-rehearsal': {code: 'alembic-without-rehearsal', environment: 'staging'},
  'alembic-file-missing': {code: 'alembic-file-missing', path: 'app/alembic.ini'},
  'option-without-objects': {code: 'option-without-objects', option: 'drop'},
  'option-without-snapshot': {code: 'option-without-snapshot', option: 'drop', environment: 'staging'},
  'sql-empty': {code: 'sql-empty'},
  'sql-unterminated': {code: 'sql-unterminated', what: 'dollar-string', opened: '$x$'},
  'sql-meta-command': {code: 'sql-meta-command', command: '\\gexec'},
  'sql-transaction-control': {code: 'sql-transaction-control', statement: 'commit'},
  'sql-cascade': {code: 'sql-cascade'},
  'sql-several-statements': {code: 'sql-several-statements', statements: 2},
  'sql-syntax': {code: 'sql-syntax', message: 'syntax error at or near "fro"'},
  'sql-several-answers': {code: 'sql-several-answers', statements: 2},
  'sql-not-in-transaction': {code: 'sql-not-in-transaction', statement: 'VACUUM'},
  'sql-write-in-reader': {code: 'sql-write-in-reader', statement: 'INSERT'},
  'sql-lifts-limit': {code: 'sql-lifts-limit', setting: 'lock_timeout'},
  'sql-not-declared': {code: 'sql-not-declared', object: 'public.report', key: 'objects'},
  'sql-view-alone': {code: 'sql-view-alone', view: 'public.attempt'},
  'sql-copy-over-line': {code: 'sql-copy-over-line', statement: 'COPY … FROM STDIN'},
  'sql-index-on-view': {code: 'sql-index-on-view', view: 'attempt'},
  'sql-lock-on-view': {code: 'sql-lock-on-view', view: 'attempt'},
  'sql-index-blocks-writes': {code: 'sql-index-blocks-writes', table: 'public.orders'},
  'sql-commits-inside': {code: 'sql-commits-inside', statement: 'DO'},
  'sql-index-may-be-broken': {code: 'sql-index-may-be-broken', index: 'orders_note'},
  'sql-name-not-qualified': {code: 'sql-name-not-qualified', what: 'function', name: 'total'},
  'sql-allow-malformed': {code: 'sql-allow-malformed', comment: '-- lint: allow'},
  'sql-allow-impossible': {code: 'sql-allow-impossible', rule: 'sql-syntax'},
  'sql-allow-unused': {code: 'sql-allow-unused', rule: 'sql-cascade'},
  'answer-step-unknown': {code: 'answer-step-unknown', step: 'smok'},
  'answer-item-unknown': {code: 'answer-item-unknown', step: 'smoke', item: 'one'},
  'answer-option-unknown': {code: 'answer-option-unknown', option: 'drop'},
  'answer-ambiguous': {code: 'answer-ambiguous', keys: ['start', 'waive']},
  'answer-does-not-fit': {code: 'answer-does-not-fit', step: 'smoke', kind: 'smoke', key: 'check'},
  'answer-note-missing': {code: 'answer-note-missing', step: 'approve', item: 'decision'},
};

const all: readonly Problem[] = Object.values(details).map((detail) => ({
  ...detail,
  file: 'runbook.yaml',
  line: 12,
  column: 3,
  path: 'steps[1]',
}));

/** The values inside of a problem that a reader needs in order to find or mend it. */
const shown = (problem: Problem): readonly string[] => {
  const {code: _code, file: _file, line: _line, column: _column, path: _path, ...values} = problem;
  return Object.entries(values)
    .filter(
      ([name, value]) =>
        typeof value === 'string' && !['yaml', 'what', 'expected', 'actual', 'statement'].includes(name),
    )
    .map(([, value]) => String(value));
};

describe('problem texts', () => {
  for (const problem of all) {
    it(problem.code, () => {
      const en = problemText(problem, 'en');
      const ko = problemText(problem, 'ko');
      expect(en.where).toBe('runbook.yaml:12:3  steps[1]');
      for (const {what, hint} of [en, ko]) {
        for (const text of [what, hint]) {
          expect(text.trim()).toBe(text);
          expect(text).not.toMatch(/undefined|\[object|[^!]!(?!!)| {2}/);
        }
        for (const value of shown(problem)) expect(`${what} ${hint}`).toContain(value);
      }
      expect(en.what).not.toMatch(/[가-힣]/);
      expect(`${ko.what}${ko.hint}`).toMatch(/[가-힣]/);
      // Both particles at once ('을(를)') read like a form letter; the texts are worded so that none is needed.
      expect(`${ko.what}${ko.hint}`).not.toMatch(/\((?:를|가|는|와|로)\)/);
    });
  }

  it('make what an author wrote visible', () => {
    const text = problemText(
      {code: 'key-unknown', key: 'a\u001b[2J\nb', file: 'f', line: 1, column: 1, path: ''},
      'en',
    );
    expect(text.what).toContain('\\x1b[2J\\nb');
    expect(text.where).toBe('f:1:1');
  });

  it('exist for everything that the invalid fixtures produce', () => {
    const folder = join(fixtures, 'invalid');
    const problems = readdirSync(folder).flatMap((name) =>
      problemsOf(load(new Map([...orders(), ['runbook.yaml', readFileSync(join(folder, name, 'runbook.yaml'))]]))),
    );
    expect(new Set(problems.map(({code}) => code)).size).toBeGreaterThan(20);
    for (const problem of problems) expect(problemText(problem, 'ko').what).not.toMatch(/undefined/);
  });
});
