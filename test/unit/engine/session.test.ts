// Does the engine write before it acts, stop when it cannot write, and ask when it does not know?

import {describe, expect, it} from 'vitest';
import type {Command} from '../../../src/core/command.ts';
import type {RunbookDefinition} from '../../../src/core/definition.ts';
import type {RunEvent, Recorded} from '../../../src/core/event.ts';
import {failed, success, type Result} from '../../../src/core/failure.ts';
import type {DatabaseSession, ProcessEnd, Rows} from '../../../src/core/ports.ts';
import {fold} from '../../../src/core/reduce.ts';
import {stepState} from '../../../src/core/state.ts';
import {applicationName} from '../../../src/engine/application-name.ts';
import {createSession} from '../../../src/engine/create-session.ts';
import type {EngineWorld} from '../../../src/engine/ports.ts';
import type {Fault, SessionMessage} from '../../../src/engine/session.ts';
import {
  agreed,
  changed,
  closed,
  done,
  failedWith,
  interrupted,
  opened,
  operator,
  reconciled,
  recorded,
  runbook,
  started,
  succeeded,
  target,
  ticked,
  transaction,
  untilChange,
  waived,
  wayBack,
} from '../../support/events.ts';

type Answer = (sql: string) => Result<Rows>;

type Given = Readonly<{
  events?: readonly RunEvent[];
  /** What the shell of a command step does; it is told what the journal holds when it begins. */
  shell?: (written: readonly Recorded[], signal: AbortSignal) => Promise<Result<ProcessEnd>>;
  answer?: Answer;
  alive?: readonly string[];
  /** The journal takes this many events and then fails to write one. */
  room?: number;
  changedFiles?: readonly string[];
  runbook?: RunbookDefinition;
  comparedPlan?: (where: string) => void;
  /** Asked before every record, and once more after one that could not be written. */
  loss?: EngineWorld['runLoss'];
  /** Who holds the target's lock in our place. */
  lockedBy?: string | (() => string | undefined);
  transcript?: 'cannot be made' | 'cannot be kept';
  fault?: Fault;
  /** Happens while a file is copied into the run. */
  whileKeeping?: () => void;
}>;

const ended: ProcessEnd = {exitCode: 0, timedOut: false, cancelled: false, durationMs: 1, lastLines: []};
const rows = (...of: readonly Readonly<Record<string, string>>[]): Result<Rows> =>
  success({columns: Object.keys(of[0] ?? {}), rows: of, count: of.length});

/** A run at the command step `tidy`, whose shell is the one thing that acts. */
const atTidy: readonly RunEvent[] = [...changed, waived('index')];

