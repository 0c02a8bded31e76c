// What shape may a runbook document have: every step kind, every way back, and what holds them together.
//
// Objects are strict, since a misspelt key (`optinal: true`) would otherwise silently make a mandatory step of an
// optional one. Defaults are not filled in: what approvers read in the file is all there is, and each step knows its own defaults.

import {z} from 'zod';

import {SSH_DESTINATION} from '../core/via.ts';

import type {
  AfterStep,
  ChangeWindow,
  ChecklistItem,
  DeclaredTarget,
  DownstreamSample,
  EnvironmentDefinition,
  Of,
  OptionKind,
  Phase,
  RollbackOption,
  RunbookDefinition,
  SampleDefinition,
  SharedRead,
  SmokeCheck,
  SqlMigrationStep,
  StepDefinition,
  StepKind,
  TableDefinition,
} from '../core/definition.ts';
import {approvalSchema} from './approval-schema.ts';
import {
  acceptance,
  asApplication,
  flag,
  idSchema,
  localText,
  maybe,
  plainName,
  columnName,
  qualifiedName,
  sqlFile,
  stepBase,
  text,
  timeoutMs,
  within,
  type Shape,
} from './schema-parts.ts';
import {alembicCheck, alembicMigration, revisionSchema} from './alembic-schema.ts';
import {toolSchemas} from './tool-schemas.ts';

const checklistItem = z.strictObject({
  id: idSchema,
  text: localText,
  why: maybe(localText),
  note: maybe(z.literal('required')).meta({description: 'The item cannot be ticked without a note.'}),
} satisfies Shape<ChecklistItem>);

const smokeCheck = z.strictObject({
  id: idSchema,
  title: localText,
  sql: sqlFile,
  shares: maybe(idSchema).meta({description: 'The id of the shared read whose WITH queries its file begins with.'}),
} satisfies Shape<SmokeCheck>);

const sharedRead = z.strictObject({
  id: idSchema,
  with: z.array(plainName).min(1).meta({description: 'The names of the WITH queries, in order.'}),
} satisfies Shape<SharedRead>);

const downstreamSample = z.strictObject({
  id: idSchema,
  title: localText,
  sql: sqlFile,
  budgetMs: z.int().min(1).max(86_400_000),
  advice: maybe(localText).meta({description: 'What may legally be done when the budget is missed.'}),
} satisfies Shape<DownstreamSample>);

const sqlMigration = z.strictObject({
  ...stepBase,
  kind: z.literal('migration'),
  migrator: z.literal('sql'),
  apply: z.array(sqlFile).min(1),
  transaction: z.enum(['whole', 'none']).meta({
    description: "'whole': all files in one transaction. 'none': one statement a file, for statements that refuse one.",
  }),
  verify: maybe(sqlFile).meta({description: 'Returns no rows when the change is in place.'}),
  accept: maybe(z.array(acceptance).min(1)).meta({
    description: 'Losses that shall not be put back. Every other difference rolls the change back.',
  }),
  // 60 s: while the change waits for its lock, every reader that comes later waits behind it.
  lockTimeoutMs: maybe(z.int().min(1).max(60_000)).meta({description: 'How long one try may wait for its lock.'}),
  lockTries: maybe(z.int().min(1).max(1000)),
  // 10 min: more than anybody waits in front of a screen.
  holdMs: maybe(z.int().min(10).max(600_000)).meta({
    description: 'How long the change may hold its locks before it is cancelled and rolled back. 2 s when absent.',
  }),
  timeoutMs,
} satisfies Shape<SqlMigrationStep>);

