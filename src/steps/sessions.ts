// How steps open sessions on the target, and what they find out about sessions of an attempt that is gone.

import {failed, type Result} from '../core/failure.ts';
import type {DatabaseSession, SessionOptions} from '../core/ports.ts';
import type {Reconciliation, StepContext} from './kind.ts';

/** 150 ms: readers queue behind a waiting DDL, so this is how long the tool may hold them up (measured 182 ms). */
export const LOCK_TIMEOUT_MS = 150;
/** 2 min: longer than any healthy check of a million rows, shorter than a change window. */
export const CHECK_TIMEOUT_MS = 120_000;
/** 30 s: an apply that takes longer holds its locks for longer than anybody wants to wait. */
export const CHANGE_TIMEOUT_MS = 30_000;

/** Opens a session, hands it out, and closes it whatever happens. */
export const withSession = async <T>(
  context: StepContext,
  options: Omit<SessionOptions, 'signal'>,
  use: (session: DatabaseSession) => Promise<Result<T>>,
): Promise<Result<T>> => {
  context.scribe.progress({code: 'connecting'});
  const connected = await context.database.connect({...options, signal: context.signal});
  if (!connected.ok) return connected;
  try {
    return await use(connected.value);
  } finally {
    await connected.value.close();
  }
};

/** A read-only session, under the application's role when the step asks for it and the environment declares one. */
export const withReader = async <T>(
  context: StepContext,
  options: Readonly<{as?: 'application'; timeoutMs?: number; jit?: boolean}>,
  use: (session: DatabaseSession) => Promise<Result<T>>,
): Promise<Result<T>> => {
  const role =
    options.as === 'application'
      ? context.runbook.environments[context.opened.environment]?.applicationRole
      : undefined;
  return withSession(
    context,
    {
      readOnly: true,
      statementTimeoutMs: options.timeoutMs ?? CHECK_TIMEOUT_MS,
      lockTimeoutMs: LOCK_TIMEOUT_MS,
      ...(options.jit === undefined ? {} : {jit: options.jit}),
      ...(role === undefined ? {} : {role}),
    },
    use,
  );
};

/** A step that only reads had no effect, whenever it was killed: it simply runs again. */
export const readsOnly = async (): Promise<Reconciliation> => ({verdict: 'had-no-effect', detail: 'read-only'});

/** 'still-running' while a session of the attempt is alive in the target; undefined when there is none. */
export const orphans = async (context: StepContext, applicationName: string): Promise<Reconciliation | undefined> => {
  const alive = await context.database.sessionsNamed(applicationName);
  if (!alive.ok) return {verdict: 'cannot-tell', detail: alive.failure.code};
  const pids = alive.value.map(({pid, state}) => `pid ${pid} ${state}`).join(', ');
  return alive.value.length > 0 ? {verdict: 'still-running', detail: pids, found: {sessions: alive.value}} : undefined;
};

export const cancelled = (context: StepContext): Result<never> | undefined =>
  context.signal.aborted ? failed({code: 'cancelled'}) : undefined;
