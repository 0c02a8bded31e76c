// What is read from the tool's own files only when a step needs it has to be there before a run opens: an upgrade in the
// middle of a run replaces those files, and the run would end at that step.

import {loadShell} from '../adapters/processes.ts';
import type {RunbookDefinition} from '../core/definition.ts';
import {sqlParser} from './sql-parser.ts';

export const loadAhead = async ({steps}: RunbookDefinition): Promise<void> => {
  if (steps.some(({kind}) => kind === 'command')) await loadShell();
  // Each migration is read again before it runs.
  if (steps.some(({kind}) => kind === 'migration')) await sqlParser();
};
