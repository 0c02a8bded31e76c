// What shape may the steps have that hand their work to a program of the operator's own?

import {z} from 'zod';

import type {
  Argv,
  DownstreamJob,
  DownstreamJobsStep,
  KubernetesJobStep,
  ManagedBackupStep,
  PsqlStep,
  PullRequestStep,
  PytestStep,
  ToolKind,
  ToolStep,
  UrlVariable,
} from '../core/tools.ts';
import {
  flag,
  idSchema,
  localText,
  maybe,
  qualifiedName,
  sqlFile,
  stepBase,
  text,
  timeoutMs,
  type Shape,
} from './schema-parts.ts';

const argv: z.ZodType<Argv> = z.array(text).min(1).meta({
  id: 'Argv',
  description: 'A program and its arguments, as a list; no shell reads them, so nothing is split, expanded or piped.',
});

const directory = maybe(text).meta({
  description: 'Where the program runs, seen from where attempt-runbook was started; / when absent.',
});

const urlVariable: z.ZodType<UrlVariable> = z
  .strictObject({
    variable: z.string().regex(/^[A-Za-z_]\w*$/, 'name-malformed'),
    scheme: maybe(z.string().regex(/^[a-z][a-z0-9+.-]*$/, 'name-malformed')).meta({
      description: 'postgresql when absent; SQLAlchemy may want postgresql+psycopg2.',
    }),
  } satisfies Shape<UrlVariable>)
  .meta({
    id: 'UrlVariable',
    description: 'The environment variable in which the program finds the target as a URL, password included.',
  });

const downstreamJob = z.strictObject({
  id: idSchema,
  title: localText,
  argv,
  directory,
  url: maybe(urlVariable),
  variables: maybe(z.record(z.string().regex(/^[A-Za-z_]\w*$/, 'name-malformed'), z.string())).meta({
    description: 'Public values for its environment, such as DRY_RUN: "1". Never a secret: this file is evidence.',
  }),
  output: maybe(text).meta({description: 'A regular expression that a line of its output must match.'}),
  rows: maybe(z.strictObject({pattern: text, minimum: z.int().min(0)})).meta({
    description: 'Where a line of its output says how many rows it saw: the first group of the pattern is the number.',
  }),
  budgetMs: maybe(z.int().min(1).max(86_400_000)).meta({description: 'Amber when it takes longer.'}),
  timeoutMs,
  writes: flag.meta({description: "True for a job without a dry run; then the target's name has to be typed."}),
} satisfies Shape<DownstreamJob>);

export const toolSchemas = {
  pytest: z.strictObject({
    ...stepBase,
    kind: z.literal('pytest'),
    argv,
    directory,
    url: maybe(urlVariable),
    report: maybe(z.enum(['file', 'stderr'])).meta({
      description: "Where the JUnit report goes: 'stderr' for a pytest in a container; a file of the run when absent.",
    }),
    expect: maybe(z.array(text).min(1)).meta({
      description: 'The tests that have to run, as pytest names them (tests/test_view.py::test_columns), and no other.',
    }),
    minimum: maybe(z.int().min(1)).meta({description: 'So many tests have to run at least.'}),
    looksAt: maybe(z.array(qualifiedName).min(1)).meta({
      description: 'What the tests read: without rows in it a pass proves nothing. The declared objects when absent.',
    }),
    writes: flag.meta({description: 'True for a suite that has to write; otherwise its sessions begin read-only.'}),
    timeoutMs,
  } satisfies Shape<PytestStep>),
  'pull-request': z.strictObject({
    ...stepBase,
    kind: z.literal('pull-request'),
    argv: maybe(argv).meta({description: "What starts gh, GitHub's own program; [gh] when absent."}),
    number: z.int().min(1),
    repository: maybe(text).meta({
      description: 'owner/name, or host/owner/name for GitHub Enterprise; what gh finds in the folder when absent.',
    }),
    directory,
    checks: maybe(z.int().min(1)).meta({description: 'So many checks must have passed on its last commit.'}),
    commit: maybe(z.string().regex(/^[0-9a-f]{7,40}$/, 'commit-malformed')).meta({
      description: 'The commit that the merge made: 7 hex digits or more, in quotes.',
    }),
    base: maybe(text).meta({description: 'The branch that it must have been merged into.'}),
    timeoutMs,
  } satisfies Shape<PullRequestStep>),
  'managed-backup': z.strictObject({
    ...stepBase,
    kind: z.literal('managed-backup'),
    method: z.enum(['rds-snapshot', 'cloud-sql', 'command']),
    instance: maybe(text).meta({description: 'The instance as its provider calls it; not with method: command.'}),
    argv: maybe(argv).meta({
      description: "What starts the provider's program: [aws, --profile, prod]; [aws] or [gcloud] when absent.",
    }),
    create: maybe(argv).meta({description: 'With method: command: begins a backup that is called {name}.'}),
    find: maybe(argv).meta({
      description:
        'With method: command: prints {"status": "missing", "creating", "available" or "failed", "id", "createdAt"} of {name} as JSON.',
    }),
    timeoutMs,
  } satisfies Shape<ManagedBackupStep>),
  psql: z.strictObject({
    ...stepBase,
    kind: z.literal('psql'),
    sql: sqlFile,
    expect: z.enum(['no-rows', 'rows', 'report']).meta({
      description:
        "'no-rows': every line that psql prints is a finding. 'rows': at least one must come. 'report': evidence.",
    }),
    writes: flag.meta({description: "True for a script that has to write; then the target's name has to be typed."}),
    timeoutMs,
  } satisfies Shape<PsqlStep>),
  'downstream-jobs': z.strictObject({
    ...stepBase,
    kind: z.literal('downstream-jobs'),
    jobs: z.array(downstreamJob).min(1),
  } satisfies Shape<DownstreamJobsStep>),
  'kubernetes-job': z.strictObject({
    ...stepBase,
    kind: z.literal('kubernetes-job'),
    argv: maybe(argv).meta({description: 'What starts kubectl on this machine; [kubectl] when absent.'}),
    context: maybe(text).meta({description: 'The context of the kubeconfig; its current one when absent.'}),
    namespace: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'name-malformed'),
    image: text.meta({description: 'Best pinned by digest; the digest that ran is recorded.'}),
    command: maybe(argv),
    args: maybe(argv),
    variables: maybe(z.record(z.string().regex(/^[A-Za-z_]\w*$/, 'name-malformed'), z.string())).meta({
      description: 'Public values for its environment; secrets belong in a Secret of the namespace.',
    }),
    secrets: maybe(z.array(text).min(1)).meta({
      description: 'Names of Secrets in the namespace whose keys become its environment.',
    }),
    serviceAccount: maybe(text),
    verify: maybe(sqlFile).meta({
      description: 'One SELECT without rows when its work is in place; without it an exit with 0 is amber.',
    }),
    writes: flag.meta({description: "True for a Job that writes; then the target's name has to be typed."}),
    timeoutMs,
  } satisfies Shape<KubernetesJobStep>),
} satisfies {readonly [K in ToolKind]: z.ZodType<Extract<ToolStep, {kind: K}>>};
