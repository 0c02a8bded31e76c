// pytest as a smoke test: the suite's own report is read and judged, since its exit code knows neither what was left out
// nor whether there was anything to look at.

import {quoteQualified} from '../catalog/names.ts';
import type {Artifact, FactsOf} from '../core/facts.ts';
import {failed, success, type Result} from '../core/failure.ts';
import {findingVerdict, type ToolFinding} from '../core/tool-finding.ts';
import type {PytestStep} from '../core/tools.ts';
import {readJunit, type ReportedTest} from './junit.ts';
import type {Kind, StepContext} from './kind.ts';
import {argvText, programFailed, runProgram, TOOL_TIMEOUT_MS, type ProgramEnd} from './program.ts';
import {deselectedIn, judgeTests} from './pytest-verdict.ts';
import {orphans, withReader} from './sessions.ts';
import {watchChild} from './watch-child.ts';

const NONE_COLLECTED = 5;

// Of xunit1, because only that names the file of a test.
const reportArguments = (path: string): readonly string[] => [`--junitxml=${path}`, '-o', 'junit_family=xunit1'];

const reportPath = (context: StepContext): string => `artifacts/${context.step}.${context.attempt}.junit.xml`;

/** The report as it came, before anything was masked; undefined when there is none. */
const reportOf = async (step: PytestStep, context: StepContext, end: ProgramEnd): Promise<string | undefined> => {
  if (step.report === 'stderr') {
    const from = end.stderr.indexOf('<?xml');
    const to = end.stderr.lastIndexOf('>');
    const rest = from < 0 ? end.stderr : end.stderr.slice(0, from);
    context.scribe.output('stderr', rest);
    return from < 0 ? undefined : end.stderr.slice(from, to + 1);
  }
  const partial = `${reportPath(context)}.partial`;
  const hashed = await context.files.hash(partial);
  const read = hashed.ok ? await context.files.read(partial, hashed.value.sha256) : hashed;
  await context.files.remove(partial);
  return read.ok && read.value !== '' ? read.value : undefined;
};

/** A pass on an empty view proves nothing: whether there was a row is asked by ourselves, of the target itself. */
const rowsIn = async (step: PytestStep, context: StepContext): Promise<readonly ToolFinding[]> => {
  const findings: ToolFinding[] = [];
  const asked = await withReader(context, {}, async (session) => {
    for (const object of step.looksAt ?? context.runbook.objects) {
      const answer = await session.query(`SELECT EXISTS (SELECT FROM ${quoteQualified(object)}) AS rows`);
      if (!answer.ok) {
        const message = 'message' in answer.failure ? answer.failure.message : answer.failure.code;
        findings.push({code: 'object-unread', object, message});
      } else findings.push({code: answer.value.rows[0]?.['rows'] === 't' ? 'object-has-rows' : 'object-empty', object});
    }
    return success(undefined);
  });
  return asked.ok ? findings : [{code: 'object-unread', object: '', message: asked.failure.code}];
};

const keep = async (context: StepContext, report: string): Promise<Result<Artifact>> => {
  const written = await context.files.write(reportPath(context), report, 'application/xml');
  if (written.ok) context.scribe.sealed(written.value);
  return written;
};

const testsOf = async (
  step: PytestStep,
  context: StepContext,
  end: ProgramEnd,
): Promise<Result<readonly ReportedTest[]>> => {
  const report = await reportOf(step, context, end);
  // 0: all passed; 1: some did not; 5: there were none. Anything else is no verdict on any test.
  if (![0, 1, NONE_COLLECTED].includes(end.exitCode ?? -1)) return failed(programFailed(step.argv, end));
  if (report === undefined) {
    if (end.exitCode === NONE_COLLECTED) return success([]);
    return failed({code: 'report-unreadable', tool: 'pytest', path: reportPath(context), message: 'no report'});
  }
  const kept = await keep(context, report);
  if (!kept.ok) return kept;
  const read = readJunit(report);
  if (!read.ok)
    return failed({code: 'report-unreadable', tool: 'pytest', path: reportPath(context), message: read.message});
  // An exit code that its own report does not explain: something else went wrong.
  const isExplained = end.exitCode !== 1 || read.tests.some(({outcome}) => outcome === 'failed' || outcome === 'error');
  return isExplained ? success(read.tests) : failed(programFailed(step.argv, end));
};

const run = async (step: PytestStep, context: StepContext): Promise<Result<FactsOf<'pytest'>>> => {
  const partial = `${reportPath(context)}.partial`;
  const isFile = step.report !== 'stderr';
  // Made before pytest opens it, so that it is nobody else's to read.
  const made = isFile ? await context.files.write(partial, '', 'application/xml') : success(undefined);
  if (!made.ok) return made;
  const watch = await watchChild(context);
  const ran = await runProgram(context, {
    argv: [...step.argv, ...reportArguments(isFile ? context.files.absolute(partial) : '/dev/stderr')],
    ...(step.directory === undefined ? {} : {directory: step.directory}),
    ...(step.url === undefined ? {} : {url: step.url}),
    ...(isFile ? {} : {stderr: 'quiet' as const}),
    readOnly: step.writes !== true,
    timeoutMs: step.timeoutMs ?? TOOL_TIMEOUT_MS,
  });
  const isSeen = await watch.end();
  if (!ran.ok) {
    await context.files.remove(partial);
    return ran;
  }
  const tests = await testsOf(step, context, ran.value);
  if (!tests.ok) return tests;
  const findings = [
    ...judgeTests(step, tests.value, deselectedIn(ran.value.stdout)),
    ...(await rowsIn(step, context)),
    ...(isSeen === false ? [{code: 'not-seen-in-target'} as const] : []),
  ];
  return findings.some((finding) => findingVerdict(finding) === 'fail')
    ? failed({code: 'tool-findings', tool: 'pytest', findings})
    : success({kind: 'pytest', findings, durationMs: ran.value.durationMs});
};

export const pytest: Kind<'pytest'> = {
  kind: 'pytest',
  outline: (step) => {
    const report = step.report === 'stderr' ? '/dev/stderr' : '<run>/artifacts/….junit.xml.partial';
    return [
      {
        title: step.argv[0] ?? 'pytest',
        language: 'argv',
        text: argvText(step.argv) + ' ' + reportArguments(report).join(' '),
      },
    ];
  },
  perform: run,
  reconcile: async (step, doubt, context) => {
    await context.files.remove(`artifacts/${context.step}.${doubt.attempt}.junit.xml.partial`);
    const alive = await orphans(context, doubt.receipt.applicationName);
    if (alive !== undefined) return alive;
    return step.writes === true
      ? {verdict: 'cannot-tell', detail: 'the suite may write'}
      : {verdict: 'had-no-effect', detail: 'read-only'};
  },
};
