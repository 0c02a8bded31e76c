// Why the run said no to a command, and what would be accepted instead.

import type {Refusal} from '../../core/command.ts';
import type {StepId} from '../../core/ids.ts';
import type {Locale} from '../../core/text.ts';
import {approvalProblemText, lapseText} from './approval.ts';
import {adviceReasonText, isAdviceReason} from './advice.ts';
import {lockLossCure, lockLossText} from './locks/loss.ts';
import {newerText, newerVersionText} from './newer.ts';
import {ended} from './sentence.ts';

type TitleOf = (step: StepId) => string;
type Code = Refusal['code'];
type Of<C extends Code> = Extract<Refusal, {code: C}>;
type Lexicon = Readonly<{[C in Code]: (refusal: Of<C>, titleOf: TitleOf) => string}>;

const files = (paths: readonly string[]): string => paths.join(', ');

const en: Lexicon = {
  'run-closed': () => 'This run is closed. Open a new run to do more.',
  'run-damaged': ({seq}) =>
    `The journal of this run is damaged at record ${seq}. The run is shown as far as it can be trusted, and takes no more commands.`,
  'run-newer': (newer) =>
    `${newerText(newer).en} The run is shown up to there, and takes no commands here. Use ${newerVersionText(newer).en}.`,
  'journal-failed': ({message}) =>
    `The journal could not be written: ${ended(message)} Nothing is done that cannot be written down. Free the disk, then continue the run.`,
  'run-removed': ({file}) =>
    `Files of this run were removed while it was open: ${file} is gone. Nothing is done that cannot be written down. With the run directory whole again, continue the run.`,
  'run-taken-over': ({holder}) =>
    `This run was taken over by another process${holder === undefined ? '' : ` (${holder.operator}@${holder.host}, pid ${holder.pid}, ${holder.since})`}. Nothing was started or written here. Leave it, and continue there.`,
  'step-unknown': ({step}) => `This runbook has no step '${step}'.`,
  'item-unknown': ({step, item}, titleOf) => `${titleOf(step)} has no item '${item}'.`,
  'not-this-step': ({step, next}, titleOf) =>
    next === undefined
      ? `${titleOf(step)} cannot be done now: the run waits for nothing.`
      : next === step
        ? `${titleOf(step)} is done by ticking its items; it cannot be started.`
        : `${titleOf(step)} is not next. Next is ${ended(titleOf(next))}`,
  'not-a-checklist': ({step}, titleOf) => `${titleOf(step)} is not a checklist; it has no items to tick.`,
  'not-an-approval': ({step}, titleOf) => `${titleOf(step)} is no approval; there is nothing to sign.`,
  'approval-not-taken': ({problem}) => approvalProblemText(problem, 'en'),
  'approval-lapsed': ({step, approval, lapse}, titleOf) =>
    `${titleOf(step)} was not started: ${titleOf(approval)} ${lapseText(lapse, 'en')}. It has to be approved again; the run waits for that now. Nothing of this step was sent to the database.`,
  'already-done': ({step}, titleOf) => `${titleOf(step)}: this is done already.`,
  'already-running': ({step}, titleOf) => `${titleOf(step)} is still running. Wait for it, or stop it first.`,
  'nothing-running': () => 'Nothing is running that could be stopped.',
  'in-doubt': ({step}, titleOf) =>
    `${titleOf(step)} is in doubt: whether it took effect is not known. Settle that first; it is not started again before.`,
  'not-in-doubt': ({step}, titleOf) => `${titleOf(step)} is not in doubt; there is nothing to settle.`,
  'not-probed': ({step}, titleOf) =>
    `The database has not been asked about ${titleOf(step)} yet. Ask it first; a human only answers what it cannot.`,
  mandatory: ({step}, titleOf) => `${titleOf(step)} is mandatory and cannot be waived.`,
  'reason-missing': () => 'A reason is needed. It goes into the evidence.',
  'note-missing': ({step, item}, titleOf) =>
    `${titleOf(step)}, item '${item}': a note is needed, for example a link, a name or a ticket.`,
  'confirmation-missing': ({expected}) =>
    `Nothing was started. To confirm, type the name of the target database: ${expected}`,
  'option-unknown': ({option}) => `This runbook has no way back '${option}'.`,
  'option-impossible': ({option, because}) =>
    `The way back '${option}' is not possible: ${ended(isAdviceReason(because) ? adviceReasonText(because, 'en') : because)}`,
  'snapshot-not-stale': () =>
    'The snapshot is taken again only where a step was refused because the catalog has changed since, and nothing was changed yet.',
  'nothing-to-roll-back': () => 'There is nothing to go back from: this run has not begun to change the database.',
  'plan-changed': ({files: changed}) =>
    `Files of the plan have changed since the run was opened, or cannot be read any more: ${files(changed)}. Nothing was started. Put them back as they were, or open a new run with the new plan and its approvals.`,
  'target-lock-lost': (loss) => `${lockLossText(loss, 'en')} Nothing was started. ${lockLossCure(loss, 'en')}`,
};

