// What goes back when the server refuses the whole put-back of a change that is committed already: object by object.

import {keepsOwner, toCreate, toPutBack, withoutLeft} from '../../catalog/accept.ts';
import {createStatements, isSame, ownerStatements, putBackStatements} from '../../catalog/recreate.ts';
import {qualifiedName, type Dependant, type Snapshot} from '../../catalog/snapshot.ts';
import type {Acceptance} from '../../core/acceptance.ts';
import {failed, success, type Failure, type Result} from '../../core/failure.ts';
import type {DatabaseSession} from '../../core/ports.ts';
import type {ChangeLimits} from '../change.ts';
import {execute, executeAndLook, openedTransaction, stillOurs, type Change} from '../change-messages.ts';
import {LOOK, prepareLook} from '../hold-catalog.ts';
import type {StepContext} from '../kind.ts';
import {CHANGE_TIMEOUT_MS, LOCK_TIMEOUT_MS, withSession} from '../sessions.ts';

/** 5 s, as in every change of ours: a client that is gone must not hold locks. */
const IDLE_MS = 5000;

/** The server does not want these statements of this login; a lock or a line is another matter. */
export const isRefusal = ({code}: Failure): boolean => code === 'privilege-missing' || code === 'query-refused';

export type Refused = Readonly<{object: string; failure: Failure}>;
export type InParts = Readonly<{after: Snapshot; refused: readonly Refused[]; xid: string; heldMs: number}>;

/** A statement with the SET ROLE before it and the RESET after it. */
const units = (statements: readonly string[]): readonly (readonly string[])[] => {
  const found: string[][] = [];
  let isOpen = false;
  for (const statement of statements) {
    if (isOpen) found.at(-1)?.push(statement);
    else found.push([statement]);
    if (statement.startsWith('SET LOCAL ROLE ')) isOpen = true;
    if (statement === 'RESET ROLE') isOpen = false;
  }
  return found;
};

/** Undefined when it was done; whatever was refused is undone, and nothing else. */
const tried = async (change: Change, statements: readonly string[]): Promise<Result<Failure | undefined>> => {
  if (statements.length === 0) return success(undefined);
  const done = await execute(change, ['SAVEPOINT part', ...statements, 'RELEASE SAVEPOINT part']);
  if (done.ok) return success(undefined);
  if (!isRefusal(done.failure) && done.failure.code !== 'lock-timeout') return done;
  const undone = await change.session.query('ROLLBACK TO SAVEPOINT part');
  return undone.ok ? success(done.failure) : undone;
};

const findIn = (snapshot: Snapshot, wanted: Dependant): Dependant | undefined =>
  [...snapshot.objects, ...snapshot.dependants].find((other) => isSame(other, wanted));

/** An object without its owner would give its readers the rights of the login: both, or neither. */
const making = (
  of: Dependant,
  present: Dependant | undefined,
  acceptances: readonly Acceptance[],
): readonly string[] => {
  const owner = keepsOwner(of, acceptances) && present?.owner !== of.owner ? ownerStatements(of) : [];
  return [...(present === undefined ? createStatements(toCreate(of, acceptances)) : []), ...owner];
};

/** Again for as long as one more goes through: one that reads another may have come before it. */
const makeAll = async (
  change: Change,
  wanted: readonly Dependant[],
  present: Snapshot,
  acceptances: readonly Acceptance[],
): Promise<Result<readonly Refused[]>> => {
  let left: readonly Dependant[] = wanted;
  for (;;) {
    const refused: (Refused & Readonly<{of: Dependant}>)[] = [];
    for (const of of left) {
      const failure = await tried(change, making(of, findIn(present, of), acceptances));
      if (!failure.ok) return failure;
      if (failure.value !== undefined) refused.push({of, object: qualifiedName(of), failure: failure.value});
    }
    if (refused.length === 0 || refused.length === left.length) return success(refused.map(({of: _of, ...one}) => one));
    left = refused.map(({of}) => of);
  }
};

/** Comments, grants, defaults, rules and triggers of what is there: all at once, or else one by one. */
const dress = async (
  change: Change,
  wanted: readonly Dependant[],
  present: Snapshot,
  acceptances: readonly Acceptance[],
): Promise<Result<readonly Refused[]>> => {
  const refused: Refused[] = [];
  for (const of of wanted) {
    const now = findIn(present, of);
    if (now === undefined) continue;
    const statements = putBackStatements(toPutBack(of, now, acceptances), now);
    const whole = await tried(change, statements);
    if (!whole.ok) return whole;
    for (const unit of whole.value === undefined ? [] : units(statements)) {
      const failure = await tried(change, unit);
      if (!failure.ok) return failure;
      if (failure.value !== undefined) refused.push({object: qualifiedName(of), failure: failure.value});
    }
  }
  return success(refused);
};

const inTransaction = async (
  context: StepContext,
  session: DatabaseSession,
  body: (change: Change) => Promise<Result<Readonly<{after: Snapshot; refused: readonly Refused[]}>>>,
): Promise<Result<InParts>> => {
  const begun = await session.query('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE');
  if (!begun.ok) return begun;
  const opened = await openedTransaction(session, context.fence());
  if (!opened.ok) return opened;
  const {xid, walFlushed} = opened.value;
  context.scribe.transactionOpened(xid, session.backendPid, walFlushed);
  const beganMs = context.clock.monotonicMs();
  const change: Change = {session, xid, objects: context.runbook.objects, look: LOOK};
  const done = await body(change);
  const ours = done.ok ? await stillOurs(change) : done;
  const isAlone = await context.targetLockHeld();
  if (!done.ok || !ours.ok || !isAlone) {
    await session.query('ROLLBACK');
    if (!done.ok) return done;
    return ours.ok ? failed({code: 'target-lock-lost', holder: ''}) : ours;
  }
  const committed = await session.query('COMMIT');
  if (!committed.ok) return committed;
  return success({...done.value, xid, heldMs: Math.round(context.clock.monotonicMs() - beganMs)});
};

/** @param before what is wanted; of it, what is not there is made, and what is there gets back what it had. */
export const putBackInParts = (
  context: StepContext,
  before: Snapshot,
  acceptances: readonly Acceptance[],
  limits: ChangeLimits,
): Promise<Result<InParts>> => {
  const options = {
    readOnly: false,
    statementTimeoutMs: limits.timeoutMs ?? CHANGE_TIMEOUT_MS,
    lockTimeoutMs: limits.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
    idleInTransactionTimeoutMs: IDLE_MS,
  };
  const wanted = withoutLeft<Dependant>([...before.objects, ...before.dependants], acceptances);
  return withSession(context, options, async (session) => {
    const prepared = await prepareLook(context, session);
    if (!prepared.ok) return prepared;
    return inTransaction(context, session, async (change) => {
      const now = await executeAndLook(change, ['SET LOCAL check_function_bodies = off']);
      if (!now.ok) return now;
      const unmade = await makeAll(change, wanted, now.value, acceptances);
      if (!unmade.ok) return unmade;
      const bare = await executeAndLook(change, []);
      if (!bare.ok) return bare;
      const undressed = await dress(change, wanted, bare.value, acceptances);
      if (!undressed.ok) return undressed;
      const after = await executeAndLook(change, []);
      return after.ok ? success({after: after.value, refused: [...unmade.value, ...undressed.value]}) : after;
    });
  });
};
