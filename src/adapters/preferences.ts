// What the tool remembers between runs: the language. Never the state of a run, never a secret.

import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import envPaths from 'env-paths';
import type {Locale} from '../core/text.ts';
import {FILE_MODE} from './files.ts';

type Preferences = {locale?: Locale};

const NAMES = {projectName: 'attempt-runbook', projectSuffix: ''} as const;

/** The language that was chosen last; undefined where none was, or where the file says nothing that can be read. */
export const rememberedLocale = (): Locale | undefined => {
  try {
    // Where conf keeps it. conf itself and the schema library that it loads would be a fifth of the time to the first frame.
    const {config} = envPaths(NAMES.projectName, {suffix: NAMES.projectSuffix});
    const {locale} = JSON.parse(readFileSync(join(config, 'config.json'), 'utf8')) as Preferences;
    return locale === 'en' || locale === 'ko' ? locale : undefined;
  } catch {
    return undefined;
  }
};

export const rememberLocale = async (locale: Locale): Promise<void> => {
  try {
    const {default: Conf} = await import('conf');
    new Conf<Preferences>({...NAMES, configFileMode: FILE_MODE, clearInvalidConfig: true}).set('locale', locale);
  } catch {
    // A preference that cannot be written is not worth stopping a night's work for.
  }
};
