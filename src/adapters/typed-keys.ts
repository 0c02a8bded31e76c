// Which keys are in what a terminal has sent, when one read brings several of them, or a part of one?
//
// A terminal sends Esc as the byte that also begins every longer key. A person who presses Esc and then `?` while the
// process is busy has both read at once, as the bytes of Alt+? would be. No key here is bound to Alt: Esc is Esc, and
// what follows it is what it is alone. Only what a terminal sends for one key (CSI, SS3) or for a paste stays together.

const ESC = '\u001b';

/** Esc in a form that no byte behind it can be joined to: CSI u, as the kitty keyboard protocol spells it. */
export const ESC_ALONE = `${ESC}[27u`;

/** Arrows, `ESC [ 1 ; 5 A`, `ESC [ [ A` of the Linux console. */
const CSI = /^\[\[?[0-?]*[ -/]*[@-Z\\-~]/;
/** `ESC [ 2 $`, whose end looks like the middle of a longer key. */
const RXVT_SHIFTED = /^\[[235678]\$/;
const CSI_BEGUN = /^\[\[?[0-?]*[ -/]*$/;
/** The keypad and the first function keys, with or without a modifier. */
const SS3 = /^O[0-9;]*[@-~]/;
const SS3_BEGUN = /^O[0-9;]*$/;
/** What a terminal says of itself (OSC, DCS, SOS, PM, APC): nobody typed it. */
// oxlint-disable-next-line no-control-regex -- such an answer begins with ESC and ends with BEL or ESC.
const REPLY = /^[\]PX^_][^\u001b\u0007]*(?:\u0007|\u001b\\)/;
const PASTE_BEGIN = '[200~';
const PASTE_END = `${ESC}[201~`;

export type TypedKeys = Readonly<{
  /** Every key in its order, none of them to be taken for a part of another. */
  keys: string;
  /** The beginning of a key, or of a paste, whose end has not been read yet. */
  rest: string;
}>;

type Found = Readonly<{length: number; keys: string}>;

/** The key that begins with Esc here; undefined when more bytes may belong to it. */
const escapedKey = (behind: string): Found | undefined => {
  const shifted = RXVT_SHIFTED.exec(behind)?.[0];
  if (shifted !== undefined) return {length: shifted.length, keys: ESC + shifted};
  if (behind === '' || CSI_BEGUN.test(behind) || SS3_BEGUN.test(behind)) return undefined;
  if (behind.startsWith(PASTE_BEGIN)) {
    const end = behind.indexOf(PASTE_END);
    if (end < 0) return undefined;
    const length = end + PASTE_END.length;
    return {length, keys: ESC + behind.slice(0, length)};
  }
  const key = CSI.exec(behind)?.[0] ?? SS3.exec(behind)?.[0];
  if (key !== undefined) return {length: key.length, keys: ESC + key};
  const reply = REPLY.exec(behind)?.[0];
  return reply === undefined ? {length: 0, keys: ESC_ALONE} : {length: reply.length, keys: ''};
};

export const typedKeys = (read: string): TypedKeys => {
  let keys = '';
  let from = 0;
  for (let at = read.indexOf(ESC); at >= 0; at = read.indexOf(ESC, from)) {
    keys += read.slice(from, at);
    const found = escapedKey(read.slice(at + 1));
    if (found === undefined) return {keys, rest: read.slice(at)};
    keys += found.keys;
    from = at + 1 + found.length;
  }
  return {keys: keys + read.slice(from), rest: ''};
};

/** A paste takes as long as it takes; whatever else is begun comes whole, or is no longer key. */
export const isPasteBegun = (rest: string): boolean => rest.startsWith(ESC + PASTE_BEGIN);

/** The keys of a beginning that nothing came after: Esc, and what was typed behind it. */
export const keysWithoutEnd = (rest: string): string => {
  const {keys, rest: more} = typedKeys(rest.slice(ESC.length));
  return ESC_ALONE + keys + (more === '' ? '' : keysWithoutEnd(more));
};
