// What an approver types in another terminal: for a run that stands open here as well as for one that was left.

import type {ApprovalStep} from '../../../core/definition.ts';

/**
 * Options that another terminal needs, each with a space before it, or '': to find the run where it does not lie in the usual
 * place, and to check with the list that the run's own session has where the runbook names none.
 */
export type Elsewhere = Readonly<{runs: string; signers: string}>;

export const nowhereElse: Elsewhere = {runs: '', signers: ''};

/** Without what says who approves, and with which key. */
export const approveCommand = (
  run: string,
  {id, signers}: Pick<ApprovalStep, 'id' | 'signers'>,
  elsewhere: Elsewhere,
): string => `attempt-runbook approve ${run} ${id}${elsewhere.runs}${signers === undefined ? elsewhere.signers : ''}`;

export const signCommand = (run: string, step: Pick<ApprovalStep, 'id' | 'signers'>, elsewhere: Elsewhere): string =>
  `${approveCommand(run, step, elsewhere)} --as NAME --key KEY`;
