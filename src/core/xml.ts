// What does an XML document of another program say? A strict reader of the part of XML 1.0 that reports are made of.
//
// A document type and entities of one's own are refused, not skipped: a report needs neither, and both are how a small file
// becomes a large one, or another file. So are unknown entities, unclosed elements and a second root.

export type XmlElement = Readonly<{
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: readonly XmlElement[];
  /** All character data directly in it, in order. */
  text: string;
}>;

export type XmlProblem =
  | 'document-type'
  | 'unknown-entity'
  | 'malformed'
  | 'too-deep'
  | 'unclosed'
  | 'several-roots'
  | 'no-root';

export type XmlResult = Readonly<{ok: true; root: XmlElement}> | Readonly<{ok: false; problem: XmlProblem; at: number}>;

/** 64: reports nest three or four deep. */
const DEEPEST = 64;

const NAME = '[A-Za-z_:][\\w:.-]*';
const TOKEN = new RegExp(
  [
    '<!--(?:(?!--)[^])*-->',
    '<!\\[CDATA\\[(?<cdata>[^]*?)\\]\\]>',
    '<\\?[^]*?\\?>',
    `</(?<close>${NAME})\\s*>`,
    `<(?<open>${NAME})(?<attributes>(?:\\s+${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(?<empty>/?)>`,
    '(?<text>[^<]+)',
  ].join('|'),
  'y',
);
const ATTRIBUTE = new RegExp(`(${NAME})\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'g');

const named: Readonly<Record<string, string>> = {lt: '<', gt: '>', amp: '&', quot: '"', apos: "'"};

const entity = (code: string): string | undefined => {
  if (!code.startsWith('#')) return Object.hasOwn(named, code) ? named[code] : undefined;
  const point = /^#x[0-9a-f]+$/i.test(code) ? Number.parseInt(code.slice(2), 16) : Number(code.slice(1));
  return Number.isInteger(point) && point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : undefined;
};

/** Undefined when there is a bare `&`, or an entity that nobody has defined. */
const plain = (text: string): string | undefined => {
  let isKnown = true;
  const said = text.replaceAll(/&([^;&\s]{0,16};?)/g, (_, code: string) => {
    const found = code.endsWith(';') ? entity(code.slice(0, -1)) : undefined;
    isKnown &&= found !== undefined;
    return found ?? '';
  });
  return isKnown ? said : undefined;
};

type Open = {name: string; attributes: Record<string, string>; children: Open[]; text: string};

const attributesOf = (text: string): Record<string, string> | undefined => {
  const attributes: Record<string, string> = {};
  for (const [, name = '', double, single] of text.matchAll(ATTRIBUTE)) {
    const value = plain(double ?? single ?? '');
    if (value === undefined || Object.hasOwn(attributes, name)) return undefined;
    attributes[name] = value;
  }
  return attributes;
};

export const readXml = (document: string): XmlResult => {
  const text = document.replace(/^\ufeff/, '');
  const stack: Open[] = [];
  let root: Open | undefined;
  let at = 0;
  const refuse = (problem: XmlProblem): XmlResult => ({ok: false, problem, at});
  while (at < text.length) {
    if (/^<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)/i.test(text.slice(at, at + 12))) return refuse('document-type');
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text);
    if (token === null) return refuse('malformed');
    const {cdata, close, open, attributes: raw = '', empty, text: data} = token.groups ?? {};
    const top = stack.at(-1);
    if (open !== undefined) {
      if (top === undefined && root !== undefined) return refuse('several-roots');
      const attributes = attributesOf(raw);
      if (attributes === undefined) return refuse('unknown-entity');
      const element: Open = {name: open, attributes, children: [], text: ''};
      top?.children.push(element);
      root ??= element;
      if (empty === '') stack.push(element);
      if (stack.length > DEEPEST) return refuse('too-deep');
    } else if (close !== undefined) {
      if (top?.name !== close) return refuse('unclosed');
      stack.pop();
    } else if (cdata !== undefined || data !== undefined) {
      const said = cdata ?? plain(data ?? '');
      if (said === undefined) return refuse('unknown-entity');
      if (top === undefined && said.trim() !== '') return refuse('malformed');
      if (top !== undefined) top.text += said;
    }
    at = TOKEN.lastIndex;
  }
  if (stack.length > 0) return refuse('unclosed');
  return root === undefined ? refuse('no-root') : {ok: true, root};
};
