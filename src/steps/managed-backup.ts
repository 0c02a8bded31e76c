// A backup that a provider makes: begun once, waited for, and written down; never proven, and so never a way back.

import {failed, success, type Failure, type Result} from '../core/failure.ts';
import type {FactsOf} from '../core/facts.ts';
import type {ToolFinding} from '../core/tool-finding.ts';
import type {Argv, ManagedBackupStep} from '../core/tools.ts';
import type {Kind, StepContext} from './kind.ts';
import {methodOf, type Answer, type ManagedBackup, type Method} from './managed-backup-methods.ts';
import {argvText, runProgram, type ProgramEnd} from './program.ts';

/** 2 h for the whole backup, 2 min for one question. */
const TIMEOUT_MS = 7_200_000;
const QUESTION_MS = 120_000;

/** 1 s, then twice as long each time up to 15 s: small backups are done at once, large ones take an hour. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15_000;

/** What every provider takes for a name: letters, digits, single hyphens. The same for every attempt of a step. */
const nameFor = (run: string, step: string): string =>
  `attempt-runbook-${run}-${step}`.replaceAll(/-{2,}/g, '-').replace(/-$/, '');

const unavailable = (tool: string, end: ProgramEnd): Failure => {
  const text = `${end.stderr}${end.stdout}`;
  const why =
    /credentials|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|AccessDenied|gcloud auth login|PERMISSION_DENIED/i.test(
      text,
    )
      ? 'login'
      : /Could not connect|timed? ?out|Name or service not known|Connection (?:refused|reset)|unreachable|SSL/i.test(
            text,
          )
        ? 'network'
        : 'no-answer';
  return {code: 'tool-unavailable', tool, why, message: end.lastLines.at(-1) ?? ''};
};

const ask = async (context: StepContext, tool: string, argv: Argv): Promise<Result<ProgramEnd>> => {
  const variables = {AWS_PAGER: '', CLOUDSDK_CORE_DISABLE_PROMPTS: '1'};
  const ran = await runProgram(context, {argv, variables, toTarget: false, stdout: 'quiet', timeoutMs: QUESTION_MS});
  if (ran.ok) return ran;
  const trouble = (why: 'missing' | 'network') => failed({code: 'tool-unavailable', tool, why, message: ''} as const);
  if (ran.failure.code === 'program-missing') return trouble('missing');
  return ran.failure.code === 'timed-out' ? trouble('network') : ran;
};

const find = async (context: StepContext, method: Method, name: string): Promise<Result<ManagedBackup | 'missing'>> => {
  const ran = await ask(context, method.tool, method.find(name));
  if (!ran.ok) return ran;
  const answer: Answer = method.read(name, ran.value);
  return answer === 'unreadable' ? failed(unavailable(method.tool, ran.value)) : success(answer);
};

/** Told again and again until it is there, has failed, or took too long. */
const waitFor = async (
  context: StepContext,
  method: Method,
  name: string,
  until: number,
): Promise<Result<ManagedBackup>> => {
  let shown = '';
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const found = await find(context, method, name);
    if (!found.ok) return found;
    // Just made, and perhaps not listed yet.
    const status = found.value === 'missing' ? 'missing' : found.value.status;
    if (found.value !== 'missing' && found.value.state !== 'creating') return success(found.value);
    const percent = found.value === 'missing' ? undefined : found.value.percent;
    const line = `${name}  ${status}${percent === undefined ? '' : `  ${percent} %`}\n`;
    if (line !== shown) context.scribe.output('note', line);
    shown = line;
    context.scribe.progress({code: 'waiting-for-backup', name, status, ...(percent === undefined ? {} : {percent})});
    if (context.clock.monotonicMs() > until) return failed({code: 'timed-out', afterMs: TIMEOUT_MS});
    await context.clock.pause(pauseMs, context.signal);
    if (context.signal.aborted) return failed({code: 'cancelled'});
  }
};

const judged = (
  step: ManagedBackupStep,
  found: ManagedBackup,
  name: string,
  wasThere: boolean,
): readonly ToolFinding[] => {
  const {id, status, createdAt, instance} = found;
  if (found.state === 'failed') return [{code: 'backup-failed', name, status}];
  return [
    {code: 'backup-available', name, id, status, createdAt},
    ...(wasThere ? [{code: 'backup-found-again', name} as const] : []),
    ...(instance !== undefined && step.instance !== undefined && instance !== step.instance
      ? [{code: 'backup-of-another', instance: step.instance, found: instance} as const]
      : []),
    {code: 'backup-not-restore-tested'},
  ];
};

const back = async (step: ManagedBackupStep, context: StepContext): Promise<Result<FactsOf<'managed-backup'>>> => {
  const began = context.clock.monotonicMs();
  const method = methodOf(step);
  const name = nameFor(context.opened.run, context.step);
  const before = await find(context, method, name);
  if (!before.ok) return before;
  if (before.value === 'missing') {
    const made = await ask(context, method.tool, method.create(name));
    if (!made.ok) return made;
    // Somebody who died in between has made it: the name is the same.
    const isThere = /AlreadyExists/.test(made.value.stderr);
    if (made.value.exitCode !== 0 && !isThere) return failed(unavailable(method.tool, made.value));
  }
  const found = await waitFor(context, method, name, began + (step.timeoutMs ?? TIMEOUT_MS));
  if (!found.ok) return found;
  const path = `artifacts/${context.step}.${context.attempt}.managed-backup.json`;
  const kept = await context.files.write(
    path,
    `${JSON.stringify({name, ...found.value}, null, 2)}\n`,
    'application/json',
  );
  if (!kept.ok) return kept;
  context.scribe.sealed(kept.value);
  const findings = judged(step, found.value, name, before.value !== 'missing');
  return found.value.state === 'failed' || findings.some(({code}) => code === 'backup-of-another')
    ? failed({code: 'tool-findings', tool: method.tool, findings})
    : success({kind: 'managed-backup', findings, durationMs: Math.round(context.clock.monotonicMs() - began)});
};

export const managedBackup: Kind<'managed-backup'> = {
  kind: 'managed-backup',
  outline: (step) => {
    const method = methodOf(step);
    const name = nameFor('<run>', step.id);
    const text = [method.find(name), method.create(name), method.find(name)].map(argvText).join('\n');
    return [{title: method.tool, language: 'argv', text}];
  },
  perform: back,
  // The next attempt looks for the name first: what was begun is found again and waited for, and never made twice.
  reconcile: async () => ({verdict: 'had-no-effect', detail: 'found again by name'}),
};
