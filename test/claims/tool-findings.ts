// What does each finding of another program say of the database?

import type {ToolFinding, ToolFindingCode} from '../../src/core/tool-finding.ts';
import {toolFindingLines} from '../../src/ui/text/tool.ts';
import {at, by, claim, nothing, type Claim, type Said} from './claim.ts';

const line =
  (finding: ToolFinding): Said =>
  (locale) =>
    toolFindingLines([finding], locale).join('\n');

const ofTests = nothing('what became of a test is its report’s to say; it is no word about the database');
const ofGitHub = nothing('GitHub was asked, and not the database');
const ofProvider = nothing('the provider of the server was asked about a backup, and not the database');
const ofOutput = nothing('how many lines a program printed, or how it ended');
const ofCluster = nothing('the cluster was asked about its Job, and not the database');

const object = 'public.attempt';
const file = 'verify/010.sql';
const pytest = 'integration/steps/pytest.test.ts';
const kubernetes = 'integration/steps/kubernetes-job.test.ts';

const hasRows: ToolFinding = {code: 'object-has-rows', object};
const isEmpty: ToolFinding = {code: 'object-empty', object};
const inPlace: ToolFinding = {code: 'kube-in-place', file};
const notInPlace: ToolFinding = {code: 'kube-not-in-place', file, rows: 3};

export const toolFindingClaims = {
  'test-passed': ofTests,
  'test-failed': ofTests,
  'test-error': ofTests,
  'test-skipped': ofTests,
  'test-deselected': ofTests,
  'test-missing': ofTests,
  'test-unknown': ofTests,
  deselected: ofTests,
  'none-collected': ofTests,
  'too-few': ofTests,
  'object-has-rows': claim(
    'the object has a row at least',
    by('steps/pytest.ts', 'pytest'),
    [line(hasRows), line(isEmpty)],
    at(pytest, 'is amber when the view has no rows: it passed on nothing'),
  ),
  'object-empty': claim(
    'the object has no row',
    by('steps/pytest.ts', 'pytest'),
    [line(isEmpty), line(hasRows)],
    at(pytest, 'passes when every named test ran on rows, and its report is sealed'),
  ),
  'object-unread': nothing('it says that the database could not be asked'),
  'not-seen-in-target': claim(
    'no session of the program was seen in the target',
    by('steps/watch-child.ts', 'watchChild'),
    [line({code: 'not-seen-in-target'}), line({code: 'output-as-expected', lines: 1})],
    at(pytest, 'passes when every named test ran on rows, and its report is sealed'),
  ),
  'checks-passed': ofGitHub,
  'check-failed': ofGitHub,
  'check-pending': ofGitHub,
  'check-cancelled': ofGitHub,
  'check-skipped': ofGitHub,
  'check-neutral': ofGitHub,
  'checks-too-few': ofGitHub,
  'checks-more': ofGitHub,
  'checks-cut-off': ofGitHub,
  merged: ofGitHub,
  'not-merged': ofGitHub,
  'merged-commit-differs': ofGitHub,
  'merged-elsewhere': ofGitHub,
  'backup-available': ofProvider,
  'backup-found-again': ofProvider,
  'backup-failed': ofProvider,
  'backup-of-another': ofProvider,
  'backup-not-restore-tested': nothing('it says that nobody here has restored it'),
  'output-as-expected': ofOutput,
  'output-unexpected': ofOutput,
  'job-passed': ofOutput,
  'job-ended': ofOutput,
  'job-failed': ofOutput,
  'job-silent': ofOutput,
  'job-too-few-rows': ofOutput,
  'job-late': ofOutput,
  'kube-job-succeeded': ofCluster,
  'kube-job-failed': ofCluster,
  'kube-job-found-again': ofCluster,
  'kube-job-gone': nothing('it says that what the Job had done is not known'),
  'kube-job-deleted': nothing('it says that what the Job had committed stays, whatever that is'),
  'kube-job-left': ofCluster,
  'kube-job-may-repeat': ofCluster,
  'kube-log-incomplete': ofCluster,
  'kube-refused': claim(
    'this attempt has begun no Job that could have changed anything',
    by('steps/kubernetes-job.ts', 'kubernetesJob'),
    [line({code: 'kube-refused', message: ''}), line({code: 'kube-job-gone', name: 'j'})],
    at(kubernetes, 'that an attempt left behind is found again instead of made twice'),
  ),
  'kube-in-place': claim(
    'what the Job should do is in place',
    by('steps/change.ts', 'verified'),
    [line(inPlace), line(notInPlace)],
    at(kubernetes, 'that ends with 0 is amber by itself, and fails when the database does not have its work'),
  ),
  'kube-not-in-place': claim(
    'what the Job should do is not in place',
    by('steps/change.ts', 'verified'),
    [line(notInPlace), line(inPlace)],
    at(
      kubernetes,
      'is made once without a second try, its log is recorded, and the database says whether its work is there',
    ),
  ),
  'kube-exit-alone': nothing('it says that the database was not asked'),
} satisfies Record<ToolFindingCode, Claim>;
