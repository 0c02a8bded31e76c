// How a way back is recommended, why it stands where it stands, and what it would lose.

import type {Bound, Loss} from '../../core/loss.ts';
import type {Advice, AdviceReason, LossClaim} from '../../core/rollback.ts';
import type {MadeSince} from '../../core/way-back/made-since.ts';
import type {Locale} from '../../core/text.ts';
import {formatCount} from './numbers.ts';

const advice: Readonly<Record<Locale, {readonly [A in Advice]: string}>> = {
  en: {
    recommended: 'recommended',
    possible: 'possible',
    'not-advised': 'not advised',
    emergency: 'emergency',
    'last-resort': 'last resort',
    impossible: 'not possible',
  },
  ko: {
    recommended: '권장',
    possible: '가능',
    'not-advised': '권장하지 않음',
    emergency: '비상용',
    'last-resort': '최후 수단',
    impossible: '쓸 수 없음',
  },
};

const reasons: Readonly<Record<Locale, {readonly [R in AdviceReason]: string}>> = {
  en: {
    'exact-and-lossless': 'puts the objects back exactly as they were captured, and loses nothing',
    'exact-and-refilled':
      'puts the objects back exactly as they were captured; the rows of materialized views are computed anew',
    'same-end-state-by-script': 'reaches the earlier definition with the reviewed script',
    'already-tried': 'was tried in this run and failed',
    'nothing-applied': 'no change of this run is in the target, so there is nothing to take back',
    rehearsed: 'worked on the copy of this run',
    'rehearsal-failed': 'failed on the copy of this run',
    'differs-on-copy': 'did not leave on the copy what had been captured',
    'not-rehearsed': 'was not rehearsed on a copy in this run',
    'longer-than-window': 'took longer on the copy than what is left of the change window',
    'leaves-nothing': 'leaves no such object at all; its readers fail until it exists again',
    'loses-rows': 'takes back what was written since the backup',
    'loses-nothing-now':
      'no other transaction has written in this server since the backup; every write from now on would be lost',
    'no-writes-counted':
      'the server has counted no write since the backup, and may lack the latest; every write from now on would be lost',
    'counted-by-server':
      "counted by the server, with this run's own writes and rolled-back ones, perhaps without the latest",
    'loss-unknown': 'what else was written since is not known',
    'made-since-stays': 'objects made since the backup stay as they are',
    'made-since-in-the-way': 'objects made since the backup are in its way, and CASCADE is never used',
    'snapshot-missing': 'this run has no snapshot of the objects',
    'objects-missing': 'some of the objects did not exist when the snapshot was taken',
    'backup-missing': 'this run has no backup',
    'backup-schema-only': 'the backup holds the schema only; no row can be restored from it',
    'backup-lacks-declared': 'the backup does not hold every declared table and object',
    'backup-stand-in': 'the backup is a stand-in made without pg_dump; nothing can be restored from it',
    'new-dependants': 'other objects have come to depend on it since the snapshot',
    'dependants-in-the-way': 'other objects depend on it, and CASCADE is never used',
  },
  ko: {
    'exact-and-lossless': '스냅샷 그대로 정확히 되돌리며 잃는 것이 없음',
    'exact-and-refilled': '스냅샷 그대로 정확히 되돌림. 구체화 뷰의 행은 새로 계산됨',
    'same-end-state-by-script': '검토된 스크립트로 이전 정의로 되돌림',
    'already-tried': '이 실행에서 시도했으나 실패함',
    'nothing-applied': '이 실행의 변경이 대상 DB에 없으므로 되돌릴 것이 없음',
    rehearsed: '이 실행의 사본에서 성공함',
    'rehearsal-failed': '이 실행의 사본에서 실패함',
    'differs-on-copy': '사본에 남긴 결과가 스냅샷과 같지 않음',
    'not-rehearsed': '이 실행에서 사본으로 예행 연습하지 않음',
    'longer-than-window': '사본에서 걸린 시간이 남은 작업 시간대보다 김',
    'leaves-nothing': '객체가 아예 없어지며, 다시 만들 때까지 읽는 쪽이 실패함',
    'loses-rows': '백업 이후에 쓰인 내용이 없던 일이 됨',
    'loses-nothing-now': '백업 이후 이 서버에 다른 트랜잭션이 쓴 것이 없으나, 이후에 쓰이는 행은 잃게 됨',
    'no-writes-counted':
      '백업 이후 서버가 집계한 쓰기가 없으나 가장 최근 것은 빠져 있을 수 있고, 이후에 쓰이는 행은 잃게 됨',
    'counted-by-server': '서버 통계이므로 이 실행의 쓰기와 취소된 쓰기를 포함하고 최신 것은 빠질 수 있음',
    'loss-unknown': '그 밖에 무엇이 쓰였는지 알 수 없음',
    'made-since-stays': '백업 이후 만들어진 객체는 그대로 남음',
    'made-since-in-the-way': '백업 이후 만들어진 객체가 막고 있고, CASCADE는 쓰지 않음',
    'snapshot-missing': '이 실행에는 객체의 스냅샷이 없음',
    'objects-missing': '스냅샷을 만들 때 일부 객체가 없었음',
    'backup-missing': '이 실행에는 백업이 없음',
    'backup-schema-only': '백업에 스키마만 있어 행을 복원할 수 없음',
    'backup-lacks-declared': '선언된 테이블과 객체가 백업에 모두 들어 있지 않음',
    'backup-stand-in': 'pg_dump 없이 만든 대체 백업이어서 복원할 수 없음',
    'new-dependants': '스냅샷 이후에 새로 생긴 종속 객체가 있음',
    'dependants-in-the-way': '종속 객체가 있고, CASCADE는 쓰지 않음',
  },
};

