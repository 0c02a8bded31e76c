// What is kubectl asked about a Job of ours, which manifest makes one, and what do its answers say?
//
// A Job is ours by its name and its labels, which follow from run, step and attempt alone.

import {z} from 'zod';

import type {Argv, KubernetesJobStep} from '../core/tools.ts';

/** 2 h: the cluster itself ends a Job that takes longer. */
export const JOB_TIMEOUT_MS = 7_200_000;

export type JobOwner = Readonly<{run: string; step: string; attempt: number | string}>;

export type Job = Readonly<{
  name: string;
  attempt: number;
  state: 'active' | 'succeeded' | 'failed' | 'going';
  /** The cluster's own word for why it failed. */
  reason: string;
  /** Somebody changed what we made: it may run more than once. */
  mayRepeat: boolean;
}>;

export type JobContainer = Readonly<{phase: string; exitCode?: number; imageId?: string}>;

/** A label must end with a letter or a digit, and an id of a step need not. */
const label = (id: string): string => id.replace(/-+$/, (tail) => `${'.'.repeat(tail.length)}x`);

export const jobName = ({run, step, attempt}: JobOwner): string => `arb-${run}-${step}-${attempt}`;

const labelsOf = ({run, step, attempt}: JobOwner): Readonly<Record<string, string>> => ({
  'attempt-runbook/run': label(run),
  'attempt-runbook/step': label(step),
  'attempt-runbook/attempt': `${attempt}`,
});

const selector = ({run, step}: JobOwner): string =>
  `attempt-runbook/run=${label(run)},attempt-runbook/step=${label(step)}`;

/** One pod, once: a migration that a cluster starts again by itself is one that nobody decided on. */
export const manifestOf = (step: KubernetesJobStep, owner: JobOwner): string => {
  const labels = labelsOf(owner);
  const manifest = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {name: jobName(owner), namespace: step.namespace, labels},
    spec: {
      backoffLimit: 0,
      completions: 1,
      parallelism: 1,
      activeDeadlineSeconds: Math.ceil((step.timeoutMs ?? JOB_TIMEOUT_MS) / 1000),
      template: {
        metadata: {labels},
        spec: {
          restartPolicy: 'Never',
          ...(step.serviceAccount === undefined ? {} : {serviceAccountName: step.serviceAccount}),
          containers: [
            {
              name: 'job',
              image: step.image,
              ...(step.command === undefined ? {} : {command: step.command}),
              ...(step.args === undefined ? {} : {args: step.args}),
              env: Object.entries(step.variables ?? {}).map(([name, value]) => ({name, value})),
              envFrom: (step.secrets ?? []).map((name) => ({secretRef: {name}})),
            },
          ],
        },
      },
    },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
};

const base = ({argv = ['kubectl'], context, namespace}: KubernetesJobStep): Argv => [
  ...argv,
  ...(context === undefined ? [] : ['--context', context]),
  '--namespace',
  namespace,
];

const QUICK = '--request-timeout=30s';

export const findArgv = (step: KubernetesJobStep, owner: JobOwner): Argv => [
  ...base(step),
  'get',
  'jobs',
  '-l',
  selector(owner),
  '-o',
  'json',
  QUICK,
];

export const createArgv = (step: KubernetesJobStep, file: string): Argv => [...base(step), 'create', '-f', file, QUICK];

export const podsArgv = (step: KubernetesJobStep, name: string): Argv => [
  ...base(step),
  'get',
  'pods',
  '-l',
  `job-name=${name}`,
  '-o',
  'json',
  QUICK,
];

export const logsArgv = (step: KubernetesJobStep, name: string): Argv => [
  ...base(step),
  'logs',
  '-f',
  `job/${name}`,
  '-c',
  'job',
];

/** By its name and by our labels: a Job of somebody else that has the name stays. */
export const deleteArgv = (step: KubernetesJobStep, owner: JobOwner, name: string): Argv => [
  ...base(step),
  'delete',
  'jobs',
  '-l',
  selector(owner),
  `--field-selector=metadata.name=${name}`,
  // The Job is gone only after its pod is.
  '--cascade=foreground',
  '--wait=false',
  QUICK,
];

const parsed = <T>(schema: z.ZodType<T>, text: string): T | undefined => {
  try {
    const read = schema.safeParse(JSON.parse(text));
    return read.success ? read.data : undefined;
  } catch {
    // No JSON at all.
    return undefined;
  }
};

const jobsAnswer = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        labels: z.record(z.string(), z.string()),
        deletionTimestamp: z.string().nullish(),
      }),
      spec: z.object({
        backoffLimit: z.number().nullish(),
        template: z.object({spec: z.object({restartPolicy: z.string().nullish()})}),
      }),
      status: z
        .object({
          conditions: z.array(z.object({type: z.string(), status: z.string(), reason: z.string().nullish()})).nullish(),
        })
        .nullish(),
    }),
  ),
});

/** The Jobs, the latest attempt first; undefined when the answer is not one of kubectl's. */
export const readJobs = (text: string): readonly Job[] | undefined =>
  parsed(jobsAnswer, text)
    ?.items.map(({metadata, spec, status}): Job => {
      const holds = (type: string) => status?.conditions?.find((one) => one.type === type && one.status === 'True');
      const failure = holds('Failed');
      return {
        name: metadata.name,
        attempt: Number(metadata.labels['attempt-runbook/attempt'] ?? 0),
        state:
          metadata.deletionTimestamp !== undefined && metadata.deletionTimestamp !== null
            ? 'going'
            : holds('Complete') !== undefined
              ? 'succeeded'
              : failure === undefined
                ? 'active'
                : 'failed',
        reason: failure?.reason ?? '',
        mayRepeat: spec.backoffLimit !== 0 || spec.template.spec.restartPolicy !== 'Never',
      };
    })
    .toSorted((a, b) => b.attempt - a.attempt);

const podsAnswer = z.object({
  items: z.array(
    z.object({
      status: z.object({
        phase: z.string(),
        containerStatuses: z
          .array(
            z.object({
              name: z.string(),
              imageID: z.string().nullish(),
              state: z.object({terminated: z.object({exitCode: z.number()}).nullish()}).nullish(),
            }),
          )
          .nullish(),
      }),
    }),
  ),
});

export const readContainer = (text: string): JobContainer | undefined => {
  const status = parsed(podsAnswer, text)?.items[0]?.status;
  if (status === undefined) return undefined;
  const found = status.containerStatuses?.find(({name}) => name === 'job');
  const exitCode = found?.state?.terminated?.exitCode;
  const imageId = found?.imageID ?? '';
  return {
    phase: status.phase,
    ...(exitCode === undefined ? {} : {exitCode}),
    ...(imageId === '' ? {} : {imageId}),
  };
};
