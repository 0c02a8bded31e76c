// What is said of the catalog that was found after a change or a way back: how it differs from before, or that nothing was kept.

import type {CatalogAfter} from '../../core/catalog-after.ts';
import type {Locale} from '../../core/text.ts';
import {failureText} from './failure.ts';
import {formatCount} from './numbers.ts';

const differencesText = (of: number, isPart: boolean, locale: Locale): string => {
  if (of === 0 && isPart)
    return {
      en: 'catalog afterwards: equal to before in what the snapshot of format 1 holds; the rest was not compared',
      ko: '이후 카탈로그: 형식 1 스냅샷에 있는 것은 변경 전과 같음. 나머지는 비교하지 않음',
    }[locale];
  if (of === 0) return {en: 'catalog afterwards: equal to before', ko: '이후 카탈로그: 변경 전과 같음'}[locale];
  return locale === 'en'
    ? `catalog afterwards: ${formatCount(of)} ${of === 1 ? 'difference' : 'differences'} from before`
    : `이후 카탈로그: 변경 전과 ${formatCount(of)}곳이 다름`;
};

export const catalogAfterLines = (after: CatalogAfter | undefined, locale: Locale): readonly string[] => {
  if (after === undefined) return [];
  if ('failure' in after) {
    const {what} = failureText(after.failure, locale);
    return [
      locale === 'en'
        ? `! the catalog as it was found afterwards could not be kept as evidence. ${what} What was committed stays committed`
        : `! 이후의 카탈로그를 증적으로 남기지 못했습니다. ${what} 커밋된 내용은 그대로 유효합니다`,
    ];
  }
  const {diff} = after;
  if (diff !== undefined) return [differencesText(diff.differences, diff.notCompared === true, locale)];
  return [
    locale === 'en'
      ? 'catalog afterwards kept, with no snapshot to compare it with'
      : '이후 카탈로그를 남김, 비교할 스냅샷은 없음',
  ];
};
