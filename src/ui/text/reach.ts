// How far an action can have reached into the database when it fails; the honest answer differs by kind.

import type {Action} from '../../core/definition.ts';
import {isOfTool, mayWrite} from '../../core/tools.ts';

export type Reach =
  /** No step was begun: there is no run yet, or none that goes on. */
  | 'none'
  /** Read-only transactions, or nothing but a file of ours. */
  | 'reads'
  /** One transaction: it is all there or not at all. */
  | 'transaction'
  /** One statement after the other; those before the failure stay. */
  | 'statements'
  /** A backup put back: part of it can be there. */
  | 'restore'
  /** A program that commits by itself; the version table and the catalog are looked at afterwards. */
  | 'alembic'
  /** A shell line of the runbook's author: nobody here knows. */
  | 'command'
  /** The caller did not say which action failed. */
  | 'unknown';

export const reachOf = (action: Action | 'none' | undefined): Reach => {
  if (action === undefined) return 'unknown';
  if (action === 'none') return 'none';
  // Its sessions are not ours: nothing here makes them read-only.
  if (action.kind === 'kubernetes-job') return 'command';
  if (isOfTool(action)) return mayWrite(action) ? 'command' : 'reads';
  switch (action.kind) {
    case 'checklist':
    case 'query':
    case 'snapshot':
    case 'backup':
    case 'rehearse':
    case 'alembic-check':
    case 'smoke':
    case 'downstream':
    case 'approval':
      return 'reads';
    case 'migration':
      if (action.migrator === 'alembic') return 'alembic';
      return action.transaction === 'whole' ? 'transaction' : 'statements';
    case 'downgrade':
      return 'alembic';
    case 'restore-objects':
    case 'revert':
    case 'drop-object':
      return 'transaction';
    case 'restore-backup':
      return 'restore';
    case 'command':
      return 'command';
  }
};
