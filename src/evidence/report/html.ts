// How text becomes HTML without ever becoming markup: whatever is put into a template is escaped, unless it is HTML already.

export type Html = Readonly<{html: string}>;

type Part = Html | string | number | undefined | readonly Html[];

export type Template = (strings: TemplateStringsArray, ...parts: readonly Part[]) => Html;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? '');

const isList = (part: Part): part is readonly Html[] => Array.isArray(part);

/** @param visible shows signs that act or hide as what they are; the words' owner knows which those are. */
export const templateOf = (visible: (text: string) => string): Template => {
  const put = (part: Part): string => {
    if (part === undefined) return '';
    if (isList(part)) return part.map(({html}) => html).join('');
    return typeof part === 'object' ? part.html : escaped(visible(`${part}`));
  };
  return (strings, ...parts) => ({
    html: strings.reduce((before, text, at) => `${before}${put(parts[at - 1])}${text}`),
  });
};

/** Text in a data block: JSON that no sign in it can end, neither for HTML nor for a script. */
export const jsonBlock = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
