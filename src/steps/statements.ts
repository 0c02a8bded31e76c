// The statements that a program sent to a copy, as a file of the run: what a Python file hides, written out.

import type {Sha256} from '../core/ids.ts';
import {success, type Result} from '../core/failure.ts';
import type {StepContext} from './kind.ts';

/** What the driver and Alembic ask for themselves, before and after each revision. */
const OWN = [
  /^select pg_catalog\.version\(\)/i,
  /^select current_schema\(\)/i,
  /^show /i,
  /^(BEGIN|COMMIT|ROLLBACK|DEALLOCATE)\b/i,
  /^SELECT pg_catalog\.pg_class\.relname\b/i,
  /^select relname from pg_class c join pg_namespace n/i,
  /^SELECT [\w."]+\.version_num\b/i,
  /^SELECT t\.oid, typarray\s+FROM pg_type\b[^;]*'hstore'/i,
  /^SELECT CAST\('test (plain|unicode) returns'/i,
];

const isOwn = (sql: string): boolean => OWN.some((pattern) => pattern.test(sql.trim()));

export type SealedStatements = Readonly<{path: string; sha256: Sha256; count: number}>;

/** Undefined when nothing was captured, or when the same step was tried on this copy before. */
export const sealStatements = async (
  context: StepContext,
  sent: readonly string[],
): Promise<Result<SealedStatements | undefined>> => {
  const kept = sent.filter((sql) => !isOwn(sql)).map((sql) => sql.trim().replace(/;$/, ''));
  if (kept.length === 0) return success(undefined);
  const path = `artifacts/${context.step}.${context.attempt}.statements.sql`;
  if ((await context.files.size(path)) !== undefined) return success(undefined);
  const written = await context.files.write(path, kept.map((sql) => `${sql};\n`).join('\n'), 'application/sql');
  if (!written.ok) return written;
  context.scribe.sealed(written.value);
  return success({path, sha256: written.value.sha256, count: kept.length});
};
