// What does the backup step cost, whole and in its parts, each beside the program that does the same?

import {closeSync, fsyncSync, openSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Client} from 'pg';
import {createPlace, type Place} from '../../support/terminal.ts';
import {secondsOfCommands} from '../cast.ts';
import type {Part} from '../part.ts';
import {runProgram} from '../program.ts';

const launcher = fileURLToPath(new URL('../../../src/cli/launcher.js', import.meta.url));

/** Milliseconds of one backup: what the step took, what each of its parts took, and what their peers took. */
type Round = Readonly<Record<'own' | 'peer', Readonly<Record<keyof typeof parts, number>>>> & Readonly<{bytes: number}>;

const parts = {
  whole: ['backup step', 'pg_dump alone'],
  dump: ['backup step: the dump', 'pg_dump alone'],
  read: ['backup step: the full read', 'pg_restore --file=/dev/null'],
  proof: ['backup step: the proof by restore', 'pg_restore into an empty database'],
  restore: ['backup step: pg_restore of the proof', 'pg_restore into an empty database'],
  seal: ['backup step: sha256, fsync, name', 'sha256sum and fsync'],
} as const;

const ownTimes = (place: Place, run: string): Round['own'] => {
  const events = place.journal(run);
  const started = events.find((event) => event.type === 'StepStarted' && event.step === 'backup');
  const ended = events.find((event) => event.type === 'StepSucceeded' && event.step === 'backup');
  if (started === undefined || ended?.type !== 'StepSucceeded' || ended.facts.kind !== 'backup')
    throw new Error('the rehearsal made no backup');
  const {proof, durationMs} = ended.facts;
  if (proof?.level !== 'restored') throw new Error(`the backup was not proven: ${JSON.stringify(proof)}`);
  // The step's own words in its recording: each command from its '$' to the next one's.
  const cast = readFileSync(join(place.runs, run, 'transcripts', 'backup.1.cast'), 'utf8');
  const commands = secondsOfCommands(cast);
  const tookMs = (...beginnings: readonly string[]): number => {
    const found = beginnings.map((beginning) => commands.find(({command}) => command.startsWith(beginning)));
    return found.reduce((sum, one, at) => {
      if (one === undefined) throw new Error(`the backup did not run ${beginnings[at]}`);
      return sum + one.seconds * 1000;
    }, 0);
  };
  const whole = Date.parse(ended.at) - Date.parse(started.at);
  return {
    whole,
    dump: tookMs('pg_dump --format=custom --compress'),
    read: tookMs('pg_restore --list', 'pg_restore --file=/dev/null'),
    proof: proof.durationMs,
    restore: proof.restoreMs,
    seal: whole - durationMs,
  };
};

const peerTimes = async (place: Place, run: string): Promise<Omit<Round, 'own'>> => {
  const {socketDirectory: host, port, user, database: name} = place.server(run);
  const on = (database: string) => ['--host', host, '--port', `${port}`, '--username', user, '--dbname', database];
  const file = join(place.folder, 'alone.dump');
  const ms = (program: string, ...args: readonly string[]): number => runProgram(program, args, place.env).tookMs;
  const dump = ms('pg_dump', '--format=custom', '--compress=6', '--file', file, ...on(name));
  const read = ms('pg_restore', '--file=/dev/null', file);
  const client = new Client({host, port, user, database: name});
  await client.connect();
  await client.query('CREATE DATABASE restored TEMPLATE template0');
  const restore = ms('pg_restore', '--exit-on-error', ...on('restored'), file);
  await client.query('DROP DATABASE restored');
  await client.end();
  runProgram('cp', [file, `${file}.copy`]);
  const before = performance.now();
  const handle = openSync(`${file}.copy`, 'r+');
  fsyncSync(handle);
  closeSync(handle);
  const seal = ms('sha256sum', file) + performance.now() - before;
  return {peer: {whole: dump, dump, read, proof: restore, restore, seal}, bytes: statSync(file).size};
};

const run: Part['run'] = async ({isQuick, add, note}) => {
  const results = isQuick ? 3000 : 20_000;
  const rounds: Round[] = [];
  for (let round = 0; round < (isQuick ? 1 : 3); round += 1) {
    note(`filling a rehearsal with ${results} results and walking it to the backup`);
    await using place = createPlace({results});
    const folders = ['--runs-dir', place.runs, '--runbook-dir', place.runbooks];
    runProgram(
      process.execPath,
      [launcher, 'rehearse', '--plain', '--keep', '--until', 'backup', ...folders],
      place.env,
    );
    const [name = ''] = place.runNames();
    rounds.push({own: ownTimes(place, name), ...(await peerTimes(place, name))});
  }
  const [{bytes} = {bytes: 0}] = rounds;
  for (const [key, [what, peer]] of Object.entries(parts) as [keyof typeof parts, readonly [string, string]][])
    add({
      what: `${what}, ${results.toLocaleString('en')} results`,
      measured: rounds.map(({own}) => own[key]),
      beside: {what: peer, measured: rounds.map((round) => round.peer[key])},
      ...(key === 'whole' && {remark: `a dump of ${(bytes / 1e6).toFixed(1)} MB, median of ${rounds.length}`}),
    });
};

export const part: Part = {minutes: 5, run};
