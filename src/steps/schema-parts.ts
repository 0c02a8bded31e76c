// Which pieces do the schemas of steps and ways back share?
//
// The message of a pattern is a problem code of src/runbook/problems.ts, never words.

import {z} from 'zod';

import {acceptableAspects, type Acceptance} from '../core/acceptance.ts';
import type {LocalText} from '../core/text.ts';

/** A schema for every field of T and for nothing else: a field that core gains and this file forgets does not compile. */
export type Shape<T> = {readonly [F in keyof T]-?: z.ZodType<T[F]>};

export const maybe = z.exactOptional;
export const flag = maybe(z.boolean());

export const text = z.string().regex(/\S/, 'text-blank');
export const localText = z
  .strictObject({en: text, ko: text} satisfies Shape<LocalText>)
  .meta({id: 'LocalText', description: 'A text in English and in Korean; both are required.'});

export const idSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'id-malformed')
  .meta({
    id: 'Id',
    description: 'Lower-case letters, digits and hyphens; begins with a letter; 40 characters at most.',
  });

export const sqlFile = z
  .string()
  .regex(/^(?:[A-Za-z0-9_][\w.-]*\/)*[A-Za-z0-9_][\w.-]*\.sql$/, 'sql-path-malformed')
  .meta({id: 'SqlFile', description: 'A path below sql/<runbook>/, with forward slashes, ending in .sql.'});

/**
 * catalog/names.ts quotes both halves as they stand: whatever PostgreSQL allows, letter by letter as the catalog has it.
 * The first dot ends the schema. In quotes it would be SQL, and mean something else.
 */
export const qualifiedName = z
  .string()
  .regex(/^(?!"[^"]*"\.)[^.\p{Cc}]{1,63}\.(?!"[^"]*"$)[^\p{Cc}]{1,63}$/u, 'name-not-qualified')
  .meta({
    id: 'QualifiedName',
    description: 'schema.name as the catalog has them, upper and lower case, without quotes.',
  });

/** A column, as the catalog has it. */
export const columnName = z.string().regex(/^[^\p{Cc}]{1,63}$/u, 'name-malformed');

export const plainName = z.string().regex(/^[a-z_][a-z0-9_$]*$/, 'name-malformed');

export const environmentSchema = z
  .enum(['rehearsal', 'staging', 'production'])
  .meta({id: 'Environment', description: 'Where the runbook is carried out.'});

export const within = maybe(z.array(environmentSchema).min(1)).meta({
  description: 'The environments that have this; all of them when absent.',
});

// 24 h: longer than any statement that somebody watches, and far below the 24.8 days at which timers overflow.
export const timeoutMs = maybe(z.int().min(1).max(86_400_000)).meta({description: 'In milliseconds.'});
export const asApplication = maybe(z.literal('application')).meta({
  description: "Runs under the environment's applicationRole: an owner does not notice a lost GRANT.",
});

export const stepBase = {
  id: idSchema,
  phase: idSchema,
  title: localText,
  why: maybe(localText),
  in: within,
  optional: flag.meta({description: 'An optional step may be waived with a reason; every other step is mandatory.'}),
};

export const acceptance = z.strictObject({
  object: text.meta({description: 'As the impact calls it: public.attempt_topic, function public.attempts().'}),
  aspect: maybe(z.enum(acceptableAspects)).meta({
    description: 'What is left as the script leaves it. Without it the object as a whole: it need not come back.',
  }),
  reason: localText,
} satisfies Shape<Acceptance>);
