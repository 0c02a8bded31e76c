// What is wrong between the parts of a runbook, when each part by itself is sound?

import type {AfterStep, Phase, RunbookDefinition, StepDefinition, StepKind} from '../core/definition.ts';
import type {Environment} from '../core/ids.ts';
import {stepsOf} from '../core/outline.ts';
import {isZone} from '../core/window.ts';
import type {ParsedDocument, Path} from './parse.ts';
import type {Problem} from './problems.ts';
import {afterSteps, type At, type Salvaged} from './salvage.ts';
import {shareProblems} from './shared-reads.ts';

const declaredEnvironments = (environments: RunbookDefinition['environments']): readonly Environment[] =>
  (['rehearsal', 'staging', 'production'] as const).filter((environment) => environment in environments);

const within = ({in: only}: Readonly<{in?: readonly Environment[]}>, environment: Environment): boolean =>
  only === undefined || only.includes(environment);

/** `in` may only name environments that the runbook declares. */
const undeclared = (
  document: ParsedDocument,
  declared: readonly Environment[],
  {path, value}: At<Phase | StepDefinition | AfterStep>,
): readonly Problem[] =>
  (value.in ?? []).flatMap((environment, at) =>
    declared.includes(environment)
      ? []
      : [document.problemAt([...path, 'in', at], {code: 'environment-undeclared', environment})],
  );

const isPattern = (text: string): boolean => {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    // That is the answer.
    return false;
  }
};

const stepProblems = (
  document: ParsedDocument,
  {phases, phasesComplete, environments}: Salvaged,
  {path, value: step}: At<StepDefinition>,
): readonly Problem[] => {
  const problems: Problem[] = [];
  const report = (inner: Path, detail: Parameters<ParsedDocument['problemAt']>[1]): void => {
    problems.push(document.problemAt([...path, ...inner], detail));
  };
  const phase = phases.find(({value}) => value.id === step.phase)?.value;
  if (phase === undefined && phasesComplete) report(['phase'], {code: 'phase-unknown', phase: step.phase});
  // A step that its own phase leaves out would silently never be asked for.
  for (const [at, environment] of (step.in ?? []).entries()) {
    if (phase !== undefined && !within(phase, environment)) {
      report(['in', at], {code: 'step-outside-phase', phase: phase.id, environment});
    }
  }
  if (step.kind === 'migration' && step.migrator === 'sql' && step.transaction === 'none' && step.verify === undefined) {
    // Without a transaction there is no pg_xact_status either: after a crash nobody could say whether it took effect.
    report(['transaction'], {code: 'verify-missing'});
  }
  if (step.kind === 'approval' && step.self === 'allowed' && (step.approvers ?? 1) > 1) {
    report(['self'], {code: 'approval-by-operator-only'});
  }
  if (step.kind === 'backup' && step.jobs !== undefined && step.format !== 'directory') {
    report(['jobs'], {code: 'jobs-without-directory'});
  }
  if (step.kind === 'downstream-jobs') {
    for (const [at, {output, rows}] of step.jobs.entries()) {
      if (output !== undefined && !isPattern(output)) {
        report(['jobs', at, 'output'], {code: 'pattern-malformed', value: output});
      }
      // With a group, a second way through the pattern that matches nothing has one more place in its answer.
      if (rows !== undefined && (!isPattern(rows.pattern) || (new RegExp(`${rows.pattern}|`).exec('')?.length ?? 0) < 2)) {
        report(['jobs', at, 'rows', 'pattern'], {code: 'pattern-malformed', value: rows.pattern});
      }
    }
  }
  if (step.kind === 'smoke') problems.push(...shareProblems(document, path, step));
  if (step.kind === 'managed-backup') {
    const wanted = step.method === 'command' ? (['create', 'find'] as const) : (['instance'] as const);
    for (const key of wanted.filter((of) => step[of] === undefined)) {
      report(['method'], {code: 'backup-method-incomplete', method: step.method, key});
    }
  }
  problems.push(...roleProblems(document, environments, {path, value: step}, phase));
  return problems;
};

/** What runs as the application's role needs one in every environment that has it. */
const roleProblems = (
  document: ParsedDocument,
  environments: Salvaged['environments'],
  {path, value: step}: At<StepDefinition | AfterStep>,
  phase: Phase | undefined,
): readonly Problem[] =>
  !('as' in step) || environments === undefined
    ? []
    : declaredEnvironments(environments)
        .filter((environment) => within(step, environment) && (phase === undefined || within(phase, environment)))
        .filter((environment) => environments[environment]?.applicationRole === undefined)
        .map((environment) => document.problemAt([...path, 'as'], {code: 'application-role-missing', environment}));

type Walked = Readonly<{id: string; kind: string; confirms?: string}>;

/** Whether the checklist that a query confirms stands before it, wherever the query is asked. */
const isConfirmable = (step: Walked, walks: readonly (readonly Walked[])[]): boolean =>
  walks.every((walk) => {
    const at = walk.findIndex(({id}) => id === step.id);
    return at < 0 || walk.slice(0, at).some(({id, kind}) => kind === 'checklist' && id === step.confirms);
  });

