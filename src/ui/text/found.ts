// What was found out about a step in doubt, in words: the transaction, the server, the catalog, the sessions that are left.

import {
  isGone,
  type CatalogStanding,
  type Found,
  type HistoryChange,
  type TransactionStatus,
} from '../../core/doubt.ts';
import type {Probe} from '../../core/state.ts';
import type {Locale} from '../../core/text.ts';
import {detailText} from './detail.ts';
import {blockerText} from './place.ts';

type Words = Readonly<{
  transaction: (xid: string, says: string) => string;
  status: Readonly<{[S in TransactionStatus]: string}>;
  history: (change: HistoryChange) => string;
  otherPast: string;
  undone: string;
  gone: string;
  catalog: (catalog: CatalogStanding) => readonly string[];
  session: (text: string) => string;
  noSession: string;
}>;

const words: Readonly<Record<Locale, Words>> = {
  en: {
    transaction: (xid, says) => `transaction ${xid}: ${says}`,
    status: {
      committed: 'committed',
      aborted: 'rolled back',
      'in progress': 'still in progress',
      forgotten: 'the server does not remember, it was too long ago',
      'in the future': 'no such transaction, so nothing of it was committed in this server',
    },
    history: ({what, before, now}) =>
      ({
        'system-identifier': `another server: system identifier ${before} before, ${now} now`,
        database: `another database: ${before} before, ${now} now`,
        'wal-position': `the server was put back to an earlier state: its WAL was written up to ${before} before, to ${now} now`,
        timeline: `the server was restored or failed over since: timeline ${before} before, ${now} now`,
      })[what],
    otherPast: 'what the server says may be about another transaction',
    gone: 'it took effect before, and it is not there any more: undone, or lost with the server that had it',
    undone: 'committed, and yet it is not there: changed since, or the number is of another transaction',
    catalog: ({present, asBefore, verify}) => [
      ...(asBefore === undefined
        ? []
        : [
            present.length === 0
              ? 'catalog: none of the declared objects is there'
              : `catalog: ${asBefore ? 'as before' : 'not as before'} the change (${present.join(', ')})`,
          ]),
      ...(verify === undefined
        ? []
        : [verify === 'holds' ? 'what the change promises holds' : 'what the change promises does not hold']),
    ],
    session: (text) => `left: ${text}`,
    noSession: 'no session of this attempt is seen any more',
  },
  ko: {
    transaction: (xid, says) => `트랜잭션 ${xid}: ${says}`,
    status: {
      committed: '커밋됨',
      aborted: '롤백됨',
      'in progress': '아직 진행 중',
      forgotten: '너무 오래되어 서버가 기억하지 못함',
      'in the future': '없는 번호임. 이 서버에는 커밋된 적이 없음',
    },
    history: ({what, before, now}) =>
      ({
        'system-identifier': `다른 서버임: 시스템 식별자 이전 ${before}, 현재 ${now}`,
        database: `다른 데이터베이스임: 이전 ${before}, 현재 ${now}`,
        'wal-position': `서버가 이전 상태로 되돌려짐: WAL 기록 위치 이전 ${before}, 현재 ${now}`,
        timeline: `그사이 서버가 복원되었거나 장애 조치됨: 타임라인 이전 ${before}, 현재 ${now}`,
      })[what],
    otherPast: '서버의 답은 다른 트랜잭션에 대한 것일 수 있음',
    gone: '앞서 반영되었으나 지금은 없음: 누군가 되돌렸거나, 반영했던 서버와 함께 사라짐',
    undone: '커밋되었으나 반영된 내용이 없음: 그 뒤에 바뀌었거나, 다른 트랜잭션의 번호임',
    catalog: ({present, asBefore, verify}) => [
      ...(asBefore === undefined
        ? []
        : [
            present.length === 0
              ? '카탈로그: 선언한 객체가 하나도 없음'
              : `카탈로그: ${asBefore ? '변경 전과 같음' : '변경 전과 다름'} (${present.join(', ')})`,
          ]),
      ...(verify === undefined
        ? []
        : [verify === 'holds' ? '변경이 약속한 상태를 갖춤' : '변경이 약속한 상태를 갖추지 못함']),
    ],
    session: (text) => `남은 세션: ${text}`,
    noSession: '이 시도의 세션은 더 이상 보이지 않음',
  },
};

const isGoneAgain = ({probedAgain, catalog}: Found): boolean =>
  probedAgain === true &&
  catalog !== undefined &&
  (catalog.verify === undefined ? catalog.asBefore === true : catalog.verify === 'fails');

/** What a change that was looked for once more is. */
export const probedAgainText = (holds: boolean | undefined, locale: Locale): string => {
  const say = {
    en: {
      yes: 'looked at again: in place',
      no: 'looked at again: NOT in place any more',
      open: 'could not be looked at again',
    },
    ko: {yes: '다시 확인: 그대로 있음', no: '다시 확인: 더 이상 없음', open: '다시 확인하지 못함'},
  }[locale];
  return holds === undefined ? say.open : holds ? say.yes : say.no;
};

/** One fact a line, the most telling first. */
export const foundLines = (found: Found, locale: Locale): readonly string[] => {
  const say = words[locale];
  const {xid, status, history, catalog, sessions} = found;
  return [
    ...(xid === undefined || status === undefined ? [] : [say.transaction(xid, say.status[status])]),
    ...(history === undefined ? [] : [...history.map(say.history), say.otherPast]),
    ...(isGone(found) ? [say.undone] : []),
    ...(isGoneAgain(found) ? [say.gone] : []),
    ...(catalog === undefined ? [] : say.catalog(catalog)),
    ...(sessions === undefined
      ? []
      : sessions.length === 0
        ? [say.noSession]
        : // Whose they are is known: without the name, a line fits the screen.
          sessions.map((session) => say.session(blockerText({...session, application: ''}, locale)))),
  ];
};

/** What stands behind a verdict; a journal of an earlier version, and a human, have only a detail. */
export const probeFacts = ({detail, found}: Pick<Probe, 'detail' | 'found'>, locale: Locale): readonly string[] =>
  found === undefined ? (detail === '' ? [] : [detailText(detail, locale)]) : foundLines(found, locale);

/** ` (xid 81734: committed)`, or nothing when the probe had nothing to add. */
export const probeInParentheses = (probe: Pick<Probe, 'detail' | 'found'>, locale: Locale): string => {
  const facts = probeFacts(probe, locale);
  return facts.length === 0 ? '' : ` (${facts.join('; ')})`;
};
