// What scripts say of the objects of a database, read as PostgreSQL reads them.

import type {ScriptEffects} from '../core/script-effects.ts';
import {scriptEffects} from '../runbook/effects/script-effects.ts';
import {sqlParser} from './sql-parser.ts';

/** The parser takes memory and 50 ms, which only a run with a migration needs. */
export const readEffects =
  (sqlOf: (file: string) => string) =>
  async (files: readonly string[]): Promise<ScriptEffects> => {
    const parser = await sqlParser();
    return scriptEffects(
      parser,
      files.map((file) => ({file, sql: sqlOf(file)})),
    );
  };
