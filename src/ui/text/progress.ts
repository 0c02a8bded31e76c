// What a running step is doing now, in a few words.

import {holdersOf, type Blocker, type Obstacle} from '../../core/failure.ts';
import type {Progress} from '../../core/ports.ts';
import type {Locale} from '../../core/text.ts';
import {formatBytes, formatCount, formatDuration} from './numbers.ts';
import {blockerName} from './place.ts';

type Code = Progress['code'];
type Lexicon = Readonly<{[C in Code]: (progress: Extract<Progress, {code: C}>) => string}>;

/** Three are enough to recognise the situation; all of them stand in the waiting screen. */
const names = (holders: readonly Blocker[], locale: Locale): string =>
  `${holders
    .slice(0, 3)
    .map((holder) => blockerName(holder, locale))
    .join(', ')}${holders.length > 3 ? ' ..' : ''}`;

const blockedBy = ({blockers, isUnseen}: Obstacle, locale: Locale): string => {
  const holders = holdersOf(blockers);
  if (holders.length > 0)
    return {en: `, blocked by ${names(holders, 'en')}`, ko: `, 막고 있는 세션 ${names(holders, 'ko')}`}[locale];
  return isUnseen === true ? {en: ', by whom was not seen', ko: ', 누가 막는지는 확인하지 못함'}[locale] : '';
};

const en: Lexicon = {
  connecting: () => 'connecting to the target',
  querying: ({file}) => `running ${file}`,
  checking: ({id, index, total}) => `check ${index} of ${total}: ${id}`,
  sampling: ({id, index, total, run, runs}) => `sample ${index} of ${total}, run ${run} of ${runs}: ${id}`,
  'waiting-for-lock': ({tries, of, nextInMs, ...met}) =>
    `waiting for a lock, try ${tries} of ${of}, next in ${formatDuration(nextInMs, 'en')}${blockedBy(met, 'en')}`,
  'held-up': ({atMostMs, ...met}) =>
    `waiting for a lock for at most ${formatDuration(atMostMs, 'en')}${blockedBy(met, 'en')}`,
  applying: ({file}) => `applying ${file}`,
  'putting-back': ({objects}) => `putting back ${formatCount(objects)} ${objects === 1 ? 'object' : 'objects'}`,
  dumping: ({bytes, ofBytes, elapsedMs}) =>
    `writing the backup, ${formatBytes(bytes)} so far${ofBytes === undefined ? '' : ` of about ${formatBytes(ofBytes)}`}${elapsedMs === undefined ? '' : `, ${formatDuration(elapsedMs, 'en')}`}`,
  'verifying-backup': () => 'reading the whole backup again',
  'opening-scratch': ({name}) => `making the scratch database ${name}`,
  'restoring-into-scratch': ({name}) => `restoring the backup into ${name}`,
  'comparing-backup': () => 'comparing what was restored with the target',
  restoring: () => 'restoring the backup',
  rehearsing: ({part, index, total}) => `on the copy, part ${index} of ${total}: ${part}`,
  running: ({program}) => `running ${program}`,
  'waiting-for-backup': ({name, status, percent}) =>
    `waiting for the backup ${name}: ${status}${percent === undefined ? '' : `, ${percent} %`}`,
};

const ko: Lexicon = {
  connecting: () => '대상 DB에 연결하는 중',
  querying: ({file}) => `쿼리 실행 중: ${file}`,
  checking: ({id, index, total}) => `점검 ${total}건 중 ${index}번째: ${id}`,
  sampling: ({id, index, total, run, runs}) => `표본 쿼리 ${total}건 중 ${index}번째, ${runs}회 중 ${run}회: ${id}`,
  'waiting-for-lock': ({tries, of, nextInMs, ...met}) =>
    `잠금 대기 중, ${of}회 중 ${tries}회 시도, 다음 시도까지 ${formatDuration(nextInMs, 'ko')}${blockedBy(met, 'ko')}`,
  'held-up': ({atMostMs, ...met}) => `잠금 대기 중, 최대 ${formatDuration(atMostMs, 'ko')}${blockedBy(met, 'ko')}`,
  applying: ({file}) => `변경 적용 중: ${file}`,
  'putting-back': ({objects}) => `객체 ${formatCount(objects)}개를 되돌려 놓는 중`,
  dumping: ({bytes, ofBytes, elapsedMs}) =>
    `백업 쓰는 중, 현재 ${formatBytes(bytes)}${ofBytes === undefined ? '' : `(예상 약 ${formatBytes(ofBytes)})`}${elapsedMs === undefined ? '' : `, ${formatDuration(elapsedMs, 'ko')}`}`,
  'verifying-backup': () => '백업 전체를 다시 읽어 확인하는 중',
  'opening-scratch': ({name}) => `임시 데이터베이스 만드는 중: ${name}`,
  'restoring-into-scratch': ({name}) => `임시 데이터베이스에 백업 복원 중: ${name}`,
  'comparing-backup': () => '복원된 내용을 대상 DB와 비교하는 중',
  restoring: () => '백업 복원 중',
  rehearsing: ({part, index, total}) => `사본에서 실행 중, ${total}단계 중 ${index}번째: ${part}`,
  running: ({program}) => `프로그램 실행 중: ${program}`,
  'waiting-for-backup': ({name, status, percent}) =>
    `백업 완료 대기 중: ${name}, ${status}${percent === undefined ? '' : `, ${percent}%`}`,
};

const lexicons: Readonly<Record<Locale, Lexicon>> = {en, ko};

export const progressText = (progress: Progress, locale: Locale): string => {
  const say = lexicons[locale][progress.code] as (progress: Progress) => string;
  return say(progress);
};
