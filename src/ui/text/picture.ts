// What is said of a picture of the screen that was taken.

import type {LocalText, Locale} from '../../core/text.ts';

export type PictureTaken =
  | Readonly<{kind: 'taken'; path: string}>
  /** No font of this machine has these signs. */
  | Readonly<{kind: 'without-png'; path: string; missing: readonly string[]}>
  | Readonly<{kind: 'not-kept'; path: string; message: string}>;

/** For whoever cannot see it. */
export const pictureTitle = (run: string, step: string, attempt: number, locale: Locale): string =>
  locale === 'en' ? `${run}, step ${step}, attempt ${attempt}` : `${run}, 단계 ${step}, 시도 ${attempt}`;

export const pictureText = (taken: PictureTaken, locale: Locale): string => {
  const texts: Readonly<Record<PictureTaken['kind'], LocalText>> = {
    taken: {en: `The screen was kept as ${taken.path}.`, ko: `화면을 저장했습니다: ${taken.path}`},
    'without-png': {
      en: `The screen was kept as ${taken.path}, and not as PNG: no font here has all of its signs. Install one with Hangul (Debian: apt-get install fonts-nanum-coding fonts-dejavu-core).`,
      ko: `화면을 ${taken.path} 파일로만 저장했습니다. 모든 글자를 그릴 글꼴이 없어 PNG는 만들지 않았습니다. 한글 고정폭 글꼴을 설치하십시오(Debian: apt-get install fonts-nanum-coding fonts-dejavu-core).`,
    },
    'not-kept': {
      en: `${taken.path} could not be kept: ${taken.kind === 'not-kept' ? taken.message : ''}. The run does not depend on it.`,
      ko: `${taken.path} 파일을 저장하지 못했습니다: ${taken.kind === 'not-kept' ? taken.message : ''}. 실행에는 영향이 없습니다.`,
    },
  };
  return texts[taken.kind][locale];
};
