// Which interpreter is asked about an Alembic that is started by a prefix or a wrapper?

import {chmodSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {expect} from 'vitest';
import {failureText} from '../../../src/ui/text/failure.ts';
import {alembicProject, from, revision, type Project} from '../../support/alembic.ts';
import {needs} from '../../support/needs.ts';
import {createTestDatabase} from '../../support/postgres.ts';
import {factsFrom, failureFrom, openTestRun} from '../../support/run.ts';

const {test} = needs('alembic');

const script = (path: string, text: string): void => {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
};

const startedBy = (project: Project, argv: string): void =>
  project.editRunbook('argv: [/usr/bin/alembic]', `argv: ${argv}`);

test('behind env it is the one of the program that env starts, whatever python PATH has', async () => {
  await using database = await createTestDatabase();
  const project = alembicProject();
  const bin = join(project.folder, 'bin');
  mkdirSync(bin);
  script(join(bin, 'python3'), '#!/bin/sh\necho "no module named sqlalchemy" >&2; exit 1\n');
  startedBy(project, '[env, A=1, alembic]');
  const run = await openTestRun(database, {
    steps: ['history', 'snapshot', 'upgrade'],
    runbook: project.runbook,
    env: {...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`},
  });
  expect(factsFrom(await run.start('history'), 'alembic-check').current).not.toEqual([]);
});

test('behind a wrapper that is no Python nothing is run, and the key that names it is told', async () => {
  await using database = await createTestDatabase();
  const project = alembicProject();
  script(join(project.folder, 'm'), `#!/bin/sh\ntouch ran; exec alembic "$@"\n`);
  startedBy(project, '[./m]');
  const run = await openTestRun(database, {steps: ['history', 'snapshot', 'upgrade'], runbook: project.runbook});
  const failure = failureFrom(await run.start('history'), 'alembic-unfit');
  expect(failure.troubles).toEqual([{code: 'not-answered', subject: 'python', actual: './m: #!/bin/sh'}]);
  for (const locale of ['en', 'ko'] as const) expect(failureText(failure, locale).where).toContain('alembic.python');
});

test('a check starts Python twice, and shows what Alembic says of its history all the same', async () => {
  await using database = await createTestDatabase();
  const project = alembicProject();
  const starts = join(project.folder, 'starts');
  script(join(project.folder, 'python'), `#!/bin/sh\necho python >> '${starts}'; exec /usr/bin/python3 "$@"\n`);
  script(join(project.folder, 'alembic'), `#!/bin/sh\necho "alembic $3" >> '${starts}'; exec /usr/bin/alembic "$@"\n`);
  startedBy(project, '[./alembic]\n      python: [./python]');
  const run = await openTestRun(database, {steps: ['history', 'snapshot', 'upgrade'], runbook: project.runbook});
  const facts = factsFrom(await run.start('history'), 'alembic-check');
  expect(facts).toMatchObject({current: [from], heads: [revision], pending: [revision]});
  expect(readFileSync(starts, 'utf8')).toBe('python\nalembic upgrade\n');
  const said = readFileSync(join(run.path, 'transcripts/history.1.log'), 'utf8');
  expect(said).toContain(`# alembic history\n${from} -> ${revision} (head)`);
  expect(said).toContain(`# alembic heads\n${revision} (head)`);
  expect(said).toMatch(new RegExp(`# alembic current --verbose\\nRev: ${from}`));
  expect(said).not.toContain('"revisions"');
});
