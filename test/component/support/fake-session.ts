// A session whose rules are the real ones (decide, reduce, next) and whose database is the test that drives it.

import type {Command, Refusal} from '../../../src/core/command.ts';
import {decide} from '../../../src/core/decide.ts';
import type {RunbookDefinition} from '../../../src/core/definition.ts';
import type {Recorded, RunEvent} from '../../../src/core/event.ts';
import type {Facts} from '../../../src/core/facts.ts';
import type {Failure} from '../../../src/core/failure.ts';
import type {Environment, Instant} from '../../../src/core/ids.ts';
import type {InboxNews} from '../../../src/core/inbox/inbox.ts';
import {next} from '../../../src/core/next.ts';
import type {OutputStream, Progress} from '../../../src/core/ports.ts';
import {reduce} from '../../../src/core/reduce.ts';
import {rollbackPlan} from '../../../src/core/rollback.ts';
import {emptyState, type RunState} from '../../../src/core/state.ts';
import type {Fault, Impact, Preview, Session, SessionMessage, SessionView} from '../../../src/engine/session.ts';
import {fixtureRunbook} from './fixture-runbook.ts';

export const openedAt: Instant = '2025-11-21T17:30:00.000Z';
const by = {name: 'min', host: 'ops-1'};

export type FakeSession = Readonly<{
  session: Session;
  commands: readonly Command[];
  record: (event: RunEvent) => void;
  succeed: (facts: Facts) => void;
  fail: (failure: Failure) => void;
  progress: (progress: Progress) => void;
  output: (text: string, stream?: OutputStream) => void;
  interrupt: () => void;
  inbox: (news: InboxNews) => void;
  fault: (fault: Fault) => void;
  state: () => RunState;
}>;

export type FakeOptions = Readonly<{
  environment?: Environment;
  runbook?: RunbookDefinition;
  previews?: Readonly<Record<string, Preview>>;
  /** What lies in kept files. */
  files?: Readonly<Record<string, string>>;
}>;

const scriptOf = (lines: number): string =>
  Array.from({length: lines}, (_, at) => `select ${at + 1} as line_${at + 1};`).join('\n');

const defaultPreviews: Readonly<Record<string, Preview>> = {
  columns: {
    parts: [
      {
        title: 'preflight/010_columns.sql',
        language: 'sql',
        text: 'select column_name\nfrom information_schema.columns\nwhere table_name = $1;',
      },
    ],
  },
  apply: {
    parts: [{title: 'apply/010_attempt_v1.sql', language: 'sql', text: `drop view public.attempt;\n${scriptOf(47)}`}],
    impact: {
      objects: ['public.attempt'],
      takenAndPutBack: [
        {kind: 'view', name: 'attempt_weekly', owner: 'app'},
        {kind: 'view', name: 'attempt_topic', owner: 'app'},
      ],
      grants: 4,
      comments: 1,
      options: 0,
      notReplayable: [],
      kept: [],
      accepted: [],
      planned: [],
      lock: 'ACCESS EXCLUSIVE',
      lockTimeoutMs: 150,
    },
  },
  'rollback/restore': {
    parts: [
      {
        title: 'restore',
        language: 'sql',
        text: 'drop view public.attempt;\ncreate view public.attempt as select 1 as v0;',
      },
    ],
  },
};

/** The previews of the fixture, with more to say about the change. */
export const withImpact = (more: Partial<Impact>): Readonly<Record<string, Preview>> => {
  const {apply} = defaultPreviews;
  if (apply?.impact === undefined) throw new Error('the fixture has no impact');
  return {...defaultPreviews, apply: {...apply, impact: {...apply.impact, ...more}}};
};

