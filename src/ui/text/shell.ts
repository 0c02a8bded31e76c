// What is said of a psql that the operator opened on the target beside the steps.

import type {Locale} from '../../core/text.ts';
import type {ShellEnd} from '../../engine/session.ts';
import {failureText} from './failure.ts';
import {refusalText} from './refusal.ts';

export const shellText = (end: ShellEnd, locale: Locale): string => {
  if (!end.ok) return 'refusal' in end ? refusalText(end.refusal, locale) : failureText(end.failure, locale).what;
  return locale === 'en'
    ? 'psql has ended. What was on the screen is recorded in the evidence, under your name.'
    : 'psql을 종료했습니다. 화면에 나온 내용은 작업자 이름으로 증적에 기록되었습니다.';
};