const ko: Lexicon = {
  'run-closed': () => '이 실행은 종료되었습니다. 더 진행하려면 새로 실행합니다.',
  'run-damaged': ({seq}) =>
    `이 실행의 기록이 ${seq}번 항목에서 손상되었습니다. 믿을 수 있는 곳까지만 표시하며, 더 이상 명령을 받지 않습니다.`,
  'run-newer': (newer) =>
    `${newerText(newer).ko} 그 앞까지만 표시하며 여기에서는 명령을 받지 않습니다. ${newerVersionText(newer).ko}을 사용합니다.`,
  'journal-failed': ({message}) =>
    `실행 기록을 쓸 수 없습니다: ${ended(message)} 기록할 수 없는 일은 하지 않습니다. 디스크 공간을 확보한 뒤 이 실행을 이어서 진행합니다.`,
  'run-removed': ({file}) =>
    `이 실행이 열려 있는 동안 실행 파일이 삭제되었습니다: ${file} 없음. 기록할 수 없는 일은 하지 않습니다. 실행 디렉터리를 원래대로 되돌린 뒤 이 실행을 이어서 진행합니다.`,
  'run-taken-over': ({holder}) =>
    `다른 프로세스가 이 실행을 인계받았습니다${holder === undefined ? '' : ` (${holder.operator}@${holder.host}, pid ${holder.pid}, ${holder.since})`}. 여기에서는 시작하거나 기록한 것이 없습니다. 나가서 그쪽에서 계속합니다.`,
  'step-unknown': ({step}) => `이 런북에 없는 단계입니다: '${step}'.`,
  'item-unknown': ({step, item}, titleOf) => `${titleOf(step)}: 없는 항목입니다: '${item}'.`,
  'not-this-step': ({step, next}, titleOf) =>
    next === undefined
      ? `${titleOf(step)}: 지금은 할 수 없습니다. 이 실행이 기다리는 단계가 없습니다.`
      : next === step
        ? `${titleOf(step)}: 항목을 확인하는 단계이므로 시작할 수 없습니다.`
        : `${titleOf(step)}: 아직 차례가 아닙니다. 다음 단계: ${ended(titleOf(next))}`,
  'not-a-checklist': ({step}, titleOf) => `${titleOf(step)}: 점검 목록이 아니므로 확인할 항목이 없습니다.`,
  'not-an-approval': ({step}, titleOf) => `${titleOf(step)}: 승인 단계가 아니므로 서명할 것이 없습니다.`,
  'approval-not-taken': ({problem}) => approvalProblemText(problem, 'ko'),
  'approval-lapsed': ({step, approval, lapse}, titleOf) =>
    `시작하지 않았습니다: ${titleOf(step)}. 이유: ${titleOf(approval)} 승인 효력 없음, ${lapseText(lapse, 'ko')}. 다시 승인해야 하며 지금 그 승인을 기다립니다. 이 단계는 데이터베이스에 아무것도 보내지 않았습니다.`,
  'already-done': ({step}, titleOf) => `${titleOf(step)}: 이미 끝났습니다.`,
  'already-running': ({step}, titleOf) => `${titleOf(step)}: 아직 실행 중입니다. 끝나기를 기다리거나 먼저 중단합니다.`,
  'nothing-running': () => '중단할 작업이 없습니다.',
  'in-doubt': ({step}, titleOf) =>
    `${titleOf(step)}: 결과 불명 상태입니다. 반영되었는지 먼저 확정해야 하며, 그 전에는 다시 시작하지 않습니다.`,
  'not-in-doubt': ({step}, titleOf) => `${titleOf(step)}: 결과 불명 상태가 아니므로 확정할 것이 없습니다.`,
  'not-probed': ({step}, titleOf) =>
    `${titleOf(step)}: 아직 데이터베이스에 확인하지 않았습니다. 먼저 확인하고, 데이터베이스가 답하지 못한 것만 사람이 답합니다.`,
  mandatory: ({step}, titleOf) => `${titleOf(step)}: 필수 단계이므로 생략할 수 없습니다.`,
  'reason-missing': () => '사유를 적어야 합니다. 사유는 증적에 남습니다.',
  'note-missing': ({step, item}, titleOf) =>
    `${titleOf(step)}, 항목 '${item}': 링크, 이름, 티켓 번호 같은 메모를 적어야 합니다.`,
  'confirmation-missing': ({expected}) =>
    `시작하지 않았습니다. 확인하려면 대상 데이터베이스의 이름을 입력합니다: ${expected}`,
  'option-unknown': ({option}) => `이 런북에 없는 원복 방법입니다: '${option}'.`,
  'option-impossible': ({option, because}) =>
    `쓸 수 없는 원복 방법입니다: '${option}'. 이유: ${ended(isAdviceReason(because) ? adviceReasonText(because, 'ko') : because)}`,
  'snapshot-not-stale': () =>
    '스냅샷은 그 뒤에 카탈로그가 바뀌어 단계가 거부되었고 아직 아무것도 변경하지 않았을 때만 다시 만듭니다.',
  'nothing-to-roll-back': () => '원복할 것이 없습니다. 이 실행은 아직 데이터베이스를 변경하기 시작하지 않았습니다.',
  'plan-changed': ({files: changed}) =>
    `실행을 시작한 뒤 실행 계획의 파일이 바뀌었거나 더 이상 읽을 수 없습니다: ${files(changed)}. 아무것도 시작하지 않았습니다. 파일을 원래대로 되돌리거나, 새 실행 계획으로 승인을 받아 새로 실행합니다.`,
  'target-lock-lost': (loss) => `${lockLossText(loss, 'ko')} 아무것도 시작하지 않았습니다. ${lockLossCure(loss, 'ko')}`,
};

const lexicons: Readonly<Record<Locale, Lexicon>> = {en, ko};

/** `titleOf` names a step as the screen does; without it the step's id is shown. */
export const refusalText = (refusal: Refusal, locale: Locale, titleOf: TitleOf = (step) => step): string => {
  // TypeScript cannot see that the entry under `refusal.code` takes exactly this refusal.
  const say = lexicons[locale][refusal.code] as (refusal: Refusal, titleOf: TitleOf) => string;
  return say(refusal, titleOf);
};