/** One schema a step kind. */
export const stepSchemas = {
  checklist: z.strictObject({
    ...stepBase,
    kind: z.literal('checklist'),
    items: z.array(checklistItem).min(1),
  } satisfies Shape<Of<'checklist'>>),
  query: z.strictObject({
    ...stepBase,
    kind: z.literal('query'),
    sql: sqlFile,
    expect: z.enum(['no-rows', 'rows', 'report', 'verdict']).meta({
      description:
        "'no-rows': every row is a finding. 'rows': at least one must come. 'report': whatever comes is evidence. 'verdict': every row says 'pass', 'amber' or 'fail' in its column verdict, and why in its columns en and ko; no row is a failure.",
    }),
    confirms: maybe(idSchema).meta({
      description:
        'The id of the checklist before it whose ticks it holds against the database. It is not asked on a copy, where nobody has done what they say.',
    }),
    severity: maybe(z.enum(['gate', 'warning'])),
    as: asApplication,
    keepRows: flag.meta({description: 'Keeps the rows in the evidence, not only their number.'}),
    timeoutMs,
  } satisfies Shape<Of<'query'>>),
  snapshot: z.strictObject({...stepBase, kind: z.literal('snapshot')} satisfies Shape<Of<'snapshot'>>),
  backup: z.strictObject({
    ...stepBase,
    kind: z.literal('backup'),
    compression: maybe(z.int().min(1).max(6)).meta({
      description: 'zlib level 1-6. At level 0 a flipped bit in the dump could not be noticed.',
    }),
    format: maybe(z.enum(['custom', 'directory'])).meta({
      description: "'custom' is one file (the default); 'directory' is a file a table.",
    }),
    jobs: maybe(z.int().min(1).max(16)).meta({description: 'Parallel connections; only with format: directory.'}),
    scope: maybe(
      z.union([z.enum(['database', 'schema-only']), z.strictObject({tables: z.array(qualifiedName).min(1)})]),
    ).meta({description: 'What is backed up; the whole database when absent. Less than that may be no way back.'}),
    timeoutMs,
  } satisfies Shape<Of<'backup'>>),
  rehearse: z.strictObject({...stepBase, kind: z.literal('rehearse')} satisfies Shape<Of<'rehearse'>>),
  migration: z.discriminatedUnion('migrator', [sqlMigration, alembicMigration]),
  smoke: z.strictObject({
    ...stepBase,
    kind: z.literal('smoke'),
    shared: maybe(z.array(sharedRead).min(1)).meta({
      description:
        'WITH queries that several checks begin with, letter for letter. Those checks run as one statement, which reads the queries once; each file still runs alone.',
    }),
    checks: z.array(smokeCheck).min(1),
    findBy: maybe(z.array(idSchema).min(1)).meta({
      description:
        "Ids of query steps with 'expect: no-rows', which are asked again when a check fails: the server does not name the row that it could not read.",
    }),
    as: asApplication,
    timeoutMs,
  } satisfies Shape<Of<'smoke'>>),
  downstream: z.strictObject({
    ...stepBase,
    kind: z.literal('downstream'),
    samples: z.array(downstreamSample).min(1),
    runs: maybe(z.int().min(1).max(25)).meta({
      description: 'Each sample is timed this many times; the median is judged.',
    }),
    as: asApplication,
    timeoutMs,
  } satisfies Shape<Of<'downstream'>>),
  command: z.strictObject({
    ...stepBase,
    kind: z.literal('command'),
    run: z.string().regex(/\S/, 'text-blank'),
    repeatable: flag,
    writes: flag,
    timeoutMs,
  } satisfies Shape<Of<'command'>>),
  'alembic-check': alembicCheck,
  ...toolSchemas,
  approval: approvalSchema,
} satisfies {readonly [K in StepKind]: z.ZodType<Of<K>>};

const {checklist, query, snapshot, backup, rehearse, migration, smoke, downstream, command, approval} = stepSchemas;

export const stepSchema: z.ZodType<StepDefinition> = z
  .discriminatedUnion('kind', [
    checklist,
    query,
    snapshot,
    backup,
    rehearse,
    alembicCheck,
    migration,
    smoke,
    downstream,
    command,
    approval,
    ...Object.values(toolSchemas),
  ])
  .meta({id: 'Step'});

const {phase: _of, ...checklistShape} = stepSchemas.checklist.shape;
const {phase: _in, ...queryShape} = stepSchemas.query.shape;

const afterStep: z.ZodType<AfterStep> = z
  .discriminatedUnion('kind', [z.strictObject(checklistShape), z.strictObject(queryShape)])
  .meta({id: 'AfterStep', description: 'What is left to do behind a way back: a checklist, or a query.'});

const optionBase = {
  id: idSchema,
  title: localText,
  why: maybe(localText),
  after: maybe(z.array(afterStep).min(1)).meta({
    description:
      'Checklists and queries that follow this way back once it was carried out; the run closes behind them. Their ids in answers and evidence are rollback/OPTION/ID.',
  }),
};

/** One schema a way back. */
export const optionSchemas = {
  'restore-objects': z.strictObject({
    ...optionBase,
    kind: z.literal('restore-objects'),
  } satisfies Shape<Of<'restore-objects'>>),
  revert: z.strictObject({
    ...optionBase,
    kind: z.literal('revert'),
    sql: sqlFile,
    timeoutMs,
  } satisfies Shape<Of<'revert'>>),
  downgrade: z.strictObject({
    ...optionBase,
    kind: z.literal('downgrade'),
    migration: idSchema.meta({description: 'The step whose Alembic project it is.'}),
    revision: revisionSchema,
    timeoutMs,
  } satisfies Shape<Of<'downgrade'>>),
  'drop-object': z.strictObject({...optionBase, kind: z.literal('drop-object')} satisfies Shape<Of<'drop-object'>>),
  'restore-backup': z.strictObject({
    ...optionBase,
    kind: z.literal('restore-backup'),
    timeoutMs,
  } satisfies Shape<Of<'restore-backup'>>),
} satisfies {readonly [K in OptionKind]: z.ZodType<Of<K>>};

