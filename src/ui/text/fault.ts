// Why this process does nothing more for the run, and what that means.

import type {Locale} from '../../core/text.ts';
import type {Holder} from '../../core/trouble.ts';
import type {Fault} from '../../engine/session.ts';
import type {PlainWords} from './failure.ts';
import {newerText, newerVersionText} from './newer.ts';
import {ended} from './sentence.ts';

type Code = Fault['code'];
type Lexicon = Readonly<{[C in Code]: (fault: Extract<Fault, {code: C}>) => PlainWords}>;

/** A bug's message is a stack; its other lines are for the report of it. */
const firstLine = (message: string): string => message.split('\n', 1)[0] ?? '';

const taker = (holder: Holder | undefined): string =>
  holder === undefined ? '' : `${holder.operator}@${holder.host}, pid ${holder.pid}, ${holder.since}`;

const en: Lexicon = {
  'run-taken-over': ({holder}) => ({
    what: `This run was taken over by another process${holder === undefined ? '' : `: ${taker(holder)}`}.`,
    database:
      'Nothing more is started or written here. What was running goes on to its end, or is settled by that process.',
    now: 'Leave it here. Agree with whoever has it now, and continue there.',
  }),
  'run-removed': ({file}) => ({
    what: `Files of this run were removed while it was open: ${file} is gone.`,
    database:
      'Nothing more is started or written. What was running may have taken effect: it counts as in doubt until the database has been asked.',
    now: 'Find out who removed them. With the run directory whole again, continue this run: it asks the database first. Without it, compare the database with the plan by hand.',
  }),
  'journal-failed': ({message}) => ({
    what: `The journal could not be written: ${ended(message)}`,
    database:
      'Nothing more is started. What was running may have taken effect: it counts as in doubt until the database has been asked.',
    now: 'Free the disk or repair it, then continue this run. It asks the database first.',
  }),
  'run-damaged': ({seq, detail}) => ({
    what: `The journal is damaged at record ${seq}: ${ended(detail)}`,
    database: 'Nothing was started. The journal no longer proves what this run did to the database.',
    now: 'Keep the run directory as it is and compare the database with the plan by hand. Open a new run to go on.',
  }),
  'run-newer': (newer) => ({
    what: newerText(newer).en,
    database: 'Nothing was started. What is shown ends before that record; the run may have gone on since.',
    now: `Continue, export or check this run with ${newerVersionText(newer).en}. Here it can only be looked at.`,
  }),
  bug: ({message}) => ({
    what: `The tool met an error of its own: ${ended(firstLine(message))}`,
    database: 'What was running may have taken effect: it counts as in doubt until the database has been asked.',
    now: 'Continue this run: it asks the database first. Report the error with the evidence of this run.',
  }),
};

const ko: Lexicon = {
  'run-taken-over': ({holder}) => ({
    what: `다른 프로세스가 이 실행을 인계받았습니다${holder === undefined ? '' : `: ${taker(holder)}`}.`,
    database:
      '여기에서는 더 이상 시작하지도 기록하지도 않습니다. 실행 중이던 작업은 끝까지 가거나 그 프로세스가 확정합니다.',
    now: '여기에서는 나갑니다. 인계받은 작업자와 협의하고 그쪽에서 계속합니다.',
  }),
  'run-removed': ({file}) => ({
    what: `이 실행이 열려 있는 동안 실행 파일이 삭제되었습니다: ${file} 없음.`,
    database:
      '더 이상 시작하지도 기록하지도 않습니다. 실행 중이던 작업은 반영되었을 수 있으며, 데이터베이스에 확인할 때까지 결과 불명입니다.',
    now: '누가 삭제했는지 확인합니다. 실행 디렉터리를 원래대로 되돌리면 이 실행을 이어서 진행할 수 있으며, 먼저 데이터베이스에 확인합니다. 되돌릴 수 없으면 데이터베이스를 실행 계획과 직접 비교합니다.',
  }),
  'journal-failed': ({message}) => ({
    what: `실행 기록을 쓸 수 없습니다: ${ended(message)}`,
    database:
      '더 이상 아무것도 시작하지 않습니다. 실행 중이던 작업은 반영되었을 수 있으며, 데이터베이스에 확인할 때까지 결과 불명입니다.',
    now: '디스크 공간을 확보하거나 디스크를 고친 뒤 이 실행을 이어서 진행합니다. 먼저 데이터베이스에 확인합니다.',
  }),
  'run-damaged': ({seq, detail}) => ({
    what: `실행 기록이 ${seq}번 항목에서 손상되었습니다: ${ended(detail)}`,
    database:
      '아무것도 시작하지 않았습니다. 이 실행이 데이터베이스에 무엇을 했는지 기록만으로는 더 이상 증명할 수 없습니다.',
    now: '실행 디렉터리를 그대로 보존하고, 데이터베이스를 실행 계획과 직접 비교합니다. 계속하려면 새로 실행합니다.',
  }),
  'run-newer': (newer) => ({
    what: newerText(newer).ko,
    database: '아무것도 시작하지 않았습니다. 그 앞의 기록까지만 표시하며, 실행은 그 뒤로 더 진행되었을 수 있습니다.',
    now: `이어서 진행하거나 내보내거나 검증하려면 ${newerVersionText(newer).ko}을 사용합니다. 여기에서는 보기만 할 수 있습니다.`,
  }),
  bug: ({message}) => ({
    what: `도구 내부에서 오류가 발생했습니다: ${ended(firstLine(message))}`,
    database: '실행 중이던 작업은 반영되었을 수 있으며, 데이터베이스에 확인할 때까지 결과 불명입니다.',
    now: '이 실행을 이어서 진행합니다. 먼저 데이터베이스에 확인합니다. 이 실행의 증적과 함께 오류를 알려 주십시오.',
  }),
};

const lexicons: Readonly<Record<Locale, Lexicon>> = {en, ko};

export const faultText = (fault: Fault, locale: Locale): PlainWords => {
  const say = lexicons[locale][fault.code] as (fault: Fault) => PlainWords;
  return say(fault);
};
