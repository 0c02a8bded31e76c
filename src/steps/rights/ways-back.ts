// Which ways back could this login not take? Asked before the change, and no reason to refuse it.

import type {Captured} from '../../catalog/capture.ts';
import {rightsLacking} from '../../catalog/rights.ts';
import {qualifiedName} from '../../catalog/snapshot.ts';
import type {RollbackOption} from '../../core/definition.ts';
import {success, type Result} from '../../core/failure.ts';
import type {DatabaseSession} from '../../core/ports.ts';
import type {LackingBack, MissingRight} from '../../core/rights.ts';
import {toLockFor} from '../change/to-lock.ts';
import {lockAll} from '../hold-catalog.ts';
import type {Asked} from './needed.ts';
import {usedTables} from './used-tables.ts';

type Use = Readonly<{touched: readonly string[]; tables: Awaited<ReturnType<typeof usedTables>>}>;

/** What Alembic's downgrade and pg_restore will touch, only a rehearsal with the login's rights can tell. */
const useOf = async (asked: Asked, option: RollbackOption, {snapshot}: Captured): Promise<Use | undefined> => {
  const {runbook, scriptEffects} = asked;
  switch (option.kind) {
    case 'restore-objects':
      return {touched: lockAll(snapshot).map(qualifiedName), tables: []};
    case 'drop-object':
      return {touched: snapshot.objects.map(qualifiedName), tables: []};
    case 'revert': {
      const effects = await scriptEffects([option.sql]);
      return {
        touched: toLockFor(runbook.objects, effects)(snapshot).map(qualifiedName),
        tables: await usedTables({apply: [option.sql], transaction: 'whole'}, asked),
      };
    }
    case 'downgrade':
    case 'restore-backup':
      return undefined;
  }
};

/** Less what the change itself is refused for: that is said once. */
const beyond = (missing: readonly MissingRight[], known: readonly MissingRight[]): readonly MissingRight[] =>
  missing.filter((one) => {
    const same = known.find(({need, who, what}) => need === one.need && who === one.who && what === one.what);
    return same === undefined || one.objects.some((object) => !same.objects.includes(object));
  });

/** @param known what the login lacks for the change. */
export const lackingBack = async (
  session: DatabaseSession,
  asked: Asked,
  captured: Captured,
  known: readonly MissingRight[],
): Promise<Result<readonly LackingBack[]>> => {
  const found: LackingBack[] = [];
  for (const option of asked.runbook.rollback) {
    const use = await useOf(asked, option, captured);
    if (use === undefined) continue;
    const needed = {captured: captured.addresses, tables: use.tables, versionTables: [], versionPrivileges: []};
    const lacking = await rightsLacking(session, needed);
    if (!lacking.ok) return lacking;
    const missing = beyond(lacking.value(new Set(use.touched)), known);
    if (missing.length > 0) found.push({option: option.id, missing});
  }
  return success(found);
};
