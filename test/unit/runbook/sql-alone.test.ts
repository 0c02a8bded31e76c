// Which statements outside of a transaction let others pass while they wait, and which can run a second time?

import {describe, expect, it} from 'vitest';
import {commitsInside, isRepeatable, letsOthersPass, mayDouble} from '../../../src/runbook/sql-alone.ts';

const cases: readonly (readonly [string, Readonly<{passes: boolean; repeats: boolean}>])[] = [
  ['CREATE INDEX CONCURRENTLY i ON t (a)', {passes: true, repeats: false}],
  ['CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)', {passes: true, repeats: false}],
  ['CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)', {passes: true, repeats: false}],
  ['CREATE INDEX i ON t (a)', {passes: false, repeats: false}],
  ['CREATE INDEX IF NOT EXISTS i ON t (a)', {passes: false, repeats: true}],
  ['-- drops\nDROP INDEX CONCURRENTLY IF EXISTS i;', {passes: true, repeats: true}],
  ['DROP INDEX CONCURRENTLY i', {passes: true, repeats: false}],
  ['DROP INDEX IF EXISTS i', {passes: false, repeats: true}],
  ['REINDEX INDEX CONCURRENTLY i', {passes: true, repeats: true}],
  ['REINDEX (VERBOSE, CONCURRENTLY) INDEX i', {passes: true, repeats: true}],
  ['REINDEX (CONCURRENTLY off) INDEX i', {passes: false, repeats: true}],
  ['REINDEX DATABASE shop', {passes: false, repeats: true}],
  ['REINDEX TABLE "concurrently"', {passes: false, repeats: true}],
  ['VACUUM (ANALYZE) t', {passes: true, repeats: true}],
  ['VACUUM FULL t', {passes: false, repeats: true}],
  ['VACUUM (VERBOSE, FULL) t', {passes: false, repeats: true}],
  ['ANALYZE t', {passes: true, repeats: true}],
  ['REFRESH MATERIALIZED VIEW CONCURRENTLY m', {passes: true, repeats: true}],
  ['REFRESH MATERIALIZED VIEW m', {passes: false, repeats: true}],
  ['ALTER TABLE t ADD COLUMN IF NOT EXISTS c int', {passes: false, repeats: false}],
  ['ALTER TABLE t DETACH PARTITION p CONCURRENTLY', {passes: false, repeats: false}],
  ["ALTER SYSTEM SET work_mem = '8MB'", {passes: false, repeats: true}],
  ['CREATE DATABASE other', {passes: false, repeats: false}],
  ['CREATE OR REPLACE VIEW v AS SELECT 1', {passes: false, repeats: true}],
  ["UPDATE t SET a = 'if not exists'", {passes: false, repeats: false}],
];

describe('a statement outside of a transaction', () => {
  it.each(cases)('%s', (sql, expected) => {
    expect({passes: letsOthersPass(sql), repeats: isRepeatable(sql)}).toEqual(expected);
  });
});

describe('a script outside of a transaction may have committed a part', () => {
  it.each([
    ['DO $$ BEGIN COMMIT; END $$', true],
    ['do language plpgsql $$ BEGIN PERFORM 1; END $$;', false],
    ['DO $$ BEGIN CALL public.backfill(); END $$', true],
    ["DO $$ BEGIN EXECUTE 'CALL ' || 'f()'; END $$", true],
    ['DO LANGUAGE plpython3u $$ plpy.execute(1) $$', true],
    ['-- raises\nCALL public.backfill()', true],
    ['UPDATE t SET a = 1; UPDATE t SET b = 2', true],
    ['ALTER TABLE t DETACH PARTITION p CONCURRENTLY', true],
    ['ALTER TABLE t DETACH PARTITION p', false],
    ["UPDATE t SET a = 'DO; CALL'", false],
    ['CREATE INDEX CONCURRENTLY i ON t (a)', false],
    ['', true],
  ])('%s: %s', (sql, expected) => expect(commitsInside(sql)).toBe(expected));
});

describe('a second run of a script may do once more what the first one did', () => {
  it.each([
    ['UPDATE t SET n = n + 1', true],
    ['INSERT INTO t SELECT 1', true],
    ['WITH gone AS (DELETE FROM t RETURNING *) INSERT INTO u SELECT * FROM gone', true],
    ['SELECT public.raise()', true],
    ['DO $$ BEGIN UPDATE t SET n = n + 1; END $$', true],
    ['ALTER TABLE t ALTER COLUMN n TYPE bigint USING n * 100', true],
    ['ALTER TABLE t ADD COLUMN n int', false],
    ['CREATE INDEX CONCURRENTLY i ON t (a)', false],
    ["COMMENT ON TABLE t IS 'UPDATE'", false],
    ['GRANT SELECT ON t TO r', false],
    ['VACUUM t', false],
  ])('%s: %s', (sql, expected) => expect(mayDouble(sql)).toBe(expected));
});