const sessionOf = (given: Given) => {
  const before = recorded(given.events ?? atTidy);
  const keptAs = (path: string, text: string) =>
    ({ok: true, artifact: {path, bytes: text.length, sha256: 'aa', mediaType: ''}}) as const;
  const journal: Recorded[] = [...before];
  let failedOnce = false;
  const lockedBy = () => (typeof given.lockedBy === 'function' ? given.lockedBy() : given.lockedBy);
  const asked: string[] = [];
  const discarded: string[] = [];
  const ran: string[] = [];
  const database = {
    connect: async () => {
      const session: DatabaseSession = {
        backendPid: 1,
        query: async (sql) => {
          asked.push(sql);
          return given.answer?.(sql) ?? failed({code: 'connection-lost', message: 'gone'});
        },
        queryAll: async () => failed({code: 'connection-lost', message: 'gone'}),
        close: async () => undefined,
      };
      return success(session);
    },
    blockers: async () => success([]),
    sessionsNamed: async (name: string) =>
      success(
        (given.alive ?? []).includes(name) ? [{pid: 9, user: 'u', application: name, state: 'active', ageMs: 1}] : [],
      ),
    queriesOf: async () => success([]),
    endSessionsNamed: async () => success([]),
  };
  const world: EngineWorld = {
    attempt: () => ({
      database,
      processes: {
        find: async () => undefined,
        interpreterOf: async () => undefined,
        installHint: () => '',
        onTerminal: () => Promise.reject(new Error('there is no terminal here')),
        run: async () => success(ended),
        shell: async ({script, onOutput, signal}) => {
          ran.push(script);
          onOutput('stdout', 'swept 3 rows\n');
          return given.shell?.(journal, signal) ?? success(ended);
        },
      },
    }),
    files: {
      absolute: (path) => path,
      write: async (path) => success({path, bytes: 0, sha256: '', mediaType: ''}),
      read: async () => failed({code: 'snapshot-missing'}),
      hash: async () => failed({code: 'snapshot-missing'}),
      publish: async () => success(undefined),
      size: async () => undefined,
      remove: async () => undefined,
      freeBytes: async () => 1e12,
    },
    createdViews: () => [],
    scriptEffects: () => Promise.resolve({effects: [], opaque: []}),
    letsOthersPass: () => false,
    commitsInside: () => false,
    mayDouble: () => false,
    projectFolder: (directory) => ({ok: true, value: directory}),
    planned: [],
    clock: {now: () => '2026-01-01T00:00:00.000Z', monotonicMs: () => 0, pause: async () => undefined, random: () => 0},
    scratch: {
      freeBytes: async () => undefined,
      open: async () => failed({code: 'scratch-unavailable', problem: 'no-server-programs', message: ''}),
      sweep: async () => success([]),
    },
    sha256: (text) => `sha of ${text.length}`,
    sql: (file) => `-- ${file}`,
    journal: {
      append: (event) => {
        // Once only: what is written after a failed write must not be believed even when the disk has room again.
        if (!failedOnce && journal.length - before.length === given.room) {
          failedOnce = true;
          throw new Error('journal.ndjson ENOSPC');
        }
        const line = recorded([event], journal).at(-1);
        if (line === undefined) throw new Error('nothing recorded');
        journal.push(line);
        return line;
      },
    },
    transcripts: {
      open: (step, attempt) => {
        const path = `transcripts/${step}.${attempt}.log`;
        if (given.transcript === 'cannot be made') return failed({code: 'not-recordable', path, message: 'ENOSPC'});
        return success({
          write: (_stream, text) => text,
          record: () => undefined,
          close: async () =>
            given.transcript === 'cannot be kept'
              ? failed({code: 'disk-full', path})
              : success([{path, bytes: 5, sha256: 'aa', mediaType: 'text/plain'}]),
        });
      },
      read: async () => '',
    },
    approvals: {
      history: () => ({events: journal, head: ''}),
      written: () => [],
      absolute: (path) => path,
      keepStatement: (_step, _attempt, text) => keptAs('statement.txt', text),
      keepSignature: (path) => keptAs(`${path}.sig`, ''),
      keepSigners: () => undefined,
      signers: () => ({list: 'none'}),
      listed: () => ({list: 'none'}),
      sign: async () => ({ok: false, problem: {code: 'ssh-keygen-missing'}}),
      check: async () => undefined,
      read: (path) => ({ok: false, path, message: 'gone'}),
      ownKeys: () => [],
      sha256: (text) => `sha of ${text.length}`,
    },
    attachments: {
      keep: async (path) => {
        given.whileKeeping?.();
        return path === 'gone'
          ? {ok: false, problem: {code: 'missing', path}}
          : {ok: true, value: {artifact: {path, bytes: 5, sha256: 'aa', mediaType: ''}, fileName: path, scanned: true}};
      },
      discard: ({fileName}) => void discarded.push(fileName),
    },
    evidence: {
      piece: async (path) => failed({code: 'artifact-unreadable', path, message: ''}),
      hash: async (path) => failed({code: 'artifact-unreadable', path, message: ''}),
    },
    changedPlanFiles: async (where) => {
      given.comparedPlan?.(where);
      return given.changedFiles ?? [];
    },
    runLoss: () => given.loss?.(),
    targetLockLost: async () => {
      const holder = lockedBy();
      return holder === undefined ? undefined : {holder};
    },
    targetLockHeld: async () => lockedBy() === undefined,
    fence: () => undefined,
  };
  const session = createSession({
    runbook: given.runbook ?? runbook,
    state: fold(before),
    operator,
    target,
    world,
    droppedBytes: 0,
    ...(given.fault === undefined ? {} : {fault: given.fault}),
  });
  const messages: SessionMessage[] = [];
  session.subscribe((message) => messages.push(message));
  return {
    session,
    asked,
    discarded,
    ran,
    messages,
    written: () =>
      journal.slice(before.length).map((event) => ('step' in event ? `${event.type} ${event.step}` : event.type)),
    submit: async (command: Command) => {
      const refusal = await session.submit(command);
      await session.settled();
      return refusal;
    },
  };
};

