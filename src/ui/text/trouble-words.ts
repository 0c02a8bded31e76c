// In which parts are the words of a trouble kept: what happened, what it means for the database, what to do now?

import type {LocalText} from '../../core/text.ts';

export type TroubleWords = Readonly<{what: LocalText; database: LocalText; now: LocalText}>;

const untouched: LocalText = {
  en: 'Nothing was sent to any database.',
  ko: '어떤 데이터베이스에도 아무것도 보내지 않았습니다.',
};

export const said = (what: LocalText, now: LocalText, database: LocalText = untouched): TroubleWords => ({
  what,
  database,
  now,
});

/** Names in a sentence. */
export const nameList = (names: readonly string[]): string => (names.length === 0 ? '-' : names.join(', '));