export const createFakeSession = ({
  environment = 'staging',
  runbook = fixtureRunbook,
  previews = defaultPreviews,
  files = {},
}: FakeOptions = {}): FakeSession => {
  const listeners = new Set<(message: SessionMessage) => void>();
  const commands: Command[] = [];
  let state: RunState = emptyState;
  let progress: Progress | undefined;
  let fault: Fault | undefined;
  let view: SessionView | undefined;

  const tell = (message: SessionMessage): void => {
    for (const listener of listeners) listener(message);
  };

  const changed = (): void => {
    view = undefined;
    tell({type: 'view'});
  };

  const instant = (): Instant => new Date(Date.parse(openedAt) + state.seq * 1000).toISOString();

  const record = (event: RunEvent): void => {
    const recorded: Recorded = {v: 1, seq: state.seq + 1, at: instant(), prev: '0'.repeat(64), ...event};
    state = reduce(state, recorded);
    view = undefined;
    tell({type: 'event', event: recorded});
    tell({type: 'view'});
  };

  const closeWhenDone = (): void => {
    let need = next(runbook, state);
    while (need.kind === 'probe') {
      record({type: 'StepProbedAgain', step: need.step, attempt: need.attempt, holds: true, detail: 'verify.sql'});
      need = next(runbook, state);
    }
    if (need.kind === 'close') record({type: 'RunClosed', outcome: need.outcome, by});
  };

  const running = (): Readonly<{step: string; attempt: number}> => {
    const found = Object.entries(state.steps).find(([, step]) => step.status === 'running');
    if (found === undefined) throw new Error('nothing is running');
    return {step: found[0], attempt: found[1].attempt};
  };

  const submit = async (command: Command): Promise<Refusal | undefined> => {
    commands.push(command);
    if (fault !== undefined) return {code: 'journal-failed', message: 'no space left on device'};
    const decision = decide(runbook, state, command, {
      by,
      now: '2025-11-21T17:31:00.000Z',
      receipt: (step, attempt) => ({applicationName: `attempt-runbook/r-0412/${step}/${attempt}`, statements: []}),
    });
    if (!decision.ok) return decision.refusal;
    for (const event of decision.events) record(event);
    closeWhenDone();
    return undefined;
  };

  record({
    type: 'RunOpened',
    run: 'r-0412',
    runbook: runbook.id,
    plan: `7f3a91c2${'0'.repeat(56)}`,
    environment,
    operator: by,
    target: {
      systemIdentifier: '7412000000000009021',
      database: 'seedtest',
      user: 'app',
      serverVersion: '15.8',
      serverVersionNum: 150008,
      inRecovery: false,
      address: '10.1.4.7:5432',
      sslmode: 'require',
    },
    tool: '1.0.0',
  });

  const session: Session = {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    view: () => {
      view ??= {
        runbook,
        state,
        need: next(runbook, state),
        ...(progress === undefined ? {} : {progress}),
        ...(fault === undefined ? {} : {fault}),
        droppedBytes: 0,
      };
      return view;
    },
    submit,
    writeStatement: async ({step, approver}) => ({
      ok: true,
      place: `/runs/r-0412/artifacts/approvals/${step}.1.1.txt`,
      text: `attempt-runbook-approval/1\napprover: ${approver}\n`,
    }),
    blockerQueries: async (pids) => ({
      ok: true,
      value: pids.map((pid) => ({pid, query: `SELECT *\nFROM student WHERE name = 'Kim' -- ${pid}`})),
    }),
    rollbackOptions: async () => ({
      ok: true,
      options: rollbackPlan(runbook, state, {
        tables: [{table: 'public.exam_results', rows: 120_512, changedSince: 1204}],
        writes: {
          known: 'counted',
          tables: [{table: 'public.exam_results', inserted: 1100, changed: 104, deleted: 0}],
        },
        newDependants: [],
        dependants: ['public.attempt_weekly'],
      }),
    }),
    preview: async (step) => previews[step] ?? {parts: []},
    transcript: async (step, attempt) => `transcript of ${step}, attempt ${attempt}\n`,
    seal: async () => true,
    openShell: async () => ({ok: true, exitCode: 0}),
    attach: async ({path, note, step}) => {
      if (path.includes('missing')) return {code: 'missing', path};
      const fileName = path.slice(path.lastIndexOf('/') + 1);
      const at = `artifacts/attachments/001-${fileName}`;
      const artifact = {path: at, bytes: 81_204, sha256: 'ab'.repeat(32), mediaType: 'image/png'};
      record({
        type: 'EvidenceAttached',
        ...(step === undefined ? {} : {step}),
        artifact,
        fileName,
        scanned: false,
        note,
        by,
      });
      return undefined;
    },
    evidence: {
      piece: async (path, from, most) => {
        const whole = files[path] ?? `kept in ${path}\n`;
        const start = from < 0 ? Math.max(0, whole.length + from) : from;
        const text = whole.slice(start, start + most);
        return {ok: true, value: {text, from: start, to: start + text.length, of: whole.length}};
      },
      hash: async (path) => ({
        ok: true,
        value: {bytes: 18_204, sha256: path.includes('changed') ? 'cd'.repeat(32) : '9'.repeat(64)},
      }),
    },
    takeInbox: async () => undefined,
    noticeSleep: async () => undefined,
    settled: async () => undefined,
  };

  return {
    session,
    commands,
    record,
    succeed: (facts) => {
      progress = undefined;
      record({type: 'StepSucceeded', ...running(), facts});
      closeWhenDone();
    },
    fail: (failure) => {
      progress = undefined;
      record({type: 'StepFailed', ...running(), failure});
    },
    progress: (now) => {
      progress = now;
      changed();
    },
    output: (text, stream = 'stdout') => tell({type: 'output', ...running(), stream, text}),
    inbox: (news) => tell({type: 'inbox', news}),
    interrupt: () => record({type: 'StepInterrupted', ...running()}),
    fault: (of) => {
      fault = of;
      changed();
    },
    state: () => state,
  };
};
