// What an approver is told whose signed words go to a live session: that it takes them, or where they lie.

import type {Holder} from '../../../core/trouble.ts';
import type {Locale} from '../../../core/text.ts';

const who = (holder: Holder | undefined): string =>
  holder === undefined ? '' : ` (${holder.operator}@${holder.host}, pid ${holder.pid}, ${holder.since})`;

export type HandOverWords = Readonly<{run: string; holder: Holder | undefined; waitSeconds: number}>;

/** Said once the words lie there, and before it is known what becomes of them. */
export const handedText = ({run, holder, waitSeconds}: HandOverWords, locale: Locale): string =>
  ({
    en: `The session that has ${run} open${who(holder)} is handed the signed words. It checks them again and takes or refuses them; for that up to ${waitSeconds} s are waited.`,
    ko: `${run} 실행을 열어 둔 세션${who(holder)}에 서명한 승인문을 전달했습니다. 그 세션이 다시 확인하고 받아들이거나 거부하며, 최대 ${waitSeconds}초 동안 기다립니다.`,
  })[locale];

export type UnansweredWords = Readonly<{waitSeconds: number; statusCommand: string; withdrawCommand: string}>;

export const unansweredText = (
  {waitSeconds, statusCommand, withdrawCommand}: UnansweredWords,
  locale: Locale,
): readonly string[] =>
  ({
    en: [
      `The session has not answered within ${waitSeconds} s: it may be stopped, asleep, or at work on a step. Nothing was approved yet, and nothing was sent to the database.`,
      'The signed words stay where they are. The session takes them when it goes on; so does the next one that continues the run.',
      `Whether they were taken says: ${statusCommand}`,
      `Take them back with: ${withdrawCommand}`,
    ],
    ko: [
      `${waitSeconds}초 안에 세션의 응답이 없습니다. 멈춰 있거나 절전 상태이거나 단계를 진행 중일 수 있습니다. 아직 승인된 것은 없으며 데이터베이스에 보낸 것도 없습니다.`,
      '서명한 승인문은 그대로 남아 있습니다. 세션이 다시 움직이거나 다음에 이 실행을 이어서 진행할 때 받아들입니다.',
      `반영되었는지 확인: ${statusCommand}`,
      `승인문을 거두려면: ${withdrawCommand}`,
    ],
  })[locale];
