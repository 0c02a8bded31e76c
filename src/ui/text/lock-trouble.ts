// Who has a run or a target, and when it can be taken over: words for those who came second.

import type {LocalText, Locale} from '../../core/text.ts';
import type {LockTrouble, TargetHolder} from '../../core/trouble.ts';
import {NOTICED_WITHIN_S} from './locks/loss.ts';
import {blockerText} from './place.ts';

const onlyAsked = {
  en: 'The database was only asked who it is and who works on it. This command changed nothing.',
  ko: '데이터베이스에는 신원과 작업 중인 세션만 확인했습니다. 이 명령은 아무것도 바꾸지 않았습니다.',
} as const;

/** `kim@laptop, run r-2abcd, since 2025-11-21T16:02:11Z (app at 10.1.4.9, session 4711)` */
const holderText = (holder: TargetHolder | undefined, locale: Locale): string => {
  if (holder === undefined) return locale === 'en' ? 'a session that is gone by now' : '지금은 사라진 세션';
  const {run, operator, session, user, address, pid, since} = holder;
  const who = run === undefined ? session || '?' : operator || '?';
  const at = address === '' ? '' : locale === 'en' ? ` at ${address}` : `, 주소 ${address}`;
  return locale === 'en'
    ? `${who}${run === undefined ? '' : `, run ${run}`}${since === '' ? '' : `, since ${since}`} (${user}${at}, session ${pid})`
    : `${who}${run === undefined ? '' : `, 실행 ${run}`}${since === '' ? '' : `, 시작 ${since}`} (${user}${at}, 세션 ${pid})`;
};

type Of<C extends LockTrouble['code']> = Extract<LockTrouble, {code: C}>;

/** What whoever comes second can do, from where he stands. */
const runLockedNow: Readonly<Record<'continue' | NonNullable<Of<'run-locked'>['wants']>, LocalText>> = {
  continue: {
    en: 'Continue there, or leave the run there first (q), then it can be continued here.',
    ko: '그쪽에서 계속하거나, 그쪽에서 먼저 나간(q) 뒤 여기에서 이어서 진행하십시오.',
  },
  signature: {
    en: 'The session that has it takes signed words only: give the command with --key KEY, or with --signature FILE.sig. What is not signed is said on its own screen.',
    ko: '그 세션은 서명한 승인만 받아들입니다. --key KEY 또는 --signature FILE.sig를 붙여 다시 실행하십시오. 서명 없는 승인이나 거부는 그 세션의 화면에서 합니다.',
  },
  'statement-file': {
    en: 'Name a file that the text goes to: --statement FILE. Into a run that another process has, only signed words are put.',
    ko: '승인문을 기록할 파일을 지정하십시오: --statement FILE. 다른 프로세스가 진행하는 실행에는 서명한 승인문만 넣습니다.',
  },
};

const runLocked = ({run, holder, takeOver, wants}: Of<'run-locked'>, locale: Locale): readonly string[] => {
  const now = runLockedNow[wants ?? 'continue'][locale];
  const who = holder === undefined ? '' : ` ${holder.operator}@${holder.host}, pid ${holder.pid}, ${holder.since}`;
  if (locale === 'en') {
    return [
      `Another process works on ${run}:${who}.`,
      'Nothing was sent to any database.',
      now,
      ...(takeOver === undefined
        ? []
        : [`Whether it is still alive cannot be seen from this machine. If it is lost for certain: ${takeOver}`]),
    ];
  }
  return [
    `다른 프로세스가 ${run} 실행을 진행하고 있습니다:${who}.`,
    '어떤 데이터베이스에도 아무것도 보내지 않았습니다.',
    now,
    ...(takeOver === undefined
      ? []
      : [`아직 살아 있는지 이 컴퓨터에서는 알 수 없습니다. 사라진 것이 확실하다면: ${takeOver}`]),
  ];
};

