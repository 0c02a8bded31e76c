// Which value does a YAML document stand for, and where in the file is each part of it?

import {isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node} from 'yaml';

import {pathText, type Position, type Problem, type ProblemDetail} from './problems.ts';
import {hiddenCharacters, readSource} from './source.ts';

export type Path = readonly PropertyKey[];

/** A document as plain JSON values, with the places of its keys and values. */
export type ParsedDocument = Readonly<{
  file: string;
  value: unknown;
  /** Where the value at this path begins; for a path that is not in the document, its nearest parent. */
  positionOf: (path: Path) => Position;
  /** Where the last key of this path is written; for a list's element, where the element begins. */
  keyPositionOf: (path: Path) => Position;
  /** True when the path leads to a value that the file contains. */
  has: (path: Path) => boolean;
  problemAt: (path: Path, detail: ProblemDetail) => Problem;
}>;

export type Parsed = Readonly<{document?: ParsedDocument; problems: readonly Problem[]}>;

// 1 MiB: the shipped runbook has 70 KB; more is somebody's mistake, or an attempt to keep us busy.
const maxBytes = 1_048_576;

// After a broken line the parser guesses; what it says after ten of them helps nobody.
const maxSyntaxProblems = 10;

const key = (path: Path): string => JSON.stringify(path);

type Places = Map<string, Readonly<{key?: number; value: number}>>;
type Report = (offset: number, path: Path, detail: ProblemDetail) => void;
type Walk = Readonly<{text: string; places: Places; report: Report}>;

/** A document of clean characters can still spell a bidi control, or a decomposed letter, as an escape: "\u202e". */
const escapedProblems = (value: string, raw: string): readonly ProblemDetail[] => {
  if (value === raw) return [];
  const seen = new Set(hiddenCharacters(raw).map(({character}) => character));
  const hidden = hiddenCharacters(value).filter(({character}) => !seen.has(character));
  const decomposed = value !== value.normalize('NFC') && raw === raw.normalize('NFC');
  return [
    ...hidden.map(({character}): ProblemDetail => ({code: 'hidden-character', character})),
    ...(decomposed ? [{code: 'not-nfc'} as const] : []),
  ];
};

/** Builds the value node by node, so that nothing but plain maps, lists and scalars can come out of a document. */
const walk = (node: Node | null, path: Path, fallback: number, context: Walk): unknown => {
  const {text, places, report} = context;
  const start = node?.range?.[0] ?? fallback;
  places.set(key(path), {...places.get(key(path)), value: start});
  if (node === null) return null;
  if (isAlias(node)) {
    report(start, path, {code: 'yaml-alias', name: node.source});
    return undefined;
  }
  const {anchor, tag} = node as {anchor?: string; tag?: string};
  if (anchor !== undefined) report(start, path, {code: 'yaml-anchor', name: anchor});
  if (tag !== undefined) report(start, path, {code: 'yaml-tag', tag});
  if (isScalar(node)) {
    const {value} = node;
    if (typeof value === 'string') {
      for (const detail of escapedProblems(value, text.slice(start, node.range?.[1]))) report(start, path, detail);
    }
    return value;
  }
  if (isSeq(node)) {
    return node.items.map((item, at) => walk(item as Node | null, [...path, at], start, context));
  }
  if (!isMap(node)) return undefined;
  const entries = node.items.flatMap((pair): readonly (readonly [string, unknown])[] => {
    const keyNode = pair.key as Node | null;
    const keyStart = keyNode?.range?.[0] ?? start;
    if (!isScalar(keyNode) || typeof keyNode.value !== 'string') {
      report(keyStart, path, {code: 'yaml-key-not-text'});
      return [];
    }
    const name = keyNode.value;
    // YAML 1.2 has no merge key, so this would be an ordinary key; the author surely meant the other thing.
    if (name === '<<') {
      report(keyStart, path, {code: 'yaml-merge-key'});
      return [];
    }
    const inner = [...path, name];
    // A repeated key has its own problem; the first one counts, so that the second does not lead to more.
    if (places.has(key(inner))) return [];
    places.set(key(inner), {key: keyStart, value: keyStart});
    return [[name, walk(pair.value as Node | null, inner, keyStart, context)]];
  });
  // fromEntries defines properties, so that a key `__proto__` stays a key and is refused as unknown.
  return Object.fromEntries(entries);
};

