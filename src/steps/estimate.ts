// How big a backup will be and how long it will take, as far as the catalog and earlier backups of the run can tell.

import {quoteQualified} from '../catalog/names.ts';
import type {BackupStep} from '../core/definition.ts';
import {success, type Result} from '../core/failure.ts';
import type {DatabaseSession} from '../core/ports.ts';
import type {BackupEstimate} from '../core/preview.ts';
import {factsOf, type RunState} from '../core/state.ts';

export type Sizes = Readonly<{
  /** Tables and materialised views with their TOAST and large objects: what is read and compressed. */
  sourceBytes: number;
  /** With indexes, which a restore builds again. */
  totalBytes: number;
}>;

/** A compressed dump was measured at an eighth of the tables; half of them leaves room for data that packs badly. */
const DUMP_SHARE = 0.5;
/** Small databases dump into more than their tables' share: names, definitions, headers. */
const DUMP_FLOOR_BYTES = 64 * 1024;
/** 4 MB/s from the first byte to the end of the proof: measured 4.5 on two busy cores, with an index over JSON. */
const BYTES_PER_MS = 4000;
/** Connecting, two scratch databases, comparing: measured 2 s, and a server of this machine takes another two. */
const FLOOR_MS = 4000;

const sizesSql = (which: string): string => `
SELECT coalesce(sum(pg_table_size(c.oid)), 0)::text AS source, coalesce(sum(pg_total_relation_size(c.oid)), 0)::text AS total
FROM pg_class c WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND (${which})`;

const EVERYTHING = `c.oid = 'pg_largeobject'::regclass OR c.relnamespace NOT IN (
  SELECT oid FROM pg_namespace WHERE starts_with(nspname, 'pg_') OR nspname = 'information_schema')`;
const NAMED = 'c.oid IN (SELECT to_regclass(name) FROM json_array_elements_text($1::json) AS declared(name))';

// Nobody has to be asked for this one: to measure a table the server locks it, and a change may be at work on it.
const DATABASE_SQL = `
SELECT bytes AS source, bytes AS total FROM (SELECT pg_database_size(current_database())::text AS bytes) AS whole`;

/** Outside of any transaction: a table that somebody alters now makes the first question fail. */
export const sizesOf = async (session: DatabaseSession, {scope = 'database'}: BackupStep): Promise<Result<Sizes>> => {
  if (scope === 'schema-only') return success({sourceBytes: 0, totalBytes: 0});
  const measured =
    scope === 'database'
      ? await session.query(sizesSql(EVERYTHING))
      : await session.query(sizesSql(NAMED), {values: [JSON.stringify(scope.tables.map(quoteQualified))]});
  const answer = measured.ok ? measured : await session.query(DATABASE_SQL);
  if (!answer.ok) return answer;
  const row = answer.value.rows[0] ?? {};
  return success({sourceBytes: Number(row['source'] ?? '0'), totalBytes: Number(row['total'] ?? '0')});
};

/** By the rates of the last backup of this run that says how much it read; else by rates that are low on purpose. */
export const estimateOf = ({sourceBytes, totalBytes}: Sizes, state: RunState): BackupEstimate => {
  const earlier = factsOf(state, 'backup')
    .map(({facts}) => facts)
    .findLast((facts) => (facts.sourceBytes ?? 0) > 0);
  const share = earlier?.sourceBytes === undefined ? DUMP_SHARE : earlier.bytes / earlier.sourceBytes;
  const perMs =
    earlier?.sourceBytes === undefined ? BYTES_PER_MS : earlier.sourceBytes / Math.max(1, earlier.durationMs);
  return {
    sourceBytes,
    dumpBytes: Math.max(DUMP_FLOOR_BYTES, Math.round(sourceBytes * share)),
    durationMs: (earlier === undefined ? FLOOR_MS : 0) + Math.round(sourceBytes / perMs),
    scratchBytes: totalBytes,
    basis: earlier === undefined ? 'constant' : 'earlier',
  };
};
