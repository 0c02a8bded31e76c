// The words for what other programs found, in English.

import {formatCount} from './numbers.ts';
import type {ToolFindingLexicon} from './tool.ts';

const tests = (count: number): string => `${formatCount(count)} ${count === 1 ? 'test' : 'tests'}`;
const because = (message: string): string => (message.trim() === '' ? '' : `: ${message.trim()}`);

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
};
