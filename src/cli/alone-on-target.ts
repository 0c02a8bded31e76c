// How a run gets its target for itself, also from another run, and what the journal keeps of that.

import {addressOf, type CompleteSettings} from '../adapters/postgres/source.ts';
import {lockTarget, type TargetLock} from '../adapters/postgres/target-lock.ts';
import type {RunbookDefinition} from '../core/definition.ts';
import type {RunEvent} from '../core/event.ts';
import type {Identity} from '../core/ids.ts';
import type {TargetHolder} from '../core/trouble.ts';
import type {CliContext} from './context.ts';
import {opened, trouble, type Opening} from './trouble.ts';

export type TargetClaim = Readonly<{
  context: CliContext;
  settings: CompleteSettings;
  runbook: RunbookDefinition;
  run: string;
  afterCrash: boolean;
  takeOver?: string | undefined;
  /** A step of the run was begun, and nobody wrote down what became of it. */
  isInDoubt?: boolean;
  /** This command once more, with more words. */
  again?: ((more: readonly string[]) => string) | undefined;
}>;

export type AloneOnTarget = Readonly<{lock: TargetLock; from?: TargetHolder}>;

/** The target for this run alone, or why not. */
export const lockedTarget = async (claim: TargetClaim): Promise<Opening<AloneOnTarget>> => {
  const {context, settings, runbook, run, afterCrash, takeOver, again, isInDoubt = false} = claim;
  const {name, host} = context.operator;
  // A runbook without declared objects still may not run twice at once on the same database.
  const objects = runbook.objects.length > 0 ? runbook.objects : [runbook.id];
  const by = {run, operator: `${name}@${host}`};
  const how = {afterCrash, ...(takeOver === undefined ? {} : {takeOver})};
  context.stage?.('lock');
  const taken = await lockTarget(settings, objects, by, how);
  if (!taken.ok) return trouble({code: 'failure', failure: taken.failure});
  switch (taken.value.status) {
    case 'locked':
      return opened(taken.value);
    case 'held': {
      const {holder} = taken.value;
      if (takeOver !== undefined && holder?.run !== takeOver) {
        return trouble({code: 'take-over-other', named: takeOver, holder});
      }
      const command = holder?.run === undefined ? undefined : again?.(['--take-over', holder.run]);
      return trouble({
        code: 'target-locked',
        holder,
        ...(command === undefined ? {} : {takeOver: command}),
        // Its process has let the run's directory go, or is gone: what is left of it is a line that the server still believes in.
        ...(holder?.run === run ? {own: {isInDoubt}} : {}),
      });
    }
    case 'at-work':
      return trouble({code: 'take-over-at-work', holder: taken.value.holder, sessions: taken.value.sessions});
    case 'pooler':
      return trouble({code: 'pooler-detected', address: addressOf(settings)});
  }
};

/** What the journal keeps of a target that was taken from another run. */
export const handedOver = (from: TargetHolder, to: string, by: Identity): RunEvent => ({
  type: 'HandedOver',
  what: 'target',
  from: {run: from.run ?? '', operator: from.operator, pid: from.pid, since: from.since},
  to,
  by,
});