const startTidy: Command = {type: 'StartStep', step: 'tidy'};

describe('an attachment', () => {
  const picture = {path: 'smoke.png', note: ' five of five '};

  it('is written down once it is kept', async () => {
    const run = sessionOf({});
    expect(await run.session.attach({...picture, step: 'tidy'})).toBeUndefined();
    expect(run.written()).toEqual(['EvidenceAttached tidy']);
    expect(run.session.view().state.attachments).toMatchObject([{step: 'tidy', note: 'five of five', by: operator}]);
  });

  it.each([
    ['a file that is not there', {path: 'gone', note: 'x'}, {}, {code: 'missing', path: 'gone'}],
    ['no note', {path: 'a', note: '  '}, {}, {code: 'note-missing'}],
    ['a step that is none', {...picture, step: 'nowhere'}, {}, {code: 'step-unknown', step: 'nowhere'}],
    ['a run that is read only', picture, {fault: {code: 'bug', message: ''}}, {code: 'run-read-only'}],
    ['a journal that takes nothing', picture, {room: 0}, {code: 'run-read-only'}],
  ] as const)('is refused: %s', async (_, request, given, problem) => {
    const run = sessionOf(given);
    expect(await run.session.attach(request)).toMatchObject(problem);
    expect(run.written()).toEqual([]);
  });

  it('is refused once the run is closed, and taken back when it was closed meanwhile', async () => {
    const abandon: Command = {type: 'AbandonRun', reason: 'enough'};
    const closed = sessionOf({});
    await closed.submit(abandon);
    expect(await closed.session.attach(picture)).toEqual({code: 'run-closed'});
    expect(closed.discarded).toEqual([]);
    const given: {whileKeeping?: () => void} = {};
    const run = sessionOf({events: changed, ...given, whileKeeping: () => given.whileKeeping?.()});
    given.whileKeeping = () => void run.session.submit(abandon);
    expect(await run.session.attach(picture)).toBeUndefined();
    await run.session.settled();
    // Whatever is submitted meanwhile waits for it.
    expect(run.written()).toEqual(['EvidenceAttached', 'RunClosed']);
  });
});

