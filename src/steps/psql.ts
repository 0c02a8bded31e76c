// A script run by psql itself, for authors who want its output as they know it.
//
// By file, never by standard input: a psql that is killed while it is fed commits what it has read of the script.

import type {FactsOf} from '../core/facts.ts';
import {failed, success, type Result} from '../core/failure.ts';
import {findingVerdict, type ToolFinding} from '../core/tool-finding.ts';
import type {PsqlStep} from '../core/tools.ts';
import {processFailure} from './dump.ts';
import {fenceBlock} from './change-messages.ts';
import type {Kind, StepContext} from './kind.ts';
import {argvText, runProgram} from './program.ts';
import {CHECK_TIMEOUT_MS, orphans} from './sessions.ts';
import {watchChild} from './watch-child.ts';

// -X: no .psqlrc of whoever sits here. -q -A -t: what is printed is rows and nothing else.
/** @param fence what must be true for a script that writes; psql stops at the first error, and asks in order. */
const argumentsFor = (file: string, fence?: string): readonly string[] => [
  '-X',
  '-q',
  '-A',
  '-t',
  '-w',
  '-v',
  'ON_ERROR_STOP=1',
  ...(fence === undefined ? [] : ['-c', fenceBlock(fence)]),
  '-f',
  file,
];

const judged = (step: PsqlStep, lines: number): ToolFinding => {
  const isMet = step.expect === 'no-rows' ? lines === 0 : step.expect === 'report' || lines > 0;
  return isMet
    ? {code: 'output-as-expected', lines}
    : {code: 'output-unexpected', lines, expected: step.expect === 'no-rows' ? 'no-rows' : 'rows'};
};

const run = async (step: PsqlStep, context: StepContext): Promise<Result<FactsOf<'psql'>>> => {
  const major = Math.floor(context.target.serverVersionNum / 10_000);
  const tool = await context.processes.find('psql', major);
  if (tool === undefined) {
    return failed({code: 'program-missing', program: 'psql', install: context.processes.installHint()});
  }
  const timeoutMs = step.timeoutMs ?? CHECK_TIMEOUT_MS;
  const fence = step.writes === true ? context.fence() : undefined;
  const watch = await watchChild(context);
  const ran = await runProgram(context, {
    // The run's own copy: that, and nothing else, was approved.
    argv: [tool.path, ...argumentsFor(context.files.absolute(`plan/sql/${step.sql}`), fence)],
    readOnly: step.writes !== true,
    timeoutMs,
  });
  const isSeen = await watch.end();
  if (!ran.ok) return ran;
  const failure = processFailure('psql', ran.value, timeoutMs);
  if (failure !== undefined) return failed(failure);
  const findings: readonly ToolFinding[] = [
    judged(step, ran.value.stdout.split('\n').filter((line) => line !== '').length),
    ...(isSeen === false ? [{code: 'not-seen-in-target'} as const] : []),
  ];
  return findings.some((finding) => findingVerdict(finding) === 'fail')
    ? failed({code: 'tool-findings', tool: 'psql', findings})
    : success({kind: 'psql', findings, durationMs: ran.value.durationMs});
};

export const psql: Kind<'psql'> = {
  kind: 'psql',
  outline: (step, sql) => [
    {
      title: 'psql',
      language: 'argv',
      text: argvText(['psql', ...argumentsFor(`<run>/plan/sql/${step.sql}`, step.writes === true ? '…' : undefined)]),
    },
    {title: step.sql, language: 'sql', text: sql(step.sql)},
  ],
  perform: run,
  reconcile: async (step, doubt, context) => {
    const alive = await orphans(context, doubt.receipt.applicationName);
    if (alive !== undefined) return alive;
    // Without a transaction around it, a script may have done a part of its work.
    return step.writes === true
      ? {verdict: 'cannot-tell', detail: 'the script may write'}
      : {verdict: 'had-no-effect', detail: 'read-only'};
  },
};
