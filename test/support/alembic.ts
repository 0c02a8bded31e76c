// How does a test get an Alembic project and its runbook in a folder of its own?

import {cpSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {temporaryFolder} from './run.ts';

const fixture = fileURLToPath(new URL('../fixtures/alembic', import.meta.url));

export const from = '20251031_2120_features_kpi_cols';
export const revision = '20251101_0900_attempt_view_lock';

export type Project = Readonly<{
  /** For `openTestRun`. */
  runbook: Readonly<{name: string; directory: string}>;
  /** The folder of alembic.ini. */
  folder: string;
  versions: string;
  /** Replaces a part of a file below `folder`; the part must be there. */
  edit: (file: string, part: string, by: string) => void;
  /** Writes a revision of its own. */
  add: (file: string, of: Readonly<{id: string; down: string | null; upgrade?: string; downgrade?: string}>) => void;
  /** The same for the runbook. */
  editRunbook: (part: string, by: string) => void;
}>;

const replaceIn = (path: string, part: string, by: string): void => {
  const text = readFileSync(path, 'utf8');
  if (!text.includes(part)) throw new Error(`${path} has no ${part}`);
  writeFileSync(path, text.replace(part, by));
};

const name = 'attempt-view-alembic';

/** A copy of the fixture. */
export const alembicProject = (root = temporaryFolder()): Project => {
  // Its SQL is that of the shipped runbook, by a link.
  cpSync(fixture, root, {recursive: true, dereference: true});
  const folder = join(root, 'apps/seedtest_api');
  const versions = join(folder, 'migrations/versions');
  return {
    runbook: {name, directory: join(root, 'runbook')},
    folder,
    versions,
    edit: (file, part, by) => replaceIn(join(folder, file), part, by),
    add: (file, {id, down, upgrade = 'pass', downgrade = 'pass'}) =>
      writeFileSync(
        join(versions, file),
        `"""added by a test"""\n\nfrom alembic import op\n\nrevision = "${id}"\ndown_revision = ${down === null ? 'None' : `"${down}"`}\n\n\ndef upgrade():\n    ${upgrade}\n\n\ndef downgrade():\n    ${downgrade}\n`,
      ),
    editRunbook: (part, by) => replaceIn(join(root, 'runbook', name, 'runbook.yaml'), part, by),
  };
};
