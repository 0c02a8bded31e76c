// What is said of a way back by what it was to undo, and of a verify that cannot tell a change from its absence.

import type {Facts} from '../../core/facts.ts';
import type {FailureOf} from '../../core/failure.ts';
import type {Locale} from '../../core/text.ts';
import {askedAfter, type AskedAfter} from '../../core/way-back/undone.ts';

type Missed = FailureOf<'way-back-missed'>;

const asked: Readonly<Record<Locale, {readonly [S in AskedAfter['says']]: (of: AskedAfter) => string}>> = {
  en: {
    gone: ({step, verify}) => `the change of ${step} is gone: ${verify} has rows again`,
    'in-place': ({step, verify}) => `! the change of ${step} is still in place: ${verify} has no rows`,
    'cannot-tell': ({step, verify}) => `! whether the change of ${step} is gone is not known: ${verify} could not tell`,
  },
  ko: {
    gone: ({step, verify}) => `변경(${step})이 남아 있지 않음: ${verify}의 결과 행이 다시 나옴`,
    'in-place': ({step, verify}) => `! 변경(${step})이 그대로 있음: ${verify}의 결과 행이 없음`,
    'cannot-tell': ({step, verify}) => `! 변경(${step})이 남아 있는지 알 수 없음. 판단하지 못한 파일: ${verify}`,
  },
};

const differs: Readonly<Record<Locale, string>> = {
  en: '! not all of it is worded as it was captured; the differences are listed',
  ko: '! 스냅샷과 다르게 적힌 부분이 있으며, 차이는 목록에 있음',
};

const heldBefore: Readonly<Record<Locale, string>> = {
  en: '! verify had no rows before the change either: it cannot tell the change from its absence',
  ko: '! verify는 변경 전에도 결과 행이 없었으므로, 변경이 있는지 없는지 구별하지 못함',
};

/** Lines that stand below what a step or a way back says of itself. */
export const undoneLines = (facts: Facts, locale: Locale): readonly string[] => [
  ...(facts.kind === 'migration' && facts.verifyHeldBefore === true ? [heldBefore[locale]] : []),
  ...(facts.kind === 'revert' && facts.differs === true ? [differs[locale]] : []),
  ...(askedAfter(facts) ?? []).map((of) => asked[locale][of.says](of)),
];

/** Where a way back has failed to undo. */
export const missedPlaces = ({inPlace, missing}: Missed, locale: Locale): readonly string[] => [
  ...inPlace.map((of) => asked[locale]['in-place']({...of, says: 'in-place'}).replace(/^! /, '')),
  ...missing.map((name) => `${{en: 'missing', ko: '없음'}[locale]}: ${name}`),
];

type Words = Readonly<{what: string; database: string; now: string}>;

export const wayBackMissed: Readonly<Record<Locale, (failure: Missed) => Words>> = {
  en: ({inPlace, missing}) => ({
    what: [
      ...(inPlace.length === 0 ? [] : ['The way back was carried out, and the change is still in place.']),
      ...(missing.length === 0 ? [] : ['The way back was carried out, and declared objects are not there afterwards.']),
    ].join(' '),
    database: 'What this way back did was committed and stays.',
    now: 'Take another way back: the run stays open for it. Until then readers have what is there now.',
  }),
  ko: ({inPlace, missing}) => ({
    what: [
      ...(inPlace.length === 0 ? [] : ['원복 작업을 실행했으나 변경이 그대로 있습니다.']),
      ...(missing.length === 0 ? [] : ['원복 작업을 실행했으나 선언된 객체가 없습니다.']),
    ].join(' '),
    database: '이 원복 작업이 한 일은 커밋되어 그대로 남아 있습니다.',
    now: '다른 원복 방법을 택합니다. 실행은 그때까지 닫히지 않으며, 읽는 쪽은 지금 상태를 그대로 보게 됩니다.',
  }),
};
