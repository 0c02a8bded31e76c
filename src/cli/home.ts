// What the first screen offers on this machine now, and how each offer is opened.

import {resolveSource} from '../adapters/postgres/source.ts';
import {serverRemains} from '../adapters/embedded/directory.ts';
import {systemClock} from '../adapters/clock.ts';
import {stepsOf} from '../core/outline.ts';
import {stepState} from '../core/state.ts';
import type {LocalText} from '../core/text.ts';
import {makePlan} from '../runbook/plan.ts';
import type {Confirmation, HomeEntry, HomeModel, Opened, Opening, PastRun, UrlSource} from '../ui/tui/home-model.ts';
import {homeText} from '../ui/text/home.ts';
import type {OpeningStage} from '../ui/text/opening.ts';
import {problemText} from '../ui/text/problem.ts';
import {troubleText} from '../ui/text/trouble.ts';
import type {CliContext} from './context.ts';
import type {RehearsalServer} from './leave-run.ts';
import type {LoadedFolder} from './load.ts';
import type {OpenRun} from './open-run.ts';
import {planParameters} from './plan-parameters.ts';
import {newerText} from '../ui/text/newer.ts';
import {allRuns, readNamed, readRun, type ReadRun} from './read-run.ts';
import {viewOnly} from './view-only.ts';
import type {StartTrouble} from './trouble.ts';

/** The run that a screen has opened, and the server that goes with it. */
export type OpenedOnScreen = Readonly<{run: OpenRun; embedded?: RehearsalServer}>;

const troubleAsText = (of: StartTrouble): LocalText => {
  const lines = (locale: 'en' | 'ko'): string => {
    if (of.code !== 'runbook-invalid') return troubleText(of, locale).join('\n');
    return of.problems
      .map((problem) => `${problemText(problem, locale).where} ${problemText(problem, locale).what}`)
      .join('\n');
  };
  return {en: lines('en'), ko: lines('ko')};
};

/** What a screen can ask, where a script is told the command: whether this is the database, whose place is taken. */
const confirmationFor = (of: StartTrouble): Confirmation | undefined => {
  switch (of.code) {
    case 'target-unconfirmed':
      return {kind: 'pin', environment: of.environment, target: of.target};
    case 'run-locked':
    case 'target-locked': {
      const {takeOver, ...trouble} = of;
      const run = trouble.code === 'run-locked' ? trouble.run : trouble.holder?.run;
      return takeOver === undefined || run === undefined ? undefined : {kind: 'take-over', run, trouble};
    }
    default:
      return undefined;
  }
};

const isSource = (text: string | undefined): text is UrlSource =>
  text !== undefined && /^(env|service|file):./.test(text);

/** A variable that is set is worth suggesting; which database it leads to is shown before anything starts. */
const suggested = (context: CliContext, name: string): Readonly<{suggestedSource?: UrlSource}> =>
  resolveSource(`env:${name}`, context.env).ok ? {suggestedSource: `env:${name}`} : {};

const resumeEntry = ({directory, state, opened, runbook, note, journal}: ReadRun, nowMs: number): HomeEntry => {
  const steps = stepsOf(runbook, opened.environment);
  const statuses = steps.map(({id}) => stepState(state, id).status);
  const at = statuses.findIndex((status) => status !== 'succeeded' && status !== 'waived');
  const entry = {
    id: directory.run,
    kind: 'resume',
    run: directory.run,
    environment: opened.environment,
    step: at === -1 ? steps.length : at + 1,
    of: steps.length,
    stoppedAgoMs: Math.max(0, nowMs - Date.parse(state.at ?? opened.at)),
    ...(state.rollback === undefined ? {} : {goesBack: true as const}),
    inDoubt: Object.values(state.steps).some(({status}) => status === 'running' || status === 'in-doubt'),
    asksSource: note.embedded === undefined,
    ...(isSource(note.source) ? {suggestedSource: note.source} : {}),
  } as const;
  if (journal.damage !== undefined) return {...entry, enabled: false, because: homeText.damaged(journal.damage.seq)};
  return journal.newer === undefined
    ? {...entry, enabled: true}
    : {...entry, enabled: false, because: newerText(journal.newer)};
};

/** Five: what is older than the last five is among the past runs, and the screen has 24 lines. */
const MOST_CONTINUED = 5;

/** A rehearsal whose server is gone has nothing to go on with. */
const canContinue = ({state, note}: ReadRun): boolean =>
  state.closed === undefined && (note.embedded === undefined || serverRemains(note.embedded.directory));

const pastRun = ({directory, opened, state, journal}: ReadRun): PastRun => ({
  run: directory.run,
  environment: opened.environment,
  openedAt: opened.at,
  ...(state.closed === undefined ? {} : {outcome: state.closed.outcome}),
  ...(journal.damage === undefined ? {} : {damaged: true}),
  ...(journal.newer === undefined ? {} : {newer: true}),
});

/** Readable runs of this runbook, newest first. */
const runsOf = (context: CliContext, runbook: string): readonly ReadRun[] =>
  allRuns(context).flatMap((directory) => {
    const read = readRun(directory);
    return read.ok && read.value.opened.runbook === runbook ? [read.value] : [];
  });

