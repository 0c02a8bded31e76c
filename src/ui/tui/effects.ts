// What a key may lead to: changes of the view, commands to the run, and favours asked of the program.

import type {Command} from '../../core/command.ts';
import type {StatementOrder} from '../../engine/session.ts';
import type {StepId} from '../../core/ids.ts';
import type {BundleEffect} from './bundle.ts';
import type {Notice, Overlay, ViewAction} from './view-state.ts';

export type Effect =
  | Readonly<{do: 'view'; action: ViewAction}>
  | Readonly<{do: 'submit'; command: Command}>
  | Readonly<{do: 'rank-ways-back'}>
  /** Asks what these sessions run. */
  | Readonly<{do: 'read-queries'; pids: readonly number[]}>
  /** Writes the text that an approver signs elsewhere. */
  | Readonly<{do: 'write-statement'; order: StatementOrder}>
  | Readonly<{do: 'leave'; how?: 'interrupted'}>
  /** Stops the running step and leaves once it has stopped. */
  | Readonly<{do: 'stop-and-leave'}>
  | Readonly<{do: 'switch-language'}>
  | Readonly<{do: 'open-pager'; step: StepId; what: 'sql' | 'transcript'}>
  | Readonly<{do: 'open-item'; path: string}>
  | Readonly<{do: 'compare-items'; paths: readonly string[]}>
  | Readonly<{do: 'attach'; path: string; note: string; step?: StepId}>
  | Readonly<{do: 'complete-path'; text: string}>
  | Readonly<{do: 'take-picture'; step: StepId}>
  | Readonly<{do: 'open-shell'}>
  | BundleEffect;

export const view = (action: ViewAction): readonly Effect[] => [{do: 'view', action}];
export const open = (overlay: Overlay): readonly Effect[] => view({type: 'open', overlay});
export const notify = (notice: Notice): readonly Effect[] => view({type: 'notify', notice});
export const submit = (command: Command): readonly Effect[] => [{do: 'submit', command}];

export const nothing: readonly Effect[] = [];

export const close: readonly Effect[] = view({type: 'close'});
