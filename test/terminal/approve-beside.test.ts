// Does an approver get through while the operator's screen stands at the approval, and does the screen show it when it comes?

import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {execa} from 'execa';
import {expect, inject, onTestFinished} from 'vitest';
import {keysIn} from '../support/approval-run.ts';
import {needs} from '../support/needs.ts';
import {createTestDatabase} from '../support/postgres.ts';
import {createPlace, onlySteps, openTerminal} from '../support/terminal.ts';

const started = ['run', '--env', 'production', '--url', 'env:PRODUCTION_URL', '--lang', 'en'];
const launcher = fileURLToPath(new URL('../../src/cli/launcher.js', import.meta.url));

needs('ssh-keygen').test(
  'the command that the screen shows is taken while the screen stands there, and is seen to come',
  async () => {
    const keys = keysIn(mkdtempSync(join(tmpdir(), 'approve-terminal-')));
    onTestFinished(() => rmSync(keys.folder, {recursive: true, force: true}));
    keys.key('lee');
    const list = join(keys.folder, 'approvers');
    writeFileSync(list, `lee@example.org ${keys.publicKey('lee')}\n`);
    await using place = createPlace({alter: onlySteps('change-approval', 'second-engineer')});
    await using database = await createTestDatabase();
    await using terminal = openTerminal({
      place,
      args: [...started, '--pin', inject('cluster').systemIdentifier],
      env: {PRODUCTION_URL: database.url, ATTEMPT_RUNBOOK_ALLOWED_SIGNERS: list},
      columns: 120,
      rows: 40,
    });
    const {screen} = terminal;
    await screen.shows('lee@example.org', 'In another terminal of this account');
    const shown = screen
      .text()
      .split('\n')
      .flatMap((row) => row.split('║').slice(3, 4))
      .map((row) => row.trim())
      .join(' ');
    const command = /attempt-runbook (approve .*?) --as NAME --key KEY/.exec(shown)?.[1] ?? '';
    expect(command).toContain(` --allowed-signers ${list}`);
    // Somebody begins to type here as well: what comes first counts, and nothing is left open.
    terminal.press('Enter');
    await screen.shows('Name of the approver:');
    // Nothing of the first terminal's environment: what is shown is all that is needed.
    const other = {PATH: process.env['PATH'], HOME: keys.folder, LANG: 'C.UTF-8'};
    const words = [...command.split(' '), '--as', 'lee@example.org', '--key', join(keys.folder, 'lee')];
    const approved = await execa(process.execPath, [launcher, ...words], {env: other, extendEnv: false, reject: false});
    expect(approved).toMatchObject({exitCode: 0, stderr: ''});
    await screen.shows('From another terminal: lee@example.org has approved.');
    await screen.lacks('Name of the approver:');
    terminal.press('Enter');
    await screen.shows('The second engineer agrees');
  },
);