describe('an effect', () => {
  it('is not begun when what it says could not be recorded', async () => {
    const run = sessionOf({transcript: 'cannot be made'});
    await run.submit(startTidy);
    expect(run.ran).toEqual([]);
    expect(run.written()).toEqual(['StepStarted tidy', 'StepFailed tidy']);
  });

  it('counts also when its transcript was lost, and says so', async () => {
    const run = sessionOf({transcript: 'cannot be kept'});
    await run.submit(startTidy);
    expect(run.written()).toEqual(['StepStarted tidy', 'TranscriptLost tidy', 'StepSucceeded tidy']);
    expect(run.session.view().state.lostTranscripts).toEqual([
      {step: 'tidy', attempt: 1, failure: {code: 'disk-full', path: 'transcripts/tidy.1.log'}},
    ]);
  });

  it('is on disk as begun before it begins, and its outcome after it has ended', async () => {
    let seen: readonly string[] = [];
    const {submit, written, ran} = sessionOf({
      shell: async (journal) => {
        seen = journal.slice(-1).map(({type}) => type);
        return success(ended);
      },
    });
    expect(await submit(startTidy)).toBeUndefined();
    expect(seen).toEqual(['StepStarted']);
    expect(ran).toEqual(['true']);
    expect(written()).toEqual(['StepStarted tidy', 'ArtifactSealed tidy', 'StepSucceeded tidy']);
  });

  it('tells its output to whoever listens, and never to the journal', async () => {
    const {submit, messages, session} = sessionOf({});
    await submit(startTidy);
    expect(messages.filter(({type}) => type === 'output')).toEqual([
      {type: 'output', step: 'tidy', attempt: 1, stream: 'stdout', text: 'swept 3 rows\n'},
    ]);
    expect(JSON.stringify(session.view().state)).not.toContain('swept');
  });

  it('that throws is a bug of ours: nothing more is written, and the step is left to be asked about', async () => {
    const {submit, written, session} = sessionOf({shell: () => Promise.reject(new Error('oops'))});
    await submit(startTidy);
    expect(written()).toEqual(['StepStarted tidy']);
    expect(session.view().fault).toMatchObject({code: 'bug'});
    expect(stepState(session.view().state, 'tidy').status).toBe('running');
    expect(await submit(startTidy)).toMatchObject({code: 'journal-failed'});
  });

  it('that fails is written as failed, and may be started again under the next number', async () => {
    let nth = 0;
    const {submit, written, session} = sessionOf({
      shell: async () => success({...ended, exitCode: (nth += 1) === 1 ? 3 : 0}),
    });
    await submit(startTidy);
    expect(stepState(session.view().state, 'tidy')).toMatchObject({
      status: 'failed',
      failure: {code: 'process-failed', exitCode: 3},
    });
    await submit(startTidy);
    expect(written().filter((line) => line.startsWith('Step'))).toEqual([
      'StepStarted tidy',
      'StepFailed tidy',
      'StepStarted tidy',
      'StepSucceeded tidy',
    ]);
    expect(stepState(session.view().state, 'tidy').attempt).toBe(2);
  });
});

describe('a change whose connection broke', () => {
  it('is neither failed nor succeeded: the target is asked, and without its answer a human', async () => {
    const {submit, written, session} = sessionOf({
      events: [...changed.slice(0, untilChange.length), ...done('change')],
      answer: () => failed({code: 'connection-lost', message: 'gone'}),
    });
    await submit({type: 'StartStep', step: 'index', confirm: 'shop'});
    expect(written()).toEqual([
      'StepStarted index',
      'ArtifactSealed index',
      'StepInterrupted index',
      'StepReconciled index',
    ]);
    expect(session.view().need).toEqual({kind: 'answer', step: 'index', question: 'settle'});
  });
});

describe('a journal that takes no more', () => {
  it.each([0, 1, 2])('after %i events ends every further effect', async (room) => {
    const {submit, written, ran, session} = sessionOf({room});
    await submit(startTidy);
    expect(session.view().fault).toEqual({code: 'journal-failed', message: 'journal.ndjson ENOSPC'});
    expect(written()).toHaveLength(room);
    // The effect begins only after its started event is on disk.
    expect(ran).toHaveLength(room === 0 ? 0 : 1);
    for (const command of [startTidy, {type: 'AbandonRun', reason: 'x'} as const]) {
      expect(await submit(command)).toMatchObject({code: 'journal-failed'});
    }
    expect(written()).toHaveLength(room);
    expect(ran).toHaveLength(room === 0 ? 0 : 1);
  });

  it('refuses the command that could not be written', async () => {
    const {session} = sessionOf({room: 0});
    expect(await session.submit(startTidy)).toMatchObject({code: 'journal-failed'});
  });
});

describe('a plan that is not what was approved', () => {
  it('stops every effect and names the files, but a human may still tick, abandon and go back', async () => {
    const {submit, ran, written} = sessionOf({changedFiles: ['sql/a.sql', 'runbook.yaml']});
    expect(await submit(startTidy)).toEqual({code: 'plan-changed', files: ['sql/a.sql', 'runbook.yaml']});
    expect(ran).toEqual([]);
    expect(written()).toEqual([]);
    expect(await submit({type: 'AbandonRun', reason: 'plan'})).toBeUndefined();
  });
});

