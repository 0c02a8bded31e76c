// What does it cost to record a child? Run on its own, so that its memory is nobody else's: `capture.ts FOLDER FILE`.

import {monitorEventLoopDelay} from 'node:perf_hooks';
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {processesOf} from '../../../src/adapters/processes.ts';
import {transcriptFiles} from '../../../src/adapters/transcripts.ts';
import {compileRedaction} from '../../../src/evidence/redaction.ts';
import {peakKib} from '../../support/peak.ts';

const [folder = '', file = ''] = process.argv.slice(2);
mkdirSync(join(folder, 'transcripts'), {recursive: true});
const secrets = ['correct horse battery', `p@ss w'rd/"%&<$x`, 'hunter2secret'];
const opened = transcriptFiles(folder, compileRedaction(secrets)).open('flood', 1);
if (!opened.ok) throw new Error(opened.failure.code);
const transcript = opened.value;
const processes = processesOf({
  env: process.env,
  secrets: () => secrets,
  target: () => {
    throw new Error('no database is needed');
  },
});
const delay = monitorEventLoopDelay({resolution: 1});
delay.enable();
const before = performance.now();
const cpuBefore = process.cpuUsage();
await processes.run({
  program: 'cat',
  args: [file],
  toTarget: false,
  timeoutMs: 600_000,
  signal: new AbortController().signal,
  onOutput: (stream, text) => void transcript.write(stream, text),
});
const capturedMs = performance.now() - before;
const sealed = await transcript.close();
const cpu = process.cpuUsage(cpuBefore);
console.log(
  JSON.stringify({
    capturedMs,
    sealedMs: performance.now() - before,
    cpuMs: (cpu.user + cpu.system) / 1000,
    peakKib: peakKib(),
    lagMs: delay.max / 1e6,
    bytes: sealed.ok ? sealed.value.map(({bytes}) => bytes) : [],
  }),
);
