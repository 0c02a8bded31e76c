// How text that others wrote is shown so that it cannot act on the operator's terminal or hide in it.

// Cc: control characters (ESC and C1 among them). Cf: bidi controls, zero-width characters, tags, soft hyphen.
// Cs: lone surrogates. Zl, Zp: separators that some terminals break lines at. The rest of the list is invisible without
// being a format character: grapheme joiner, Hangul fillers, variation selectors (which also change a sign's width).
export const unseen =
  /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|\u034f|[\u115f\u1160]|[\u17b4\u17b5]|[\u180b-\u180f]|\u3164|\uffa0|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}]/gu;

const tab = '    ';

const escaped = (character: string): string => {
  if (character === '\t') return tab;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
};

/**
 * The text with everything that acts or hides replaced by a visible escape such as `\x1b`; newlines stay, tabs become
 * four spaces. Applying it twice changes nothing more.
 */
export const visible = (text: string): string => text.replace(unseen, escaped);

/** The same on one line: newlines are shown as `\n`. */
export const visibleLine = (text: string): string => visible(text).replaceAll('\n', '\\n');
