// Is this the database that the environment means: declared by the runbook, confirmed before, or neither?

import type {RunbookDefinition} from './definition.ts';
import type {Environment, Identity, Instant, TargetIdentity} from './ids.ts';

/** A rehearsal has a server of its own, which nobody needs to recognise. */
export type RealEnvironment = Exclude<Environment, 'rehearsal'>;
export const realEnvironments: readonly RealEnvironment[] = ['staging', 'production'];

/** What an operator confirmed at the first use of an environment, as ssh keeps the keys of hosts. */
export type KnownTarget = Readonly<{
  runbook: string;
  environment: RealEnvironment;
  systemIdentifier: string;
  database: string;
  user: string;
  serverMajor: number;
  /** Where it was seen then. Shown, never compared. */
  address: string;
  pinnedAt: Instant;
  by: Identity;
}>;

/** How the target of a run was known to be the right one. */
export type TargetTrust = 'first-use' | 'known' | 'declared';

/** What was declared or pinned; what a declaration leaves open is not compared. */
export type ExpectedTarget = Readonly<{
  how: 'declared' | 'pinned';
  systemIdentifier: string;
  database?: string;
  user?: string;
  serverMajor?: number;
}>;

/** Another environment that says the same database is its own. */
export type TargetClaim = Readonly<{runbook: string; environment: RealEnvironment; how: 'declared' | 'pinned'}>;

export type Judgement =
  | Readonly<{status: 'known' | 'declared' | 'first-use'}>
  | Readonly<{status: 'differs'; expected: ExpectedTarget; claim?: TargetClaim}>
  | Readonly<{status: 'shared'; claim: TargetClaim}>;

export const majorOf = ({serverVersionNum}: TargetIdentity): number => Math.floor(serverVersionNum / 10_000);

const agrees = <T>(expected: T | undefined, actual: T): boolean => expected === undefined || expected === actual;

/** A server that does not say who it is agrees with nothing. */
const fits = (expected: ExpectedTarget, target: TargetIdentity): boolean =>
  target.systemIdentifier !== '' &&
  expected.systemIdentifier === target.systemIdentifier &&
  agrees(expected.database, target.database) &&
  agrees(expected.user, target.user) &&
  agrees(expected.serverMajor, majorOf(target));

const declaredFor = (runbook: RunbookDefinition, environment: RealEnvironment): ExpectedTarget | undefined => {
  const declared = runbook.environments[environment]?.target;
  return declared === undefined ? undefined : {how: 'declared', ...declared};
};

const pinnedFor = (
  runbook: string,
  environment: RealEnvironment,
  known: readonly KnownTarget[],
): ExpectedTarget | undefined => {
  const pin = known.find((of) => of.runbook === runbook && of.environment === environment);
  if (pin === undefined) return undefined;
  const {systemIdentifier, database, user, serverMajor} = pin;
  return {how: 'pinned', systemIdentifier, database, user, serverMajor};
};

/** Staging that is production's database, of whatever runbook, is the accident that all of this is about. */
const claimedBy = (
  runbook: RunbookDefinition,
  environment: RealEnvironment,
  target: TargetIdentity,
  known: readonly KnownTarget[],
): TargetClaim | undefined => {
  // The role does not matter: it is the same data, whoever asks for it.
  const isMeant = (of: Pick<ExpectedTarget, 'systemIdentifier' | 'database'>): boolean =>
    of.systemIdentifier === target.systemIdentifier && agrees(of.database, target.database);
  for (const other of realEnvironments) {
    if (other === environment) continue;
    const declared = declaredFor(runbook, other);
    if (declared !== undefined && isMeant(declared)) {
      return {runbook: runbook.id, environment: other, how: 'declared'};
    }
    // What the runbook declares has taken the place of what was pinned for it.
    const pin = known.find(
      (of) => of.environment === other && isMeant(of) && (of.runbook !== runbook.id || declared === undefined),
    );
    if (pin !== undefined) return {runbook: pin.runbook, environment: other, how: 'pinned'};
  }
  return undefined;
};

/** Declared wins over pinned; neither means that the operator is asked. */
export const judgeTarget = (
  runbook: RunbookDefinition,
  environment: RealEnvironment,
  target: TargetIdentity,
  known: readonly KnownTarget[],
): Judgement => {
  const expected = declaredFor(runbook, environment) ?? pinnedFor(runbook.id, environment, known);
  const claim = claimedBy(runbook, environment, target, known);
  if (expected !== undefined && !fits(expected, target)) {
    return {status: 'differs', expected, ...(claim === undefined ? {} : {claim})};
  }
  if (claim !== undefined) return {status: 'shared', claim};
  return {status: expected === undefined ? 'first-use' : expected.how === 'declared' ? 'declared' : 'known'};
};

export const pinOf = (
  runbook: string,
  environment: RealEnvironment,
  target: TargetIdentity,
  by: Identity,
  pinnedAt: Instant,
): KnownTarget => ({
  runbook,
  environment,
  systemIdentifier: target.systemIdentifier,
  database: target.database,
  user: target.user,
  serverMajor: majorOf(target),
  address: target.address,
  pinnedAt,
  by,
});
