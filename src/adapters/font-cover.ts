// Which signs does a font file have? Read from its own table of characters, so that no picture shows an empty box.

/** The parts of a TrueType or OpenType file; of a collection those of its first font. */
const tableOf = (font: DataView, tag: string): number | undefined => {
  const first = font.getUint32(0) === 0x74_74_63_66 ? font.getUint32(12) : 0;
  for (let nth = 0; nth < font.getUint16(first + 4); nth += 1) {
    const record = first + 12 + nth * 16;
    const name = String.fromCharCode(...[0, 1, 2, 3].map((at) => font.getUint8(record + at)));
    if (name === tag) return font.getUint32(record + 8);
  }
  return undefined;
};

type Has = (code: number) => boolean;

/** Format 12: groups of characters that follow each other. */
const inGroups =
  (font: DataView, at: number): Has =>
  (code) => {
    for (let low = 0, high = font.getUint32(at + 12) - 1; low <= high; ) {
      const middle = (low + high) >> 1;
      const group = at + 16 + middle * 12;
      if (code < font.getUint32(group)) high = middle - 1;
      else if (code > font.getUint32(group + 4)) low = middle + 1;
      else return font.getUint32(group + 8) + code - font.getUint32(group) !== 0;
    }
    return false;
  };

/** Format 4: segments of the first 65,536 characters, each with a shift or with a list of its glyphs. */
const inSegments =
  (font: DataView, at: number): Has =>
  (code) => {
    if (code > 0xff_ff) return false;
    const twice = font.getUint16(at + 6);
    const [ends, starts] = [at + 14, at + 16 + twice];
    for (let segment = 0; segment < twice; segment += 2) {
      if (font.getUint16(ends + segment) < code) continue;
      const start = font.getUint16(starts + segment);
      if (start > code) return false;
      const delta = font.getUint16(starts + twice + segment);
      const place = starts + 2 * twice + segment;
      const offset = font.getUint16(place);
      if (offset === 0) return ((code + delta) & 0xff_ff) !== 0;
      return font.getUint16(place + offset + 2 * (code - start)) !== 0;
    }
    return false;
  };

/** @returns whether the font has the sign; a file that is no font has none. */
export const coverOf = (bytes: Uint8Array): ((sign: string) => boolean) => {
  const font = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const maps: Has[] = [];
  try {
    const cmap = tableOf(font, 'cmap');
    if (cmap === undefined) return () => false;
    for (let nth = 0; nth < font.getUint16(cmap + 2); nth += 1) {
      const platform = font.getUint16(cmap + 4 + nth * 8);
      // 0 and 3: Unicode; the others are alphabets of their own.
      if (platform !== 0 && platform !== 3) continue;
      const at = cmap + font.getUint32(cmap + 8 + nth * 8);
      const format = font.getUint16(at);
      if (format === 12) maps.push(inGroups(font, at));
      if (format === 4) maps.push(inSegments(font, at));
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // Shorter than its own tables say.
    return () => false;
  }
  return (sign) => {
    const code = sign.codePointAt(0) ?? 0;
    try {
      return maps.some((has) => has(code));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return false;
    }
  };
};
