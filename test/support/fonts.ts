// Which fonts do pictures of tests have, whatever the machine has: those that come along with the tests?

import {mkdirSync, symlinkSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';

const {resolve} = createRequire(import.meta.url);

/** Letters, lines and signs of one column; no Hangul. */
export const monospaced = resolve('dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf');

export const fontFolder = dirname(monospaced);

/** Of the Hangul font, by weight. */
export const hangulFolder = dirname(resolve('@expo-google-fonts/nanum-gothic-coding/package.json'));

/** A folder of fonts as a home has it: with Hangul as well, which stands in the foot of the English screen too. */
export const linkFonts = (folder: string): void => {
  mkdirSync(folder, {recursive: true});
  for (const name of ['DejaVuSansMono.ttf', 'DejaVuSansMono-Bold.ttf', 'DejaVuSans.ttf'])
    symlinkSync(join(fontFolder, name), join(folder, name));
  symlinkSync(join(hangulFolder, '400Regular/NanumGothicCoding_400Regular.ttf'), join(folder, 'NanumGothicCoding.ttf'));
  symlinkSync(join(hangulFolder, '700Bold/NanumGothicCoding_700Bold.ttf'), join(folder, 'NanumGothicCoding-Bold.ttf'));
};
