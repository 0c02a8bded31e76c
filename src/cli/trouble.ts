// A value, or what kept a command from starting.

import type {Trouble} from '../core/trouble.ts';
import type {Problem} from '../runbook/problems.ts';

/** Problems of a document have their own words and places, so they stay apart from the other troubles. */
export type StartTrouble = Trouble | Readonly<{code: 'runbook-invalid'; problems: readonly Problem[]}>;

export type Opening<T> = Readonly<{ok: true; value: T}> | Readonly<{ok: false; trouble: StartTrouble}>;

export const opened = <T>(value: T): Opening<T> => ({ok: true, value});
export const trouble = (of: StartTrouble): Readonly<{ok: false; trouble: StartTrouble}> => ({ok: false, trouble: of});
