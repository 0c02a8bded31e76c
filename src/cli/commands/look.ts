// The commands that only look: plan, lint, runs, status. None of them touches a target but `plan`, which asks who it is.

import {systemClock} from '../../adapters/clock.ts';
import {identifyTarget} from '../../adapters/postgres/identity.ts';
import {runbookNames} from '../../adapters/runbook-folder.ts';
import {reduce} from '../../core/reduce.ts';
import type {RunState} from '../../core/state.ts';
import type {Fault} from '../../engine/session.ts';
import {isInUse} from '../../adapters/run-lock.ts';
import type {Environment, TargetIdentity} from '../../core/ids.ts';
import type {TargetTrust} from '../../core/known-target.ts';
import {makePlan} from '../../runbook/plan.ts';
import {planText} from '../../ui/plain/plan-text.ts';
import {runsText, type RunRow} from '../../ui/plain/runs-text.ts';
import {runStatusText} from '../../ui/plain/status-text.ts';
import {jsonLine} from '../../ui/plain/json-line.ts';
import {positionOf} from '../../ui/plain/standing.ts';
import {exitCodeOf, endOf, type ExitCode} from '../../ui/text/exit.ts';
import {plannedTargetLines} from '../../ui/text/target.ts';
import {visibleLine} from '../../ui/text/visible.ts';
import {lookAtTarget} from '../admit-target.ts';
import type {CliContext} from '../context.ts';
import {loadSound} from '../load.ts';
import {planParameters} from '../plan-parameters.ts';
import {reachTarget} from '../reach-target.ts';
import {elsewhereOf} from '../approve/elsewhere.ts';
import {allRuns, readNamed, readRun} from '../read-run.ts';
import {faultOf, viewOnly} from '../view-only.ts';
import {problemLines, sameRuns, showTrouble, troubleLines} from '../show.ts';

const print = (context: CliContext, lines: readonly string[]): void => {
  for (const line of lines) context.out(visibleLine(line));
};

export type PlanOptions = Readonly<{runbook?: string; env: Environment; url?: string; ssh?: string}>;

/** What would run, in order, and the digest that approvers sign. Executes nothing. */
export const plan = async (context: CliContext, options: PlanOptions): Promise<ExitCode> => {
  const loaded = await loadSound(context, options.runbook);
  if (!loaded.ok) return showTrouble(context, loaded.trouble);
  const {runbook, files} = loaded.value;
  let target: TargetIdentity | undefined;
  let trust: TargetTrust | 'unconfirmed' | undefined;
  if (options.url !== undefined) {
    const {url: source, ssh, env: environment} = options;
    const reached = await reachTarget(context, {source, ssh, environment, runbook});
    if (!reached.ok) return showTrouble(context, reached.trouble);
    const identified = await identifyTarget(reached.value.settings).finally(reached.value.close);
    if (!identified.ok) return showTrouble(context, {code: 'failure', failure: identified.failure});
    target = identified.value;
    if (options.env !== 'rehearsal') {
      const asked = lookAtTarget(context, runbook, options.env, target);
      if (!asked.ok) return showTrouble(context, asked.trouble);
      trust = asked.value;
    }
  }
  const parameters = options.env === 'rehearsal' ? (runbook.sample?.parameters ?? {}) : {};
  const made = makePlan(files, planParameters(options.env, target, parameters));
  if (context.options.json === true) {
    context.out(
      jsonLine({
        digest: made.digest,
        environment: options.env,
        target,
        trust,
        files: made.files.map(({path, sha256}) => ({path, sha256})),
      }),
    );
  } else {
    print(context, planText(runbook, options.env, made, context.locale));
    if (target !== undefined) print(context, ['', ...plannedTargetLines(target, trust, context.locale)]);
  }
  return 0;
};

/** Every problem of every runbook in a folder, each with its place. */
export const lint = async (context: CliContext, directory: string | undefined): Promise<ExitCode> => {
  const at = directory === undefined ? context : {...context, runbooks: directory};
  const names = runbookNames(at.runbooks).filter(
    (name) => directory !== undefined || context.runbook === undefined || name === context.runbook,
  );
  if (names.length === 0) return showTrouble(at, {code: 'runbook-unknown', name: at.runbooks, known: []});
  const results = await Promise.all(names.map(async (name) => ({name, loaded: await loadSound(at, name)})));
  for (const {name, loaded} of results) {
    if (loaded.ok) context.out(`${name}: ok`);
    else if (loaded.trouble.code === 'runbook-invalid')
      print(context, [`${name}:`, ...problemLines(at, loaded.trouble, name)]);
    else print(context, troubleLines(at, loaded.trouble));
  }
  return results.every(({loaded}) => loaded.ok) ? 0 : 65;
};

export const runs = (context: CliContext): ExitCode => {
  const rows: RunRow[] = [];
  for (const directory of allRuns(context)) {
    const read = readRun(directory);
    if (!read.ok) {
      for (const line of troubleLines(context, read.trouble)) context.err(line);
      continue;
    }
    const {opened, state, runbook, journal} = read.value;
    rows.push({
      run: directory.run,
      openedAt: opened.at,
      environment: opened.environment,
      database: opened.target.database,
      position: positionOf(runbook, state, faultOf(journal)),
    });
    if (context.options.json === true) {
      context.out(
        jsonLine({
          run: directory.run,
          openedAt: opened.at,
          environment: opened.environment,
          closed: state.closed ?? null,
          damaged: journal.damage ?? null,
          newer: journal.newer ?? null,
        }),
      );
    }
  }
  if (context.options.json !== true) print(context, runsText(rows, context.locale, context.timeZone));
  return 0;
};

/** A closed run has its evidence; one that this version cannot go on with has nothing that it could be told here. */
const nextCommand = (context: CliContext, run: string, isClosed: boolean, fault: Fault | undefined) => {
  if (fault !== undefined) return {};
  const continueCommand = `attempt-runbook ${isClosed ? 'export' : 'resume'} ${run}${sameRuns(context)}`;
  return {continueCommand, elsewhere: elsewhereOf(context)};
};

/** What nobody is at work on any more does not run: it is in doubt, as the next resume will write down. */
const withoutRunning = (state: RunState): RunState =>
  Object.entries(state.steps).reduce(
    (so, [step, {status: of, attempt}]) =>
      of === 'running'
        ? reduce(so, {v: 1, seq: so.seq + 1, at: so.at ?? '', prev: '', type: 'StepInterrupted', step, attempt})
        : so,
    state,
  );

export const status = (context: CliContext, run: string | undefined): ExitCode => {
  const read = readNamed(context, run);
  if (!read.ok) return showTrouble(context, read.trouble);
  const {journal, directory, runbook} = read.value;
  const state = isInUse(directory.path) ? read.value.state : withoutRunning(read.value.state);
  const view = viewOnly(read.value).session.view();
  if (context.options.json === true) for (const event of journal.events) context.out(jsonLine(event));
  else {
    const shown = {runbook, state, ...(view.fault === undefined ? {} : {fault: view.fault})};
    const options = {
      timeZone: context.timeZone,
      ...nextCommand(context, directory.run, state.closed !== undefined, view.fault),
      now: systemClock.now(),
    };
    print(context, runStatusText(shown, context.locale, options));
  }
  return view.fault === undefined ? 0 : exitCodeOf(endOf(view));
};
