// What is said of a picture of the screen that was taken.

import type {WhyNotDrawn} from '../../core/drawing.ts';
import type {LocalText, Locale} from '../../core/text.ts';

export type PictureTaken =
  | Readonly<{kind: 'taken'; path: string}>
  /** No font of this machine has these signs. */
  | Readonly<{kind: 'without-png'; path: string; missing: readonly string[]}>
  | Readonly<{kind: 'not-drawn'; path: string; because: WhyNotDrawn}>
  | Readonly<{kind: 'not-kept'; path: string; message: string}>;

/** For whoever cannot see it. */
export const pictureTitle = (run: string, step: string, attempt: number, locale: Locale): string =>
  locale === 'en' ? `${run}, step ${step}, attempt ${attempt}` : `${run}, 단계 ${step}, 시도 ${attempt}`;

const because = (why: WhyNotDrawn): LocalText => {
  switch (why.code) {
    case 'failed':
      return {en: why.message, ko: why.message};
    case 'ended':
      return {en: `what draws ended with ${why.exitCode}`, ko: `그리는 프로그램이 종료 코드 ${why.exitCode}로 끝남`};
    case 'too-slow':
      return {en: `not done after ${why.afterMs / 1000} s`, ko: `${why.afterMs / 1000}초 안에 끝나지 않음`};
    case 'left':
      return {en: 'the run was left before it was drawn', ko: '다 그리기 전에 실행을 떠남'};
  }
};

export const pictureText = (taken: PictureTaken, locale: Locale): string => {
  const text = (): LocalText => {
    switch (taken.kind) {
      case 'taken':
        return {en: `The screen was kept as ${taken.path}.`, ko: `화면을 저장했습니다: ${taken.path}`};
      case 'without-png':
        return {
          en: `The screen was kept as ${taken.path}, and not as PNG: no font here has all of its signs. Install one with Hangul (Debian: apt-get install fonts-nanum-coding fonts-dejavu-core).`,
          ko: `화면을 ${taken.path} 파일로만 저장했습니다. 모든 글자를 그릴 글꼴이 없어 PNG는 만들지 않았습니다. 한글 고정폭 글꼴을 설치하십시오(Debian: apt-get install fonts-nanum-coding fonts-dejavu-core).`,
        };
      case 'not-drawn': {
        const {en, ko} = because(taken.because);
        return {
          en: `The screen was kept as ${taken.path}, and not as PNG: it could not be drawn (${en}). The run does not depend on it.`,
          ko: `화면을 ${taken.path} 파일로만 저장했습니다. PNG는 그리지 못했습니다(${ko}). 실행에는 영향이 없습니다.`,
        };
      }
      case 'not-kept':
        return {
          en: `${taken.path} could not be kept: ${taken.message}. The run does not depend on it.`,
          ko: `${taken.path} 파일을 저장하지 못했습니다: ${taken.message}. 실행에는 영향이 없습니다.`,
        };
    }
  };
  return text()[locale];
};
