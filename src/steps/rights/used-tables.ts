// Which tables does a script alter, or build an index on, and as whom?

import type {TableUse} from '../../catalog/rights.ts';
import type {SqlMigrationStep} from '../../core/definition.ts';
import type {Effect} from '../../core/script-effects.ts';
import {indexedTables} from '../indexes/invalid.ts';
import type {World} from '../kind.ts';
import {actingRoles} from './acting-roles.ts';

/** What only the owner of a table may say of it; a trigger and a grant are given by rights of their own. */
const wantsOwner = ({of, what, ...said}: Effect): boolean => {
  if (of !== 'relation') return false;
  switch (what) {
    case 'create':
    case 'rights':
    case 'row type rights':
    case 'refresh':
      return false;
    case 'part':
      return !('part' in said && said.part === 'trigger');
    default:
      return true;
  }
};

/** A table of which nothing is said before the script makes it is its own; the server is asked of what is there. */
export const usedTables = async (
  {apply, transaction}: Pick<SqlMigrationStep, 'apply' | 'transaction'>,
  {sql, scriptEffects}: Pick<World, 'sql' | 'scriptEffects'>,
): Promise<readonly TableUse[]> => {
  const roles = actingRoles(apply.map(sql));
  const uses: TableUse[] = [];
  for (const [nth, file] of apply.entries()) {
    const by = (roles[nth] ?? [undefined]).map((role) => role ?? '');
    const indexed = transaction === 'none' ? indexedTables([sql(file)]) : [];
    uses.push(...indexed.map((name): TableUse => ({name, use: 'index', by})));
    const {effects} = await scriptEffects([file]);
    const altered = new Set(effects.filter(wantsOwner).map(({object}) => object));
    for (const name of altered)
      if (!indexed.includes(name) && !name.endsWith('.*')) uses.push({name, use: 'alter', by});
  }
  return uses;
};
