// The words for what other programs found, in English.

import {formatCount, formatDuration} from './numbers.ts';
import type {ToolFindingLexicon} from './tool.ts';

const plural = (count: number, one: string): string => `${formatCount(count)} ${one}${count === 1 ? '' : 's'}`;
const tests = (count: number): string => plural(count, 'test');
/** As git shortens it. */
const short = (commit: string): string => commit.slice(0, 9);
const because = (message: string): string => (message.trim() === '' ? '' : `: ${message.trim()}`);

/** How a container ended and what it was, as far as the cluster says. */
const container = (exitCode: number | undefined, imageId: string): string =>
  `exit code ${exitCode ?? 'unknown'}, image ${imageId === '' ? 'unknown' : imageId}`;

export const toolFindingEn: ToolFindingLexicon = {
  'test-passed': ({id}) => `${id}  passed`,
  'test-failed': ({id, message}) => `${id}  failed${because(message)}`,
  'test-error': ({id, message}) => `${id}  could not be set up or torn down${because(message)}`,
  'test-skipped': ({id, message, expected}) =>
    `${id}  was skipped${expected ? ', and the runbook names it' : ''}: it proves nothing${because(message)}`,
  'test-deselected': ({id, count}) => `${id}  was not run: ${tests(count)} deselected`,
  'test-missing': ({id}) => `${id}  is not in the report: it was not run`,
  'test-unknown': ({id}) => `${id}  ran, and the runbook does not name it`,
  deselected: ({count, named}) =>
    named ? `${tests(count)} left out on purpose` : `${tests(count)} deselected: nobody named the ones that must run`,
  'none-collected': () => 'no test was collected: nothing was tested',
  'too-few': ({executed, minimum}) => `${tests(executed)} executed, at least ${formatCount(minimum)} must be`,
  'object-has-rows': ({object}) => `${object}  has rows to look at`,
  'object-empty': ({object}) => `${object}  has no rows: what passed, passed on 0 rows`,
  'object-unread': ({object, message}) => `${object}  could not be asked for a row${because(message)}`,
  'not-seen-in-target': () =>
    'no session of it was seen in the target under the name of this attempt: it may have looked at another database',
  'checks-passed': ({count, commit}) =>
    `${plural(count, 'check')} passed on ${short(commit)}, the last commit of the pull request`,
  'check-failed': ({name, conclusion}) => `${name}  failed (${conclusion})`,
  'check-pending': ({name, conclusion}) => `${name}  has not finished (${conclusion})`,
  'check-cancelled': ({name, conclusion}) => `${name}  was cancelled (${conclusion})`,
  'check-skipped': ({name}) => `${name}  was skipped: it proves nothing`,
  'check-neutral': ({name}) => `${name}  ended neutral: it neither passed nor failed`,
  'checks-too-few': ({passed, required}) => `${plural(passed, 'check')} passed, ${formatCount(required)} must have`,
  'checks-more': ({count, required}) =>
    `${plural(count, 'check')} found where the runbook names ${formatCount(required)}: somebody has added some`,
  'checks-cut-off': ({count}) => `GitHub's answer ended after ${plural(count, 'check')}: there may be others`,
  merged: ({number, commit, base, at}) => `#${number} is merged into ${base} as ${short(commit)} (${at})`,
  'not-merged': ({number, state}) => `#${number} is not merged (${state})`,
  'merged-commit-differs': ({pinned, found}) => `it was merged as ${short(found)}; the runbook names ${pinned}`,
  'merged-elsewhere': ({base, found}) => `it was merged into ${found}; the runbook names ${base}`,
  'backup-available': ({name, id, status, createdAt}) =>
    `${name}  ${status}, made ${createdAt === '' ? 'at a time that was not told' : createdAt} (${id})`,
  'backup-found-again': ({name}) => `${name}  had been begun by an earlier attempt: it was found again, not made twice`,
  'backup-failed': ({name, status}) =>
    `${name}  ended as ${status}: delete it at the provider before the step is started again`,
  'backup-of-another': ({instance, found}) => `it is a backup of ${found}; the runbook names ${instance}`,
  'backup-not-restore-tested': () =>
    'not restore-tested: nobody here has restored it or compared it with the target, and no way back is offered from it',
  'output-as-expected': ({lines}) => `${plural(lines, 'line')} of output, as expected`,
  'output-unexpected': ({lines, expected}) =>
    `${plural(lines, 'line')} of output where ${expected === 'no-rows' ? 'none was' : 'at least one was'} expected`,
  'job-passed': ({id, durationMs, rows}) =>
    `${id}  as expected${rows === undefined ? '' : `, ${plural(rows, 'row')}`}, in ${formatDuration(durationMs, 'en')}`,
  'job-ended': ({id, durationMs}) =>
    `${id}  ended with 0 in ${formatDuration(durationMs, 'en')}; nothing is expected of its output, so that proves little`,
  'job-failed': ({id, how}) => `${id}  failed: ${how}`,
  'job-silent': ({id, pattern}) => `${id}  did not say what it must: ${pattern}`,
  'job-too-few-rows': ({id, rows, minimum}) =>
    `${id}  saw ${plural(rows, 'row')}, at least ${formatCount(minimum)} must be`,
  'job-late': ({id, durationMs, budgetMs}) =>
    `${id}  took ${formatDuration(durationMs, 'en')}, its budget is ${formatDuration(budgetMs, 'en')}`,
  'kube-job-succeeded': ({name, exitCode, imageId}) => `Job ${name}  complete, ${container(exitCode, imageId)}`,
  'kube-job-failed': ({name, reason, exitCode, imageId}) =>
    `Job ${name}  failed${because(reason)}, ${container(exitCode, imageId)}`,
  'kube-job-found-again': ({name}) =>
    `Job ${name}  was found again and not made twice; to have it run anew, delete it in the cluster first`,
  'kube-job-gone': ({name}) => `Job ${name}  was deleted by somebody else; what it had done until then is not known`,
  'kube-job-deleted': ({name}) =>
    `Job ${name}  was deleted at your request and its pod is gone; what it had committed stays`,
  'kube-job-left': ({name, message}) =>
    `Job ${name}  could not be deleted, or could not be seen to be gone: it may still run${because(message)}`,
  'kube-job-may-repeat': ({name}) => `Job ${name}  was changed in the cluster: it may run more than once`,
  'kube-log-incomplete': ({name}) => `Job ${name}  its log was not read to the end; kubectl logs job/${name} shows it`,
  'kube-refused': ({message}) =>
    `The cluster was not asked, or made no Job: this attempt began none${because(message)}`,
  'kube-in-place': ({file}) => `${file}  has no rows: what the Job should do is in place`,
  'kube-not-in-place': ({file, rows}) => `${file}  has ${plural(rows, 'row')}: what the Job should do is not in place`,
  'kube-exit-alone': () => 'The Job alone says so: without verify nothing was asked of the database',
};
