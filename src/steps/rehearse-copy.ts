// How this run's backup becomes a database that may be changed at will: roles, restore, statistics, and a first look.

import {captureSnapshot} from '../catalog/capture.ts';
import {snapshotText} from '../catalog/snapshot.ts';
import {rolesIn, rolesOf} from '../core/dump-roles.ts';
import type {FactsOf, TableCount} from '../core/facts.ts';
import {failed, success, type Result} from '../core/failure.ts';
import type {Reached, RoleNeed, Scratch, Tool} from '../core/ports.ts';
import {countRows} from './backup-sql.ts';
import {databaseArgument, DUMP_TIMEOUT_MS, runTool} from './dump.ts';
import type {StepContext} from './kind.ts';
import {limitedRole, rowSecurityArguments} from './try-restore.ts';
import {withReader, withSession} from './sessions.ts';

export const copyArguments = (
  database: string,
  file: string,
  backup: Pick<FactsOf<'backup'>, 'rowSecurity'> = {},
): readonly string[] => [
  '--exit-on-error',
  '--no-password',
  // None may reach out of the copy, nor ask for what only the target's server has.
  '--no-publications',
  '--no-subscriptions',
  '--no-security-labels',
  '--no-tablespaces',
  ...rowSecurityArguments(backup),
  databaseArgument(database),
  file,
];

/** Sends what a step sends to the target to the copy instead: sessions, children, and the name that it goes by. */
export const onCopy = (context: StepContext, {database, processes, target}: Reached): StepContext => ({
  ...context,
  database,
  processes,
  target,
  opened: {...context.opened, target},
  isCopy: true,
  fence: () => undefined,
  copied: {},
});

/** The bytes that were sealed, or nobody knows what is being rehearsed on. */
const sameFile = async (context: StepContext, backup: FactsOf<'backup'>): Promise<Result<void>> => {
  const hashed = await context.files.hash(backup.path);
  if (!hashed.ok) return hashed;
  const {sha256} = hashed.value;
  return sha256 === backup.sha256
    ? success(undefined)
    : failed({code: 'backup-changed', expected: backup.sha256, actual: sha256});
};

const rolesWanted = async (context: StepContext, tool: Tool, path: string): Promise<Result<readonly RoleNeed[]>> => {
  const lines: string[] = [];
  let rest = '';
  const read = await runTool(context, tool, 'pg_restore', ['--schema-only', '--file=-', path], {
    toTarget: false,
    timeoutMs: DUMP_TIMEOUT_MS,
    quiet: true,
    onLine: (text) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts.filter((line) => rolesIn(line).length > 0));
    },
  });
  return read.ok ? success(rolesOf(lines)) : read;
};

/** Fills an empty scratch database with this run's backup. */
export const restoreCopy = async (
  context: StepContext,
  scratch: Scratch,
  backup: FactsOf<'backup'>,
): Promise<Result<void>> => {
  const same = await sameFile(context, backup);
  if (!same.ok) return same;
  const copy = onCopy(context, scratch);
  const major = Math.floor(scratch.target.serverVersionNum / 10_000);
  const tool = await copy.processes.find('pg_restore', major);
  if (tool === undefined) {
    return failed({code: 'program-missing', program: 'pg_restore', install: copy.processes.installHint()});
  }
  const path = context.files.absolute(backup.path);
  const roles = await rolesWanted(copy, tool, path);
  if (!roles.ok) return roles;
  const missing = await scratch.ensureRoles(roles.value);
  if (!missing.ok) return missing;
  if (missing.value.length > 0) return failed({code: 'scratch-roles-missing', roles: missing.value});
  const args = copyArguments(scratch.target.database, path, backup);
  const ran = await runTool(copy, tool, 'pg_restore', args, {toTarget: true, timeoutMs: DUMP_TIMEOUT_MS});
  if (!ran.ok) return failed((await limitedRole(context, scratch, ran.failure)) ?? ran.failure);
  // A restore brings no statistics; without them the copy would plan its queries as no other database does.
  const options = {readOnly: false, statementTimeoutMs: DUMP_TIMEOUT_MS, lockTimeoutMs: 0};
  return withSession(copy, options, async (session) => {
    const analyzed = await session.query('ANALYZE');
    return analyzed.ok ? success(undefined) : analyzed;
  });
};

export type Look = Readonly<{digest: string; objects: number; dependants: number}>;

/** The declared objects as the copy has them now. */
export const lookAt = (copy: StepContext): Promise<Result<Look>> =>
  withReader(copy, {}, async (session) => {
    const captured = await captureSnapshot(session, copy.runbook.objects);
    if (!captured.ok) return captured;
    const {objects, dependants, others} = captured.value;
    return success({
      digest: copy.sha256(snapshotText(captured.value)),
      objects: objects.length,
      dependants: dependants.length + others.length,
    });
  });

export const rowsOf = (copy: StepContext): Promise<Result<readonly TableCount[]>> =>
  withReader(copy, {}, (session) => countRows(session, copy.runbook.tables));
