// Jobs of those who read the objects, run by their own programs in dry-run form: a calibration, a backfill, a report.

import type {FactsOf} from '../core/facts.ts';
import {failed, success, type Result} from '../core/failure.ts';
import {findingVerdict, type ToolFinding} from '../core/tool-finding.ts';
import type {DownstreamJob, DownstreamJobsStep} from '../core/tools.ts';
import type {Kind, StepContext} from './kind.ts';
import {argvText, runProgram, TOOL_TIMEOUT_MS} from './program.ts';
import {cancelled, orphans} from './sessions.ts';

const runJob = async (job: DownstreamJob, context: StepContext): Promise<Result<readonly ToolFinding[]>> => {
  const {id, argv, directory, url, variables, output, rows, budgetMs, timeoutMs = TOOL_TIMEOUT_MS} = job;
  const ran = await runProgram(context, {
    argv,
    timeoutMs,
    readOnly: job.writes !== true,
    ...(directory === undefined ? {} : {directory}),
    ...(url === undefined ? {} : {url}),
    ...(variables === undefined ? {} : {variables}),
  });
  if (!ran.ok) {
    // One job that is late or not there says nothing about the others.
    if (ran.failure.code !== 'timed-out' && ran.failure.code !== 'program-missing') return ran;
    return success([
      {code: 'job-failed', id, how: ran.failure.code === 'timed-out' ? `> ${timeoutMs} ms` : (argv[0] ?? '')},
    ]);
  }
  const {exitCode, signal, durationMs, stdout, stderr, lastLines} = ran.value;
  if (exitCode !== 0) {
    return success([
      {code: 'job-failed', id, how: `${signal ?? `exit ${exitCode}`}  ${lastLines.at(-1) ?? ''}`.trim()},
    ]);
  }
  const text = `${stdout}\n${stderr}`;
  const counted = rows === undefined ? undefined : new RegExp(rows.pattern, 'm').exec(text)?.[1];
  const found = counted === undefined ? undefined : Number(counted.replaceAll(/[,_ ]/g, ''));
  const late: readonly ToolFinding[] =
    budgetMs !== undefined && durationMs > budgetMs ? [{code: 'job-late', id, durationMs, budgetMs}] : [];
  if (output !== undefined && !new RegExp(output, 'm').test(text))
    return success([{code: 'job-silent', id, pattern: output}, ...late]);
  if (rows !== undefined && (found === undefined || Number.isNaN(found)))
    return success([{code: 'job-silent', id, pattern: rows.pattern}, ...late]);
  if (rows !== undefined && found !== undefined && found < rows.minimum) {
    return success([{code: 'job-too-few-rows', id, rows: found, minimum: rows.minimum}, ...late]);
  }
  // An exit code alone proves little: without anything that was expected of its output a job is amber.
  return success([
    output === undefined && rows === undefined
      ? {code: 'job-ended', id, durationMs}
      : {code: 'job-passed', id, durationMs, ...(found === undefined ? {} : {rows: found})},
    ...late,
  ]);
};

const runAll = async (step: DownstreamJobsStep, context: StepContext): Promise<Result<FactsOf<'downstream-jobs'>>> => {
  const began = context.clock.monotonicMs();
  const findings: ToolFinding[] = [];
  for (const job of step.jobs) {
    const stop = cancelled(context);
    if (stop !== undefined) return stop;
    const ran = await runJob(job, context);
    if (!ran.ok) return ran;
    findings.push(...ran.value);
  }
  return findings.some((finding) => findingVerdict(finding) === 'fail')
    ? failed({code: 'tool-findings', tool: step.id, findings})
    : success({kind: 'downstream-jobs', findings, durationMs: Math.round(context.clock.monotonicMs() - began)});
};

export const downstreamJobs: Kind<'downstream-jobs'> = {
  kind: 'downstream-jobs',
  outline: (step) => step.jobs.map(({id, argv}) => ({title: id, language: 'argv', text: argvText(argv)})),
  perform: runAll,
  reconcile: async (step, doubt, context) => {
    const alive = await orphans(context, doubt.receipt.applicationName);
    if (alive !== undefined) return alive;
    return step.jobs.some(({writes}) => writes === true)
      ? {verdict: 'cannot-tell', detail: 'a job may write'}
      : {verdict: 'had-no-effect', detail: 'dry run'};
  },
};
