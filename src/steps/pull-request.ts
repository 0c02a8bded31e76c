// A pull request and its checks, as GitHub's own program tells: one question, so that both answers are of one moment.
//
// gh logs in by its own means (its keyring, GH_TOKEN, GH_HOST); the tool never reads a token.

import {failed, success, type Failure, type Result} from '../core/failure.ts';
import type {FactsOf} from '../core/facts.ts';
import {findingVerdict} from '../core/tool-finding.ts';
import type {PullRequestStep} from '../core/tools.ts';
import type {Kind, StepContext} from './kind.ts';
import {argvText, runProgram, type ProgramEnd} from './program.ts';
import {judgePullRequest, readPullRequest} from './pull-request-verdict.ts';
import {readsOnly} from './sessions.ts';

/** 1 min: an answer takes a second; whoever waits longer is better told that there is none. */
const TIMEOUT_MS = 60_000;

const FIELDS = 'number,state,url,mergedAt,mergeCommit,baseRefName,headRefOid,statusCheckRollup';

const argvOf = ({argv = ['gh'], number, repository}: PullRequestStep): readonly string[] => [
  ...argv,
  'pr',
  'view',
  `${number}`,
  ...(repository === undefined ? [] : ['--repo', repository]),
  '--json',
  FIELDS,
];

const LOGIN_NEEDED = 4;

const unavailable = (why: Extract<Failure, {code: 'tool-unavailable'}>['why'], message: string): Failure => ({
  code: 'tool-unavailable',
  tool: 'gh',
  why,
  message,
});

const troubleOf = ({exitCode, lastLines}: ProgramEnd): Failure => {
  const text = lastLines.join('\n');
  const last = lastLines.at(-1) ?? '';
  if (exitCode === LOGIN_NEEDED || /gh auth login|HTTP 401|Bad credentials/.test(text))
    return unavailable('login', last);
  return /dial tcp|error connecting|no such host|x509:|i\/o timeout|connection (?:reset|refused)|HTTP 5\d\d/.test(text)
    ? unavailable('network', last)
    : unavailable('no-answer', last);
};

const ask = async (step: PullRequestStep, context: StepContext): Promise<Result<FactsOf<'pull-request'>>> => {
  const ran = await runProgram(context, {
    argv: argvOf(step),
    ...(step.directory === undefined ? {} : {directory: step.directory}),
    toTarget: false,
    variables: {GH_PROMPT_DISABLED: '1', GH_NO_UPDATE_NOTIFIER: '1', NO_COLOR: '1'},
    stdout: 'quiet',
    timeoutMs: step.timeoutMs ?? TIMEOUT_MS,
  });
  if (!ran.ok) {
    const {failure} = ran;
    if (failure.code === 'program-missing') return failed(unavailable('missing', ''));
    return failure.code === 'timed-out' ? failed(unavailable('network', '')) : ran;
  }
  if (ran.value.exitCode !== 0) return failed(troubleOf(ran.value));
  const read = readPullRequest(ran.value.stdout);
  if (read === undefined) return failed(unavailable('no-answer', ''));
  const path = `artifacts/${context.step}.${context.attempt}.pull-request.json`;
  const kept = await context.files.write(path, `${JSON.stringify(read, null, 2)}\n`, 'application/json');
  if (!kept.ok) return kept;
  context.scribe.sealed(kept.value);
  const findings = judgePullRequest(step, read);
  return findings.some((finding) => findingVerdict(finding) === 'fail')
    ? failed({code: 'tool-findings', tool: 'gh', findings})
    : success({kind: 'pull-request', findings, durationMs: ran.value.durationMs});
};

export const pullRequest: Kind<'pull-request'> = {
  kind: 'pull-request',
  outline: (step) => [{title: 'gh', language: 'argv', text: argvText(argvOf(step))}],
  perform: ask,
  reconcile: readsOnly,
};
