// What is said of a target's lock that is no longer this run's: that somebody has it, or that nobody could be asked.

import type {LockLoss} from '../../../core/failure.ts';
import type {LocalText, Locale} from '../../../core/text.ts';

/** 10 s idle and three times 5 s, as the lock's session sets its keepalives; a server that allows less takes its own time. */
export const NOTICED_WITHIN_S = 25;

const lost = ({holder, because}: LockLoss): LocalText => {
  switch (because) {
    case 'unreachable':
      return {
        en: 'The connection that held the lock of this target was lost, and the target does not answer. Whether another run has it is not known.',
        ko: '이 대상의 잠금을 쥔 연결이 끊겼고 대상이 응답하지 않습니다. 다른 실행이 점유했는지는 알 수 없습니다.',
      };
    case 'own-session':
      return {
        en: `The lock of this target is still held by this run's own former connection (${holder}), whose line was cut: no other run has it.`,
        ko: `이 대상의 잠금은 연결이 끊긴 이 실행 자신의 이전 연결이 아직 쥐고 있습니다(${holder}). 다른 실행이 점유한 것이 아닙니다.`,
      };
    default:
      return {
        en: `The lock that keeps other runs off this target was lost${holder === '' ? '' : `, and ${holder} has it now`}.`,
        ko: `다른 실행을 막는 대상 잠금을 잃었습니다${holder === '' ? '' : ` (현재 점유: ${holder})`}.`,
      };
  }
};

const cures: Readonly<Record<NonNullable<LockLoss['because']> | 'held', LocalText>> = {
  unreachable: {
    en: 'Once it answers, start the step again; after the run was left, continue it.',
    ko: '대상이 응답하면 이 단계를 다시 시작하고, 이미 나갔다면 이어서 진행합니다.',
  },
  'own-session': {
    en: `The server notices within about ${NOTICED_WITHIN_S} s where it allows keepalives; then start the step again.`,
    ko: `keepalive를 허용하는 서버는 약 ${NOTICED_WITHIN_S}초 안에 알아챕니다. 그 뒤 이 단계를 다시 시작합니다.`,
  },
  held: {
    en: 'Leave this run and continue it when the target is free.',
    ko: '나갔다가 대상이 비면 이어서 진행합니다.',
  },
};

export const lockLossText = (loss: LockLoss, locale: Locale): string => lost(loss)[locale];

export const lockLossCure = ({because}: LockLoss, locale: Locale): string => cures[because ?? 'held'][locale];