const confirmProblems = (document: ParsedDocument, runbook: RunbookDefinition): readonly Problem[] => {
  const environments = declaredEnvironments(runbook.environments);
  const problemOf = (step: Walked, walks: readonly (readonly Walked[])[], path: Path): readonly Problem[] =>
    step.confirms === undefined || isConfirmable(step, walks)
      ? []
      : [document.problemAt([...path, 'confirms'], {code: 'confirms-unknown', step: step.confirms})];
  const walks = environments.map((environment) => stepsOf(runbook, environment));
  return [
    ...runbook.steps.flatMap((step, at) => problemOf(step, walks, ['steps', at])),
    ...runbook.rollback.flatMap(({after = []}, at) =>
      after.flatMap((step, nth) =>
        problemOf(
          step,
          environments.map((environment) => after.filter((of) => within(of, environment))),
          ['rollback', at, 'after', nth],
        ),
      ),
    ),
  ];
};

const zoneProblems = (
  document: ParsedDocument,
  environments: RunbookDefinition['environments'],
): readonly Problem[] =>
  declaredEnvironments(environments).flatMap((environment) => {
    const zone = environments[environment]?.window?.zone;
    return zone === undefined || isZone(zone)
      ? []
      : [document.problemAt(['environments', environment, 'window', 'zone'], {code: 'zone-unknown', value: zone})];
  });

/** Checks that need the sound parts only. */
export const crossChecks = (document: ParsedDocument, salvaged: Salvaged): readonly Problem[] => {
  const {phases, steps, rollback, environments} = salvaged;
  const after = afterSteps(rollback);
  const declared = environments === undefined ? undefined : declaredEnvironments(environments);
  return [
    ...(declared === undefined
      ? []
      : [...phases, ...steps, ...after].flatMap((part) => undeclared(document, declared, part))),
    ...(environments === undefined ? [] : zoneProblems(document, environments)),
    ...steps.flatMap((step) => stepProblems(document, salvaged, step)),
    ...after.flatMap((step) => roleProblems(document, environments, step, undefined)),
  ];
};

/** Checks that would speak of things that are merely broken if they saw less than the whole document. */
export const wholeChecks = (document: ParsedDocument, runbook: RunbookDefinition): readonly Problem[] => {
  const problems: Problem[] = [];
  for (const [at, {id}] of runbook.phases.entries()) {
    if (!runbook.steps.some(({phase}) => phase === id)) {
      problems.push(document.problemAt(['phases', at, 'id'], {code: 'phase-without-steps', phase: id}));
    }
  }
  for (const [at, step] of runbook.steps.entries()) {
    const finders = step.kind === 'smoke' ? (step.findBy ?? []) : [];
    for (const [nth, id] of finders.entries()) {
      const isFinder = runbook.steps.some((of) => of.id === id && of.kind === 'query' && of.expect === 'no-rows');
      if (!isFinder) problems.push(document.problemAt(['steps', at, 'findBy', nth], {code: 'find-by-unknown', step: id}));
    }
    const putsBack =
      step.kind === 'migration' &&
      (step.migrator === 'alembic' || step.transaction === 'whole') &&
      runbook.objects.length > 0;
    if (step.kind === 'migration' && step.accept !== undefined && !putsBack) {
      problems.push(document.problemAt(['steps', at, 'accept'], {code: 'accept-in-vain'}));
    }
  }
  problems.push(...confirmProblems(document, runbook));
  for (const [at, option] of runbook.rollback.entries()) {
    if (runbook.objects.length === 0 && (option.kind === 'restore-objects' || option.kind === 'drop-object')) {
      problems.push(document.problemAt(['rollback', at, 'kind'], {code: 'option-without-objects', option: option.id}));
    }
  }
  for (const environment of declaredEnvironments(runbook.environments)) {
    // In the order of the walk, which is the order of the phases first: a later line of the file may run earlier.
    const steps = stepsOf(runbook, environment);
    const first = steps.findIndex(({kind}) => kind === 'migration');
    const migration = steps[first];
    if (migration === undefined) continue;
    const path: Path = ['steps', runbook.steps.indexOf(migration), 'kind'];
    // An optional snapshot or backup may be waived, and then there would be none.
    const comesBefore = (kind: StepKind): boolean =>
      steps.slice(0, first).some((step) => step.kind === kind && step.optional !== true);
    if (!comesBefore('snapshot')) {
      if (runbook.objects.length > 0) {
        problems.push(document.problemAt(path, {code: 'migration-without-snapshot', environment}));
      }
      // core/rollback.ts calls these impossible without a snapshot; better said now than at 02:30.
      for (const [at, {kind, id}] of runbook.rollback.entries()) {
        if ((kind === 'revert' || kind === 'restore-backup') && runbook.objects.length === 0) {
          problems.push(
            document.problemAt(['rollback', at, 'kind'], {code: 'option-without-snapshot', option: id, environment}),
          );
        }
      }
    }
    if (!comesBefore('backup')) {
      problems.push(document.problemAt(path, {code: 'migration-without-backup', environment}));
    }
  }
  const {staging, production} = runbook.environments;
  if (staging?.target !== undefined && production?.target !== undefined) {
    const [a, b] = [staging.target, production.target];
    const mayBeOne = a.database === undefined || b.database === undefined || a.database === b.database;
    if (a.systemIdentifier === b.systemIdentifier && mayBeOne) {
      const path: Path = ['environments', 'production', 'target'];
      problems.push(document.problemAt(path, {code: 'target-shared', environment: 'staging'}));
    }
  }
  if (runbook.rollback.length === 0 && runbook.steps.some(({kind}) => kind === 'migration')) {
    problems.push(document.problemAt(['rollback'], {code: 'no-way-back'}));
  }
  return problems;
};