describe('a way back while a file of the plan is not what was approved', () => {
  const back = (option: string) => ({type: 'BeginRollback', option, reason: 'wrong', confirm: 'shop'}) as const;

  it('by a script of the plan is refused; the folder that the plan came from does not matter', async () => {
    const asked: string[] = [];
    const {submit, written} = sessionOf({changedFiles: ['sql/revert.sql'], comparedPlan: (where) => asked.push(where)});
    expect(await submit(back('script'))).toEqual({code: 'plan-changed', files: ['sql/revert.sql']});
    expect(asked).toEqual(['own']);
    expect(written()).toEqual([]);
  });

  it('that runs nothing of the plan goes on', async () => {
    const {submit} = sessionOf({changedFiles: ['sql/revert.sql']});
    expect(await submit(back('restore'))).toBeUndefined();
  });

  it('that is tried again is held up by no more than it was the first time', async () => {
    const asked: string[] = [];
    const events = [...changed, wayBack('restore'), started('rollback/restore'), failedWith('rollback/restore')];
    const {submit, written} = sessionOf({
      events,
      changedFiles: ['sql/a.sql'],
      comparedPlan: (where) => asked.push(where),
    });
    expect(await submit({type: 'StartStep', step: 'rollback/restore', confirm: 'shop'})).toBeUndefined();
    expect(asked).toEqual([]);
    expect(written()[0]).toBe('StepStarted rollback/restore');
  });

  it('is followed by its steps, whose files are those of the run, whatever became of the folder that they came from', async () => {
    const asked: string[] = [];
    const version = {id: 'version', kind: 'query', title: {en: 'V', ko: '버'}, sql: 'v.sql', expect: 'rows'} as const;
    const events = [...changed, wayBack('restore'), started('rollback/restore'), succeeded('rollback/restore')];
    const {submit} = sessionOf({
      events,
      runbook: {...runbook, rollback: runbook.rollback.map((option) => ({...option, after: [version]}))},
      comparedPlan: (where) => asked.push(where),
    });
    await submit({type: 'StartStep', step: 'rollback/restore/version'});
    expect(asked).toEqual(['own']);
  });
});

describe('a target that another run has locked meanwhile', () => {
  it('is changed neither forward nor back, and its holder is named', async () => {
    const {submit, ran, written} = sessionOf({lockedBy: 'attempt-runbook/r-other/lock/lee@desk'});
    const refusal = {code: 'target-lock-lost', holder: 'attempt-runbook/r-other/lock/lee@desk'};
    expect(await submit(startTidy)).toEqual(refusal);
    expect(await submit({type: 'BeginRollback', option: 'restore', reason: 'wrong', confirm: 'shop'})).toEqual(refusal);
    expect(ran).toEqual([]);
    expect(written()).toEqual([]);
    expect(await submit({type: 'AbandonRun', reason: 'theirs'})).toBeUndefined();
  });
});

describe('a run that another process has taken over', () => {
  it('is not written to any more, whatever is asked of it', async () => {
    const holder = {pid: 4711, host: 'desk', operator: 'lee', since: '2025-11-01T07:12:00.000Z'};
    const {submit, ran, written, session} = sessionOf({loss: () => ({by: 'process', holder})});
    const refusal = {code: 'run-taken-over', holder};
    expect(await submit(startTidy)).toEqual(refusal);
    expect(await submit({type: 'AbandonRun', reason: 'theirs'})).toEqual(refusal);
    expect(session.view().fault).toEqual(refusal);
    expect(ran).toEqual([]);
    expect(written()).toEqual([]);
  });
});

describe('a run whose files were removed', () => {
  const refusal = {code: 'run-removed', file: 'lock.1'};

  it('is not written to any more, and nobody is said to have taken it', async () => {
    const {submit, ran, written, session} = sessionOf({loss: () => ({by: 'removal', file: 'lock.1'})});
    expect(await submit(startTidy)).toEqual(refusal);
    expect(session.view().fault).toEqual(refusal);
    expect(ran).toEqual([]);
    expect(written()).toEqual([]);
  });

  it('is told from a full disk when a record could not be written for it', async () => {
    let looks = 0;
    const {submit, session} = sessionOf({
      room: 0,
      loss: () => ((looks += 1) === 1 ? undefined : {by: 'removal', file: 'journal.ndjson'}),
    });
    const removed = {code: 'run-removed', file: 'journal.ndjson'};
    expect(await submit(startTidy)).toEqual(removed);
    expect(session.view().fault).toEqual(removed);
  });
});

