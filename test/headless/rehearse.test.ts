// Does the scripted rehearsal walk there and back on a server of its own, and leave nothing behind, however it ends?

import {execFileSync, spawnSync} from 'node:child_process';
import {readFileSync, readdirSync, readlinkSync, realpathSync, existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {beforeAll, describe, expect, test} from 'vitest';
import {removeServer} from '../../src/adapters/embedded/server.ts';
import {createPlace, ensureBuilt, jsonLines, type Place} from '../support/headless.ts';
import {expectWholeBundle} from '../support/whole-bundle.ts';

beforeAll(ensureBuilt);

/** Processes of this machine that have anything to do with a folder: in their arguments, or as their own. */
const processesOf = (folder: string): readonly string[] => {
  if (process.platform !== 'linux') {
    const all = execFileSync('ps', ['-axo', 'pid=,args='], {encoding: 'utf8'}).split('\n');
    return all.filter((line) => line.includes(folder));
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const said = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        const where = readlinkSync(`/proc/${pid}/cwd`);
        return said.includes(folder) || where.startsWith(folder) ? [`${pid} ${said}`] : [];
      } catch {
        // Ended while we looked.
        return [];
      }
    });
};

const expectNothingLeft = (place: Place): void => {
  expect(place.leftovers()).toEqual([]);
  expect(processesOf(place.temporary)).toEqual([]);
};

describe('a scripted rehearsal', () => {
  test('walks from preflight to the way back, ends 0, and exports everything that an auditor is promised', async () => {
    const place = createPlace();
    const {code, stdout, stderr} = await place.cli(['rehearse', '--export', join(place.folder, 'evidence.zip')]);
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
    const events = place.journal();
    expect(events.filter(({type}) => type === 'StepFailed')).toEqual([]);
    expect(events.at(-1)).toMatchObject({type: 'RunClosed', outcome: 'rolled-back'});
    const done = events.flatMap((event) => (event.type === 'StepSucceeded' ? [event.step] : []));
    expect(done).toEqual(
      expect.arrayContaining([
        'data-contract',
        'backup',
        'apply-v1',
        'smoke',
        'downstream',
        'student-index',
        'rollback/restore-objects',
      ]),
    );
    expect(existsSync(join(place.folder, 'evidence.zip'))).toBe(true);
    expectWholeBundle(join(place.folder, 'evidence'), place.path(), events);
    expect(stdout).toContain(`attempt-runbook export ${place.run()}`);
    expectNothingLeft(place);
  });

  test('that stops after its smoke step prints each file of its picture as kept', async () => {
    const place = createPlace();
    const {stdout} = await place.cli(['rehearse', '--until', 'smoke']);
    const kept = place
      .journal()
      .flatMap((event) => (event.type === 'ArtifactSealed' ? [event.artifact.path] : []))
      .filter((path) => path.startsWith('artifacts/screens/'));
    expect(kept).not.toEqual([]);
    for (const path of kept) expect(stdout).toContain(path);
  });

  test('prints nothing but its journal with --json', async () => {
    const place = createPlace();
    const {code, stdout} = await place.cli(['rehearse', '--json', '--until', 'source-table']);
    expect(code).toBe(0);
    expect(jsonLines(stdout)).toEqual(place.journal());
    expectNothingLeft(place);
  });

  test('leaves its server running when it is told to, and a resume goes on there', async () => {
    const place = createPlace();
    expect((await place.cli(['rehearse', '--keep', '--until', 'snapshot'])).code).toBe(0);
    const [left] = place.leftovers();
    expect(left).toBeDefined();
    try {
      const answers = join(place.runbooks, 'attempt-view-v1-lock', 'answers.rehearsal.yaml');
      expect((await place.cli(['resume', '--answers', answers, '--until', 'apply-v1'])).code).toBe(0);
      expectNothingLeft(place);
      // The server is gone with its data, so this run cannot go on, and says so.
      expect((await place.cli(['resume'])).code).toBe(69);
    } finally {
      if (left !== undefined) await removeServer(join(place.temporary, left));
    }
  });

  test.each([
    {name: 'SIGINT' as const, ends: {code: 130, signal: null}},
    {name: 'SIGTERM' as const, ends: {code: null, signal: 'SIGTERM'}},
  ])('that is interrupted by $name puts its server away', async ({name, ends}) => {
    const place = createPlace();
    const {code, signal} = await place.cli(['rehearse'], {
      signal: {name, when: (printed) => printed.includes('pg_dump')},
    });
    expect({code, signal}).toEqual(ends);
    expectNothingLeft(place);
    // Whatever it was doing has an outcome, or is in doubt: nothing claims to be running that is not.
    expect(place.journal().length).toBeGreaterThan(5);
  });

  test('that is interrupted while its server starts puts it away as well', async () => {
    const place = createPlace({results: 60_000});
    // The first thing that a rehearsal makes is its server's folder; the sample takes a while from then on.
    const running = place.cli(['rehearse'], {signal: {name: 'SIGINT', when: () => true}});
    const waiting = async (): Promise<void> => {
      while (place.leftovers().length === 0) await new Promise((resolve) => setImmediate(resolve));
    };
    await waiting();
    const [pid] = processesOf(place.folder).flatMap((line) =>
      line.includes('launcher.js') ? [Number.parseInt(line, 10)] : [],
    );
    if (pid === undefined) throw new Error('the rehearsal has ended too early');
    process.kill(pid, 'SIGINT');
    const {code, signal} = await running;
    expect(code === 130 || signal === 'SIGINT').toBe(true);
    expectNothingLeft(place);
  });
});

/** A mount namespace in which PostgreSQL's own programs do not exist; possible for root only. */
const hiding = (): readonly string[] | undefined => {
  const hidden = ['/usr/lib/postgresql', '/usr/share/postgresql-common'].filter((path) => existsSync(path));
  const script = `${hidden.map((path) => `mount -t tmpfs tmpfs ${path} && `).join('')}exec "$@"`;
  const prefix = ['unshare', '--mount', 'sh', '-c', script, 'sh'];
  const tried = spawnSync(prefix[0] ?? '', [...prefix.slice(1), 'true']);
  return tried.status === 0 ? prefix : undefined;
};

describe('a rehearsal on a machine without pg_dump', () => {
  const prefix = hiding();
  // Needs root: pg_dump lies in well-known places, which only a mount of ours can hide.
  test.skipIf(prefix === undefined)('finishes with a stand-in, says so, and names what installs it', async () => {
    const place = createPlace();
    const {code, stdout} = await place.cli(['rehearse'], {
      prefix: prefix ?? [],
      env: {PATH: `${dirname(realpathSync('/bin/sh'))}:/usr/sbin:/sbin`},
    });
    expect(code).toBe(0);
    const backup = place.journal().find((event) => event.type === 'StepSucceeded' && event.step === 'backup');
    expect(backup).toMatchObject({facts: {method: 'stand-in'}});
    expect(stdout).toMatch(/apt-get install|dnf install|apk add|https:/);
    expectNothingLeft(place);
  });
});
