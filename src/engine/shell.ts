// A psql that the operator opens on the target beside the steps: read-only at its beginning, recorded, and in the journal.

import type {Refusal} from '../core/command.ts';
import type {RunEvent} from '../core/event.ts';
import type {Failure} from '../core/failure.ts';
import type {Identity, TargetIdentity} from '../core/ids.ts';
import type {RunState} from '../core/state.ts';
import {applicationName} from './application-name.ts';
import type {EngineWorld} from './ports.ts';

/** Under this name the recording and the session in the target are found; no step can be called so. */
export const SHELL_STEP = 'shell/psql';

/** 10 min for a statement, 5 s for a lock: somebody looks around, and nobody waits behind him. */
const TIMEOUT_MS = 600_000;
const LOCK_TIMEOUT_MS = 5000;

export type ShellEnd =
  | Readonly<{ok: true; exitCode?: number}>
  | Readonly<{ok: false; refusal: Refusal}>
  | Readonly<{ok: false; failure: Failure}>;

export type Shell = Readonly<{
  state: RunState;
  target: TargetIdentity;
  by: Identity;
  world: EngineWorld;
  append: (event: RunEvent) => void;
  signal: AbortSignal;
}>;

const argumentsFor = (database: string): readonly string[] => {
  // psql reads % in a prompt as a code.
  const name = database.replaceAll('%', '%%');
  return ['-X', '-w', '-v', `PROMPT1=${name} read-only%R%# `, '-v', `PROMPT2=${name} read-only%R%# `];
};

export const openShell = async ({state, target, by, world, append, signal}: Shell): Promise<ShellEnd> => {
  const number = (state.shells ?? 0) + 1;
  const run = state.opened?.run ?? '';
  const {processes} = world.attempt(applicationName(run, SHELL_STEP, number));
  const tool = await processes.find('psql', Math.floor(target.serverVersionNum / 10_000));
  if (tool === undefined) {
    return {ok: false, failure: {code: 'program-missing', program: 'psql', install: processes.installHint()}};
  }
  const opened = world.transcripts.open(SHELL_STEP, number);
  if (!opened.ok) return opened;
  const transcript = opened.value;
  const args = argumentsFor(target.database);
  append({type: 'ShellOpened', number, readOnly: true, by});
  const ran = await processes.onTerminal({
    program: tool.path,
    args,
    toTarget: true,
    readOnly: true,
    // What was typed stays in the recording, where it was looked at for secrets.
    variables: {PSQL_HISTORY: '/dev/null'},
    timeoutMs: TIMEOUT_MS,
    lockTimeoutMs: LOCK_TIMEOUT_MS,
    signal,
    onStart: (environment) => transcript.record({type: 'process', argv: [tool.path, ...args], environment}),
    onOutput: (_stream, text) => void transcript.write('stdout', text),
  });
  if (ran.ok) {
    const {lastLines: _, ...end} = ran.value;
    transcript.record({type: 'process-ended', ...end});
  }
  const sealed = await transcript.close();
  if (!sealed.ok) append({type: 'TranscriptLost', step: SHELL_STEP, attempt: number, failure: sealed.failure});
  else
    for (const artifact of sealed.value) append({type: 'ArtifactSealed', step: SHELL_STEP, attempt: number, artifact});
  const {exitCode} = ran.ok ? ran.value : {};
  append({
    type: 'ShellEnded',
    number,
    ...(exitCode === undefined ? {} : {exitCode}),
    ...(ran.ok ? {} : {failure: ran.failure}),
  });
  return ran.ok ? {ok: true, ...(exitCode === undefined ? {} : {exitCode})} : ran;
};
