// Can the approvals that this runbook demands be given with the lists of signers that there are now?

import {dirname, join, resolve} from 'node:path';
import {systemClock} from '../../adapters/clock.ts';
import {operatorSigners, planSigners} from '../../adapters/signers/read-signers.ts';
import type {ApprovalStep} from '../../core/definition.ts';
import type {DoctorCheck} from '../../core/doctor.ts';
import type {Environment} from '../../core/ids.ts';
import {stepsOf} from '../../core/outline.ts';
import {isInTheWay, signersStanding, type SignersStanding} from '../../core/signers/standing.ts';
import {signersText} from '../../ui/text/approvals/signers.ts';
import {approvalKeys} from '../approval-keys.ts';
import {quoted} from '../command-line.ts';
import type {CliContext} from '../context.ts';
import type {LoadedFolder} from '../load.ts';

const fixOf = (standing: SignersStanding, file: (name: string) => string): string | undefined => {
  switch (standing.code) {
    case 'none':
      return 'export ATTEMPT_RUNBOOK_ALLOWED_SIGNERS=FILE   # a line for each approver: NAME ssh-ed25519 AAAA...';
    case 'enough':
      return undefined;
    default:
      return standing.list === 'plan' ? `$EDITOR ${file(standing.place)}` : `$EDITOR ${quoted(standing.place)}`;
  }
};

/**
 * @param asked the environment that the doctor is asked about; of the others what is missing is amber, since no run there is
 * about to begin.
 */
export const signersChecks = (
  context: CliContext,
  {runbook, files, folder}: Pick<LoadedFolder, 'runbook' | 'files' | 'folder'>,
  asked: Environment | undefined,
): readonly DoctorCheck[] => {
  const at = systemClock.now();
  const {signers: own} = approvalKeys(context.env);
  const operators = [context.operator.name];
  const environments = asked === undefined ? (['staging', 'production'] as const) : ([asked] as const);
  const steps = environments
    .flatMap((environment) => stepsOf(runbook, environment))
    .filter((step): step is ApprovalStep => step.kind === 'approval');
  const found = steps.flatMap((step): readonly DoctorCheck[] => {
    const read =
      step.signers === undefined
        ? operatorSigners(own === undefined || own === '' ? undefined : resolve(own), at)
        : planSigners(step.signers, files.get(`signers/${step.signers}`), at);
    const standing = signersStanding(step, read, operators);
    // A typed name is taken: then no list is needed, and one that is there is not in the way.
    if (step.signature === 'optional' && standing.code === 'none') return [];
    const isRed = isInTheWay(step, standing) && step.optional !== true && asked !== undefined;
    const level = standing.code === 'enough' ? 'green' : isRed ? 'red' : 'amber';
    const fix = fixOf(standing, (place) => quoted(join(dirname(folder.yaml), place)));
    const text = {en: signersText(standing, 'en'), ko: signersText(standing, 'ko')};
    return [{subject: 'signers', level, note: {code: 'said', text}, ...(fix === undefined ? {} : {fix})}];
  });
  // Several steps with the same list are one line: the worst that is true of it.
  const worst = (['red', 'amber', 'green'] as const).flatMap((level) => found.filter((check) => check.level === level));
  const textOf = ({note}: DoctorCheck): string => (note?.code === 'said' ? note.text.en : '');
  return worst.filter((check, nth) => worst.findIndex((other) => textOf(other) === textOf(check)) === nth);
};