/** No other run: a line that was cut, of which the server does not know yet. */
const heldByOwn = ({holder, own, takeOver}: Of<'target-locked'>, locale: Locale): readonly string[] => {
  const doubt = own?.isInDoubt === true;
  return locale === 'en'
    ? [
        `This run's own former connection still has the target: ${holderText(holder, 'en')}. No other run has it; the server has not noticed yet that the line is dead.`,
        doubt
          ? 'What became of the step that was begun is not known; the database is asked as soon as the run is continued. Do not run it by hand.'
          : onlyAsked.en,
        `It notices within about ${NOTICED_WITHIN_S} s where it allows keepalives, else after its own time-out. Then give the command again.`,
        ...(takeOver === undefined ? [] : [`At once, while that connection does nothing: ${takeOver}`]),
      ]
    : [
        `이 실행 자신의 이전 연결이 아직 대상을 점유하고 있습니다: ${holderText(holder, 'ko')}. 다른 실행이 아니며, 서버가 끊긴 연결을 아직 알아채지 못했습니다.`,
        doubt
          ? '시작했던 단계의 결과는 아직 알 수 없습니다. 이어서 진행하면 먼저 데이터베이스에 확인합니다. 직접 실행하지 마십시오.'
          : onlyAsked.ko,
        `keepalive를 허용하는 서버는 약 ${NOTICED_WITHIN_S}초 안에, 그렇지 않으면 서버의 제한 시간 뒤에 알아챕니다. 그 뒤 명령을 다시 실행하십시오.`,
        ...(takeOver === undefined ? [] : [`그 연결이 아무 작업도 하지 않을 때 바로 이어받으려면: ${takeOver}`]),
      ];
};

const targetLocked = ({holder, takeOver}: Of<'target-locked'>, locale: Locale): readonly string[] =>
  locale === 'en'
    ? [
        `Another run works on this target: ${holderText(holder, 'en')}.`,
        onlyAsked.en,
        'Wait until it is left or finished. The lock goes with its connection, also when its process is killed.',
        ...(takeOver === undefined
          ? []
          : [`If its operator agrees, or cannot be reached, it can be taken over while it does nothing: ${takeOver}`]),
      ]
    : [
        `다른 실행이 이 대상을 점유하고 있습니다: ${holderText(holder, 'ko')}.`,
        onlyAsked.ko,
        '그 실행이 끝나거나 나갈 때까지 기다립니다. 프로세스가 강제 종료되어도 연결과 함께 잠금이 풀립니다.',
        ...(takeOver === undefined
          ? []
          : [`그 작업자가 동의했거나 연락되지 않는다면, 아무 작업도 하지 않을 때 인계받을 수 있습니다: ${takeOver}`]),
      ];

const atWork = ({holder, sessions}: Of<'take-over-at-work'>, locale: Locale): readonly string[] => [
  locale === 'en'
    ? `The target is not taken over: the run that has it is at work. It is ${holderText(holder, 'en')}.`
    : `대상을 인계받지 않았습니다. 점유한 실행이 작업 중입니다: ${holderText(holder, 'ko')}.`,
  ...sessions.map((session) => `    ${blockerText(session, locale)}`),
  locale === 'en'
    ? 'None of these sessions was ended. This command changed nothing.'
    : '이 세션들은 종료하지 않았습니다. 이 명령은 아무것도 바꾸지 않았습니다.',
  locale === 'en'
    ? 'Wait until they are gone, then give the command again.'
    : '세션이 모두 끝난 뒤 명령을 다시 실행하십시오.',
];

const otherHolder = ({named, holder}: Of<'take-over-other'>, locale: Locale): readonly string[] =>
  locale === 'en'
    ? [
        `The target is not taken over: ${named} does not have it. It is held by ${holderText(holder, 'en')}.`,
        onlyAsked.en,
        'Name the run that has it, when that is the one that is meant. Sessions that are not of this tool are never ended.',
      ]
    : [
        `대상을 인계받지 않았습니다. ${named} 실행이 점유하고 있지 않습니다. 점유: ${holderText(holder, 'ko')}.`,
        onlyAsked.ko,
        '의도한 실행이 맞다면 점유한 실행의 이름을 지정하십시오. 이 도구의 세션이 아니면 절대로 종료하지 않습니다.',
      ];

export const lockTroubleText = (trouble: LockTrouble, locale: Locale): readonly string[] => {
  switch (trouble.code) {
    case 'run-locked':
      return runLocked(trouble, locale);
    case 'target-locked':
      return trouble.own === undefined ? targetLocked(trouble, locale) : heldByOwn(trouble, locale);
    case 'take-over-at-work':
      return atWork(trouble, locale);
    case 'take-over-other':
      return otherHolder(trouble, locale);
  }
};
