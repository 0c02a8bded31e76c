// A Job in the cluster: made once, found again by its labels, followed, and judged by the database where a file says how.
//
// The Job outlives this process: whatever happens here, what it does is settled by asking the cluster, and then the target.

import type {FactsOf} from '../core/facts.ts';
import {failed, success, type Failure, type Result} from '../core/failure.ts';
import {findingVerdict, type ToolFinding} from '../core/tool-finding.ts';
import type {Argv, KubernetesJobStep} from '../core/tools.ts';
import {verified} from './change.ts';
import type {InDoubt, Kind, Reconciliation, StepContext} from './kind.ts';
import {
  createArgv,
  deleteArgv,
  findArgv,
  JOB_TIMEOUT_MS,
  jobName,
  logsArgv,
  manifestOf,
  podsArgv,
  readContainer,
  readJobs,
  type Job,
  type JobContainer,
  type JobOwner,
} from './kubernetes-client.ts';
import {argvText, runProgram, type ProgramEnd} from './program.ts';
import {withReader} from './sessions.ts';

/** 45 s for one question, whose request kubectl itself ends after 30 s. */
const QUESTION_MS = 45_000;
/** 30 s beyond the Job's own deadline, so that it is the cluster that says that it was too late. */
const GRACE_MS = 30_000;
/** 60 s: a pod that is asked to go has 30 s by default. */
const GONE_WITHIN_MS = 60_000;
/** 0.5 s, then twice as long each time up to 5 s. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;

type Found = FactsOf<'kubernetes-job'>;

const ownerOf = (context: StepContext): JobOwner => ({
  run: context.opened.run,
  step: context.step,
  attempt: context.attempt,
});

/** After a cancel the step's own signal is aborted, and answers are needed all the same. */
const afterwards = (context: StepContext): StepContext => ({...context, signal: new AbortController().signal});

const found = (...findings: readonly ToolFinding[]): Result<never> =>
  failed({code: 'tool-findings', tool: 'kubectl', findings});

const ask = (context: StepContext, argv: Argv): Promise<Result<ProgramEnd>> =>
  runProgram(context, {argv, toTarget: false, stdout: 'quiet', timeoutMs: QUESTION_MS});

const said = (end: ProgramEnd): string => end.lastLines.at(-1) ?? '';

/** Nobody knows what became of the Job: without an exit code a change is in doubt, and is asked about again. */
const unknown = (end: ProgramEnd | undefined): Failure => ({
  code: 'process-failed',
  program: 'kubectl',
  lastLines: end?.lastLines ?? [],
});

type Asked = Readonly<{jobs: readonly Job[]}> | Readonly<{jobs?: undefined; end?: ProgramEnd; failure?: Failure}>;

const jobsNow = async (step: KubernetesJobStep, context: StepContext): Promise<Asked> => {
  const ran = await ask(context, findArgv(step, ownerOf(context)));
  if (!ran.ok) return {failure: ran.failure};
  const jobs = ran.value.exitCode === 0 ? readJobs(ran.value.stdout) : undefined;
  return jobs === undefined ? {end: ran.value} : {jobs};
};

const verify = async (step: KubernetesJobStep, context: StepContext): Promise<Result<readonly ToolFinding[]>> => {
  const {verify: file} = step;
  if (file === undefined) return success([]);
  const held = await withReader(context, {}, (session) => verified(context, session, file));
  if (held.ok) return success([{code: 'kube-in-place', file}]);
  if (held.failure.code === 'expectation-missed')
    return success([{code: 'kube-not-in-place', file, rows: Number(held.failure.actual)}]);
  // The Job has ended: whatever kept the question from its answer says nothing of what the Job did.
  const why = 'message' in held.failure ? held.failure.message : held.failure.code;
  return failed({code: 'connection-lost', message: `${file}: ${why}`});
};

