// What does the tool cost? Each figure beside a peer that does the bare work, in the same run on the same machine; the
// ratio is what to look at, since the figures themselves belong to the machine and to what else it does.
//
// npm run bench [-- [--list] [--only PART[,PART]] [--quick] [--output FILE] [--compare FILE]]
// Ends 0 when every part ended, 1 when one failed, 64 when it was not understood, 130 when it was interrupted.

import {readFileSync, readdirSync} from 'node:fs';
import {basename, join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {parseArgs} from 'node:util';
import {compare, comparisonOf} from './comparison.ts';
import type {Part} from './part.ts';
import {circumstances, defaultFile, readRecord, writeRecord, type BenchRecord} from './record.ts';
import type {Row} from './row.ts';
import {runPart} from './run-part.ts';
import {tableOf} from './table.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const note = (text: string): void => void process.stderr.write(`${text}\n`);
const refuse = (words: string): never => {
  note(words);
  process.exit(64);
};

const readArguments = () => {
  const options = {
    list: {type: 'boolean', default: false},
    quick: {type: 'boolean', default: false},
    only: {type: 'string', multiple: true},
    output: {type: 'string'},
    compare: {type: 'string'},
    // Another folder of parts than parts/.
    parts: {type: 'string', default: fileURLToPath(new URL('parts', import.meta.url))},
  } as const;
  try {
    return parseArgs({options}).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
};

const args = readArguments();
const names = readdirSync(args.parts)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => basename(file, '.ts'))
  .toSorted();
const fileOf = (name: string): string => join(args.parts, `${name}.ts`);
/** A part that cannot be loaded is run all the same: then its row says why. */
const isOnlyNamed = async (name: string): Promise<boolean> => {
  const loaded = (await import(pathToFileURL(fileOf(name)).href).catch(() => ({}))) as {part?: Part};
  return loaded.part?.onlyNamed === true;
};

if (args.list) {
  for (const name of names) {
    const question = readFileSync(fileOf(name), 'utf8')
      .split('\n', 1)[0]
      ?.replace(/^\/\/ /, '');
    say(`${name.padEnd(16)}${question}${(await isOnlyNamed(name)) ? ' (only when named)' : ''}`);
  }
  process.exit(0);
}

const only = args.only?.flatMap((list) => list.split(','));
const unknown = only?.filter((name) => !names.includes(name)) ?? [];
if (unknown.length > 0) refuse(`no part is called ${unknown.join(', ')}; there are ${names.join(', ')}`);
const chosen = only ?? [];
if (only === undefined) for (const name of names) if (!(await isOnlyNamed(name))) chosen.push(name);
// Read first: nobody wants to learn after twenty minutes that it is the wrong file.
const readEarlier = (file: string): BenchRecord => {
  try {
    return readRecord(file);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
};
const earlier = args.compare === undefined ? undefined : readEarlier(args.compare);

const under = circumstances(args.quick);
const output = args.output ?? defaultFile(under);
const rows: Row[] = [];
// Written after every part: what ends the bench itself does not take with it what was measured.
const record = (): BenchRecord => ({v: 1, ...under, rows});
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());

let hasFailed = false;
for (const name of chosen) {
  if (interrupted.signal.aborted) break;
  note(`${name} ...`);
  const began = performance.now();
  const options = {name, file: fileOf(name), isQuick: args.quick, signal: interrupted.signal};
  if (!(await runPart({...options, gave: (row) => void rows.push(row)}))) hasFailed = true;
  note(`${name}: ${((performance.now() - began) / 1000).toFixed(0)} s`);
  writeRecord(output, record());
}

const commit = `${under.commit?.slice(0, 12) ?? 'no commit'}${under.isDirty ? ', changed' : ''}`;
say(`Node ${under.node}, ${under.machine}, ${commit}${args.quick ? ', quick' : ''}\n`);
for (const text of tableOf(rows)) say(text);
if (earlier !== undefined) {
  if (earlier.isQuick !== args.quick) note('one of the two runs was quick: their rows are not the same');
  say(`\nBeside ${args.compare} (${earlier.date}, ${earlier.commit?.slice(0, 12) ?? 'no commit'}):\n`);
  for (const text of comparisonOf(compare(rows, earlier.rows))) say(text);
}
note(`\nkept in ${output}`);
process.exitCode = interrupted.signal.aborted ? 130 : hasFailed ? 1 : 0;
