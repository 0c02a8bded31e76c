// What is a process that opens or resumes a staging run and dies at a given write of the journal?
//
// Everything is the product: openRun, resumeRun, the plain front. Between it and the disk stands only the executioner,
// who counts the writes that reach journal.ndjson (RunOpened and RunResumed included, which are written before a
// composition could put itself in the way) and kills this process with SIGKILL before, in the middle of or after one.

import fs from 'node:fs';
import {syncBuiltinESMExports} from 'node:module';
import {completed, resolveSource} from '../../../src/adapters/postgres/source.ts';
import {captureSnapshot} from '../../../src/catalog/capture.ts';
import {snapshotText} from '../../../src/catalog/snapshot.ts';
import type {DatabaseSession} from '../../../src/core/ports.ts';
import {success} from '../../../src/core/failure.ts';
import {cliContext} from '../../../src/cli/context.ts';
import {loadAnswers, loadNamed} from '../../../src/cli/load.ts';
import {openRun, type Compose, type OpenRun} from '../../../src/cli/open-run.ts';
import {resumeRun} from '../../../src/cli/resume-run.ts';
import type {Opening} from '../../../src/cli/trouble.ts';
import {runPlain} from '../../../src/ui/plain/front.ts';
import {exitCodeOf} from '../../../src/ui/text/exit.ts';

/** `middle`: this share of the line's bytes is on disk; 1 means all of it but its newline. */
export type Kill = Readonly<
  {at: number; when: 'before' | 'unsynced' | 'after'} | {at: number; when: 'middle'; share: number}
>;

/** Believes that a transaction in doubt had no effect; the second kind also skips the look at the catalog before apply. */
export type Unsafe = 'believes' | 'believes-and-does-not-look';

export type CrashOrder = Readonly<{
  do: 'open' | 'resume';
  runs: string;
  runbooks: string;
  source: string;
  answers: string;
  rollbackAfter: boolean;
  kill?: Kill;
  /** Only for the controls: a tool that is wrong on purpose. */
  unsafe?: Unsafe;
}>;

const die = (): never => {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('SIGKILL has not killed');
};

const watchJournal = (kill: Kill): void => {
  const {openSync, writeSync, fsyncSync} = fs;
  const journals = new Set<number>();
  let writes = 0;
  fs.openSync = (...of) => {
    const descriptor = openSync(...of);
    if (String(of[0]).endsWith('/journal.ndjson') && of[1] === 'a') journals.add(descriptor);
    return descriptor;
  };
  fs.writeSync = ((
    descriptor: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): number => {
    if (!journals.has(descriptor)) return writeSync(descriptor, bytes, offset, length, position);
    writes += 1;
    if (writes !== kill.at) return writeSync(descriptor, bytes, offset, length);
    if (kill.when === 'before') die();
    const part = kill.when === 'middle' ? Math.max(1, Math.floor((length - 1) * kill.share)) : length;
    const written = writeSync(descriptor, bytes, offset, part);
    return kill.when === 'after' ? written : die();
  }) as typeof fs.writeSync;
  fs.fsyncSync = (descriptor) => {
    fsyncSync(descriptor);
    if (journals.has(descriptor) && writes === kill.at && kill.when === 'after') die();
  };
  // The product imports these functions by name; this brings the names up to date.
  syncBuiltinESMExports();
};

/** Believes of every transaction that it was rolled back, which is what a resume without a question would believe. */
const believesNothingHappened: Compose = (world) => ({
  ...world,
  attempt: (name) => {
    const real = world.attempt(name);
    const deaf = (session: DatabaseSession): DatabaseSession => ({
      ...session,
      query: async (sql, options) =>
        sql.includes('pg_xact_status')
          ? success({columns: ['status'], rows: [{status: 'aborted'}], count: 1})
          : session.query(sql, options),
    });
    return {
      ...real,
      database: {
        ...real.database,
        connect: async (options) => {
          const connected = await real.database.connect(options);
          return connected.ok ? success(deaf(connected.value)) : connected;
        },
      },
    };
  },
});

/** Takes the catalog of now for the snapshot of then, so that nothing ever looks stale. */
const doesNotLook: Compose = (world) => ({
  ...world,
  files: {
    ...world.files,
    read: async (path, sha256) => {
      if (!path.endsWith('.snapshot.json')) return world.files.read(path, sha256);
      const {database} = world.attempt('attempt-runbook/control');
      const connected = await database.connect({readOnly: true, statementTimeoutMs: 5000, lockTimeoutMs: 5000});
      if (!connected.ok) return connected;
      const now = await captureSnapshot(connected.value, ['public.attempt']);
      await connected.value.close();
      return now.ok ? success(snapshotText(now.value)) : now;
    },
  },
});

const wrong: Readonly<Record<Unsafe, Compose>> = {
  believes: believesNothingHappened,
  'believes-and-does-not-look': (world) => doesNotLook(believesNothingHappened(world)),
};

const begin = async (order: CrashOrder): Promise<Opening<OpenRun>> => {
  const context = cliContext({runsDir: order.runs, runbookDir: order.runbooks, lang: 'en'}, process.env, undefined);
  const compose = order.unsafe === undefined ? {} : {compose: wrong[order.unsafe]};
  const loaded = loadNamed(context, 'attempt-view-v1-lock');
  if (!loaded.ok) return loaded;
  const source = resolveSource(order.source, process.env);
  if (!source.ok) return {ok: false, trouble: {code: 'source', problem: source.problem}};
  const run =
    order.do === 'resume'
      ? await resumeRun(context, undefined, compose)
      : await openRun({
          context,
          loaded: loaded.value,
          environment: 'staging',
          settings: completed(source.settings, process.env),
          // Proven beside the target: a server of its own would cost each run two seconds.
          note: {source: order.source, scratch: order.source},
          ...compose,
        });
  return run;
};

const order = JSON.parse(process.env['CRASH_ORDER'] ?? '') as CrashOrder;
if (order.kill !== undefined) watchJournal(order.kill);
const begun = await begin(order);
if (begun.ok) {
  const {session, close} = begun.value;
  const answers = loadAnswers(session.view().runbook, order.answers);
  if (!answers.ok) throw new Error(JSON.stringify(answers.trouble));
  const end = await runPlain({
    session,
    locale: 'en',
    json: false,
    answers: answers.value,
    rollbackAfter: order.rollbackAfter,
    retry: true,
    write: (line) => void process.stdout.write(`${line}\n`),
  });
  await session.settled();
  await close();
  process.exitCode = exitCodeOf(end);
} else {
  process.stdout.write(`${JSON.stringify(begun.trouble)}\n`);
  process.exitCode = 64;
}
