// Which fonts of this machine can draw every sign of a picture?

import {readFileSync, readdirSync} from 'node:fs';
import {basename, join} from 'node:path';
import {coverOf} from './font-cover.ts';

/** By the name of the file, in the order in which they are tried: those of one column first, then those with Hangul. */
const FONTS: readonly RegExp[] = [
  /^DejaVuSansMono(?:-Bold)?\.ttf$/i,
  /^Menlo\.ttc$/i,
  /^consolab?\.ttf$/i,
  /^NotoSansMono(?:-Regular|-Bold)?\.ttf$/i,
  /^D2Coding(?!.*(?:ligature|subset)).*\.tt[fc]$/i,
  /^LiberationMono-(?:Regular|Bold)\.ttf$/i,
  /^NanumGothicCoding(?:Bold|-Bold|-Regular)?\.ttf$/i,
  /^(?:SarasaMonoK|sarasa-mono-k)-(?:Regular|Bold)\.tt[fc]$/i,
  /^NotoSansMonoCJKkr-(?:Regular|Bold)\.otf$/i,
  /^NotoSans(?:Mono)?CJK-(?:Regular|Bold)\.ttc$/i,
  /^AppleSDGothicNeo\.ttc$/i,
  /^malgun(?:bd)?\.ttf$/i,
  /^NanumGothic(?:Bold)?\.ttf$/i,
  /^DejaVuSans\.ttf$/i,
  /^(?:seguisym|Apple Symbols|NotoSansSymbols2?-Regular)\.ttf$/i,
];

const filesBelow = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder, {recursive: true, encoding: 'utf8'}).map((name) => join(folder, name));
  } catch {
    // Another system's folder, or none of ours to read.
    return [];
  }
};

/** The first fonts that together have every sign, or what none of them has. */
export const fontsFor = (
  signs: ReadonlySet<string>,
  folders: readonly string[],
): Readonly<{ok: true; fonts: readonly Uint8Array[]}> | Readonly<{ok: false; missing: readonly string[]}> => {
  const files = folders.flatMap(filesBelow);
  let missing = [...signs].filter((sign) => sign.trim() !== '');
  const fonts: Uint8Array[] = [];
  for (const name of FONTS) {
    if (missing.length === 0) break;
    // Both weights of a family: the regular one says what it has.
    const found = files.filter((file) => name.test(basename(file))).toSorted((a, b) => a.length - b.length);
    const [regular] = found;
    if (regular === undefined) continue;
    const bytes = found.map((file) => readFileSync(file));
    const has = coverOf(bytes[0] ?? new Uint8Array());
    const without = missing.filter((sign) => !has(sign));
    if (without.length === missing.length) continue;
    fonts.push(...bytes);
    missing = without;
  }
  return missing.length === 0 ? {ok: true, fonts} : {ok: false, missing};
};
