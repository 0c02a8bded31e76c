// What does the tool cost? Each figure beside a peer that does the bare work, in the same run on the same machine; the
// ratio is what to look at, since the figures themselves belong to the machine and to what else it does.
//
// npm run bench [-- [--quick] [--only part]]

import {spawn as spawnChild, spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, statSync} from 'node:fs';
import {cpus, loadavg, tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {spawn} from '@lydell/node-pty';
import {Client} from 'pg';
import {createPlace, onlySteps, openTerminal, type Place} from '../support/terminal.ts';
import {dataContract, lockHeld, readersWait} from './change.ts';
import {evidence} from './evidence.ts';
import {journal} from './journal.ts';
import {redactor} from './redactor.ts';
import {report} from './report.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const launcher = join(root, 'src', 'cli', 'launcher.js');
const isQuick = process.argv.includes('--quick');

type Row = Readonly<{what: string; measured: string; peer: string; ratio: string; remark?: string}>;
const rows: Row[] = [];

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};
const ms = (value: number): string =>
  value >= 1000 ? `${(value / 1000).toFixed(2)} s` : value >= 10 ? `${Math.round(value)} ms` : `${value.toFixed(1)} ms`;
const times = (a: number, b: number): string => `${(a / b).toFixed(2)} x`;
const mb = (kib: number): string => `${Math.round(kib / 1024)} MB`;
const note = (text: string): void => void process.stderr.write(`${text}\n`);

const add = (what: string, measured: number, peer: number, peerName: string, remark = ''): void => {
  rows.push({what, measured: ms(measured), peer: `${ms(peer)} ${peerName}`, ratio: times(measured, peer), remark});
  note(`  ${what}: ${ms(measured)}, ${ms(peer)} ${peerName}`);
};

// ── a: commands that only say something ──────────────────────────────────────────────────────────────────────────────

/** Processor time of all children that have ended, in milliseconds; the kernel counts it in hundredths of a second. */
const childCpuMs = (): number => {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[13]) + Number(fields[14])) * 10;
};

const startUp = (): void => {
  const n = isQuick ? 5 : 15;
  const commands = {
    'node -e 0': ['-e', '0'],
    '--version': [launcher, '--version'],
    '--help': [launcher, '--help'],
  };
  const measured = Object.entries(commands).map(([name, args]) => ({name, args, wallMs: [] as number[], cpuMs: 0}));
  // In turn, so that what else the machine does meets all of them alike.
  for (let round = -1; round < n; round += 1) {
    for (const one of measured) {
      const cpuBefore = childCpuMs();
      const before = performance.now();
      const {status} = spawnSync(process.execPath, one.args, {stdio: 'ignore'});
      if (status !== 0) throw new Error(`${one.name} ended with ${status}`);
      // The first round fills the compile cache.
      if (round < 0) continue;
      one.wallMs.push(performance.now() - before);
      one.cpuMs += childCpuMs() - cpuBefore;
    }
  }
  const [floor, ...others] = measured;
  if (floor === undefined) return;
  for (const {name, wallMs, cpuMs} of others) {
    add(`${name}, wall`, median(wallMs), median(floor.wallMs), 'node -e 0', `median of ${n}`);
    add(`${name}, CPU`, cpuMs / n, floor.cpuMs / n, 'node -e 0', `mean of ${n}`);
  }
};

// ── b: the first frame ───────────────────────────────────────────────────────────────────────────────────────────────

const untilShown = (place: Place, args: readonly string[], content: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const before = performance.now();
    const pty = spawn(process.execPath, [...args], {
      name: 'xterm-256color',
      cols: 80,
      rows: 24,
      cwd: place.folder,
      env: {...place.env},
    });
    let seen = '';
    let tookMs: number | undefined;
    pty.onData((data) => {
      seen += data;
      if (tookMs !== undefined || !seen.includes(content)) return;
      tookMs = performance.now() - before;
      pty.kill('SIGKILL');
    });
    pty.onExit(() => {
      if (tookMs === undefined) reject(new Error(`${content} was never shown: ${seen}`));
      else resolve(tookMs);
    });
  });

