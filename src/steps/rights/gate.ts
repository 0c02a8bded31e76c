// Nothing is changed by a login that could not put back what it takes, or whom the steps after it would refuse.

import type {MigrationStep} from '../../core/definition.ts';
import {failed, success, type Result} from '../../core/failure.ts';
import type {StepContext} from '../kind.ts';
import {withReader} from '../sessions.ts';
import {missingNow} from './needed.ts';

/** To be asked before the first statement of a change; on a copy only where it is changed with the rights of the login. */
export const requireRights = async (step: MigrationStep, context: StepContext): Promise<Result<void>> => {
  if (context.isCopy === true && context.asLogin !== true) return success(undefined);
  const {runbook, opened, sql, scriptEffects} = context;
  const missing = await withReader(context, {}, (session) =>
    missingNow(session, {runbook, environment: opened.environment, sql, scriptEffects, step}),
  );
  if (!missing.ok) return missing;
  return missing.value.length === 0 ? success(undefined) : failed({code: 'rights-missing', missing: missing.value});
};
