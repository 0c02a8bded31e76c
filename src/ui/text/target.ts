// Who a database says it is, line by line, and what an operator should know of the way to it.

import type {ExpectedTarget, TargetTrust} from '../../core/known-target.ts';
import type {TargetIdentity} from '../../core/ids.ts';
import type {LocalText, Locale} from '../../core/text.ts';
import {isWeaklyVerified} from '../../core/target.ts';
import {viaText} from './tunnel.ts';
import {displayWidth} from './width.ts';

const labels: Readonly<Record<'database' | 'user' | 'server' | 'system' | 'address' | 'via', LocalText>> = {
  database: {en: 'database', ko: '데이터베이스'},
  user: {en: 'role', ko: '역할'},
  server: {en: 'server', ko: '서버'},
  system: {en: 'system identifier', ko: '시스템 식별자'},
  address: {en: 'address', ko: '주소'},
  via: {en: 'via', ko: '경유'},
};

const table = (rows: readonly (readonly [LocalText, string])[], locale: Locale): readonly string[] => {
  const width = Math.max(...rows.map(([label]) => displayWidth(label[locale])));
  return rows.map(([label, value]) => `${label[locale]}${' '.repeat(width - displayWidth(label[locale]))}  ${value}`);
};

export const targetLines = (target: TargetIdentity, locale: Locale): readonly string[] =>
  table(
    [
      [labels.database, target.database],
      [labels.user, target.user],
      [labels.server, `PostgreSQL ${target.serverVersion}`],
      [labels.system, target.systemIdentifier],
      [labels.address, `${target.address}  sslmode ${target.sslmode}`],
      ...(target.via === undefined ? [] : [[labels.via, viaText(target.via)] as const]),
    ],
    locale,
  );

/** `deployer @ seedtest, PostgreSQL 15, system identifier 7412…`; what is not known is left out. */
export const shortTarget = (of: Omit<ExpectedTarget, 'how'>, locale: Locale): string => {
  const who = [of.user, of.database].filter((part) => part !== undefined).join(' @ ');
  return [
    ...(who === '' ? [] : [who]),
    ...(of.serverMajor === undefined ? [] : [`PostgreSQL ${of.serverMajor}`]),
    `${labels.system[locale]} ${of.systemIdentifier}`,
  ].join(', ');
};

/** A line, not a stop: many a bastion offers nothing better. */
export const tlsAdvice = (target: TargetIdentity, locale: Locale): string | undefined => {
  if (!isWeaklyVerified(target)) return undefined;
  return locale === 'en'
    ? `sslmode ${target.sslmode} does not prove that this server is ${target.address}: verify-full, with sslrootcert, is recommended.`
    : `sslmode ${target.sslmode} 로는 이 서버가 ${target.address} 인지 증명되지 않습니다. sslrootcert와 함께 verify-full을 권장합니다.`;
};

const trusts: Readonly<Record<TargetTrust, LocalText>> = {
  'first-use': {en: 'confirmed at first use', ko: '첫 사용에서 확인함'},
  known: {en: 'known from an earlier use', ko: '이전에 확인된 대상'},
  declared: {en: 'declared by the runbook', ko: '런북에 선언된 대상'},
};

export const trustText = (trust: TargetTrust, locale: Locale): string => trusts[trust][locale];

/** The confirmation holds for this run; that it will be asked for again must not come as a surprise. */
export const notKeptText = (message: string, locale: Locale): string =>
  locale === 'en'
    ? `The confirmation could not be kept (${message}). This run goes on; the next one will ask again.`
    : `확인 기록을 저장하지 못했습니다(${message}). 이번 실행은 계속되며, 다음 실행에서 다시 확인합니다.`;

/** For lines that name the database already: `role deployer, system identifier 7412…, sslmode require, known …`. */
export const identityText = (target: TargetIdentity, trust: TargetTrust | undefined, locale: Locale): string =>
  [
    `${labels.user[locale]} ${target.user}`,
    `${labels.system[locale]} ${target.systemIdentifier}`,
    `sslmode ${target.sslmode}`,
    ...(target.via === undefined ? [] : [`${labels.via[locale]} ${viaText(target.via)}`]),
    ...(trust === undefined ? [] : [trustText(trust, locale)]),
  ].join(', ');

const heading: LocalText = {en: 'Target, as it says of itself', ko: '대상 DB가 스스로 밝힌 신원'};
const unconfirmed: LocalText = {
  en: 'not confirmed yet: the first run of this environment asks for it',
  ko: '아직 확인되지 않음: 이 환경의 첫 실행에서 확인합니다',
};

/** Who the target is, how it is known, and what to think of the connection; for those who only look. */
export const plannedTargetLines = (
  target: TargetIdentity,
  trust: TargetTrust | 'unconfirmed' | undefined,
  locale: Locale,
): readonly string[] => {
  const advice = tlsAdvice(target, locale);
  const known =
    trust === 'unconfirmed' ? unconfirmed[locale] : trust === undefined ? undefined : trustText(trust, locale);
  return [
    heading[locale],
    ...targetLines(target, locale).map((line) => `  ${line}`),
    ...(known === undefined ? [] : [`  ${known}`]),
    ...(advice === undefined ? [] : [`  ! ${advice}`]),
  ];
};