const firstFrame = async (): Promise<void> => {
  const n = isQuick ? 3 : 9;
  await using place = createPlace();
  const folders = ['--runs-dir', place.runs, '--runbook-dir', place.runbooks];
  const tool: number[] = [];
  const floor: number[] = [];
  for (let round = -1; round < n; round += 1) {
    const a = await untilShown(place, [launcher, ...folders], 'Rehearse on');
    const b = await untilShown(place, ['-e', 'console.log("a first line")'], 'a first line');
    if (round < 0) continue;
    tool.push(a);
    floor.push(b);
  }
  add('first frame in a terminal', median(tool), median(floor), 'node console.log', `median of ${n}`);
};

// ── c: a flood of output ─────────────────────────────────────────────────────────────────────────────────────────────

const flood = async (): Promise<void> => {
  const lines = isQuick ? 100_000 : 1_000_000;
  const filler = 'x'.repeat(90);
  const script = `awk 'BEGIN {for (i = 1; i <= ${lines}; i++) printf "%08d %s\\n", i, "${filler}"}'`;
  const alone = await new Promise<number>((resolve) => {
    const before = performance.now();
    const child = spawnChild('bash', ['-c', script], {stdio: ['ignore', 'pipe', 'inherit']});
    child.stdout.resume();
    child.once('close', () => resolve(performance.now() - before));
  });

  await using place = createPlace({
    alter: (yaml) => {
      const step = `\n  - id: flood\n    phase: preflight\n    kind: command\n    title:\n      en: Flood\n      ko: 대량 출력\n    run: ${JSON.stringify(script)}\n`;
      return onlySteps('ci-green', 'snapshot', 'backup', 'apply-v1')(yaml).replace(/\nsteps:\n/, `\nsteps:${step}`);
    },
  });
  await using terminal = openTerminal({place, args: ['rehearse', '--lang', 'en'], columns: 100, rows: 30});
  const {screen} = terminal;
  const status = (): string => readFileSync(`/proc/${terminal.pid()}/status`, 'utf8');
  const peakKib = (): number => Number(/VmHWM:\s+(\d+)/.exec(status())?.[1] ?? 0);
  const cpuMs = (): number => {
    const fields = readFileSync(`/proc/${terminal.pid()}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  };
  await screen.shows('┌ 1.1 Flood', 'Enter start');
  terminal.press('Tab');
  await screen.shows('[Output]');
  const idleKib = peakKib();
  const cpuBefore = cpuMs();
  terminal.press('Enter');
  await screen.shows('f follow');
  const latenciesMs: number[] = [];
  const isRunning = (): boolean => !place.journal(run).some((event) => event.type === 'StepSucceeded');
  const [run = ''] = place.runNames();
  const press = async (key: string, done: () => Promise<unknown>): Promise<void> => {
    const before = performance.now();
    terminal.press(key);
    await done();
    latenciesMs.push(performance.now() - before);
  };
  while (isRunning()) {
    await press('?', () => screen.shows('┌ Keys ─'));
    await press('Esc', () => screen.lacks('┌ Keys ─'));
  }
  const events = place.journal(run);
  const atOf = (type: string): number => Date.parse(events.find((event) => event.type === type)?.at ?? '');
  const tookMs = atOf('StepSucceeded') - atOf('StepStarted');
  const name = `${lines.toLocaleString('en')} lines of 100 bytes through the output pane`;
  add(name, tookMs, alone, 'child into a pipe', `CPU of the tool ${ms(cpuMs() - cpuBefore)}`);
  rows.push({
    what: 'peak memory of that',
    measured: mb(peakKib()),
    peer: `${mb(idleKib)} before it`,
    ratio: times(peakKib(), idleKib),
  });
  rows.push({
    what: 'key to screen during that',
    measured: `${ms(median(latenciesMs))} median`,
    peer: `${ms(Math.max(...latenciesMs))} at most`,
    ratio: '',
    remark: `${latenciesMs.length} keys, 30 frames/s`,
  });
};

// ── what it costs to record a child ──────────────────────────────────────────────────────────────────────────────────

type Captured = Readonly<{
  capturedMs: number;
  sealedMs: number;
  cpuMs: number;
  peakKib: number;
  lagMs: number;
  bytes: readonly number[];
}>;

const capture = (): void => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-capture-'));
  const count = isQuick ? 100_000 : 1_000_000;
  const file = join(folder, 'flood');
  const shell = (script: string): number => {
    const before = performance.now();
    const {status, stderr} = spawnSync('bash', ['-c', script], {encoding: 'utf8'});
    if (status !== 0) throw new Error(`${script}: ${stderr}`);
    return performance.now() - before;
  };
  const inputs: Readonly<Record<string, string>> = {
    [`${count.toLocaleString('en')} lines of 200 bytes`]: `awk 'BEGIN {for (i = 1; i <= ${count}; i++) printf "%08d %0190d\\n", i, i}' > ${file}`,
    [`one line of ${count / 10_000} MB`]: `head -c ${count * 100} /dev/zero | tr '\\0' 'z' > ${file}`,
  };
  try {
    for (const [what, make] of Object.entries(inputs)) {
      shell(make);
      const redirect = shell(`cat ${file} > ${file}.copy`);
      const hasScript = spawnSync('script', ['--version']).status === 0;
      const script = hasScript ? shell(`script -qc 'cat ${file}' /dev/null > ${file}.copy`) : undefined;
      const ran = spawnSync(process.execPath, [join(root, 'test/bench/entry/capture.ts'), join(folder, 'run'), file], {
        encoding: 'utf8',
      });
      if (ran.status !== 0) throw new Error(ran.stderr);
      const {capturedMs, sealedMs, cpuMs: cpu, peakKib, lagMs, bytes} = JSON.parse(ran.stdout) as Captured;
      const written = `${Math.round((bytes[0] ?? 0) / 1e6)} MB log, ${Math.round((bytes[1] ?? 0) / 1e6)} MB cast`;
      add(`recorded: ${what}`, capturedMs, redirect, 'cat > file', `${written}, CPU ${ms(cpu)}`);
      if (script !== undefined) add(`recorded: ${what}`, capturedMs, script, 'script -c');
      add(`recorded and sealed: ${what}`, sealedMs, redirect, 'cat > file');
      rows.push({what: 'peak memory, longest lag of that', measured: mb(peakKib), peer: ms(lagMs), ratio: ''});
      rmSync(join(folder, 'run'), {recursive: true});
    }
  } finally {
    rmSync(folder, {recursive: true});
  }
};

// ── d, e: the backup, and what V1 costs to read ──────────────────────────────────────────────────────────────────────

const timedQuery = async (client: Client, sql: string): Promise<number> => {
  const before = performance.now();
  await client.query(sql);
  return performance.now() - before;
};

const database = async (): Promise<void> => {
  // As many as the shipped sample has: the plain V1 then takes a second or so for a query.
  const results = isQuick ? 3000 : 20_000;
  const runs = 3;
  await using place = createPlace({results});
  note(`filling a rehearsal with ${results} results and walking it to the applied view`);
  const {status, stderr, stdout} = spawnSync(
    process.execPath,
    [
      launcher,
      'rehearse',
      '--plain',
      '--keep',
      '--until',
      'apply-v1',
      '--runs-dir',
      place.runs,
      '--runbook-dir',
      place.runbooks,
    ],
    {env: {...place.env}, encoding: 'utf8'},
  );
  const [run] = place.runNames();
  if (run === undefined) throw new Error(`the rehearsal did not start (${status}): ${stderr}\n${stdout}`);
  const {socketDirectory: host, port, user, database: name} = place.server(run);
  const events = place.journal(run);
  const started = events.find((event) => event.type === 'StepStarted' && event.step === 'backup');
  const ended = events.find((event) => event.type === 'StepSucceeded' && event.step === 'backup');
  if (started === undefined || ended?.type !== 'StepSucceeded' || ended.facts.kind !== 'backup') {
    throw new Error(`the rehearsal made no backup (${status}): ${stderr}\n${stdout}`);
  }
  const target = ['--host', host, '--port', `${port}`, '--username', user, name];
  const dump = join(place.folder, 'alone.dump');
  const timed = (program: string, args: readonly string[]): number => {
    const before = performance.now();
    const {status: code, stderr: said} = spawnSync(program, args, {env: {...place.env}, encoding: 'utf8'});
    if (code !== 0) throw new Error(`${program}: ${said}`);
    return performance.now() - before;
  };
  const dumps = Array.from({length: runs}, () =>
    timed('pg_dump', ['--format=custom', '--compress=6', '--file', dump, ...target]),
  );
  const reads = Array.from({length: runs}, () => timed('pg_restore', ['--file=/dev/null', dump]));
  const alone = median(dumps);
  const bytes = Math.round(statSync(dump).size / 1e5) / 10;
  const stepMs = Date.parse(ended.at) - Date.parse(started.at);
  add(
    `backup step, ${results.toLocaleString('en')} results (${bytes} MB)`,
    stepMs,
    alone,
    'pg_dump alone',
    'with full read, proof by restore, sha256, fsync',
  );
  add(
    'backup step, like for like',
    stepMs,
    alone + median(reads),
    'pg_dump, then pg_restore to /dev/null',
    `median of ${runs}`,
  );

  const client = new Client({host, port, user, database: name});
  await client.connect();
  try {
    const restores: number[] = [];
    for (let round = 0; round < runs; round += 1) {
      await client.query('CREATE DATABASE restored TEMPLATE template0');
      const into = ['--host', host, '--port', `${port}`, '--username', user, '--dbname', 'restored'];
      restores.push(timed('pg_restore', ['--exit-on-error', ...into, dump]));
      await client.query('DROP DATABASE restored');
    }
    const {proof} = ended.facts;
    if (proof?.level !== 'restored') throw new Error(`the backup was not proven: ${JSON.stringify(proof)}`);
    const parts = `of which pg_restore ${ms(proof.restoreMs)}; two databases made and dropped, everything compared`;
    add('proof of the backup', proof.durationMs, median(restores), 'pg_restore alone', parts);
    await client.query(readFileSync(join(root, 'test', 'fixtures', 'attempt-v1-plain.sql'), 'utf8'));
    await client.query('ANALYZE');
    const sql = (path: string): string => readFileSync(join(root, 'sql', 'attempt-view-v1-lock', path), 'utf8');
    const queries: Readonly<Record<string, string>> = {
      'count(*)': 'SELECT count(*) FROM public.attempt AS a',
      'the five newest': 'SELECT a.* FROM public.attempt AS a ORDER BY a.completed_at DESC LIMIT 5',
      'one student': sql('downstream/050_one_student.sql'),
      'topic aggregation': sql('downstream/040_topic_dashboard.sql'),
      'KPI backfill of seven days': sql('downstream/020_kpi_backfill.sql'),
    };
    const compare = async (what: string, query: string): Promise<void> => {
      const plain = query.replaceAll('public.attempt AS', 'public.attempt_v1_plain AS');
      if (plain === query) throw new Error(`${what} does not read the view as expected`);
      const shippedMs: number[] = [];
      const plainMs: number[] = [];
      for (let round = 0; round < runs; round += 1) {
        shippedMs.push(await timedQuery(client, query));
        plainMs.push(await timedQuery(client, plain));
      }
      add(
        `V1 read: ${what}`,
        median(shippedMs),
        median(plainMs),
        'plain V1',
        `${times(median(plainMs), median(shippedMs))} faster, median of ${runs}`,
      );
    };
    for (const [what, query] of Object.entries(queries)) await compare(what, query);
    await client.query(sql('apply/030_student_index.sql'));
    await client.query('ANALYZE');
    await compare('one student, with the index', queries['one student'] ?? '');
  } finally {
    await client.end();
  }
};

const figures = {isQuick, note, add};
const parts = {
  startUp,
  firstFrame,
  capture,
  flood,
  database,
  lockHeld: () => lockHeld(figures),
  readersWait: () => readersWait(figures),
  dataContract: () => dataContract(figures),
  journal: () => journal(figures),
  redactor: () => redactor(figures),
  evidence: () => evidence(figures),
  report: () => report(figures),
};
/** npm run bench -- --only database */
const only = process.argv.includes('--only') ? process.argv.at(-1) : undefined;
const load = (): string =>
  loadavg()
    .map((one) => one.toFixed(1))
    .join(' ');
const loadBefore = load();
for (const [name, part] of Object.entries(parts)) {
  if (only !== undefined && name !== only) continue;
  note(`${name} ...`);
  await part();
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
console.log(
  `Node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model.trim()}, load before ${loadBefore}, after ${load()}${isQuick ? ', quick' : ''}\n`,
);
console.log(line(['what', 'measured', 'beside', 'ratio', 'remark']));
console.log(line(['---', '---:', '---:', '---:', '---']));
for (const {what, measured, peer, ratio, remark = ''} of rows) console.log(line([what, measured, peer, ratio, remark]));
