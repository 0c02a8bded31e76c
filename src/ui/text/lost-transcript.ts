// What it means that the output of a step could not be kept.

import type {Failure} from '../../core/failure.ts';
import type {Locale} from '../../core/text.ts';
import {failureText} from './failure.ts';

export const lostTranscriptText = (failure: Failure, locale: Locale): string =>
  locale === 'en'
    ? `its output was not kept whole, so it is no evidence. ${failureText(failure, 'en').what} The result of the step counts all the same.`
    : `출력을 온전히 남기지 못해 증적으로 쓸 수 없습니다. ${failureText(failure, 'ko').what} 단계의 결과는 그대로 유효합니다.`;
