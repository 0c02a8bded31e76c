// What is said of a part that was rehearsed on a copy: afterwards, and as the prediction before the real thing.

import type {NotRehearsed, RehearsedPart, TableCount} from '../../core/facts.ts';
import type {Failure} from '../../core/failure.ts';
import type {Prediction} from '../../core/rehearsed.ts';
import type {Locale} from '../../core/text.ts';
import {failureText} from './failure.ts';
import {formatCount, formatDuration} from './numbers.ts';
import {verdictSign} from './verdict-sign.ts';

type Words = Readonly<{
  because: {readonly [B in NotRehearsed]: string};
  rehearsed: string;
  notRehearsed: string;
  lock: (time: string) => string;
  equal: string;
  differs: string;
  /** A way back after which no declared object is there. */
  nothing: string;
  failed: (what: string) => string;
  /** What the copy held. */
  on: (tables: string) => string;
  rows: (table: TableCount) => string;
}>;

const words: Readonly<Record<Locale, Words>> = {
  en: {
    because: {
      'dependants-in-the-way': 'other objects depend on it',
      impossible: 'not possible in this run',
      'earlier-part-failed': 'what came before it had failed',
      'left-out': 'the copy leaves out what may reach elsewhere',
      'needs-left-out': 'it may need what the copy left out',
    },
    rehearsed: 'rehearsed',
    notRehearsed: 'not rehearsed',
    lock: (time) => `lock held ${time}`,
    equal: 'catalog as before',
    differs: 'catalog NOT as before',
    nothing: 'leaves no declared object',
    failed: (what) => `failed on the copy: ${what}`,
    on: (tables) => `on a copy with ${tables}`,
    rows: ({table, rows}) => `${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'} of ${table}`,
  },
  ko: {
    because: {
      'dependants-in-the-way': '종속 객체가 있음',
      impossible: '이 실행에서는 쓸 수 없음',
      'earlier-part-failed': '앞선 단계가 실패함',
      'left-out': '사본 밖에 영향을 줄 수 있어 사본에서는 실행하지 않음',
      'needs-left-out': '사본에서 실행하지 않은 단계가 필요할 수 있음',
    },
    rehearsed: '예행 연습',
    notRehearsed: '예행 연습하지 않음',
    lock: (time) => `잠금 ${time}`,
    equal: '카탈로그 이전과 같음',
    differs: '카탈로그가 이전과 다름',
    nothing: '선언된 객체가 남지 않음',
    failed: (what) => `사본에서 실패함: ${what}`,
    on: (tables) => `사본 기준: ${tables}`,
    rows: ({table, rows}) => `${table} ${formatCount(rows)}행`,
  },
};

const times = (of: Readonly<{durationMs: number; lockHeldMs?: number}>, locale: Locale): string =>
  [
    formatDuration(of.durationMs, locale),
    ...(of.lockHeldMs === undefined ? [] : [words[locale].lock(formatDuration(of.lockHeldMs, locale))]),
  ].join(', ');

const why = (failure: Failure | undefined, locale: Locale): string =>
  failure === undefined ? words[locale].differs : failureText(failure, locale).what;

/** `✓ rollback/restore-objects  38 ms, lock held 5 ms, catalog as before` */
export const rehearsedPartText = (part: RehearsedPart, locale: Locale): string => {
  const say = words[locale];
  switch (part.verdict) {
    case 'not-run': {
      const because = part.because === undefined ? '' : `: ${say.because[part.because]}`;
      const failure = part.failure === undefined ? '' : ` (${why(part.failure, locale)})`;
      return `- ${part.step}  ${say.notRehearsed}${because}${failure}`;
    }
    case 'fail':
      return `${verdictSign.fail} ${part.step}  ${say.failed(why(part.failure, locale))}`;
    case 'pass':
    case 'amber': {
      const catalog =
        part.leaves === 'nothing'
          ? `, ${say.nothing}`
          : part.digestEqual === undefined
            ? ''
            : `, ${part.digestEqual ? say.equal : say.differs}`;
      return `${verdictSign[part.verdict]} ${part.step}  ${times(part, locale)}${catalog}`;
    }
  }
};

/** What stands behind the word 'Rehearsed': `41 ms, lock held 6 ms, on a copy with 20,000 rows of public.orders`. */
export const predictionText = (prediction: Prediction, locale: Locale): string => {
  const say = words[locale];
  switch (prediction.status) {
    case 'not-rehearsed':
      return prediction.because === undefined
        ? say.notRehearsed
        : `${say.notRehearsed}: ${say.because[prediction.because]}`;
    case 'failed':
      return say.failed(why(prediction.failure, locale));
    case 'rehearsed': {
      const tables = prediction.tables.map((table) => say.rows(table)).join(', ');
      return `${times(prediction, locale)}${tables === '' ? '' : `, ${say.on(tables)}`}`;
    }
  }
};

/** `rehearsed 41 ms, lock held 6 ms`, where there is no room for more. */
export const predictionSummary = (prediction: Prediction, locale: Locale): string =>
  prediction.status === 'rehearsed'
    ? `${words[locale].rehearsed} ${times(prediction, locale)}`
    : predictionText(prediction, locale);
