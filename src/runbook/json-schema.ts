// What does an editor need to know to complete, explain and check a runbook while it is written?

import {z} from 'zod';

import {runbookSchema} from '../steps/schemas.ts';

/** Draft 2020-12. What holds between the parts (`loadRunbook`) is more than a JSON schema can say. */
export const runbookJsonSchema = (): object => ({
  ...z.toJSONSchema(runbookSchema, {target: 'draft-2020-12', io: 'input'}),
  title: 'A runbook of attempt-runbook',
  description: 'A PostgreSQL schema change, step by step, with its ways back. SQL lies in sql/<runbook>/.',
});

/** The content of `runbook/runbook.schema.json`. */
export const runbookJsonSchemaText = (): string => `${JSON.stringify(runbookJsonSchema(), null, 2)}\n`;
