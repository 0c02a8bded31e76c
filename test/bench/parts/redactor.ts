// How fast is text looked through for secrets? Beside the hash of the same bytes, which every sealed file costs as well.

import {createHash} from 'node:crypto';
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {compileRedaction, createRedactor} from '../../../src/evidence/redaction.ts';
import type {Part} from '../part.ts';
import {median} from '../row.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** What a pipe gives at once. */
const PIECE = 65_536;

const cpuMsOf = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const {user, system} = process.cpuUsage(before);
  return (user + system) / 1000;
};

const run: Part['run'] = ({isQuick, add}) => {
  const megabytes = isQuick ? 20 : 100;
  const known = compileRedaction(['correct horse battery', `p@ss w'rd/"%&<$x`, 'hunter2secret']);
  const sources = readdirSync(join(root, 'src'), {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('');
  const row = '00000001 0000000000000000000000000000000000000000000000000000000000001 a row of a table\n';
  for (const [what, unit] of Object.entries({'rows of a table': row, 'sources with secrets of their own': sources})) {
    const text = unit.repeat(Math.ceil((megabytes * 1e6) / unit.length)).slice(0, megabytes * 1e6);
    const tookMs: number[] = [];
    const hashMs: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      tookMs.push(
        cpuMsOf(() => {
          const of = createRedactor(known);
          for (let at = 0; at < text.length; at += PIECE) of.push(text.slice(at, at + PIECE));
          of.end();
        }),
      );
      hashMs.push(cpuMsOf(() => void createHash('sha256').update(text).digest('hex')));
    }
    add({
      what: `redactor, CPU: ${megabytes} MB of ${what}`,
      measured: tookMs,
      beside: {what: 'sha256', measured: hashMs},
      remark: `${Math.round((megabytes * 1000) / median(tookMs))} MB/s`,
    });
  }
};

export const part: Part = {minutes: 3, run};
