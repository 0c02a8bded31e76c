// What is said about a file that a person added to the evidence, and why one is not taken.

import type {AttachProblem} from '../../core/attachment.ts';
import type {LocalText, Locale} from '../../core/text.ts';
import {formatBytes} from './numbers.ts';

/** Text was looked through for secrets; a picture, or anything else, was not, and that is said wherever it is shown. */
export const scannedText = (scanned: boolean, locale: Locale): string =>
  scanned
    ? {en: 'text, scanned for secrets', ko: '텍스트, 비밀 정보 검사함'}[locale]
    : {en: 'NOT scanned for secrets', ko: '비밀 정보 검사 안 함'}[locale];

const nothingKept: LocalText = {
  en: 'Nothing was added to the run. No database was asked.',
  ko: '실행에 추가된 것은 없습니다. 데이터베이스에는 접속하지 않았습니다.',
};

type Words = Readonly<{what: LocalText; now: LocalText}>;

const wordsOf = (problem: AttachProblem): Words => {
  switch (problem.code) {
    case 'run-closed':
      return {
        what: {
          en: 'This run is closed, and its evidence may be signed already: it takes nothing more.',
          ko: '이 실행은 종료되었고 증적이 이미 서명되었을 수 있어 더 추가할 수 없습니다.',
        },
        now: {
          en: 'Keep the file beside the exported bundle, for example in the change request.',
          ko: '내보낸 증적 옆에, 예를 들어 변경 요청에 파일을 함께 보관하십시오.',
        },
      };
    case 'run-read-only':
      return {
        what: {en: 'Nothing can be written into this run here.', ko: '여기서는 이 실행에 기록할 수 없습니다.'},
        now: {
          en: 'Continue the run (attempt-runbook resume), then attach the file.',
          ko: '실행을 이어서 연 다음(attempt-runbook resume) 파일을 첨부하십시오.',
        },
      };
    case 'step-unknown':
      return {
        what: {en: `This run has no step '${problem.step}'.`, ko: `이 실행에 '${problem.step}' 단계가 없습니다.`},
        now: {en: `Its steps: ${problem.known.join(', ')}`, ko: `단계 목록: ${problem.known.join(', ')}`},
      };
    case 'note-missing':
      return {
        what: {
          en: 'A note is required: what does the file show?',
          ko: '메모가 필요합니다: 무엇을 보여 주는 파일입니까?',
        },
        now: {en: "Give it with --note 'TEXT'.", ko: "--note '내용' 으로 지정하십시오."},
      };
    case 'missing':
      return {
        what: {en: `There is no file ${problem.path}.`, ko: `${problem.path} 파일이 없습니다.`},
        now: {en: 'Check the path.', ko: '경로를 확인하십시오.'},
      };
    case 'link':
      return {
        what: {
          en: `${problem.path} is a symbolic link; what it leads to may change while it is read.`,
          ko: `${problem.path} 은(는) 심볼릭 링크입니다. 읽는 동안 가리키는 대상이 바뀔 수 있습니다.`,
        },
        now: {en: 'Name the file itself.', ko: '파일 자체를 지정하십시오.'},
      };
    case 'directory':
      return {
        what: {en: `${problem.path} is a directory.`, ko: `${problem.path} 은(는) 디렉터리입니다.`},
        now: {en: 'Name one file, or make an archive of it first.', ko: '파일 하나를 지정하거나, 먼저 압축하십시오.'},
      };
    case 'not-a-file':
      return {
        what: {
          en: `${problem.path} is a pipe, a socket or a device, not a file.`,
          ko: `${problem.path} 은(는) 파이프, 소켓 또는 장치이며 파일이 아닙니다.`,
        },
        now: {en: 'Save what it gives into a file first.', ko: '먼저 내용을 파일로 저장하십시오.'},
      };
    case 'empty':
      return {
        what: {en: `${problem.path} is empty.`, ko: `${problem.path} 파일이 비어 있습니다.`},
        now: {en: 'Attach it once something is in it.', ko: '내용이 있을 때 첨부하십시오.'},
      };
    case 'too-big':
      return {
        what: {
          en: `${problem.path} is larger than ${formatBytes(problem.mostBytes)}, the most that is attached.`,
          ko: `${problem.path} 파일이 첨부 한도 ${formatBytes(problem.mostBytes)} 보다 큽니다.`,
        },
        now: {
          en: 'Attach the part that shows it, or keep the file elsewhere and name its sha256 in a note.',
          ko: '필요한 부분만 첨부하거나, 파일을 다른 곳에 두고 sha256 값을 메모에 남기십시오.',
        },
      };
    case 'unreadable':
      return {
        what: {
          en: `${problem.path} cannot be read: ${problem.message}.`,
          ko: `${problem.path} 파일을 읽을 수 없습니다: ${problem.message}.`,
        },
        now: {en: 'Check its permissions.', ko: '권한을 확인하십시오.'},
      };
    case 'not-kept':
      return {
        what: {
          en: `The run's directory did not take ${problem.path}: ${problem.message}.`,
          ko: `실행 디렉터리에 ${problem.path} 을(를) 쓸 수 없습니다: ${problem.message}.`,
        },
        now: {
          en: 'Free the disk or repair its permissions, then attach again.',
          ko: '디스크 공간이나 권한을 확인한 다음 다시 첨부하십시오.',
        },
      };
  }
};

/** What happened, what it means, what to do now; strings of others come through unchanged. */
export const attachProblemText = (problem: AttachProblem, locale: Locale): readonly string[] => {
  const {what, now} = wordsOf(problem);
  return [what[locale], nothingKept[locale], now[locale]];
};