const entriesOf = (context: CliContext, {runbook}: LoadedFolder): readonly HomeEntry[] => {
  const runs = runsOf(context, runbook.id);
  const nowMs = Date.parse(systemClock.now());
  const stagingDone = runs.some(
    ({opened, state}) => opened.environment === 'staging' && state.closed?.outcome === 'completed',
  );
  const production = {
    id: 'start-production',
    kind: 'start-production',
    ...suggested(context, 'PRODUCTION_URL'),
  } as const;
  const past = {id: 'past-runs', kind: 'past-runs', count: runs.length} as const;
  return [
    runbook.sample === undefined
      ? {id: 'rehearse', kind: 'rehearse', server: homeText.server, enabled: false, because: homeText.noSample}
      : {id: 'rehearse', kind: 'rehearse', server: homeText.server, enabled: true},
    ...runs
      .filter(canContinue)
      .slice(0, MOST_CONTINUED)
      .map((read) => resumeEntry(read, nowMs)),
    {id: 'start-staging', kind: 'start-staging', ...suggested(context, 'STAGING_URL'), enabled: true},
    stagingDone ? {...production, enabled: true} : {...production, enabled: false, because: homeText.noStaging},
    runs.length > 0 ? {...past, enabled: true} : {...past, enabled: false, because: homeText.noRuns},
    {id: 'verify-bundle', kind: 'verify-bundle', enabled: true},
    {id: 'doctor', kind: 'doctor', enabled: true},
  ];
};

export type Home = Readonly<{
  model: HomeModel;
  current: () => OpenedOnScreen | undefined;
  /** Why the last opening did not come about. */
  trouble: () => StartTrouble | undefined;
}>;

/** @param scratch the source of the server for scratch databases, where the command line names one. */
export const homeOf = (context: CliContext, loaded: LoadedFolder, scratch?: string): Home => {
  let current: OpenedOnScreen | undefined;
  let trouble: StartTrouble | undefined;
  const {runbook, files} = loaded;
  const named = scratch === undefined ? {} : {scratch};

  const keep = (of: OpenedOnScreen): Opened => {
    current = of;
    return {ok: true, session: of.run.session};
  };
  const refused = (of: StartTrouble): Opened => {
    trouble = of;
    if (of.code === 'failure') return {ok: false, failure: of.failure};
    const ask = confirmationFor(of);
    return ask === undefined ? {ok: false, because: troubleAsText(of)} : {ok: false, ask};
  };

  const open = async (opening: Opening, tell?: (stage: OpeningStage) => void): Promise<Opened> => {
    const told: CliContext = tell === undefined ? context : {...context, stage: tell};
    switch (opening.kind) {
      case 'rehearse': {
        // Loaded here and below: what reaches a database is not needed for the first frame.
        const {startRehearsal} = await import('./start-rehearsal.ts');
        const started = await startRehearsal(told, loaded, {
          fromBackup: opening.fromBackup,
          scratchUrl: opening.scratchUrl,
        });
        return started.ok ? keep({run: started.value, embedded: started.value.embedded}) : refused(started.trouble);
      }
      case 'start': {
        const {environment, source, ssh, pin, takeOver} = opening;
        const {startRun} = await import('./commands/run.ts');
        const given = {
          ...named,
          ...(ssh === undefined ? {} : {ssh}),
          ...(pin === undefined ? {} : {pin}),
          ...(takeOver === undefined ? {} : {takeOver}),
        };
        const started = await startRun(told, {runbook: runbook.id, env: environment, url: source, ...given});
        return started.ok ? keep({run: started.value}) : refused(started.trouble);
      }
      case 'resume': {
        const {resumeRun} = await import('./resume-run.ts');
        const {source, ssh, takeOver} = opening;
        const resumed = await resumeRun(told, opening.run, {
          ...named,
          ...(ssh === undefined ? {} : {ssh}),
          ...(source === undefined ? {} : {source}),
          ...(takeOver === undefined ? {} : {takeOver}),
        });
        if (!resumed.ok) return refused(resumed.trouble);
        const {embedded} = resumed.value;
        return keep({run: resumed.value, ...(embedded === undefined ? {} : {embedded})});
      }
      case 'view': {
        const read = readNamed(context, opening.run);
        return read.ok ? {ok: true, session: viewOnly(read.value).session} : refused(read.trouble);
      }
    }
  };

  return {
    current: () => current,
    trouble: () => trouble,
    model: {
      runbook: {id: runbook.id, title: runbook.title, summary: runbook.summary},
      plan: makePlan(files, planParameters('staging', undefined, {})).digest,
      steps: stepsOf(runbook, 'staging').length,
      entries: () => entriesOf(context, loaded),
      last: () => runsOf(context, runbook.id).map(pastRun)[0],
      pastRuns: () => runsOf(context, runbook.id).map(pastRun),
      doctor: async () => (await import('./doctor/examine.ts')).examine(context, {loaded, isOnScreen: true}),
      open,
    },
  };
};
