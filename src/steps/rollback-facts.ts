// What the target says now that decides between the ways back: rows written since the backup, and new dependants.

import {captureSnapshot} from '../catalog/capture.ts';
import {quoteIdentifier, quoteQualified} from '../catalog/names.ts';
import {isRelation, qualifiedName, type Snapshot} from '../catalog/snapshot.ts';
import type {TableDefinition} from '../core/definition.ts';
import type {FactsOf} from '../core/facts.ts';
import {success, type Result} from '../core/failure.ts';
import type {DatabaseSession} from '../core/ports.ts';
import {chosenBackup, type RollbackFacts} from '../core/rollback.ts';
import {madeSince, newcomers} from '../core/way-back/made-since.ts';
import {writesSince} from '../core/way-back/writes-since.ts';
import {windowAt} from '../core/window.ts';
import {countRows} from './backup-sql.ts';
import type {StepContext} from './kind.ts';
import {withReader} from './sessions.ts';
import {takenSnapshot} from './snapshot.ts';
import {builtOn, inventoryNow, marksSince, type BackupMarks} from './way-back/write-marks.ts';

const changedSince = async (
  session: DatabaseSession,
  {name, changedAt}: TableDefinition,
  takenAt: string,
): Promise<Result<number | undefined>> => {
  if (changedAt === undefined) return success(undefined);
  const sql = `SELECT count(*)::text AS rows FROM ${quoteQualified(name)} WHERE ${quoteIdentifier(changedAt)} > $1::timestamptz`;
  const answer = await session.query(sql, {values: [takenAt]});
  return answer.ok ? success(Number(answer.value.rows[0]?.['rows'] ?? '0')) : answer;
};

/** What the server tells of the time since the backup; its marks lie in a file that may have been damaged, and then nobody knows. */
const sinceBackup = async (
  context: StepContext,
  session: DatabaseSession,
  backup: FactsOf<'backup'> | undefined,
): Promise<Result<Pick<RollbackFacts, 'writes' | 'made'>>> => {
  if (backup?.marks === undefined) return success({});
  const text = await context.files.read(backup.marks.path, backup.marks.sha256);
  if (!text.ok) return success({});
  // The hash proves that these are the bytes that the backup wrote, so the shape is its own.
  const before = JSON.parse(text.value) as BackupMarks;
  const now = await marksSince(session, before);
  if (!now.ok) return now;
  const writes = writesSince(before, now.value, context.state.xids ?? []);
  const {inventory} = before;
  if (inventory === undefined) return success({writes});
  const present = await inventoryNow(session);
  if (!present.ok) return present;
  const come = await builtOn(session, newcomers(inventory, present.value));
  return come.ok ? success({writes, made: madeSince(inventory, come.value)}) : come;
};

/** An older journal does not name them; the snapshot itself always has. */
const filledIn = ({objects, dependants}: Snapshot): readonly string[] =>
  [...objects, ...dependants]
    .filter(isRelation)
    .filter(({kind, populated}) => kind === 'materialized view' && populated)
    .map(qualifiedName);

export const rollbackFacts = (context: StepContext): Promise<Result<RollbackFacts>> =>
  withReader(context, {}, async (session) => {
    const now = await captureSnapshot(session, context.runbook.objects);
    if (!now.ok) return now;
    const taken = await takenSnapshot(context.state, context.files);
    const before = taken.ok ? taken.value.dependants.map(qualifiedName) : [];
    const dependants = now.value.dependants.map(qualifiedName);
    const backup = chosenBackup(context.state);
    const counts = await countRows(session, context.runbook.tables);
    if (!counts.ok) return counts;
    const tables: RollbackFacts['tables'][number][] = [];
    for (const table of context.runbook.tables) {
      const rows = counts.value.find((count) => count.table === table.name)?.rows ?? 0;
      if (backup === undefined) {
        tables.push({table: table.name, rows});
        continue;
      }
      // A table that the backup did not count was not empty for that.
      const rowsAtBackup = backup.tables.find((count) => count.table === table.name)?.rows;
      const since = await changedSince(session, table, backup.takenAt);
      if (!since.ok) return since;
      tables.push({
        table: table.name,
        rows,
        ...(rowsAtBackup === undefined ? {} : {rowsAtBackup}),
        ...(since.value === undefined ? {} : {changedSince: since.value}),
      });
    }
    const since = await sinceBackup(context, session, backup);
    if (!since.ok) return since;
    const window = context.runbook.environments[context.opened.environment]?.window;
    const standing = window === undefined ? undefined : windowAt(window, context.clock.now());
    return success({
      tables,
      ...since.value,
      dependants,
      refilled: [...new Set([...(taken.ok ? filledIn(taken.value) : []), ...filledIn(now.value)])],
      ...(standing?.status === 'open' ? {windowLeftMs: standing.leftMs} : {}),
      newDependants: [
        ...dependants.filter((name) => !before.includes(name)),
        ...now.value.others.map(({type, identity}) => `${type} ${identity}`),
      ],
    });
  });
