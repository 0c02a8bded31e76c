// What is a process that takes a backup and dies at a chosen call of the ports through which the proof works?
//
// Everything is the product. Between it and the world stands the executioner, who counts the calls that matter (children,
// scratch databases, sessions in them, files) and kills this process with SIGKILL before, during or after one.

import {completed, resolveSource} from '../../../src/adapters/postgres/source.ts';
import {cliContext} from '../../../src/cli/context.ts';
import {loadAnswers, loadNamed} from '../../../src/cli/load.ts';
import {openRun, type Compose} from '../../../src/cli/open-run.ts';
import {resumeRun} from '../../../src/cli/resume-run.ts';
import {success} from '../../../src/core/failure.ts';
import type {Processes, Scratch} from '../../../src/core/ports.ts';
import {stepState} from '../../../src/core/state.ts';
import {runPlain} from '../../../src/ui/plain/front.ts';

export type ProofOrder = Readonly<{
  do: 'open' | 'resume';
  runs: string;
  runbooks: string;
  source: string;
  /** Undefined proves on a server of this machine. */
  scratch: string | undefined;
  answers: string;
  /** Every call has three points: before it, when it has just begun, and after it. */
  kill: number | undefined;
}>;

const order = JSON.parse(process.env['PROOF_ORDER'] ?? '') as ProofOrder;
let points = 0;

const point = (): void => {
  if (points === order.kill) process.kill(process.pid, 'SIGKILL');
  points += 1;
};

const around = async <T>(work: () => Promise<T>): Promise<T> => {
  point();
  const running = work();
  // The child has been started, or the message sent, and nobody waits for its end.
  await new Promise((resolve) => setImmediate(resolve));
  point();
  const value = await running;
  point();
  return value;
};

const watchedProcesses = (real: Processes): Processes => ({...real, run: (spec) => around(() => real.run(spec))});

const watchedScratch = (real: Scratch): Scratch => ({
  ...real,
  processes: watchedProcesses(real.processes),
  database: {...real.database, connect: (options) => around(() => real.database.connect(options))},
  drop: () => around(() => real.drop()),
});

const watched: Compose = (world) => ({
  ...world,
  attempt: (name) => {
    const real = world.attempt(name);
    return {...real, processes: watchedProcesses(real.processes)};
  },
  scratch: {
    ...world.scratch,
    open: (...of) =>
      around(async () => {
        const opened = await world.scratch.open(...of);
        return opened.ok ? success(watchedScratch(opened.value)) : opened;
      }),
  },
  files: {
    ...world.files,
    hash: (path) => around(() => world.files.hash(path)),
    publish: (partial, path) => around(() => world.files.publish(partial, path)),
  },
});

const begin = async () => {
  const context = cliContext({runsDir: order.runs, runbookDir: order.runbooks, lang: 'en'}, process.env, undefined);
  if (order.do === 'resume') return resumeRun(context, undefined, {});
  const loaded = loadNamed(context, 'attempt-view-v1-lock');
  if (!loaded.ok) return loaded;
  const source = resolveSource(order.source, process.env);
  if (!source.ok) throw new Error(JSON.stringify(source.problem));
  return openRun({
    context,
    loaded: loaded.value,
    environment: 'staging',
    settings: completed(source.settings, process.env),
    note: {source: order.source, ...(order.scratch === undefined ? {} : {scratch: order.scratch})},
    compose: watched,
  });
};

const begun = await begin();
if (!begun.ok) throw new Error(JSON.stringify(begun.trouble));
const {session, close} = begun.value;
await session.settled();
if (order.do === 'open') {
  const answers = loadAnswers(session.view().runbook, order.answers);
  if (!answers.ok) throw new Error(JSON.stringify(answers.trouble));
  const write = (): void => undefined;
  await runPlain({
    session,
    locale: 'en',
    json: false,
    answers: answers.value,
    until: 'backup',
    rollbackAfter: false,
    retry: false,
    write,
  });
  await session.settled();
}
const {fault} = session.view();
if (fault !== undefined) throw new Error(JSON.stringify(fault));
process.stdout.write(JSON.stringify({points, state: stepState(session.view().state, 'backup')}));
await close();
