// Which font do pictures of tests have, whatever the machine has: DejaVu, which comes along with the tests?

import {createRequire} from 'node:module';
import {dirname} from 'node:path';

/** Letters, lines and signs of one column, in both weights; no Hangul. */
export const monospaced = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf');

/** As a home may have it below `.local/share/fonts`. */
export const fontFolder = dirname(monospaced);