describe('a session on a journal that is not empty', () => {
  const interruptedChange = [...untilChange, started('change'), transaction('change')];
  const status =
    (of: string): Answer =>
    (sql) =>
      sql.includes('pg_xact_status') ? rows({status: of}) : rows();

  it('asks about a step that was begun and has no outcome, before anything else', async () => {
    const {session, written, asked} = sessionOf({events: interruptedChange, answer: status('committed')});
    await session.settled();
    expect(written()).toEqual(['StepInterrupted change', 'ArtifactSealed change', 'StepReconciled change']);
    expect(asked.join()).toContain('pg_xact_status');
    expect(stepState(session.view().state, 'change')).toMatchObject({
      status: 'succeeded',
      attempt: 1,
      facts: {xid: '735', reconciled: true},
    });
  });

  it.each([
    ['aborted', 'waiting'],
    ['in progress', 'in-doubt'],
  ])('believes the server that the transaction is %s', async (answer, then) => {
    const {session} = sessionOf({events: interruptedChange, answer: status(answer)});
    await session.settled();
    expect(stepState(session.view().state, 'change').status).toBe(then);
  });

  it('believes that nothing happened only when no transaction was written down and no session is left', async () => {
    const without = [...untilChange, started('change')];
    const gone = sessionOf({events: without});
    await gone.session.settled();
    expect(stepState(gone.session.view().state, 'change')).toMatchObject({status: 'waiting', attempt: 1});
    const there = sessionOf({events: without, alive: ['attempt-runbook/r-small/change/1']});
    await there.session.settled();
    expect(stepState(there.session.view().state, 'change')).toMatchObject({
      status: 'in-doubt',
      probe: {verdict: 'still-running'},
    });
  });

  it('asks again what the target could not say to an earlier process', async () => {
    for (const verdict of ['still-running', 'cannot-tell'] as const) {
      const events = [...interruptedChange, interrupted('change'), reconciled('change', verdict)];
      const {session, written} = sessionOf({events, answer: status('committed')});
      await session.settled();
      expect(written()).toEqual(['StepInterrupted change', 'ArtifactSealed change', 'StepReconciled change']);
      expect(stepState(session.view().state, 'change').status).toBe('succeeded');
    }
  });

  it('writes the success of a checklist whose last tick was the last thing that a crash let through', async () => {
    const events = [opened(), ticked('agree', 'first'), ticked('agree', 'named', 'lee')];
    const {session, written} = sessionOf({events});
    await session.settled();
    expect(written()).toEqual(['StepSucceeded agree']);
    expect(session.view().need).toEqual({kind: 'answer', step: 'look', question: 'start'});
  });

  it('closes a run whose last step is done', async () => {
    const events = [...atTidy, waived('tidy'), ticked('sign', 'signed'), {...agreed[2], step: 'sign'} as RunEvent];
    const {session, written} = sessionOf({events});
    await session.settled();
    expect(written()).toEqual(['RunClosed']);
    expect(session.view().state.closed?.outcome).toBe('completed');
  });

  it('does nothing at all on a run that is closed or damaged', async () => {
    const over = sessionOf({events: [...changed, closed('abandoned')]});
    await over.session.settled();
    expect(over.written()).toEqual([]);
    const damaged = sessionOf({events: interruptedChange, fault: {code: 'run-damaged', seq: 7, detail: 'chain'}});
    await damaged.session.settled();
    expect(damaged.written()).toEqual([]);
    expect(damaged.asked).toEqual([]);
    expect(await damaged.submit({type: 'AbandonRun', reason: 'x'})).toEqual({code: 'run-damaged', seq: 7});
  });
});

