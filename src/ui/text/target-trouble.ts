// Why a database is not taken for the target of an environment: both are named, and how to mend it.

import type {TargetClaim} from '../../core/known-target.ts';
import type {Locale} from '../../core/text.ts';
import type {TargetTrouble} from '../../core/trouble.ts';
import {environmentText} from './terms.ts';
import {shortTarget, targetLines, tlsAdvice} from './target.ts';

const untouched = {
  en: 'The database was only asked who it is. This command changed nothing, and no run was opened.',
  ko: '데이터베이스에는 신원 확인만 요청했습니다. 변경된 것도, 시작된 실행도 없습니다.',
} as const;

const claimText = ({runbook, environment, how}: TargetClaim, locale: Locale): string =>
  locale === 'en'
    ? `${environmentText(environment, 'en')} of ${runbook}, as ${how === 'pinned' ? 'confirmed before' : 'the runbook declares'}`
    : `${runbook} 의 ${environmentText(environment, 'ko')} 환경(${how === 'pinned' ? '이전에 확인됨' : '런북에 선언됨'})`;

const forget = (environment: string, runbook: string): string =>
  `attempt-runbook targets forget ${environment} ${runbook}`;

type Of<C extends TargetTrouble['code']> = Extract<TargetTrouble, {code: C}>;

const unconfirmed = ({environment, target, command}: Of<'target-unconfirmed'>, locale: Locale): readonly string[] => {
  const advice = tlsAdvice(target, locale);
  const [what, now] =
    locale === 'en'
      ? [
          `This is the first use of ${environmentText(environment, 'en')} with this runbook. Nobody has confirmed yet that this is its database:`,
          'If it is the right one, this confirms it and starts the run; from then on it is remembered:',
        ]
      : [
          `이 런북으로 ${environmentText(environment, 'ko')} 환경을 처음 사용합니다. 다음이 그 데이터베이스인지 아직 확인되지 않았습니다:`,
          '맞다면 다음 명령으로 확인하고 시작합니다. 이후에는 기억합니다:',
        ];
  return [
    what,
    ...targetLines(target, locale).map((line) => `    ${line}`),
    ...(advice === undefined ? [] : [`    ! ${advice}`]),
    untouched[locale],
    now,
    `    ${command}`,
  ];
};

const differs = (
  {runbook, environment, target, expected, claim}: Of<'target-differs'>,
  locale: Locale,
): readonly string[] => {
  const name = environmentText(environment, locale);
  const found = {...target, serverMajor: Math.floor(target.serverVersionNum / 10_000)};
  if (locale === 'en') {
    return [
      `This is not the database of ${name}.`,
      `    ${expected.how === 'pinned' ? 'confirmed before' : 'declared in the runbook'}: ${shortTarget(expected, 'en')}`,
      `    found at ${target.address}: ${shortTarget(found, 'en')}`,
      ...(claim === undefined ? [] : [`    It is ${claimText(claim, 'en')}.`]),
      untouched.en,
      'Give the URL of the right database.',
      expected.how === 'pinned'
        ? `If ${name} has really moved, forget what was confirmed and confirm the new one: ${forget(environment, runbook)}   (attempt-runbook targets lists all)`
        : `If ${name} has really moved, change environments.${environment}.target in runbook.yaml.`,
    ];
  }
  return [
    `${name} 환경의 데이터베이스가 아닙니다.`,
    `    ${expected.how === 'pinned' ? '이전에 확인됨' : '런북에 선언됨'}: ${shortTarget(expected, 'ko')}`,
    `    실제(${target.address}): ${shortTarget(found, 'ko')}`,
    ...(claim === undefined ? [] : [`    이것은 ${claimText(claim, 'ko')}입니다.`]),
    untouched.ko,
    '올바른 데이터베이스의 URL을 지정하십시오.',
    expected.how === 'pinned'
      ? `${name} 환경이 실제로 옮겨졌다면 확인 기록을 지우고 새로 확인합니다: ${forget(environment, runbook)}   (전체 목록: attempt-runbook targets)`
      : `${name} 환경이 실제로 옮겨졌다면 runbook.yaml 의 environments.${environment}.target 을 고칩니다.`,
  ];
};

const shared = ({environment, target, claim}: Of<'target-shared'>, locale: Locale): readonly string[] => {
  const [name, other] = [environmentText(environment, locale), claimText(claim, locale)];
  const found = shortTarget({...target, serverMajor: Math.floor(target.serverVersionNum / 10_000)}, locale);
  const undo = forget(claim.environment, claim.runbook);
  if (locale === 'en') {
    return [
      `This database cannot be ${name}: it is ${other}.`,
      `    found at ${target.address}: ${found}`,
      untouched.en,
      claim.how === 'pinned'
        ? `Give the URL of ${name}. If the other one was confirmed by mistake, forget it: ${undo}`
        : `Give the URL of ${name}, or correct environments.${claim.environment}.target in runbook.yaml.`,
    ];
  }
  return [
    `이 데이터베이스는 ${name} 환경일 수 없습니다. 이미 ${other}입니다.`,
    `    실제(${target.address}): ${found}`,
    untouched.ko,
    claim.how === 'pinned'
      ? `${name} 환경의 URL을 지정하십시오. 다른 쪽을 잘못 확인했다면 기록을 지웁니다: ${undo}`
      : `${name} 환경의 URL을 지정하거나 runbook.yaml 의 environments.${claim.environment}.target 을 고칩니다.`,
  ];
};

export const targetTroubleText = (trouble: TargetTrouble, locale: Locale): readonly string[] => {
  switch (trouble.code) {
    case 'target-unconfirmed':
      return unconfirmed(trouble, locale);
    case 'target-differs':
      return differs(trouble, locale);
    case 'target-shared':
      return shared(trouble, locale);
    case 'pin-differs':
      return locale === 'en'
        ? [
            `--pin names the system identifier ${trouble.pin}, and this is another server:`,
            ...targetLines(trouble.target, 'en').map((line) => `    ${line}`),
            untouched.en,
            'Give the URL of the database that was meant, or look again before confirming this one.',
          ]
        : [
            `--pin 의 시스템 식별자(${trouble.pin})와 다른 서버입니다:`,
            ...targetLines(trouble.target, 'ko').map((line) => `    ${line}`),
            untouched.ko,
            '의도한 데이터베이스의 URL을 지정하거나, 확인하기 전에 다시 살펴보십시오.',
          ];
    case 'known-targets-unreadable':
      return locale === 'en'
        ? [
            `The list of confirmed databases cannot be read: ${trouble.path}: ${trouble.message}.`,
            'Nothing was forgotten and nothing was changed. Without the list, a wrong database could pass for the right one, so no run is opened.',
            'Repair the file, or move it away: each environment is then confirmed again at its next use.',
          ]
        : [
            `확인된 데이터베이스 목록을 읽을 수 없습니다: ${trouble.path}: ${trouble.message}.`,
            '지워진 기록도, 변경된 것도 없습니다. 목록 없이는 다른 데이터베이스를 착각할 수 있으므로 실행을 시작하지 않습니다.',
            '파일을 복구하거나 다른 곳으로 옮기십시오. 옮기면 각 환경을 다음 사용 때 다시 확인합니다.',
          ];
  }
};
