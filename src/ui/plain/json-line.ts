// How an event is written as one line of NDJSON that no terminal takes for a command.

/** JSON leaves DEL, C1 controls, line separators and bidi controls as they are; escaped they mean the same. */
const acting = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

export const jsonLine = (value: unknown): string =>
  JSON.stringify(value).replace(acting, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
