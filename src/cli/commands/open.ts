// attempt-runbook: the screen.

import type {ExitCode} from '../../ui/text/exit.ts';
import type {CliContext} from '../context.ts';
import {rehearse, type RehearseOptions} from './rehearse.ts';

export const open = async (context: CliContext, _opening?: unknown, options: RehearseOptions = {}): Promise<ExitCode> =>
  rehearse(context, options);