/** Deletes the Job and waits until its pod is gone as well; then says what the database says. */
const remove = async (step: KubernetesJobStep, name: string, cancelled: StepContext): Promise<Result<never>> => {
  const context = afterwards(cancelled);
  const until = context.clock.monotonicMs() + GONE_WITHIN_MS;
  const asked = await ask(context, deleteArgv(step, ownerOf(context), name));
  const message = asked.ok && asked.value.exitCode !== 0 ? said(asked.value) : '';
  for (;;) {
    const now = await jobsNow(step, context);
    if (now.jobs !== undefined && now.jobs.every((job) => job.name !== name)) break;
    const isRefused = !asked.ok || asked.value.exitCode !== 0;
    if (isRefused || context.clock.monotonicMs() > until) return found({code: 'kube-job-left', name, message});
    await context.clock.pause(FIRST_PAUSE_MS, context.signal);
  }
  const held = await verify(step, context);
  return found({code: 'kube-job-deleted', name}, ...(held.ok ? held.value : []));
};

const containerOf = async (
  step: KubernetesJobStep,
  name: string,
  context: StepContext,
): Promise<JobContainer | undefined> => {
  const ran = await ask(context, podsArgv(step, name));
  return ran.ok && ran.value.exitCode === 0 ? readContainer(ran.value.stdout) : undefined;
};

type Ended = Readonly<{job: Job; container: JobContainer | undefined; isLogWhole: boolean}>;

/** Follows it to its end. A cluster that does not answer for a while is asked again: the Job goes on without it. */
const follow = async (
  step: KubernetesJobStep,
  name: string,
  context: StepContext,
  until: number,
): Promise<Result<Ended>> => {
  let shown = '';
  let isLogWhole: boolean | undefined;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const now = await jobsNow(step, context);
    if (context.signal.aborted) return remove(step, name, context);
    const job = now.jobs?.find((one) => one.name === name);
    if (now.jobs !== undefined && job === undefined) return found({code: 'kube-job-gone', name});
    const container = job === undefined ? undefined : await containerOf(step, name, context);
    const line = `${name}  ${job?.state ?? 'no answer'}  ${container?.phase ?? 'no pod'}\n`;
    if (line !== shown) context.scribe.output('note', line);
    shown = line;
    if (container !== undefined && container.phase !== 'Pending' && isLogWhole === undefined) {
      const timeoutMs = Math.max(QUESTION_MS, Math.round(until - context.clock.monotonicMs()));
      const logs = await runProgram(context, {argv: logsArgv(step, name), toTarget: false, timeoutMs});
      isLogWhole = logs.ok && logs.value.exitCode === 0;
      pauseMs = FIRST_PAUSE_MS;
      if (context.signal.aborted) return remove(step, name, context);
      continue;
    }
    if (job?.state === 'succeeded' || job?.state === 'failed') {
      return success({job, container, isLogWhole: isLogWhole === true});
    }
    if (context.clock.monotonicMs() > until) {
      return failed({code: 'timed-out', afterMs: step.timeoutMs ?? JOB_TIMEOUT_MS});
    }
    await context.clock.pause(pauseMs, context.signal);
    if (context.signal.aborted) return remove(step, name, context);
  }
};

const endOf = ({job, container, isLogWhole}: Ended): readonly ToolFinding[] => {
  const {exitCode, imageId = ''} = container ?? {};
  const exit = exitCode === undefined ? {} : {exitCode};
  return [
    job.state === 'succeeded'
      ? {code: 'kube-job-succeeded', name: job.name, imageId, ...exit}
      : {code: 'kube-job-failed', name: job.name, reason: job.reason, imageId, ...exit},
    ...(job.mayRepeat ? [{code: 'kube-job-may-repeat', name: job.name} as const] : []),
    ...(isLogWhole ? [] : [{code: 'kube-log-incomplete', name: job.name} as const]),
  ];
};

/** Makes it under its name; `create` never merges with what is there, so that no two can become one. */
const make = async (step: KubernetesJobStep, context: StepContext): Promise<Result<string>> => {
  const owner = ownerOf(context);
  const path = `artifacts/${context.step}.${context.attempt}.job.json`;
  const kept = await context.files.write(path, manifestOf(step, owner), 'application/json');
  if (!kept.ok) return kept;
  context.scribe.sealed(kept.value);
  const made = await ask(context, createArgv(step, context.files.absolute(path)));
  if (made.ok && made.value.exitCode === 0) return success(jobName(owner));
  // The answer may be what was lost, and not the Job.
  const now = await jobsNow(step, afterwards(context));
  if (now.jobs === undefined) return failed(unknown(made.ok ? made.value : undefined));
  if (now.jobs.some(({name}) => name === jobName(owner))) return success(jobName(owner));
  return made.ok ? found({code: 'kube-refused', message: said(made.value)}) : made;
};

