// Does a script touch what the runbook does not declare, or change a declared view where nothing would be put back?

import type {Effect} from '../../core/script-effects.ts';
import type {SqlParser} from '../../core/sql-parser.ts';

import type {Problem, ProblemDetail} from '../problems.ts';
import {fileKey} from '../referenced-files.ts';
import type {Salvaged} from '../salvage.ts';
import {scriptEffects} from './script-effects.ts';

/** What an effect touches of a relation that was there before, and could lose something by it. */
const touches = (effect: Effect): boolean => {
  if (effect.of !== 'relation' || effect.object.endsWith('.*')) return false;
  switch (effect.what) {
    case 'create':
      return effect.replaces;
    case 'option':
    // WITH of a CREATE, which is judged by itself, or SET: nothing is lost by what belongs to an object.
    case 'part':
    case 'refresh':
    case 'row type comment':
    case 'row type rights':
      return false;
    default:
      return true;
  }
};

const isView = (effect: Effect): boolean =>
  'kind' in effect && (effect.kind === 'view' || effect.kind === 'materialized view');

/** The key of runbook.yaml that it belongs under: what is known to be a view can only be an object. */
const keyOf = (effect: Effect): 'objects' | 'tables' =>
  'kind' in effect && effect.kind === 'table' ? 'tables' : 'objects';

type Place = (effect: Effect, detail: ProblemDetail) => Problem;

const placeIn =
  (texts: ReadonlyMap<string, string>): Place =>
  ({file, line}, detail) => {
    const sourceLine = ((texts.get(file) ?? '').split('\n')[line - 1] ?? '').replace(/\r$/, '');
    return {...detail, file, path: '', line, column: sourceLine.search(/\S/) + 1, sourceLine};
  };

/** @param texts the sound SQL files, by their key. */
export const declarationProblems = (
  parser: SqlParser,
  texts: ReadonlyMap<string, string>,
  {objects, tables, steps}: Salvaged,
): readonly Problem[] => {
  const at = placeIn(texts);
  const declared = new Set(objects.map(({value}) => value));
  const counted = new Set(tables.map(({value}) => value.name));
  const made = new Set<string>();
  const problems: Problem[] = [];
  for (const {value: step} of steps) {
    if (step.kind !== 'migration' || step.migrator !== 'sql') continue;
    const files = step.apply.flatMap((sql) => {
      const source = texts.get(fileKey(sql));
      return source === undefined ? [] : [{file: fileKey(sql), sql: source}];
    });
    const told = new Set<string>();
    const tell = (effect: Effect, object: string, detail: ProblemDetail): void => {
      // Once an object and step: ten grants on one view want one line in the runbook.
      if (told.has(`${detail.code} ${object}`)) return;
      told.add(`${detail.code} ${object}`);
      problems.push(at(effect, detail));
    };
    for (const effect of scriptEffects(parser, files).effects) {
      const {object} = effect;
      const isKnown = (name: string): boolean =>
        declared.has(name) || made.has(name) || (counted.has(name) && !isView(effect));
      if (touches(effect) && !isKnown(object)) tell(effect, object, {code: 'sql-not-declared', object, key: keyOf(effect)});
      // What bore the name is found under the new one by nobody who does not look for it.
      if (effect.of === 'relation' && effect.what === 'rename' && declared.has(object) && !declared.has(effect.to))
        tell(effect, effect.to, {code: 'sql-not-declared', object: effect.to, key: 'objects'});
      if (step.transaction === 'none' && declared.has(object) && isView(effect) && touches(effect))
        tell(effect, object, {code: 'sql-view-alone', view: object});
      if (effect.of === 'relation' && effect.what === 'create') made.add(object);
    }
  }
  return problems;
};