const syntaxProblems = (document: Document.Parsed, text: string, report: Report): void => {
  const {yaml, tags} = document.directives;
  if (yaml.explicit === true || Object.keys(tags).length > 1) {
    // A %YAML 1.1 directive would turn `no` into false.
    report(Math.max(0, text.search(/^%/m)), [], {code: 'yaml-directive'});
  }
  const seen = new Set<string>();
  for (const {code, message, pos} of [...document.errors, ...document.warnings]) {
    // Tags are reported by the walk, which sees the known ones too.
    if (code === 'TAG_RESOLVE_FAILED') continue;
    if (code === 'RESOURCE_EXHAUSTION') {
      // Where the stack ended says nothing about the file; and whatever else the parser says follows from this.
      report(0, [], {code: 'yaml-too-deep'});
      return;
    }
    const mark = `${code}:${pos[0]}`;
    if (seen.has(mark) || seen.size >= maxSyntaxProblems) continue;
    seen.add(mark);
    if (code === 'DUPLICATE_KEY') {
      report(pos[0], [], {code: 'key-duplicate', key: /^[^\s:]*/.exec(text.slice(pos[0]))?.[0] ?? ''});
    } else if (code === 'MULTIPLE_DOCS') {
      const offset = text.indexOf('---', pos[0]);
      report(offset < 0 ? pos[0] : offset, [], {code: 'yaml-several-documents'});
    } else if (code === 'NON_STRING_KEY') {
      report(pos[0], [], {code: 'yaml-key-not-text'});
    } else if (code === 'BAD_DIRECTIVE') {
      report(pos[0], [], {code: 'yaml-directive'});
    } else {
      report(pos[0], [], {code: 'yaml-syntax', yaml: code, message});
    }
  }
};

/** Reads a document. A document that cannot be read at all has problems and no value. */
export const parseYaml = (file: string, bytes: Uint8Array): Parsed => {
  const source = readSource(file, bytes, {maxBytes, document: true});
  const problems: Problem[] = [...source.problems];
  if (source.text === '' && problems.length > 0) return {problems};

  const lineCounter = new LineCounter();
  const text = source.text;
  const at = (offset: number): Position => {
    const {line, col} = lineCounter.linePos(offset);
    return {line: Math.max(1, line), column: Math.max(1, col)};
  };
  const report: Report = (offset, path, detail) => {
    problems.push({...detail, ...at(offset), file, path: pathText(path)});
  };
  const yaml = parseDocument(text, {
    lineCounter,
    version: '1.2',
    schema: 'core',
    strict: true,
    uniqueKeys: true,
    stringKeys: true,
    merge: false,
    resolveKnownTags: false,
    prettyErrors: false,
  });
  syntaxProblems(yaml, text, report);
  // A duplicate key leaves a tree that is worth reading further; any other syntax error makes the rest a guess.
  const broken = yaml.errors.some(({code}) => code !== 'DUPLICATE_KEY' && code !== 'TAG_RESOLVE_FAILED');
  if (broken) return {problems};

  const places: Places = new Map();
  const value = walk(yaml.contents, [], 0, {text, places, report});
  const nearest = (path: Path): Readonly<{key?: number; value: number}> => {
    for (let length = path.length; length >= 0; length -= 1) {
      const place = places.get(key(path.slice(0, length)));
      if (place !== undefined) return place;
    }
    return {value: 0};
  };
  const positionOf = (path: Path): Position => at(nearest(path).value);
  return {
    problems,
    document: {
      file,
      value,
      positionOf,
      keyPositionOf: (path) => {
        const place = nearest(path);
        return at(place.key ?? place.value);
      },
      has: (path) => places.has(key(path)),
      problemAt: (path, detail) => ({...detail, ...positionOf(path), file, path: pathText(path)}),
    },
  };
};
