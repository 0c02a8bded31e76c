// How does a staging run go on by itself, in whichever process: opened or resumed, and answered to its end?
//
// Everything is the product: openRun, resumeRun, the plain front.

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

/** Believes that a transaction in doubt had no effect; the second kind also skips the look at the catalog before apply. */
export type Unsafe = 'believes' | 'believes-and-does-not-look';

export type WalkOrder = Readonly<{
  do: 'open' | 'resume';
  runs: string;
  runbooks: string;
  source: string;
  answers: string;
  rollbackAfter: boolean;
  /** Only for the controls: a tool that is wrong on purpose. */
  unsafe?: Unsafe;
}>;

type Environment = Readonly<Record<string, string | undefined>>;

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

const begin = async (order: WalkOrder, env: Environment): Promise<Opening<OpenRun>> => {
  const context = cliContext({runsDir: order.runs, runbookDir: order.runbooks, lang: 'en'}, env, undefined);
  const compose = order.unsafe === undefined ? {} : {compose: wrong[order.unsafe]};
  if (order.do === 'resume') return resumeRun(context, undefined, compose);
  const loaded = loadNamed(context, 'attempt-view-v1-lock');
  if (!loaded.ok) return loaded;
  const source = resolveSource(order.source, env);
  if (!source.ok) return {ok: false, trouble: {code: 'source', problem: source.problem}};
  return openRun({
    context,
    loaded: loaded.value,
    environment: 'staging',
    settings: completed(source.settings, env),
    // Proven beside the target: a server of its own would cost each run two seconds.
    note: {source: order.source, scratch: order.source},
    ...compose,
  });
};

/** @returns the exit code. */
export const walkOrder = async (order: WalkOrder, env: Environment, write: (line: string) => void): Promise<number> => {
  const begun = await begin(order, env);
  if (!begun.ok) {
    write(JSON.stringify(begun.trouble));
    return 64;
  }
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
    write,
  });
  await session.settled();
  await close();
  return exitCodeOf(end);
};