export const optionSchema: z.ZodType<RollbackOption> = z
  .discriminatedUnion('kind', [
    optionSchemas['restore-objects'],
    optionSchemas.revert,
    optionSchemas.downgrade,
    optionSchemas['drop-object'],
    optionSchemas['restore-backup'],
  ])
  .meta({id: 'RollbackOption'});

export const phaseSchema = z.strictObject({id: idSchema, title: localText, in: within} satisfies Shape<Phase>);

export const tableSchema = z.strictObject({
  name: qualifiedName,
  changedAt: maybe(columnName).meta({
    description: 'The column that says when a row was last written; tells how many rows a restore would lose.',
  }),
} satisfies Shape<TableDefinition>);

const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'time-malformed');

const changeWindow = z
  .strictObject({
    start: timeOfDay,
    end: timeOfDay,
    // What the name means is checked with the rest of the document: a pattern cannot know the zones.
    zone: z.string().regex(/^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/, 'zone-unknown'),
  } satisfies Shape<ChangeWindow>)
  .meta({
    id: 'ChangeWindow',
    description: "When the change may be made, every day: '02:00' to '04:00' of an IANA zone; may cross midnight.",
  });

const declaredTarget = z
  .strictObject({
    // In quotes: as a number it has more digits than a number keeps.
    systemIdentifier: z
      .string()
      .regex(/^[1-9]\d{9,19}$/, 'system-identifier-malformed')
      .meta({description: 'In quotes; SELECT system_identifier FROM pg_control_system() on the server.'}),
    database: maybe(text),
    user: maybe(text),
  } satisfies Shape<DeclaredTarget>)
  .meta({
    id: 'Target',
    description: 'Which database this environment is. A run on any other stops before its first step.',
  });

const declaredVia = z
  .union([
    z.strictObject({ssh: z.string().regex(SSH_DESTINATION, 'ssh-destination-malformed')}),
    z.strictObject({command: z.array(z.string().regex(/\S/, 'text-blank')).min(1), port: z.int().min(1).max(65_535)}),
  ])
  .meta({
    id: 'Via',
    description:
      'A tunnel that the tool opens: ssh to user@bastion:port (or a name of ~/.ssh/config), or a program that listens on a port of this machine and forwards to the database.',
  });

const environmentDefinition = z.strictObject({
  applicationRole: maybe(plainName),
  window: maybe(changeWindow),
  target: maybe(declaredTarget),
  via: maybe(declaredVia),
} satisfies Shape<EnvironmentDefinition>);

// Its server is made for it, and is another one each time.
const rehearsalDefinition = z.strictObject({
  applicationRole: maybe(plainName),
  window: maybe(changeWindow),
} satisfies Shape<Omit<EnvironmentDefinition, 'target' | 'via'>>);

export const environmentsSchema = z.strictObject({
  rehearsal: maybe(rehearsalDefinition),
  staging: maybe(environmentDefinition),
  production: maybe(environmentDefinition),
} satisfies Shape<RunbookDefinition['environments']>);

export const sampleSchema = z.strictObject({
  files: z.array(sqlFile).min(1),
  // PostgreSQL takes the name as the second half of a setting, so it must be a plain identifier.
  parameters: maybe(z.record(z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'name-malformed'), z.string())),
} satisfies Shape<SampleDefinition>);

export const objectNameSchema = qualifiedName;

export const runbookSchema: z.ZodType<RunbookDefinition> = z.strictObject({
  format: z.literal('attempt-runbook/1'),
  id: idSchema,
  title: localText,
  summary: localText,
  objects: z.array(qualifiedName).meta({
    description: 'The objects that the change touches: captured before, compared after, restored on the way back.',
  }),
  tables: z.array(tableSchema),
  environments: environmentsSchema,
  sample: maybe(sampleSchema),
  phases: z.array(phaseSchema).min(1),
  steps: z.array(stepSchema).min(1),
  rollback: z.array(optionSchema),
  policy: maybe(z.array(localText)).meta({
    description: 'What may not change without a new version of the change, and other rules that approvers sign.',
  }),
} satisfies Shape<RunbookDefinition>);