const run = async (step: KubernetesJobStep, context: StepContext): Promise<Result<Found>> => {
  const began = context.clock.monotonicMs();
  const before = await jobsNow(step, context);
  if (before.jobs === undefined) {
    if (before.failure?.code === 'program-missing' || before.failure?.code === 'cancelled')
      return failed(before.failure);
    // Nothing was begun by this attempt.
    return found({code: 'kube-refused', message: before.end === undefined ? '' : said(before.end)});
  }
  const again = before.jobs.find(({state}) => state !== 'failed');
  const made = again === undefined ? await make(step, context) : success(again.name);
  if (!made.ok) return made;
  if (context.signal.aborted) return remove(step, made.value, context);
  const until = began + (step.timeoutMs ?? JOB_TIMEOUT_MS) + GRACE_MS;
  const ended = await follow(step, made.value, context, until);
  if (!ended.ok) return ended;
  const held = await verify(step, context);
  if (!held.ok) return held;
  const findings: readonly ToolFinding[] = [
    ...endOf(ended.value),
    ...(again === undefined ? [] : [{code: 'kube-job-found-again', name: again.name} as const]),
    ...held.value,
    ...(step.verify === undefined ? [{code: 'kube-exit-alone'} as const] : []),
  ];
  return findings.some((finding) => findingVerdict(finding) === 'fail')
    ? found(...findings)
    : success({kind: 'kubernetes-job', findings, durationMs: Math.round(context.clock.monotonicMs() - began)});
};

/** First the cluster, which knows whether there was a Job and how it ended; then the target, where a file says how. */
const settle = async (step: KubernetesJobStep, doubt: InDoubt, context: StepContext): Promise<Reconciliation> => {
  const now = await jobsNow(step, context);
  if (now.jobs === undefined) {
    return {verdict: 'cannot-tell', detail: now.end === undefined ? (now.failure?.code ?? '') : said(now.end)};
  }
  const [job] = now.jobs;
  // It may never have been made, or have run and been deleted since, by somebody or by the cluster.
  if (job === undefined) return {verdict: 'cannot-tell', detail: 'no Job of this step in the cluster'};
  const detail = `${job.name} ${job.state} ${job.reason}`.trim();
  if (job.state === 'active' || job.state === 'going') return {verdict: 'still-running', detail};
  // It failed before this attempt began, or this attempt had found it while it was active: the cluster cannot say which.
  if (job.state === 'failed' && job.attempt < doubt.attempt) return {verdict: 'cannot-tell', detail};
  const container = await containerOf(step, job.name, context);
  const held = await verify(step, context);
  if (!held.ok) return {verdict: 'cannot-tell', detail: `${detail}; ${held.failure.code}`};
  const findings = [
    ...endOf({job, container, isLogWhole: false}),
    ...held.value,
    ...(step.verify === undefined ? [{code: 'kube-exit-alone'} as const] : []),
  ];
  return findings.some((finding) => findingVerdict(finding) === 'fail')
    ? {verdict: 'incomplete', detail, failure: {code: 'tool-findings', tool: 'kubectl', findings}}
    : {verdict: 'took-effect', detail, facts: {kind: 'kubernetes-job', findings, durationMs: 0}};
};

export const kubernetesJob: Kind<'kubernetes-job'> = {
  kind: 'kubernetes-job',
  outline: (step, sql) => {
    const owner = {run: '<run>', step: step.id, attempt: '<attempt>'};
    const name = jobName(owner);
    const asked = [
      findArgv(step, owner),
      createArgv(step, `<run>/artifacts/${step.id}.<attempt>.job.json`),
      podsArgv(step, name),
      logsArgv(step, name),
    ];
    return [
      {title: 'kubectl', language: 'argv', text: asked.map(argvText).join('\n')},
      {title: `${step.id}.<attempt>.job.json`, language: 'argv', text: manifestOf(step, owner)},
      ...(step.verify === undefined ? [] : [{title: step.verify, language: 'sql' as const, text: sql(step.verify)}]),
    ];
  },
  perform: run,
  reconcile: settle,
};
