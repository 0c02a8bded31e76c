// Which files of the plan an action runs, in order.

import type {Action, SqlFile} from '../../core/definition.ts';
import {isOfTool} from '../../core/tools.ts';

export const filesOf = (action: Action): readonly SqlFile[] => {
  if (action.kind === 'psql') return [action.sql];
  if (action.kind === 'kubernetes-job') return action.verify === undefined ? [] : [action.verify];
  if (isOfTool(action)) return [];
  switch (action.kind) {
    case 'query':
    case 'revert':
      return [action.sql];
    case 'migration':
      return [
        ...(action.migrator === 'sql' ? action.apply : []),
        ...(action.verify === undefined ? [] : [action.verify]),
      ];
    case 'smoke':
      return action.checks.map(({sql}) => sql);
    case 'downstream':
      return action.samples.map(({sql}) => sql);
    case 'checklist':
    case 'snapshot':
    case 'backup':
    case 'rehearse':
    case 'alembic-check':
    case 'command':
    case 'approval':
    case 'restore-objects':
    case 'downgrade':
    case 'drop-object':
    case 'restore-backup':
      return [];
  }
};
