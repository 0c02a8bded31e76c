// How everything that an attempt sends, to the database or to a program, is on record before it is sent.

import type {Clock, Database, DatabaseSession, Processes, ScratchPlace, SessionOptions} from '../core/ports.ts';
import type {Result} from '../core/failure.ts';
import type {Rows} from '../core/ports.ts';
import type {TranscriptRecord} from '../core/transcript.ts';

type Record = (record: TranscriptRecord) => void;

const tenth = (ms: number): number => Math.round(ms * 10) / 10;

const recordedSession = (session: DatabaseSession, record: Record, clock: Clock): DatabaseSession => {
  const pid = session.backendPid;
  const answered = (answer: Result<readonly Rows[]>, began: number): void => {
    const durationMs = tenth(clock.monotonicMs() - began);
    if (answer.ok)
      for (const {columns, count} of answer.value) record({type: 'answer', pid, columns, rows: count, durationMs});
    else {
      const {failure} = answer;
      const message = 'message' in failure ? {message: failure.message} : {};
      record({type: 'refusal', pid, code: failure.code, ...message, durationMs});
    }
  };
  return {
    ...session,
    query: async (sql, options) => {
      const {file, values} = options ?? {};
      record({
        type: 'statement',
        pid,
        sql,
        ...(file === undefined ? {} : {file}),
        ...(values === undefined ? {} : {values}),
      });
      const began = clock.monotonicMs();
      const answer = await session.query(sql, options);
      answered(answer.ok ? {ok: true, value: [answer.value]} : answer, began);
      return answer;
    },
    queryAll: async (statements) => {
      record({type: 'statement', pid, sql: statements.map((statement) => `${statement};`).join('\n')});
      const began = clock.monotonicMs();
      const answer = await session.queryAll(statements);
      answered(answer, began);
      return answer;
    },
  };
};

export const recordedDatabase = (database: Database, record: Record, clock: Clock): Database => ({
  ...database,
  connect: async (options: SessionOptions) => {
    const connected = await database.connect({
      ...options,
      onNotice: (notice) => record({type: 'notice', ...notice}),
    });
    return connected.ok ? {ok: true, value: recordedSession(connected.value, record, clock)} : connected;
  },
});

export const recordedProcesses = (processes: Processes, record: Record): Processes => ({
  ...processes,
  run: async (spec) => {
    const argv = [spec.program, ...spec.args];
    const ended = await processes.run({
      ...spec,
      onStart: (environment) => record({type: 'process', argv, environment}),
    });
    if (ended.ok) record({type: 'process-ended', ...withoutLines(ended.value)});
    return ended;
  },
  shell: async (spec) => {
    const argv = ['bash', '-c', spec.script];
    const ended = await processes.shell({
      ...spec,
      onStart: (environment) => record({type: 'process', argv, environment}),
    });
    if (ended.ok) record({type: 'process-ended', ...withoutLines(ended.value)});
    return ended;
  },
});

const withoutLines = <T extends Readonly<{lastLines: readonly string[]}>>({
  lastLines: _,
  ...rest
}: T): Omit<T, 'lastLines'> => rest;

/** What is tried in a database made for it is recorded as well. */
export const recordedScratch = (place: ScratchPlace, record: Record, clock: Clock): ScratchPlace => ({
  ...place,
  open: async (...args) => {
    const opened = await place.open(...args);
    if (!opened.ok) return opened;
    const {database, processes} = opened.value;
    return {
      ok: true,
      value: {
        ...opened.value,
        database: recordedDatabase(database, record, clock),
        processes: recordedProcesses(processes, record),
      },
    };
  },
});
