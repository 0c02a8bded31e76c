// What is said of a list of signers before anybody signs: who is on it, or why the approvals cannot be given, and the cure.

import type {SignersStanding, UncountedLine} from '../../../core/signers/standing.ts';
import type {LocalText, Locale} from '../../../core/text.ts';
import {ended} from '../sentence.ts';

type Standing<C extends SignersStanding['code']> = Extract<SignersStanding, {code: C}>;

const listName = ({list, place}: Standing<'unreadable' | 'nobody' | 'too-few' | 'enough'>): LocalText =>
  list === 'plan'
    ? {en: `the plan's list (${place})`, ko: `실행 계획의 목록(${place})`}
    : {en: `the operator's list (${place})`, ko: `작업자가 지정한 목록(${place})`};

const because: Readonly<Record<UncountedLine['because'], LocalText>> = {
  expired: {en: 'expired', ko: '만료'},
  'not-yet': {en: 'not valid yet', ko: '아직 유효하지 않음'},
  'other-namespace': {en: 'not for the namespace attempt-runbook', ko: 'attempt-runbook 네임스페이스용이 아님'},
  authority: {en: 'an authority, not a person', ko: '개인이 아닌 인증 기관'},
  pattern: {en: 'a pattern in place of a name', ko: '이름 대신 패턴'},
  malformed: {en: 'not as ssh-keygen reads it', ko: 'ssh-keygen이 읽을 수 없음'},
};

/** Three: the first ones say what is wrong with the list. */
const SHOWN = 3;

const linesText = (uncounted: readonly UncountedLine[], locale: Locale): string => {
  const shown = uncounted
    .slice(0, SHOWN)
    .map(({line, because: of}) => ({en: `line ${line}: `, ko: `${line}행: `})[locale] + because[of][locale]);
  const rest = uncounted.length - shown.length;
  const more = rest > 0 ? [{en: `and ${rest} more`, ko: `외 ${rest}행`}[locale]] : [];
  return [...shown, ...more].join('; ');
};

/** What stands, in one sentence. */
export const signersText = (standing: SignersStanding, locale: Locale): string => {
  switch (standing.code) {
    case 'none':
      return {
        en: 'none; the runbook names none, and ATTEMPT_RUNBOOK_ALLOWED_SIGNERS is not set',
        ko: '없음. 런북에 지정되지 않았고 ATTEMPT_RUNBOOK_ALLOWED_SIGNERS도 설정되지 않음',
      }[locale];
    case 'unreadable':
      return {
        en: `${listName(standing).en} cannot be read: ${standing.message}`,
        ko: `${listName(standing).ko}을 읽을 수 없음: ${standing.message}`,
      }[locale];
    case 'nobody': {
      const {uncounted, operatorsOnly} = standing;
      const why = linesText(uncounted, locale);
      const said = why === '' ? '' : ` (${why})`;
      return operatorsOnly
        ? {
            en: `${listName(standing).en} has only keys of the operator that count, and nobody approves his own run${said}`,
            ko: `${listName(standing).ko}에서 인정되는 키가 작업자 본인의 것뿐이며, 자신의 실행은 승인할 수 없음${said}`,
          }[locale]
        : {
            en: `${listName(standing).en} has no key that counts now${said}`,
            ko: `${listName(standing).ko}에 지금 인정되는 키가 없음${said}`,
          }[locale];
    }
    case 'too-few':
      return {
        en: `${listName(standing).en} names ${standing.persons.length} other than the operator (${standing.persons.join(', ')}), and ${standing.needed} are needed`,
        ko: `${listName(standing).ko}에 작업자가 아닌 사람이 ${standing.persons.length}명(${standing.persons.join(', ')})뿐이며 ${standing.needed}명이 필요함`,
      }[locale];
    case 'enough':
      return {
        en: `${listName(standing).en}: ${standing.persons.join(', ')}`,
        ko: `${listName(standing).ko}: ${standing.persons.join(', ')}`,
      }[locale];
  }
};

/** What to do about it before a run; '' when nothing has to be done. A list of the plan is mended with the runbook. */
const cures: Readonly<Record<'plan' | 'operator', LocalText>> = {
  plan: {
    en: "Mend the list in the runbook's folder and open a new run: the list is part of the plan.",
    ko: '런북 폴더의 목록을 고친 뒤 새로 실행합니다. 목록은 실행 계획의 일부입니다.',
  },
  operator: {
    en: 'Leave the run, export ATTEMPT_RUNBOOK_ALLOWED_SIGNERS=FILE (a line: name, public key), and continue it.',
    ko: '승인 전에 실행에서 나가 export ATTEMPT_RUNBOOK_ALLOWED_SIGNERS=FILE(한 줄에 이름과 공개 키)을 하고 이어서 진행합니다.',
  },
};

/** Said at the start of a run whose approvals could not be given; undefined where they can. */
export const signersWarning = (title: string, standing: SignersStanding, locale: Locale): string | undefined => {
  if (standing.code === 'enough') return undefined;
  const cure = cures['list' in standing ? standing.list : 'operator'][locale];
  return {
    en: `${ended(title)} It takes only keys of the list of signers: ${ended(signersText(standing, 'en'))} ${cure}`,
    ko: `${ended(title)} 서명자 목록의 키만 인정하는 단계이며, 목록: ${ended(signersText(standing, 'ko'))} ${cure}`,
  }[locale];
};
