// What does PostgreSQL's grammar cost the process that reads SQL with it?

import {execFileSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {expect, test} from 'vitest';
import {PEAK_KIB} from '../../support/peak.ts';

const source = (path: string): string => JSON.stringify(new URL(`../../../src/${path}`, import.meta.url).href);
const root = fileURLToPath(new URL('../../..', import.meta.url));

test('a runbook that is read three times is read in 200 MB', () => {
  const script = `
    import {readRunbookFolder, runbookFolder} from ${source('adapters/runbook-folder.ts')};
    import {loadSqlParser} from ${source('adapters/sql-parser.ts')};
    const parser = await loadSqlParser();
    const files = readRunbookFolder(runbookFolder('runbook', 'attempt-view-v1-lock'));
    const texts = [...files].filter(([name]) => name.endsWith('.sql')).map(([, bytes]) => new TextDecoder().decode(bytes));
    for (let round = 0; round < 3; round += 1) {
      for (const text of texts) if (!parser.parse(text).ok) throw new Error(text);
    }
    console.log(JSON.stringify({files: texts.length, peakKib: ${PEAK_KIB}}));`;
  // What V8 optimises it optimises before it goes on, so that nothing is still to come when the peak is asked for. On
  // Node 22 the flag optimises all there is, for minutes.
  const isEager = Number(process.versions.node.split('.')[0]) >= 24;
  const args = [...(isEager ? ['--wasm-sync-tier-up'] : []), '--input-type=module', '--eval', script];
  const printed = execFileSync(process.execPath, args, {cwd: root, encoding: 'utf8'});
  const {files, peakKib} = JSON.parse(printed) as Readonly<{files: number; peakKib: number}>;
  expect(files).toBeGreaterThan(20);
  expect(peakKib / 1024).toBeLessThan(200);
});
