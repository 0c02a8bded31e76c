// A way to a database that is opened, asked, watched, opened again when it broke, and closed.

import {setTimeout as delay} from 'node:timers/promises';
import {viaName, type TunnelProblem, type Via, type ViaRecord} from '../../core/via.ts';
import {allowedEnvironment} from '../processes.ts';
import {askPort, freePort} from './answer.ts';
import {startGuarded, type Guarded} from './guarded.ts';
import {hostKeyIn, isChatter, sshArgv, sshProblem} from './ssh.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** 30 s: a login with a hardware key takes a touch; a proxy fetches its certificate first. */
const OPEN_WITHIN_MS = 30_000;
const POLL_MS = 40;
/** 3: between our look at a free port and ssh's use of it somebody else may have taken it. */
const PORT_TRIES = 3;
/** 500 ms: a line that broke is noticed by its connections a moment before its program has ended. */
const ENDING_WITHIN_MS = 500;
const LAST_LINES = 8;

export type TunnelTrouble = Readonly<{name: string; problem: TunnelProblem; said: string}>;

/** As connections see it. */
export type Line = Readonly<{
  record: ViaRecord;
  /** The port of 127.0.0.1 that leads to the database. */
  port: number;
  /** Opens it again when it has ended; throws with what the program said. */
  ready: () => Promise<void>;
  /** What the program said last, when it has ended; undefined while it stands. */
  broken: () => Promise<string | undefined>;
  close: () => Promise<void>;
}>;

export type OpenedLine = Readonly<{ok: true; line: Line}> | Readonly<{ok: false; trouble: TunnelTrouble}>;

type Running = Readonly<{
  guarded: Guarded;
  argv: readonly string[];
  said: () => readonly string[];
  hostKey: () => string | undefined;
}>;

type Place = Readonly<{via: Via; to: Readonly<{host: string; port: number}>; env: Environment}>;

/** ssh sees enough to log in; a proxy is the author's program, and knows itself what it needs. */
const environmentFor = ({via, env}: Place): Environment => {
  if (via.kind === 'command') return env;
  const login = ['SSH_AUTH_SOCK', 'USER', 'LOGNAME'].flatMap((name) =>
    env[name] === undefined ? [] : [[name, env[name]]],
  );
  return {...allowedEnvironment(env), ...(Object.fromEntries(login) as Environment), LC_ALL: 'C'};
};

const start = (place: Place, port: number): Running => {
  const {via, to} = place;
  const argv = via.kind === 'ssh' ? sshArgv(via.to, port, to) : via.command;
  const said: string[] = [];
  let hostKey: string | undefined;
  const guarded = startGuarded(argv, environmentFor(place), (line) => {
    hostKey = hostKeyIn(line) ?? hostKey;
    if (line.trim() === '' || (via.kind === 'ssh' && isChatter(line))) return;
    said.push(line.trim());
    if (said.length > LAST_LINES * 4) said.splice(0, said.length - LAST_LINES * 4);
  });
  return {guarded, argv, said: () => said, hostKey: () => hostKey};
};

/** Of ssh's warning about a changed key the drawn frame says nothing. */
const lastWords = (said: readonly string[]): string =>
  said
    .filter((line) => !line.startsWith('@'))
    .slice(-LAST_LINES)
    .join(' / ');

const problemOf = ({via}: Place, {guarded, said}: Running): TunnelProblem => {
  if (guarded.end()?.code === 127) return 'program-missing';
  if (via.kind === 'ssh') return sshProblem(said());
  return /in use/i.test(said().join('\n')) ? 'port-taken' : 'ended';
};

/** Waits until a server answers through it, or until it is clear that none will. */
const answers = async (place: Place, running: Running, port: number): Promise<TunnelProblem | undefined> => {
  const deadline = performance.now() + OPEN_WITHIN_MS;
  for (;;) {
    const answer = await askPort(port);
    // In this order: whoever answers on the port of a program that has ended is somebody else.
    if (running.guarded.end() !== undefined) return problemOf(place, running);
    if (answer === 'answered') return undefined;
    // ssh says why it closed the connection in the same moment as it closes it.
    if (answer === 'closed') await delay(POLL_MS);
    if (place.via.kind === 'ssh' && sshProblem(running.said()) === 'forward-refused') return 'forward-refused';
    if (performance.now() > deadline) return 'no-answer';
    await delay(POLL_MS);
  }
};

type Opened = Readonly<{ok: true; running: Running; port: number}> | Readonly<{ok: false; trouble: TunnelTrouble}>;

const openOnce = async (place: Place, port: number): Promise<Opened> => {
  const name = viaName(place.via);
  if (place.via.kind === 'command' && (await askPort(port)) !== 'refused') {
    // What listens there now is not what we would start: it may lead anywhere.
    return {ok: false, trouble: {name, problem: 'port-taken', said: `127.0.0.1:${port}`}};
  }
  const running = start(place, port);
  const problem = await answers(place, running, port);
  if (problem === undefined) return {ok: true, running, port};
  await running.guarded.stop();
  return {ok: false, trouble: {name, problem, said: lastWords(running.said())}};
};

const openSomewhere = async (place: Place): Promise<Opened> => {
  if (place.via.kind === 'command') return openOnce(place, place.via.port);
  for (let attempt = 1; ; attempt += 1) {
    const opened = await openOnce(place, await freePort());
    if (opened.ok || opened.trouble.problem !== 'port-taken' || attempt === PORT_TRIES) return opened;
  }
};

/** @param to the database as the far end of the line sees it. */
export const openLine = async (
  via: Via,
  to: Readonly<{host: string; port: number}>,
  env: Environment,
): Promise<OpenedLine> => {
  const name = viaName(via);
  if (to.host.startsWith('/')) return {ok: false, trouble: {name, problem: 'socket-impossible', said: to.host}};
  const place = {via, to, env};
  const first = await openSomewhere(place);
  if (!first.ok) return first;
  let {running} = first;
  let isClosed = false;
  /** Why it could not be opened again. */
  let refusal: string | undefined;
  let opening: Promise<void> | undefined;
  const hostKey = running.hostKey();
  const again = async (): Promise<void> => {
    const opened = await openOnce(place, first.port);
    refusal = opened.ok ? undefined : opened.trouble.said || opened.trouble.problem;
    if (!opened.ok) throw new Error(`no way to ${to.host}:${to.port}`);
    running = opened.running;
  };
  return {
    ok: true,
    line: {
      record: {kind: via.kind, name, argv: running.argv, ...(hostKey === undefined ? {} : {hostKey})},
      port: first.port,
      ready: async () => {
        if (isClosed || running.guarded.end() === undefined) return;
        opening ??= again().finally(() => (opening = undefined));
        await opening;
      },
      broken: async () => {
        const of = running;
        await Promise.race([of.guarded.ended, delay(ENDING_WITHIN_MS)]);
        return of.guarded.end() === undefined ? undefined : (refusal ?? lastWords(of.said()));
      },
      close: async () => {
        isClosed = true;
        await running.guarded.stop();
      },
    },
  };
};
