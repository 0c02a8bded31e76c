// How a way back is recommended, why it stands where it stands, and what it would lose.

import type {Bound, Loss} from '../../core/loss.ts';
import type {Advice, AdviceReason} from '../../core/rollback.ts';
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
    'same-end-state-by-script': 'reaches the earlier definition with the reviewed script',
    'already-tried': 'was tried in this run and failed',
    'nothing-applied': 'no change of this run is in the target, so there is nothing to take back',
    rehearsed: 'worked on the copy of this run',
    'rehearsal-failed': 'failed on the copy of this run',
    'not-rehearsed': 'was not rehearsed on a copy in this run',
    'longer-than-window': 'took longer on the copy than what is left of the change window',
    'leaves-nothing': 'leaves no such object at all; its readers fail until it exists again',
    'loses-rows': 'takes back what was written since the backup',
    'loses-nothing-now': 'no loss of rows is seen now; every write from now on would be lost',
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
    'same-end-state-by-script': '검토된 스크립트로 이전 정의로 되돌림',
    'already-tried': '이 실행에서 시도했으나 실패함',
    'nothing-applied': '이 실행의 변경이 대상 DB에 없으므로 되돌릴 것이 없음',
    rehearsed: '이 실행의 사본에서 성공함',
    'rehearsal-failed': '이 실행의 사본에서 실패함',
    'not-rehearsed': '이 실행에서 사본으로 예행 연습하지 않음',
    'longer-than-window': '사본에서 걸린 시간이 남은 작업 시간대보다 김',
    'leaves-nothing': '객체가 아예 없어지며, 다시 만들 때까지 읽는 쪽이 실패함',
    'loses-rows': '백업 이후에 쓰인 내용이 없던 일이 됨',
    'loses-nothing-now': '지금은 잃는 행이 보이지 않으나, 이후에 쓰이는 행은 잃게 됨',
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

/**
 * What one table would lose. A difference of row counts is a lower bound only: rows that were changed do not show in it,
 * and deleted ones hide new ones.
 */
export const lossText = ({table, rows, exact, inserted, changed, deleted}: Loss, locale: Locale): string => {
  const say = lossWords[locale];
  const parts = [
    ...(isNothing(inserted) || (!exact && inserted.atLeast === 0) ? [] : [say.inserted(boundText(inserted, locale))]),
    ...(changed === undefined ? [say.unknown] : isNothing(changed) ? [] : [say.changed(boundText(changed, locale))]),
    // An upper bound alone would only repeat the rows that were written.
    ...(deleted.atLeast === 0 ? [] : [say.deleted(boundText(deleted, locale))]),
  ];
  const head = rows === 0 && exact ? say.nothing(table) : say.written(table, rows, exact);
  return parts.length === 0 ? head : `${head}: ${parts.join(', ')}`;
};
