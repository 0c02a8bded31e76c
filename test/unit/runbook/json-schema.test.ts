// Is the schema that editors use the one of the code, and does it describe the shipped runbooks?

import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';

import {runbookJsonSchemaText} from '../../../src/runbook/json-schema.ts';
import {root} from './fixtures.ts';

type Schema = Readonly<{
  $ref?: string;
  $schema?: string;
  description?: string;
  type?: string;
  required?: readonly string[];
  additionalProperties?: unknown;
  properties?: Readonly<Record<string, Schema>>;
  oneOf?: readonly Schema[];
  anyOf?: readonly Schema[];
  items?: Schema;
  const?: string;
  $defs?: Readonly<Record<string, Schema>>;
}>;

const path = join(root, 'runbook/runbook.schema.json');
const text = runbookJsonSchemaText();
const schema = JSON.parse(text) as Schema;

/** Every object schema, wherever it is. */
const objects = (value: unknown): readonly Schema[] => {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(objects);
  return 'properties' in value && 'type' in value && value.type === 'object' ? [value as Schema, ...inner] : inner;
};

describe('runbook.schema.json', () => {
  it('is what the code says; UPDATE_GOLDEN=1 writes it', () => {
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('is draft 2020-12 and explains itself', () => {
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema.description).toContain('PostgreSQL');
    expect(schema.$defs?.['LocalText']?.description).toContain('Korean');
  });

  it('refuses unknown keys everywhere', () => {
    expect(objects(schema).length).toBeGreaterThan(15);
    for (const object of objects(schema)) expect(object.additionalProperties).toBe(false);
  });

  it('has a variant for each kind of step and of way back', () => {
    /** A migration has a variant for each migrator. */
    const variants = ({oneOf, anyOf, properties}: Schema): readonly (string | undefined)[] =>
      (oneOf ?? anyOf)?.flatMap(variants) ?? [properties?.['kind']?.const];
    const kinds = (name: string) => [...new Set(variants(schema.$defs?.[name] ?? {}))];
    expect(kinds('Step').toSorted()).toEqual([
      'alembic-check',
      'approval',
      'backup',
      'checklist',
      'command',
      'downstream',
      'downstream-jobs',
      'kubernetes-job',
      'managed-backup',
      'migration',
      'psql',
      'pull-request',
      'pytest',
      'query',
      'rehearse',
      'smoke',
      'snapshot',
    ]);
    expect(kinds('RollbackOption').toSorted()).toEqual(['downgrade', 'drop-object', 'restore-backup', 'restore-objects', 'revert']);
  });
});
