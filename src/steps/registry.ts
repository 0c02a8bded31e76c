// Which kinds there are. A kind that lacks an entry, or an entry that lacks an ability, does not compile.

import type {Action, ActionKind} from '../core/definition.ts';
import type {Facts} from '../core/facts.ts';
import type {Result} from '../core/failure.ts';
import type {PreviewPart} from '../core/preview.ts';
import {approval} from './approval.ts';
import {alembicCheck} from './alembic-check.ts';
import {backup} from './backup.ts';
import {checklist} from './checklist.ts';
import {command} from './command.ts';
import {downgrade} from './downgrade.ts';
import {downstream} from './downstream.ts';
import {downstreamJobs} from './downstream-jobs.ts';
import {dropObject} from './drop-object.ts';
import {kubernetesJob} from './kubernetes-job.ts';
import type {InDoubt, Kind, Reconciliation, StepContext} from './kind.ts';
import {managedBackup} from './managed-backup.ts';
import {migration} from './migration.ts';
import {psql} from './psql.ts';
import {pullRequest} from './pull-request.ts';
import {pytest} from './pytest.ts';
import {query} from './query.ts';
import {rehearseBy} from './rehearse.ts';
import {restoreBackup} from './restore-backup.ts';
import {restoreObjects} from './restore-objects.ts';
import {revert} from './revert.ts';
import {smoke} from './smoke.ts';
import {snapshot} from './snapshot.ts';
import {askingAfter} from './way-back/ask-undone.ts';

export const kinds = {
  checklist,
  query,
  snapshot,
  backup,
  rehearse: rehearseBy((action, context) => perform(action, context)),
  'alembic-check': alembicCheck,
  migration,
  smoke,
  downstream,
  command,
  pytest,
  approval,
  'pull-request': pullRequest,
  'managed-backup': managedBackup,
  psql,
  'downstream-jobs': downstreamJobs,
  'kubernetes-job': kubernetesJob,
  'restore-objects': askingAfter(restoreObjects),
  revert: askingAfter(revert),
  downgrade: askingAfter(downgrade),
  'drop-object': askingAfter(dropObject),
  'restore-backup': askingAfter(restoreBackup),
} satisfies {readonly [K in ActionKind]: Kind<K>};

/** The registry's entry for an action. The cast is the one place where a kind and its definition are paired. */
const kindOf = (action: Action): Kind<ActionKind> => kinds[action.kind] as unknown as Kind<ActionKind>;

export const outlineOf = (action: Action, sql: (file: string) => string): readonly PreviewPart[] =>
  kindOf(action).outline(action, sql);

export const perform = (action: Action, context: StepContext): Promise<Result<Facts>> | undefined =>
  kindOf(action).perform?.(action, context);

export const reconcile = (action: Action, doubt: InDoubt, context: StepContext): Promise<Reconciliation> =>
  kindOf(action).reconcile(action, doubt, context);
