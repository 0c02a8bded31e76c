// The words for what other programs found, in Korean.

import {formatCount, formatDuration} from './numbers.ts';
import type {ToolFindingLexicon} from './tool.ts';

const tests = (count: number): string => `테스트 ${formatCount(count)}건`;
/** As git shortens it. */
const short = (commit: string): string => commit.slice(0, 9);
const because = (message: string): string => (message.trim() === '' ? '' : `: ${message.trim()}`);

const container = (exitCode: number | undefined, imageId: string): string =>
  `종료 코드 ${exitCode ?? '알 수 없음'}, 이미지 ${imageId === '' ? '알 수 없음' : imageId}`;

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
  'checks-passed': ({count, commit}) => `PR의 마지막 커밋 ${short(commit)}에서 체크 ${formatCount(count)}개 통과`,
  'check-failed': ({name, conclusion}) => `${name}  실패(${conclusion})`,
  'check-pending': ({name, conclusion}) => `${name}  아직 끝나지 않음(${conclusion})`,
  'check-cancelled': ({name, conclusion}) => `${name}  취소됨(${conclusion})`,
  'check-skipped': ({name}) => `${name}  건너뜀, 확인된 것이 없음`,
  'check-neutral': ({name}) => `${name}  중립(NEUTRAL), 통과도 실패도 아님`,
  'checks-too-few': ({passed, required}) =>
    `통과한 체크 ${formatCount(passed)}개, ${formatCount(required)}개가 통과해야 함`,
  'checks-more': ({count, required}) =>
    `체크 ${formatCount(count)}개가 있으나 런북에는 ${formatCount(required)}개로 적혀 있음. 새로 추가된 체크가 있음`,
  'checks-cut-off': ({count}) => `GitHub 응답이 체크 ${formatCount(count)}개에서 끝남. 더 있을 수 있음`,
  merged: ({number, commit, base, at}) => `#${number} 머지됨, 브랜치 ${base}, 커밋 ${short(commit)} (${at})`,
  'not-merged': ({number, state}) => `#${number} 머지되지 않음(${state})`,
  'merged-commit-differs': ({pinned, found}) => `머지 커밋 ${short(found)}, 런북에 적힌 커밋은 ${pinned}`,
  'merged-elsewhere': ({base, found}) => `머지된 브랜치 ${found}, 런북에 적힌 브랜치는 ${base}`,
  'backup-available': ({name, id, status, createdAt}) =>
    `${name}  ${status}, 생성 시각 ${createdAt === '' ? '알 수 없음' : createdAt} (${id})`,
  'backup-found-again': ({name}) => `${name}  이전 시도에서 시작한 백업을 다시 찾음, 새로 만들지 않음`,
  'backup-failed': ({name, status}) => `${name}  상태 ${status}, 클라우드 서비스에서 삭제한 뒤 단계를 다시 시작해야 함`,
  'backup-of-another': ({instance, found}) => `백업된 인스턴스 ${found}, 런북에 적힌 인스턴스는 ${instance}`,
  'backup-not-restore-tested': () =>
    '복원 검증 안 됨. 여기서 복원하거나 대상 DB와 비교하지 않았으므로 이 백업으로 원복하는 방법은 제공하지 않음',
  'output-as-expected': ({lines}) => `출력 ${formatCount(lines)}줄, 예상대로임`,
  'output-unexpected': ({lines, expected}) =>
    `출력 ${formatCount(lines)}줄, 예상은 ${expected === 'no-rows' ? '출력 없음' : '한 줄 이상'}`,
  'job-passed': ({id, durationMs, rows}) =>
    `${id}  예상대로임${rows === undefined ? '' : `, ${formatCount(rows)}행`}, ${formatDuration(durationMs, 'ko')}`,
  'job-ended': ({id, durationMs}) =>
    `${id}  종료 코드 0, ${formatDuration(durationMs, 'ko')}. 출력에 대한 기준이 없어 확인된 것이 적음`,
  'job-failed': ({id, how}) => `${id}  실패: ${how}`,
  'job-silent': ({id, pattern}) => `${id}  있어야 할 출력이 없음: ${pattern}`,
  'job-too-few-rows': ({id, rows, minimum}) => `${id}  ${formatCount(rows)}행, 최소 ${formatCount(minimum)}행이어야 함`,
  'job-late': ({id, durationMs, budgetMs}) =>
    `${id}  ${formatDuration(durationMs, 'ko')} 걸림, 목표 시간 ${formatDuration(budgetMs, 'ko')}`,
  'kube-job-succeeded': ({name, exitCode, imageId}) => `Job ${name}  완료, ${container(exitCode, imageId)}`,
  'kube-job-failed': ({name, reason, exitCode, imageId}) =>
    `Job ${name}  실패${because(reason)}, ${container(exitCode, imageId)}`,
  'kube-job-found-again': ({name}) =>
    `Job ${name}  이미 있는 Job을 다시 찾음, 새로 만들지 않음. 다시 실행하려면 먼저 클러스터에서 삭제해야 함`,
  'kube-job-gone': ({name}) => `Job ${name}  다른 곳에서 삭제됨. 그때까지 무엇을 했는지 알 수 없음`,
  'kube-job-deleted': ({name}) => `Job ${name}  요청에 따라 삭제했고 파드도 종료됨. 이미 커밋한 내용은 남아 있음`,
  'kube-job-left': ({name, message}) =>
    `Job ${name}  삭제하지 못했거나 삭제를 확인하지 못함. 아직 실행 중일 수 있음${because(message)}`,
  'kube-job-may-repeat': ({name}) => `Job ${name}  클러스터에서 설정이 바뀌어 여러 번 실행될 수 있음`,
  'kube-log-incomplete': ({name}) => `Job ${name}  로그를 끝까지 읽지 못함. kubectl logs job/${name}으로 확인`,
  'kube-refused': ({message}) =>
    `클러스터에 요청하지 못했거나 Job이 만들어지지 않음. 이 시도에서 시작한 Job 없음${because(message)}`,
  'kube-in-place': ({file}) => `${file}  결과 행 없음, Job의 작업 내용이 반영되어 있음`,
  'kube-not-in-place': ({file, rows}) => `${file}  결과 ${formatCount(rows)}행, Job의 작업 내용이 반영되어 있지 않음`,
  'kube-exit-alone': () => 'Job의 종료 상태만 확인함. verify가 없어 데이터베이스에서 확인된 것이 없음',
};
