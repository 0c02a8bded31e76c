// Does the scripted rehearsal leave nothing behind, however it ends? The walk there and back itself is in report.test.ts.

import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync, realpathSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {beforeAll, describe, expect, test} from 'vitest';
import {removeServer} from '../../src/adapters/embedded/server.ts';
import {createPlace, ensureBuilt, jsonLines, onlyChecks} from '../support/headless.ts';
import {createTestDatabase} from '../support/postgres.ts';
import {expectNothingLeft, processesOf} from '../support/nothing-left.ts';

beforeAll(ensureBuilt);

describe('a scripted rehearsal', () => {
  test('that stops after its smoke step prints each file of its picture as kept', async () => {
    await using database = await createTestDatabase();
    const place = createPlace({steps: ['smoke', 'newest-rows'], alter: onlyChecks('columns')});
    writeFileSync(place.sql('smoke/030_columns.sql'), "SELECT true AS ok, 5 AS rows, 'looks right' AS observed;\n");
    const {code, stdout} = await place.command(['rehearse', '--scratch-url', 'env:SCRATCH', '--until', 'smoke'], {
      env: {SCRATCH: database.url},
    });
    expect(code).toBe(0);
    const kept = place
      .journal()
      .flatMap((event) => (event.type === 'ArtifactSealed' ? [event.artifact.path] : []))
      .filter((path) => path.startsWith('artifacts/screens/'));
    expect(kept).not.toEqual([]);
    for (const path of kept) expect(stdout).toContain(path);
  });

  test('prints nothing but its journal with --json', async () => {
    await using database = await createTestDatabase();
    const place = createPlace({steps: ['ci-green', 'source-table', 'snapshot']});
    const rehearse = ['rehearse', '--json', '--scratch-url', 'env:SCRATCH', '--until', 'source-table'];
    const {code, stdout} = await place.cli(rehearse, {env: {SCRATCH: database.url}});
    expect(code).toBe(0);
    expect(jsonLines(stdout)).toEqual(place.journal());
  });

  test('leaves its server running when it is told to; a resume goes on there, and puts it away when it is interrupted', async () => {
    const place = createPlace({steps: ['source-table', 'snapshot', 'backup']});
    expect((await place.cli(['rehearse', '--keep', '--until', 'source-table'])).code).toBe(0);
    const [left] = place.leftovers();
    expect(left).toBeDefined();
    try {
      const answers = join(place.runbooks, 'attempt-view-v1-lock', 'answers.rehearsal.yaml');
      const resumed = await place.cli(['resume', '--answers', answers], {
        signal: {name: 'SIGINT', when: (printed) => printed.includes('pg_dump')},
      });
      expect(resumed.code).toBe(130);
      expect(place.journal()).toContainEqual(expect.objectContaining({type: 'StepSucceeded', step: 'snapshot'}));
      expectNothingLeft(place);
      // The server is gone with its data and the run is closed: nobody looks for a server, and it says so.
      const again = await place.command(['resume']);
      const closed = place.journal().find((event) => event.type === 'RunClosed');
      // Without pg_dump the stand-in is faster than the signal, and that was the last step.
      expect(again.code).toBe(closed?.outcome === 'completed' ? 0 : 130);
      expect(again.stdout).toContain(closed?.outcome ?? 'abandoned');
    } finally {
      if (left !== undefined) await removeServer(join(place.temporary, left));
    }
  });

  test.each([
    {name: 'SIGINT' as const, ends: {code: 130, signal: null}},
    {name: 'SIGTERM' as const, ends: {code: null, signal: 'SIGTERM'}},
  ])('that is interrupted by $name puts its server away', async ({name, ends}) => {
    const place = createPlace({steps: ['ci-green', 'source-table', 'snapshot', 'backup']});
    const {code, signal} = await place.cli(['rehearse'], {
      signal: {name, when: (printed) => printed.includes('pg_dump')},
    });
    expect({code, signal}).toEqual(ends);
    expectNothingLeft(place);
    // Whatever it was doing has an outcome, or is in doubt: nothing claims to be running that is not.
    expect(place.journal().length).toBeGreaterThan(5);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'that is interrupted by %s while it ends puts its server away',
    async (name) => {
      const place = createPlace({steps: ['ci-green', 'source-table']});
      let postmaster: number | undefined;
      const {code, signal} = await place.cli(['rehearse', '--until', 'ci-green'], {
        signal: {
          name,
          when: (printed) => {
            // Its server cannot end before the signal is there: it stands still from the first word on.
            if (postmaster === undefined) {
              const pidFile = join(place.temporary, place.leftovers()[0] ?? '', 'data', 'postmaster.pid');
              postmaster = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
              process.kill(postmaster, 'SIGSTOP');
            }
            const server = postmaster;
            const isLeaving = printed.includes("the rehearsal's server was removed");
            if (isLeaving) setImmediate(() => process.kill(server, 'SIGCONT'));
            return isLeaving;
          },
        },
      });
      expect({code, signal}).toEqual(name === 'SIGINT' ? {code: 130, signal: null} : {code: null, signal: name});
      expectNothingLeft(place);
    },
  );

  test('that is interrupted while its server starts puts it away as well', async () => {
    const place = createPlace({steps: ['ci-green']});
    // The first thing that a rehearsal makes is its server's folder; initdb takes a while from then on.
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
    const place = createPlace({steps: ['snapshot', 'backup', 'apply-v1']});
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
