// Nothing is changed by a login that could not put back what it takes, or whom the steps after it would refuse.

import type {MigrationStep} from '../../core/definition.ts';
import {failed, success, type Result} from '../../core/failure.ts';
import {takenOnCopy} from '../../core/rehearsed.ts';
import type {StepContext} from '../kind.ts';
import {withReader} from '../sessions.ts';
import {lackingNow, missingNow, type Asked} from './needed.ts';

const askedOf = ({runbook, opened, sql, scriptEffects}: StepContext, step: MigrationStep): Asked => ({
  runbook,
  environment: opened.environment,
  sql,
  scriptEffects,
  step,
});

/** A copy is there to find out what Alembic takes: `rightsOnCopy` asks for that afterwards. */
const NOT_YET: ReadonlySet<string> = new Set();

const takenBy = ({id}: MigrationStep, {isCopy, state}: StepContext): ReadonlySet<string> | undefined =>
  isCopy === true ? NOT_YET : takenOnCopy(state, id);

/** To be asked before the first statement of a change; on a copy only where it is changed with the rights of the login. */
export const requireRights = async (step: MigrationStep, context: StepContext): Promise<Result<void>> => {
  if (context.isCopy === true && context.asLogin !== true) return success(undefined);
  const taken = step.migrator === 'alembic' ? takenBy(step, context) : undefined;
  const missing = await withReader(context, {}, (session) => missingNow(session, {...askedOf(context, step), taken}));
  if (!missing.ok) return missing;
  return missing.value.length === 0 ? success(undefined) : failed({code: 'rights-missing', missing: missing.value});
};

export type RightsOnCopy = (taken: readonly string[]) => Result<void>;

/**
 * Asked on a copy before Alembic's change, when all that it may take is still there; answered once it is known what it has
 * taken, so that the target refuses it for nothing else.
 */
export const rightsOnCopy = async (step: MigrationStep, context: StepContext): Promise<Result<RightsOnCopy>> => {
  if (context.isCopy !== true || context.asLogin !== true) return success(() => success(undefined));
  const lacking = await withReader(context, {}, (session) => lackingNow(session, askedOf(context, step)));
  if (!lacking.ok) return lacking;
  return success((taken) => {
    const missing = lacking.value(new Set([...context.runbook.objects, ...taken]));
    return missing.length === 0 ? success(undefined) : failed({code: 'rights-missing', missing});
  });
};
