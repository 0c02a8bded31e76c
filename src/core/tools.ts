// Which steps hand their work to a program of the operator's own, and what does a runbook say of each?

import type {SqlFile, StepBase} from './definition.ts';
import type {LocalText} from './text.ts';
import type {ToolFinding} from './tool-finding.ts';

/** A program and its arguments, as they are handed over: no shell reads them. */
export type Argv = readonly string[];

/** Where a program learns the target from: the name of a variable, and the scheme of the URL in it. */
export type UrlVariable = Readonly<{variable: string; scheme?: string}>;

export type PytestStep = StepBase &
  Readonly<{
    kind: 'pytest';
    /** `[pytest, -k, view_smoke, -q]`, perhaps behind `docker exec …`; the tool adds the report's options. */
    argv: Argv;
    directory?: string;
    url?: UrlVariable;
    /** 'stderr' for a pytest that cannot write to this machine's disk. */
    report?: 'file' | 'stderr';
    /** The tests that have to run, by their full names, and no other. */
    expect?: readonly string[];
    /** So many have to run at least. */
    minimum?: number;
    /** What the tests look at: when it has no rows, their passing proves nothing. The declared objects when absent. */
    looksAt?: readonly string[];
    /** True for a suite that has to write; otherwise its sessions begin read-only. */
    writes?: boolean;
    timeoutMs?: number;
  }>;

export type PullRequestStep = StepBase &
  Readonly<{
    kind: 'pull-request';
    /** What starts gh; `[gh]` when absent. */
    argv?: Argv;
    number: number;
    /** `owner/name`, or `host/owner/name`; what gh finds in the folder when absent. */
    repository?: string;
    directory?: string;
    /** So many checks must have passed on its last commit, and no other may be there. */
    checks?: number;
    /** The commit that the merge made, or its first seven digits and more. */
    commit?: string;
    /** The branch that it was merged into. */
    base?: string;
    timeoutMs?: number;
  }>;

export type ManagedBackupStep = StepBase &
  Readonly<{
    kind: 'managed-backup';
    method: 'rds-snapshot' | 'cloud-sql' | 'command';
    /** The instance as its provider calls it; of the first two methods. */
    instance?: string;
    /** What starts the provider's program: `[aws]`, `[gcloud]`, with its profile or project. */
    argv?: Argv;
    /** Of `command`: begin a backup called `{name}`. */
    create?: Argv;
    /** Of `command`: print `{"status": "missing" | "creating" | "available" | "failed", "id": …, "createdAt": …}` for `{name}`. */
    find?: Argv;
    timeoutMs?: number;
  }>;

export type PsqlStep = StepBase &
  Readonly<{
    kind: 'psql';
    sql: SqlFile;
    expect: 'no-rows' | 'rows' | 'report';
    /** True for a script that has to write: then the step wants the target's name typed. */
    writes?: boolean;
    timeoutMs?: number;
  }>;

export type DownstreamJob = Readonly<{
  id: string;
  title: LocalText;
  argv: Argv;
  directory?: string;
  url?: UrlVariable;
  /** Public values for its environment, such as `DRY_RUN: '1'`. */
  variables?: Readonly<Record<string, string>>;
  /** A regular expression that its output must match, line by line. */
  output?: string;
  /** Where its output says how many rows it saw: the first group is the number. */
  rows?: Readonly<{pattern: string; minimum: number}>;
  budgetMs?: number;
  timeoutMs?: number;
  /** True for a job without a dry run; its sessions may write. */
  writes?: boolean;
}>;

export type DownstreamJobsStep = StepBase & Readonly<{kind: 'downstream-jobs'; jobs: readonly DownstreamJob[]}>;

export type KubernetesJobStep = StepBase &
  Readonly<{
    kind: 'kubernetes-job';
    /** What starts kubectl; `[kubectl]` when absent. */
    argv?: Argv;
    context?: string;
    namespace: string;
    /** Of the one container of its one pod; best pinned by digest. */
    image: string;
    command?: Argv;
    args?: Argv;
    /** Public values for its environment. */
    variables?: Readonly<Record<string, string>>;
    /** Secrets of the namespace whose keys become its environment. */
    secrets?: readonly string[];
    serviceAccount?: string;
    /** The question whose answer has no rows when the Job's work is in place. */
    verify?: SqlFile;
    /** True for a Job that writes: then the step wants the target's name typed. */
    writes?: boolean;
    timeoutMs?: number;
  }>;

/** A step that may write into the target by itself; the tool does not know what. */
export const mayWrite = (step: ToolStep): boolean => {
  switch (step.kind) {
    case 'pytest':
    case 'psql':
    case 'kubernetes-job':
      return step.writes === true;
    case 'downstream-jobs':
      return step.jobs.some(({writes}) => writes === true);
    case 'pull-request':
    case 'managed-backup':
      return false;
  }
};

export type ToolStep =
  | PytestStep
  | PullRequestStep
  | ManagedBackupStep
  | PsqlStep
  | DownstreamJobsStep
  | KubernetesJobStep;
export type ToolKind = ToolStep['kind'];

export const toolKinds = [
  'pytest',
  'pull-request',
  'managed-backup',
  'psql',
  'downstream-jobs',
  'kubernetes-job',
] as const satisfies readonly ToolKind[];

/** Of steps and of their facts alike. */
export const isOfTool = <A extends Readonly<{kind: string}>>(of: A): of is Extract<A, {kind: ToolKind}> =>
  (toolKinds as readonly string[]).includes(of.kind);

export type ToolFacts<K extends ToolKind> = Readonly<{
  kind: K;
  findings: readonly ToolFinding[];
  durationMs: number;
}>;

export type ToolFactsByKind = {[K in ToolKind]: ToolFacts<K>};
