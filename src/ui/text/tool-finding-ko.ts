// The words for what other programs found, in Korean.

import {formatCount} from './numbers.ts';
import type {ToolFindingLexicon} from './tool.ts';

const tests = (count: number): string => `테스트 ${formatCount(count)}건`;
const because = (message: string): string => (message.trim() === '' ? '' : `: ${message.trim()}`);

export const toolFindingKo: ToolFindingLexicon = {
  'test-passed': ({id}) => `${id}  통과`,
  'test-failed': ({id, message}) => `${id}  실패${because(message)}`,
  'test-error': ({id, message}) => `${id}  준비 또는 정리 중 오류${because(message)}`,
  'test-skipped': ({id, message, expected}) =>
    `${id}  건너뜀${expected ? '(런북에 지정된 테스트)' : ''}, 확인된 것이 없음${because(message)}`,
  'test-deselected': ({id, count}) => `${id}  실행되지 않음, 선택에서 제외된 ${tests(count)}`,
  'test-missing': ({id}) => `${id}  보고서에 없음, 실행되지 않음`,
  'test-unknown': ({id}) => `${id}  실행되었으나 런북에 지정되지 않음`,
  deselected: ({count, named}) =>
    named ? `의도적으로 제외한 ${tests(count)}` : `선택에서 제외된 ${tests(count)}, 실행해야 할 테스트가 지정되지 않음`,
  'none-collected': () => '수집된 테스트가 없어 아무것도 확인하지 못함',
  'too-few': ({executed, minimum}) => `실행된 ${tests(executed)}, 최소 ${formatCount(minimum)}건이어야 함`,
  'object-has-rows': ({object}) => `${object}  확인할 행이 있음`,
  'object-empty': ({object}) => `${object}  행이 없음, 0행에 대해 통과한 결과임`,
  'object-unread': ({object, message}) => `${object}  행이 있는지 확인하지 못함${because(message)}`,
  'not-seen-in-target': () =>
    '이 시도의 이름으로 대상 DB에 연결된 세션이 보이지 않음. 다른 데이터베이스를 확인했을 수 있음',
};
