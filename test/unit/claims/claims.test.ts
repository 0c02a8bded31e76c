// Does every sentence that claims something of the database name the probe that proves it, and a test that makes it false?

import {existsSync, readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';
import {factsEn} from '../../../src/ui/text/facts-en.ts';
import {failureEn} from '../../../src/ui/text/failure-en.ts';
import {labelsEn, sentencesEn} from '../../../src/ui/text/report-en.ts';
import {screenEn} from '../../../src/ui/text/screen-en.ts';
import {toolFindingEn} from '../../../src/ui/text/tool-finding-en.ts';
import type {Claim} from '../../claims/claim.ts';
import {tables, type Table} from '../../claims/tables.ts';

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8');

/** From its name to the line on which the next declaration of the file begins, without its comments. */
const declared = (file: string, type: string): string => {
  const text = read(`src/${file}`).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  const from = text.search(new RegExp(`^(?:export )?type ${type}\\b`, 'm'));
  if (from < 0) throw new Error(`${file} has no type ${type}`);
  const rest = text.slice(from + 1);
  const to = rest.search(/^(?:export |type |const |interface )/m);
  return to < 0 ? rest : rest.slice(0, to);
};

/** Which of its quoted words are codes: those of a field that tells the members apart, or all where there is no such field. */
const FIELD = /\b(?:code|type|because|how)\??:\s*((?:'[^']+'\s*\|\s*)*'[^']+')/g;

/** Members that are made by a type of their own, each by its name. */
const MADE = /Finding<\s*((?:\|?\s*'[^']+'\s*)+)/g;

const codesIn = (file: string, type: string): readonly string[] => {
  const text = type === 'Finding' ? read(`src/${file}`) : declared(file, type);
  const fields = [...text.matchAll(type === 'Finding' ? MADE : FIELD)];
  const words = fields.length > 0 ? fields.map(([, of = '']) => of).join(' ') : text.replace(/^[^=]*=/, '');
  return [...words.matchAll(/'([\w-]+(?: [\w-]+)*)'/g)].map(([, code = '']) => code);
};

const codesOf = ({union: [file, ...types] = ['']}: Table): readonly string[] => [
  ...new Set(types.flatMap((type) => codesIn(file, type))),
];

const lexicons: Readonly<Record<string, object>> = {
  failures: failureEn,
  facts: factsEn,
  'findings of programs': toolFindingEn,
  screen: screenEn,
  'screen, step': screenEn.step,
  'screen, kinds': screenEn.kind,
  'screen, closed': screenEn.closed.database,
  'screen, next steps': screenEn.closed.nextSteps,
  'report, labels': labelsEn,
  'report, headlines': sentencesEn.headline,
};

type Entry = Readonly<{name: string; claim: Extract<Claim, {probe: object}>}>;

const entries: readonly Entry[] = tables.flatMap(({name, claims}) =>
  Object.entries(claims).flatMap(([code, claim]) => ('probe' in claim ? [{name: `${name}: ${code}`, claim}] : [])),
);

describe('no code is without an entry', () => {
  test.each(tables.filter(({union}) => union !== undefined))('of the type: $name', (table) => {
    expect(Object.keys(table.claims).toSorted()).toEqual(codesOf(table).toSorted());
  });

  test.each(Object.entries(lexicons))('of the words: %s', (name, lexicon) => {
    const table = tables.find((of) => of.name === name);
    expect(Object.keys(table?.claims ?? {}).toSorted()).toEqual(Object.keys(lexicon).toSorted());
  });
});

test('a claim names a probe that is there', () => {
  const lost = entries.filter(({claim: {probe}}) => {
    const path = `src/${probe.file}`;
    if (!existsSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)))) return true;
    return !new RegExp(`^export (?:const|function|class|async function) ${probe.symbol}\\b`, 'm').test(read(path));
  });
  expect(lost.map(({name, claim: {probe}}) => `${name}: ${probe.file} ${probe.symbol}`)).toEqual([]);
});

/** As it stands between the quotes of a title, whatever they are. */
const hasTest = (file: string, title: string): boolean => {
  if (!existsSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)))) return false;
  return ["'", '"', '`'].some((quote) => read(`test/${file}`).includes(`${quote}${title}${quote}`));
};

test('a claim names a test that is there', () => {
  const lost = entries.filter(({claim: {otherwise}}) => !hasTest(otherwise.file, otherwise.title));
  expect(lost.map(({name, claim: {otherwise}}) => `${name}: ${otherwise.file} '${otherwise.title}'`)).toEqual([]);
});

describe.each(['en', 'ko'] as const)('in %s', (locale) => {
  test.each(entries)('another sentence is said when it is not so: $name', ({claim: {said}}) => {
    const [so, otherwise] = said.map((say) => say(locale).trim());
    expect(so).not.toBe('');
    expect(otherwise).not.toBe(so);
  });
});
