// Which names occur twice where each must mean one thing?

import type {Environment} from '../core/ids.ts';
import {isOfTool} from '../core/tools.ts';
import type {ParsedDocument, Path} from './parse.ts';
import type {DuplicateKind, Problem} from './problems.ts';
import {afterSteps, type At, type Salvaged} from './salvage.ts';

type Named = Readonly<{id: string; path: Path}>;

const named = (list: readonly At<Readonly<{id: string}>>[]): readonly Named[] =>
  list.map(({path, value}) => ({id: value.id, path: [...path, 'id']}));

const inner = (path: Path, field: string, list: readonly Readonly<{id: string}>[]): readonly Named[] =>
  list.map(({id}, at) => ({id, path: [...path, field, at, 'id']}));

const environmentsOf = (path: Path, list: readonly Environment[] | undefined): readonly Named[] =>
  (list ?? []).map((id, at) => ({id, path: [...path, 'in', at]}));

/** Every second and later occurrence, pointing back to the line of the first. */
export const duplicates = (document: ParsedDocument, salvaged: Salvaged): readonly Problem[] => {
  const among = (what: DuplicateKind, list: readonly Named[]): readonly Problem[] => {
    const first = new Map<string, number>();
    return list.flatMap(({id, path}) => {
      const firstLine = first.get(id);
      if (firstLine !== undefined) return [document.problemAt(path, {code: 'duplicate', what, id, firstLine})];
      first.set(id, document.positionOf(path).line);
      return [];
    });
  };
  const {objects, tables, phases, steps, rollback} = salvaged;
  const after = afterSteps(rollback);
  return [
    ...among(
      'object',
      objects.map(({path, value}) => ({id: value, path})),
    ),
    ...among(
      'table',
      tables.map(({path, value}) => ({id: value.name, path: [...path, 'name']})),
    ),
    ...among('phase', named(phases)),
    ...among('step', named(steps)),
    ...among('option', named(rollback)),
    ...[...phases, ...steps, ...after].flatMap(({path, value}) => among('environment', environmentsOf(path, value.in))),
    ...rollback.flatMap(({path, value}) => among('step', inner(path, 'after', value.after ?? []))),
    ...after.flatMap(({path, value}) =>
      value.kind === 'checklist' ? among('item', inner(path, 'items', value.items)) : [],
    ),
    ...steps.flatMap(({path, value}) => {
      if (value.kind === 'downstream-jobs') return among('sample', inner(path, 'jobs', value.jobs));
      if (isOfTool(value)) return [];
      switch (value.kind) {
        case 'checklist':
          return among('item', inner(path, 'items', value.items));
        case 'smoke':
          return [
            ...among('read', inner(path, 'shared', value.shared ?? [])),
            ...among('check', inner(path, 'checks', value.checks)),
          ];
        case 'downstream':
          return among('sample', inner(path, 'samples', value.samples));
        case 'query':
        case 'snapshot':
        case 'backup':
        case 'rehearse':
        case 'migration':
        case 'alembic-check':
        case 'command':
        case 'approval':
          return [];
      }
    }),
  ];
};
