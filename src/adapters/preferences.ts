// What the tool remembers between runs: language, operator, known targets. Never the state of a run, never a secret.

import Conf from 'conf';
import type {Locale} from '../core/text.ts';
import {FILE_MODE} from './files.ts';

type Preferences = {locale?: Locale; operator?: string};

/** A preference that cannot be read or written is not worth stopping a night's work for. */
const quietly = <T>(action: () => T): T | undefined => {
  try {
    return action();
  } catch {
    return undefined;
  }
};

export type PreferenceFile = Readonly<{
  locale: () => Locale | undefined;
  operator: () => string | undefined;
  rememberLocale: (locale: Locale) => void;
}>;

export const preferenceFile = (): PreferenceFile => {
  const conf = quietly(
    () =>
      new Conf<Preferences>({
        projectName: 'attempt-runbook',
        projectSuffix: '',
        configFileMode: FILE_MODE,
        clearInvalidConfig: true,
      }),
  );
  return {
    locale: () => {
      const locale = quietly(() => conf?.get('locale'));
      return locale === 'en' || locale === 'ko' ? locale : undefined;
    },
    operator: () => quietly(() => conf?.get('operator')),
    rememberLocale: (locale) => {
      quietly(() => conf?.set('locale', locale));
    },
  };
};