export const adviceText = (of: Advice, locale: Locale): string => advice[locale][of];

export const adviceReasonText = (reason: AdviceReason, locale: Locale): string => reasons[locale][reason];

/** A refusal carries its reason as a plain string; most are reasons known here. */
export const isAdviceReason = (text: string): text is AdviceReason => Object.hasOwn(reasons.en, text);

type LossWords = Readonly<{
  written: (table: string, rows: number, exact: boolean) => string;
  nothing: (table: string) => string;
  cannotTell: (table: string) => string;
  counted: (table: string, rows: number) => string;
  uncounted: (table: string) => string;
  rewritten: (table: string) => string;
  inserted: (bound: string) => string;
  changed: (bound: string) => string;
  unknown: string;
  deleted: (bound: string) => string;
  atLeast: (count: string) => string;
  atMost: (count: string) => string;
}>;

const rowsEn = (count: number): string => `${formatCount(count)} ${count === 1 ? 'row' : 'rows'}`;

const lossWords: Readonly<Record<Locale, LossWords>> = {
  en: {
    written: (table, rows, exact) =>
      exact ? `${table} loses ${rowsEn(rows)} written since` : `${table} loses at least ${rowsEn(rows)}`,
    nothing: (table) => `${table} loses no rows`,
    cannotTell: (table) => `${table} may lose rows`,
    counted: (table, rows) => `${table} loses ${rowsEn(rows)} written since, as the server counted`,
    uncounted: (table) => `${table}: the server has counted no write since`,
    rewritten: (table) => `${table} was rewritten, emptied or made anew since; what was written cannot be counted`,
    inserted: (bound) => `${bound} inserted`,
    changed: (bound) => `${bound} changed`,
    unknown: 'changed rows cannot be told',
    deleted: (bound) => `${bound} deleted since would come back`,
    atLeast: (count) => `at least ${count}`,
    atMost: (count) => `at most ${count}`,
  },
  ko: {
    written: (table, rows, exact) =>
      exact
        ? `${table}: 백업 이후 쓰인 ${formatCount(rows)}행을 잃음`
        : `${table}: 적어도 ${formatCount(rows)}행을 잃음`,
    nothing: (table) => `${table}: 잃는 행 없음`,
    cannotTell: (table) => `${table}: 행을 잃을 수 있음`,
    counted: (table, rows) => `${table}: 서버 통계로 백업 이후 쓰인 ${formatCount(rows)}행을 잃음`,
    uncounted: (table) => `${table}: 백업 이후 서버가 집계한 쓰기 없음`,
    rewritten: (table) => `${table}: 백업 이후 재작성되었거나 비워졌거나 다시 만들어져 쓰인 행을 셀 수 없음`,
    inserted: (bound) => `추가 ${bound}`,
    changed: (bound) => `변경 ${bound}`,
    unknown: '변경된 행 수는 알 수 없음',
    deleted: (bound) => `그 뒤 삭제된 ${bound}은 되살아남`,
    atLeast: (count) => `최소 ${count}행`,
    atMost: (count) => `최대 ${count}행`,
  },
};

