// What may a runbook say of a project's Alembic?

import {z} from 'zod';

import type {AlembicProject} from '../core/alembic.ts';
import type {AlembicCheckStep, AlembicMigrationStep} from '../core/definition.ts';
import {acceptance, idSchema, maybe, sqlFile, stepBase, timeoutMs, type Shape} from './schema-parts.ts';

/** Relative names (`head`, `heads`, `base`, `+1`, `abc@head`) mean something else tomorrow. */
export const revisionSchema = z
  .string()
  .regex(/^(?!(?:heads?|base|current)$)[A-Za-z0-9_][A-Za-z0-9_.-]*$/, 'revision-malformed')
  .meta({id: 'Revision', description: 'The whole id of one revision; never head, base, or a relative one.'});

const path = z
  .string()
  .regex(/^(?!.*(?:^|\/)\.\.?(?:\/|$))[A-Za-z0-9_.][\w .-]*(?:\/[A-Za-z0-9_.][\w .-]*)*$/, 'path-malformed')
  .meta({description: 'Below the folder it is relative to, with forward slashes.'});

const folder = z.union([z.literal('.'), path]);
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'variable-malformed');
const argv = z.array(z.string().regex(/\S/, 'text-blank')).min(1);

const alembicProjectSchema = z
  .strictObject({
    argv: maybe(argv).meta({
      description:
        "How Alembic is started: ['alembic'] when absent; ['.venv/bin/alembic'], ['poetry', 'run', 'alembic'], or behind kubectl exec. An element '{environment}' becomes the NAME=value pairs that the session needs, for prefixes that hand no environment on.",
    }),
    python: maybe(argv).meta({
      description: "How the same Alembic's interpreter is started; derived from argv when absent.",
    }),
    directory: folder.meta({
      description: 'The folder that Alembic is started in, below the folder that holds runbook/ and sql/.',
    }),
    config: maybe(path).meta({description: 'The ini file below directory; alembic.ini when absent.'}),
    scripts: path.meta({
      description:
        'The folder below directory with env.py and the revisions (script_location). Its Python files and the ini belong to the plan.',
    }),
    pythonPath: maybe(z.array(folder).min(1)).meta({description: 'Folders for PYTHONPATH, below directory.'}),
    environment: maybe(z.record(variable, z.string())).meta({
      description: 'Public values for its environment. They are part of the plan: never a secret.',
    }),
    inherit: maybe(z.array(variable).min(1)).meta({
      description: "Names of variables that are handed on from the operator's environment.",
    }),
    urlVariable: maybe(variable).meta({
      description:
        'The variable that env.py reads its URL from; DATABASE_URL when absent. The URL holds no password: that comes by PGPASSFILE.',
    }),
    urlDriver: maybe(z.enum(['postgresql', 'postgresql+psycopg2', 'postgresql+psycopg'])),
    urlPercentDoubled: maybe(z.boolean()).meta({
      description: 'True where env.py hands the URL to set_main_option as it is: a % is then given as %%.',
    }),
    urlFrom: maybe(z.enum(['operator', 'elsewhere'])).meta({
      description: "'elsewhere': Alembic runs in a container or pod whose env.py reads the URL of that place.",
    }),
    onCopy: maybe(z.strictObject({argv, python: maybe(argv)})).meta({
      description:
        "How Alembic is started for a rehearsal on a copy, where argv leads elsewhere; ['alembic'] of this machine when absent.",
    }),
    from: revisionSchema,
    revision: revisionSchema,
    versionTable: maybe(z.string().regex(/^[a-z_][a-z0-9_$]*\.[a-z_][a-z0-9_$]*$/, 'name-not-qualified')).meta({
      description: 'schema.name; public.alembic_version when absent.',
    }),
  } satisfies Shape<AlembicProject>)
  .meta({id: 'AlembicProject', description: 'Where the Alembic project is and which step of its history is meant.'});

export const alembicMigration = z.strictObject({
  ...stepBase,
  kind: z.literal('migration'),
  migrator: z.literal('alembic'),
  alembic: alembicProjectSchema,
  verify: maybe(sqlFile).meta({description: 'Returns no rows when the change is in place.'}),
  accept: maybe(z.array(acceptance).min(1)).meta({
    description: 'Losses that shall not be put back. Every other difference is put back, or fails the step.',
  }),
  lockTimeoutMs: maybe(z.int().min(1).max(60_000)).meta({description: 'How long one try may wait for a lock.'}),
  lockTries: maybe(z.int().min(1).max(1000)),
  timeoutMs,
} satisfies Shape<AlembicMigrationStep>);

export const alembicCheck = z.strictObject({
  ...stepBase,
  kind: z.literal('alembic-check'),
  migration: idSchema.meta({description: 'The step whose Alembic project is looked at.'}),
  timeoutMs,
} satisfies Shape<AlembicCheckStep>);
