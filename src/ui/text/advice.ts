// How a way back is recommended, why it stands where it stands, and what it would lose.

import type {Advice, AdviceReason, Loss} from '../../core/rollback.ts';
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
    'leaves-nothing': 'leaves no such object at all; its readers fail until it exists again',
    'loses-rows': 'loses rows that were written since the backup',
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
    'leaves-nothing': '객체가 아예 없어지며, 다시 만들 때까지 읽는 쪽이 실패함',
    'loses-rows': '백업 이후에 쓰인 행을 잃음',
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

/**
 * What one table would lose. A difference of row counts is a lower bound only: rows that were changed do not show in it,
 * and deleted ones hide new ones.
 */
export const lossText = ({table, rows, exact}: Loss, locale: Locale): string => {
  const count = formatCount(rows);
  if (locale === 'en') {
    if (exact) return rows === 0 ? `${table} loses no rows` : `${table} loses ${count} ${rows === 1 ? 'row' : 'rows'}`;
    return rows === 0
      ? `${table}: no more rows than in the backup; changed rows cannot be told`
      : `${table} loses at least ${count} ${rows === 1 ? 'row' : 'rows'}, judged by row counts`;
  }
  if (exact) return rows === 0 ? `${table}: 잃는 행 없음` : `${table}: ${count}행을 잃음`;
  return rows === 0
    ? `${table}: 백업보다 늘어난 행은 없으나, 바뀐 행은 알 수 없음`
    : `${table}: 행 수로 보아 적어도 ${count}행을 잃음`;
};
