// What is said of something that others have left in a run's inbox: that it was taken, or why it was not.

import type {InboxNews, InboxProblem} from '../../../core/inbox/inbox.ts';
import type {Refusal} from '../../../core/command.ts';
import type {StepId} from '../../../core/ids.ts';
import type {LocalText, Locale} from '../../../core/text.ts';
import {formatBytes} from '../numbers.ts';
import {refusalText} from '../refusal.ts';
import {ended} from '../sentence.ts';

type TitleOf = (step: StepId) => string;

const untouched: LocalText = {
  en: 'Nothing was approved, and nothing was sent to the database.',
  ko: '승인된 것은 없으며 데이터베이스에 보낸 것도 없습니다.',
};

const strayText = (problem: Exclude<InboxProblem, {why: 'refused'}>): LocalText => {
  switch (problem.why) {
    case 'foreign-name':
      return {
        en: 'It is none of the files that `attempt-runbook approve` leaves here.',
        ko: '`attempt-runbook approve`가 두는 파일이 아닙니다.',
      };
    case 'not-a-file':
      return {
        en: 'It is a link, a pipe, a folder or a device. Only plain files are read.',
        ko: '링크, 파이프, 폴더 또는 장치입니다. 일반 파일만 읽습니다.',
      };
    case 'other-owner':
      return {
        en: `It belongs to another user (uid ${problem.uid}). Only files of the operator's own account are read: give the command as that user.`,
        ko: `다른 사용자(uid ${problem.uid})의 파일입니다. 작업자 계정의 파일만 읽으므로 그 계정으로 명령을 실행합니다.`,
      };
    case 'open-to-others':
      return {
        en: `Others may read or write it (mode ${problem.mode}). Only files with mode 0600 are read: give the command again.`,
        ko: `다른 사용자가 읽거나 쓸 수 있습니다(권한 ${problem.mode}). 권한이 0600인 파일만 읽으므로 명령을 다시 실행합니다.`,
      };
    case 'too-large':
      return {
        en: `It is longer than ${formatBytes(problem.limitBytes)}, and so neither a statement nor a signature.`,
        ko: `${formatBytes(problem.limitBytes)}를 넘으므로 승인문도 서명도 아닙니다.`,
      };
    case 'half':
      return {
        en: 'Its other half never came, or it was not written to its end. Give the command again.',
        ko: '나머지 파일이 없거나 끝까지 기록되지 않았습니다. 명령을 다시 실행합니다.',
      };
    case 'other-content':
      return {
        en: 'Its content is not what its name says. Give the command again.',
        ko: '파일 이름과 내용이 일치하지 않습니다. 명령을 다시 실행합니다.',
      };
    case 'unreadable':
      return {
        en: `It cannot be read or checked: ${ended(problem.message)}`,
        ko: `읽거나 확인할 수 없습니다: ${ended(problem.message)}`,
      };
  }
};

/** A refusal says by itself what became of the database, or that it is about the run alone. */
const refusedText = (refusal: Refusal, locale: Locale, titleOf: TitleOf | undefined): string => {
  const said = refusalText(refusal, locale, titleOf);
  return refusal.code === 'approval-not-taken' ? said : `${said} ${untouched[locale]}`;
};

export const inboxProblemText = (problem: InboxProblem, locale: Locale, titleOf?: TitleOf): string =>
  problem.why === 'refused'
    ? refusedText(problem.refusal, locale, titleOf)
    : `${strayText(problem)[locale]} ${untouched[locale]}`;

/** Long enough to be found again, short enough for a line. */
const shortName = (name: string): string => name.replace(/^([0-9a-f]{12})[0-9a-f]{52}(?=\.)/, '$1*');

export const inboxNewsText = (news: InboxNews, locale: Locale, titleOf: TitleOf): string => {
  if (news.was === 'taken') {
    const {step, by, decision} = news;
    return decision === 'approved'
      ? {
          en: `From another terminal: ${by} has approved. ${ended(titleOf(step))}`,
          ko: `다른 터미널에서 승인함: ${by}. ${ended(titleOf(step))}`,
        }[locale]
      : {
          en: `From another terminal: ${by} has refused. ${ended(titleOf(step))}`,
          ko: `다른 터미널에서 거부함: ${by}. ${ended(titleOf(step))}`,
        }[locale];
  }
  const name = shortName(news.names[0] ?? '');
  const why = inboxProblemText(news.problem, locale, titleOf);
  return {
    en: `Not taken from another terminal (inbox/refused, ${name}): ${why}`,
    ko: `다른 터미널에서 온 것을 받아들이지 않음(inbox/refused, ${name}): ${why}`,
  }[locale];
};