describe('what a front is given', () => {
  it('is plain JSON, and the same object until something changes', async () => {
    const {session, submit} = sessionOf({});
    await session.settled();
    const view = session.view();
    expect(session.view()).toBe(view);
    expect(JSON.parse(JSON.stringify(view))).toEqual(view);
    await submit(startTidy);
    expect(session.view()).not.toBe(view);
  });

  it('comes in the order of the journal, and each event after it is written', async () => {
    const {submit, messages, written} = sessionOf({});
    await submit(startTidy);
    const told = messages.flatMap((message) =>
      message.type === 'event' && 'step' in message.event ? [`${message.event.type} ${message.event.step}`] : [],
    );
    expect(told).toEqual(written());
  });

  it('is told no more after it has unsubscribed', async () => {
    const {session, submit} = sessionOf({});
    let heard = 0;
    const leave = session.subscribe(() => (heard += 1));
    leave();
    await submit(startTidy);
    expect(heard).toBe(0);
  });

  it('handles commands one after the other: of two starts in one breath one is refused', async () => {
    const {session, ran} = sessionOf({});
    const answers = await Promise.all([session.submit(startTidy), session.submit(startTidy)]);
    await session.settled();
    expect(answers[0]).toBeUndefined();
    expect(answers[1]).toBeDefined();
    expect(ran).toEqual(['true']);
  });
});

describe('the name of the sessions of an attempt', () => {
  it.each([
    ['apply-v1', 1, 'attempt-runbook/r-7kq2m/apply-v1/1'],
    ['rollback/restore-objects', 12, 'attempt-runbook/r-7kq2m/rollback/restore-objects/12'],
    [
      'a-step-with-a-name-that-is-longer-than-postgresql-would-keep',
      3,
      'attempt-runbook/r-7kq2m/a-step-with-a-name-that-is-lon~4zd3w0/3',
    ],
  ])('%s %i', (step, attempt, name) => {
    expect(applicationName('r-7kq2m', step, attempt)).toBe(name);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
  });

  it('is not shared by steps whose ids differ only where there is no room for them', () => {
    const option = 'rollback/restore-everything-as-it-was-captured';
    const names = [option, `${option}/pools`, `${option}/readers`].map((step) => applicationName('r-7kq2m', step, 1));
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^attempt-runbook\/r-7kq2m\/rollback\/restore-[\w~-]+\/1$/);
    for (const name of names) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
  });
});

describe('a process that did not run for a while', () => {
  it('asks for the lock of the target and writes down what it found', async () => {
    const run = sessionOf({});
    await run.session.noticeSleep(720_000);
    expect(run.messages).toContainEqual({
      type: 'event',
      event: expect.objectContaining({type: 'SleepNoticed', sleptMs: 720_000}) as unknown,
    });
    await run.submit(startTidy);
    expect(run.written()).toEqual(['SleepNoticed', 'StepStarted tidy', 'ArtifactSealed tidy', 'StepSucceeded tidy']);
  });

  it('starts nothing more once somebody else has the target, also what was submitted at the same moment', async () => {
    const run = sessionOf({lockedBy: 'attempt-runbook/r-other'});
    const [, refusal] = await Promise.all([run.session.noticeSleep(720_000), run.session.submit(startTidy)]);
    expect(refusal).toEqual({code: 'target-lock-lost', holder: 'attempt-runbook/r-other'});
    expect(run.ran).toEqual([]);
    expect(run.written()).toEqual(['SleepNoticed']);
  });

  it('stops what is running when somebody else has the target', async () => {
    let holder: string | undefined;
    let stopped = false;
    const run = sessionOf({
      lockedBy: () => holder,
      shell: (_written, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            stopped = true;
            resolve(success({...ended, cancelled: true}));
          });
        }),
    });
    await run.session.submit(startTidy);
    holder = 'attempt-runbook/r-other';
    await run.session.noticeSleep(720_000);
    await run.session.settled();
    expect(stopped).toBe(true);
    expect(run.written().at(-1)).toBe('StepFailed tidy');
  });
});