const boundText = ({atLeast, atMost}: Bound, locale: Locale): string => {
  const say = lossWords[locale];
  if (atMost === atLeast) return locale === 'en' ? formatCount(atLeast) : `${formatCount(atLeast)}행`;
  // A lower bound of nothing says nothing; then the upper one is what is known.
  return atLeast === 0 && atMost !== undefined ? say.atMost(formatCount(atMost)) : say.atLeast(formatCount(atLeast));
};

const isNothing = ({atMost}: Bound): boolean => atMost === 0;

const headOf = ({table, rows, exact, by, deleted}: Loss, say: LossWords): string => {
  if (by === 'rewritten') return say.rewritten(table);
  if (by === 'counters') return rows + deleted.atLeast === 0 ? say.uncounted(table) : say.counted(table, rows);
  if (rows === 0) return exact ? say.nothing(table) : say.cannotTell(table);
  return say.written(table, rows, exact);
};

/**
 * What one table would lose. A difference of row counts is a lower bound only: rows that were changed do not show in it,
 * and deleted ones hide new ones.
 */
export const lossText = (loss: Loss, locale: Locale): string => {
  const say = lossWords[locale];
  const {exact, by, inserted, changed, deleted} = loss;
  const isUnknown = changed === undefined && by !== 'rewritten';
  const parts = [
    ...(isNothing(inserted) || (!exact && inserted.atLeast === 0) ? [] : [say.inserted(boundText(inserted, locale))]),
    ...(isUnknown
      ? [say.unknown]
      : changed === undefined || isNothing(changed)
        ? []
        : [say.changed(boundText(changed, locale))]),
    // An upper bound alone would only repeat the rows that were written.
    ...(deleted.atLeast === 0 ? [] : [say.deleted(boundText(deleted, locale))]),
  ];
  const head = headOf(loss, say);
  return parts.length === 0 ? head : `${head}: ${parts.join(', ')}`;
};

const claims: Readonly<Record<Locale, {readonly [C in LossClaim]: string | undefined}>> = {
  en: {
    none: 'loses no rows',
    refilled: 'loses no rows of tables; the rows of materialized views are computed anew',
    'not-looked-at': 'which rows it loses is not known beforehand',
    impossible: undefined,
  },
  ko: {
    none: '잃는 행 없음',
    refilled: '테이블의 행은 잃지 않으나 구체화 뷰의 행은 새로 계산됨',
    'not-looked-at': '어떤 행을 잃는지 미리 알 수 없음',
    impossible: undefined,
  },
};

/** Where no table is listed; undefined where nothing would be done. */
export const lossClaimText = (claim: LossClaim, locale: Locale): string | undefined => claims[locale][claim];

const NAMES_SHOWN = 10;

const names = (all: readonly string[], locale: Locale): string => {
  const rest = all.length - NAMES_SHOWN;
  const more = {en: ` and ${rest} more`, ko: ` 외 ${rest}개`}[locale];
  return `${all.slice(0, NAMES_SHOWN).join(', ')}${rest > 0 ? more : ''}`;
};

/** Objects that have come since the backup, by what a restore of it would do to them. */
export const madeSinceTexts = ({blocks, stays}: MadeSince, locale: Locale): readonly string[] => {
  const say = {
    en: {blocks: 'made since the backup, in its way', stays: 'made since the backup, stays'},
    ko: {blocks: '백업 이후 만들어져 막고 있는 객체', stays: '백업 이후 만들어져 남는 객체'},
  }[locale];
  return [
    ...(blocks.length === 0 ? [] : [`${say.blocks}: ${names(blocks, locale)}`]),
    ...(stays.length === 0 ? [] : [`${say.stays}: ${names(stays, locale)}`]),
  ];
};
