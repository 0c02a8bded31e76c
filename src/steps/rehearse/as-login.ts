// As whom is the change made on the copy: the target's login with its rights there, or somebody who may do more?

import {captureLogin} from '../../catalog/login/capture.ts';
import {loginStatements} from '../../catalog/login/statements.ts';
import {success, type Failure, type Result} from '../../core/failure.ts';
import type {LoginRights, RehearsedRights} from '../../core/login-rights.ts';
import type {Reached, Scratch} from '../../core/ports.ts';
import type {StepContext} from '../kind.ts';
import {withReader} from '../sessions.ts';
import {withScratchSession} from '../try-restore.ts';

/** What the target tells of its login, or in which words it does not. */
export type Told = Readonly<{rights: LoginRights} | {hidden: string}>;

const wordsOf = (failure: Failure): string => ('message' in failure ? failure.message : failure.code);

const isRefusal = ({code}: Failure): boolean => code === 'query-refused' || code === 'privilege-missing';

/** The only question of a rehearsal to the target: a backup holds no roles, and no rights on the database itself. */
export const loginOfTarget = async (context: StepContext): Promise<Result<Told>> => {
  const role = context.runbook.environments[context.opened.environment]?.applicationRole;
  const asked = await withReader(context, {}, (session) =>
    captureLogin(session, context.target.serverVersionNum, role),
  );
  if (asked.ok) return success({rights: asked.value});
  return isRefusal(asked.failure) ? success({hidden: wordsOf(asked.failure)}) : asked;
};

export type Rehearser = Readonly<{reached: Reached; rights: RehearsedRights}>;

const OWN_SQL = 'SELECT rolsuper::text AS super FROM pg_roles WHERE rolname = session_user';

/** Where no role is made the copy belongs to whoever made it, who may do anything with it. */
const asItself = async (context: StepContext, scratch: Scratch, rights: LoginRights): Promise<Result<Rehearser>> => {
  const asked = await withScratchSession(context, scratch, (session) => session.query(OWN_SQL));
  if (!asked.ok) return asked;
  const isSuperuser = asked.value.rows[0]?.['super'] === 'true';
  const {user, systemIdentifier} = scratch.target;
  const isSame = systemIdentifier === context.target.systemIdentifier && user === rights.login;
  const own = rights.roles.find(({name}) => name === rights.login);
  // One superuser may do what the other may; and the owner of one database what the owner of another of the server may.
  const isTried = own?.isSuperuser === true ? isSuperuser : isSame && rights.owner === rights.login;
  return success({
    reached: scratch,
    rights: isTried ? {tried: true, login: rights.login} : {tried: false, as: user, because: 'roles-not-made'},
  });
};

/** Makes the login where one may be made. May be called again. */
export const rehearser = async (context: StepContext, scratch: Scratch, told: Told): Promise<Result<Rehearser>> => {
  const {makeLogin, target} = scratch;
  const instead = (because: 'name-taken' | 'roles-hidden' | 'roles-refused', message?: string): Rehearser => ({
    reached: scratch,
    rights: {
      tried: false,
      as: target.user,
      because,
      ...(message === undefined ? {} : {message}),
    },
  });
  if ('hidden' in told) return success(instead('roles-hidden', told.hidden));
  const {rights} = told;
  if (makeLogin === undefined) return asItself(context, scratch, rights);
  if (rights.roles.some(({name}) => name === target.user)) return success(instead('name-taken'));
  const missing = await scratch.ensureRoles(rights.roles.map(({name}) => ({name})));
  if (!missing.ok) return missing;
  const made = await makeLogin(rights.login, loginStatements(rights, {...target, database: scratch.name}));
  if (made.ok)
    return success({
      reached: made.value,
      rights: {tried: true, login: rights.login},
    });
  return isRefusal(made.failure) ? success(instead('roles-refused', wordsOf(made.failure))) : made;
};
