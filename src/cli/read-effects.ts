// What scripts say of the objects of a database, read as PostgreSQL reads them.

import type {ScriptEffects} from '../core/script-effects.ts';
import {scriptEffects} from '../runbook/effects/script-effects.ts';

/** The parser takes memory and 50 ms, which only a run with a migration needs. */
export const readEffects =
  (sqlOf: (file: string) => string) =>
  async (files: readonly string[]): Promise<ScriptEffects> => {
    const parser = await (await import('../adapters/sql-parser.ts')).loadSqlParser();
    return scriptEffects(
      parser,
      files.map((file) => ({file, sql: sqlOf(file)})),
    );
  };
