// Does a run go on that was open when the tool was upgraded, and so its files were taken away?

import {spawn} from 'node:child_process';
import {cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect} from 'vitest';
import {needs} from '../support/needs.ts';
import {createPlace, ensureBuilt, jsonLines} from '../support/headless.ts';
import {fixtureFolder} from '../support/run.ts';

const {test} = needs('pg_dump');

const root = fileURLToPath(new URL('../..', import.meta.url));

test('a run that is open while the files of the tool are taken away walks its commands to the end', async () => {
  await ensureBuilt();
  const place = createPlace();
  const tool = join(place.folder, 'tool');
  mkdirSync(tool);
  for (const name of ['dist', 'package.json', join('src', 'cli', 'launcher.js')])
    cpSync(join(root, name), join(tool, name), {recursive: true});
  symlinkSync(join(root, 'node_modules'), join(tool, 'node_modules'));
  for (const name of ['runbook', 'sql'])
    cpSync(join(fixtureFolder, '..', name), join(place.folder, 'own', name), {recursive: true});
  const runbooks = join(place.folder, 'own', 'runbook');
  const yaml = join(runbooks, 'orders-add-status', 'runbook.yaml');
  writeFileSync(
    yaml,
    readFileSync(yaml, 'utf8').replace('    optional: true\n    in: [rehearsal]\n    run:', '    run:'),
  );
  const steps = {
    agreed: {check: {agreed: {note: 'a test'}}},
    'add-status': {confirm: 'seedtest'},
    vacuum: {start: true},
  };
  const answers = place.answers({format: 'attempt-runbook-answers/1', steps});
  const child = spawn(
    process.execPath,
    [
      join(tool, 'src', 'cli', 'launcher.js'),
      'rehearse',
      'orders-add-status',
      '--json',
      '--runbook-dir',
      runbooks,
      '--runs-dir',
      place.runs,
      '--answers',
      answers,
    ],
    {
      cwd: place.folder,
      env: {PATH: process.env['PATH'] ?? '', HOME: join(place.folder, 'home'), TMPDIR: place.temporary, TZ: 'UTC'},
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let printed = '';
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaints += chunk));
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk;
    if (!printed.includes('"RunOpened"') || !existsSync(join(tool, 'dist'))) return;
    rmSync(join(tool, 'dist'), {recursive: true});
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect({code, complaints}).toEqual({code: 0, complaints: expect.any(String)});
  const done = jsonLines(printed).filter(({type}) => type === 'StepSucceeded');
  expect(done.map(({step}) => step)).toContain('vacuum');
  expect(existsSync(join(tool, 'dist'))).toBe(false);
});
