// What can be found out by asking another program, one thing at a time, and what does each finding count for?

import type {CheckVerdict} from './facts.ts';

/** One member for each code, so that a union can be taken apart by it. */
type Finding<C extends string, T = unknown> = C extends string ? Readonly<{code: C}> & Readonly<T> : never;

/** What became of tests. `id` is a test's full name: `tests/test_view.py::test_columns`. */
type TestFinding =
  | Finding<'test-passed', {id: string}>
  | Finding<'test-failed', {id: string; message: string}>
  /** Its set-up or its tear-down went wrong. */
  | Finding<'test-error', {id: string; message: string}>
  /** `expected`: the runbook names it, so that it should have run. */
  | Finding<'test-skipped', {id: string; message: string; expected: boolean}>
  /** The runbook names it; it was not in the report, and so many were deselected. */
  | Finding<'test-deselected', {id: string; count: number}>
  | Finding<'test-missing', {id: string}>
  /** It ran, and the runbook does not name it. */
  | Finding<'test-unknown', {id: string}>
  /** `named`: the runbook names the tests, and so the others were left out on purpose. */
  | Finding<'deselected', {count: number; named: boolean}>
  | Finding<'none-collected'>
  | Finding<'too-few', {executed: number; minimum: number}>
  | Finding<'object-has-rows', {object: string}>
  /** Whatever passed, passed on nothing. */
  | Finding<'object-empty', {object: string}>
  | Finding<'object-unread', {object: string; message: string}>
  /** No session of the program was seen in the target under the attempt's name. */
  | Finding<'not-seen-in-target'>;

/** What became of a pull request and of the checks on its last commit. */
type PullRequestFinding =
  | Finding<'checks-passed', {count: number; commit: string}>
  /** `conclusion` is GitHub's word: FAILURE, TIMED_OUT, ERROR. */
  | Finding<
      'check-failed' | 'check-pending' | 'check-cancelled' | 'check-skipped' | 'check-neutral',
      {name: string; conclusion: string}
    >
  | Finding<'checks-too-few', {passed: number; required: number}>
  | Finding<'checks-more', {count: number; required: number}>
  /** The answer was full: there may be checks that nobody saw. */
  | Finding<'checks-cut-off', {count: number}>
  | Finding<'merged', {number: number; commit: string; base: string; at: string}>
  | Finding<'not-merged', {number: number; state: string}>
  | Finding<'merged-commit-differs', {pinned: string; found: string}>
  | Finding<'merged-elsewhere', {base: string; found: string}>;

type ManagedBackupFinding =
  | Finding<'backup-available', {name: string; id: string; status: string; createdAt: string}>
  /** An earlier attempt of this run had begun it. */
  | Finding<'backup-found-again', {name: string}>
  | Finding<'backup-failed', {name: string; status: string}>
  | Finding<'backup-of-another', {instance: string; found: string}>
  /** Nobody here has restored it, or compared it with the target. */
  | Finding<'backup-not-restore-tested'>;

type OutputFinding =
  | Finding<'output-as-expected', {lines: number}>
  | Finding<'output-unexpected', {lines: number; expected: 'no-rows' | 'rows'}>;

type JobFinding =
  | Finding<'job-passed', {id: string; durationMs: number; rows?: number}>
  /** It ended well, and nothing was expected of its output. */
  | Finding<'job-ended', {id: string; durationMs: number}>
  | Finding<'job-failed', {id: string; how: string}>
  /** What it should have said, it did not say. */
  | Finding<'job-silent', {id: string; pattern: string}>
  | Finding<'job-too-few-rows', {id: string; rows: number; minimum: number}>
  | Finding<'job-late', {id: string; durationMs: number; budgetMs: number}>;

/** `imageId` is what the cluster ran, by its digest; '' when no pod says so. */
type KubernetesFinding =
  | Finding<'kube-job-succeeded', {name: string; imageId: string; exitCode?: number}>
  | Finding<'kube-job-failed', {name: string; imageId: string; reason: string; exitCode?: number}>
  | Finding<'kube-job-found-again' | 'kube-job-gone' | 'kube-job-deleted', {name: string}>
  /** It was to be deleted, and is still there. */
  | Finding<'kube-job-left', {name: string; message: string}>
  /** What was found has a back-off limit or a restart policy that is not the one it was made with. */
  | Finding<'kube-job-may-repeat', {name: string}>
  | Finding<'kube-log-incomplete', {name: string}>
  /** The cluster could not be asked, or took no Job: there is none of this attempt. */
  | Finding<'kube-refused', {message: string}>
  | Finding<'kube-in-place', {file: string}>
  | Finding<'kube-not-in-place', {file: string; rows: number}>
  /** It ended well, and nothing was asked of the database. */
  | Finding<'kube-exit-alone'>;

export type ToolFinding =
  | TestFinding
  | PullRequestFinding
  | ManagedBackupFinding
  | OutputFinding
  | JobFinding
  | KubernetesFinding;
export type ToolFindingCode = ToolFinding['code'];

export const findingVerdict = (finding: ToolFinding): CheckVerdict => {
  switch (finding.code) {
    case 'test-passed':
    case 'checks-passed':
    case 'merged':
    case 'backup-available':
    case 'backup-found-again':
    case 'output-as-expected':
    case 'job-passed':
    case 'object-has-rows':
    case 'kube-job-succeeded':
    case 'kube-job-found-again':
    case 'kube-in-place':
      return 'pass';
    case 'test-failed':
    case 'test-error':
    case 'test-deselected':
    case 'test-missing':
    case 'test-unknown':
    case 'none-collected':
    case 'too-few':
    case 'check-failed':
    case 'check-pending':
    case 'check-cancelled':
    case 'checks-too-few':
    case 'not-merged':
    case 'merged-commit-differs':
    case 'merged-elsewhere':
    case 'backup-failed':
    case 'backup-of-another':
    case 'output-unexpected':
    case 'job-failed':
    case 'job-silent':
    case 'job-too-few-rows':
    case 'kube-job-failed':
    case 'kube-job-gone':
    case 'kube-job-deleted':
    case 'kube-job-left':
    case 'kube-job-may-repeat':
    case 'kube-refused':
    case 'kube-not-in-place':
      return 'fail';
    case 'test-skipped':
      return finding.expected ? 'fail' : 'amber';
    case 'deselected':
      return finding.named ? 'pass' : 'amber';
    case 'check-skipped':
    case 'check-neutral':
    case 'checks-more':
    case 'checks-cut-off':
    case 'job-ended':
    case 'job-late':
    case 'backup-not-restore-tested':
    case 'object-empty':
    case 'object-unread':
    case 'not-seen-in-target':
    case 'kube-log-incomplete':
    case 'kube-exit-alone':
      return 'amber';
  }
};
