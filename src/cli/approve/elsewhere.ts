// Which options does an approver need in a terminal that has nothing of this one's environment?

import {resolve} from 'node:path';
import type {Elsewhere} from '../../ui/text/approvals/command.ts';
import {approvalKeys} from '../approval-keys.ts';
import {quoted} from '../command-line.ts';
import type {CliContext} from '../context.ts';

export const elsewhereOf = ({options, env, runsDirectory}: CliContext): Elsewhere => {
  const {signers} = approvalKeys(env);
  const isUsualPlace = options.runsDir === undefined && env['XDG_STATE_HOME'] === undefined;
  return {
    // Whole: a path that begins here leads elsewhere from another folder.
    runs: isUsualPlace ? '' : ` --runs-dir ${quoted(runsDirectory)}`,
    signers: signers === undefined || signers === '' ? '' : ` --allowed-signers ${quoted(resolve(signers))}`,
  };
};
