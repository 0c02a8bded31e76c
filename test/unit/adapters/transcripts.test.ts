// Is what a child said on disk whole, in order, without secrets, and sealed by its hash?

import {mkdirSync, mkdtempSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {sha256} from '../../../src/adapters/files.ts';
import {compileRedaction} from '../../../src/evidence/redaction.ts';
import {rawDecoder} from '../../../src/adapters/raw-text.ts';
import {transcriptFiles} from '../../../src/adapters/transcripts.ts';
import type {Transcript} from '../../../src/core/ports.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'transcript-'));
  mkdirSync(join(root, 'transcripts'));
});

afterEach(() => rmSync(root, {recursive: true}));

const openTranscript = (secrets: readonly string[], step: string, attempt: number): Transcript => {
  const opened = transcriptFiles(root, compileRedaction(secrets)).open(step, attempt);
  if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
  return opened.value;
};

const castOf = (name: string): readonly unknown[] =>
  readFileSync(join(root, `transcripts/${name}.cast`), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

describe('a transcript', () => {
  it('holds every stream, and is sealed by the hash of what is on disk', async () => {
    const transcript = openTranscript([], 'rollback/restore', 2);
    expect(transcript.write('stdout', 'one\ntw')).toBe('one\n');
    expect(transcript.write('stderr', 'error\n')).toBe('error\n');
    expect(transcript.write('stdout', 'o\n')).toBe('two\n');
    transcript.write('note', 'no end');
    const sealed = await transcript.close();
    const text = readFileSync(join(root, 'transcripts/rollback.restore.2.log'), 'utf8');
    expect(text).toBe('one\nerror\ntwo\nno end');
    const cast = readFileSync(join(root, 'transcripts/rollback.restore.2.cast'), 'utf8');
    expect(sealed).toEqual({
      ok: true,
      value: [
        {
          path: 'transcripts/rollback.restore.2.log',
          bytes: text.length,
          sha256: sha256(text),
          mediaType: 'text/plain; charset=utf-8',
        },
        {
          path: 'transcripts/rollback.restore.2.cast',
          bytes: cast.length,
          sha256: sha256(cast),
          mediaType: 'application/x-asciicast',
        },
      ],
    });
    expect(statSync(join(root, 'transcripts/rollback.restore.2.log')).mode & 0o777).toBe(0o600);
  });

  it('never has a secret, not even one that came in two pieces with another stream between them', async () => {
    const transcript = openTranscript(['hunter2secret'], 'dump', 1);
    const shown = [
      transcript.write('stdout', 'password hunter2'),
      transcript.write('stderr', 'meanwhile\n'),
      transcript.write('stdout', 'secret ok\n'),
    ].join('');
    await transcript.close();
    const text = readFileSync(join(root, 'transcripts/dump.1.log'), 'utf8');
    expect(text).toBe('meanwhile\npassword [redacted] ok\n');
    // What is shown is what is stored.
    expect(shown).toBe(text);
  });

  it('of an attempt that never was is empty', async () => {
    expect(await transcriptFiles(root, compileRedaction([])).read('dump', 9)).toBe('');
  });

  it('is a recording as well: a header, what was sent, what was said as a terminal shows it, and how it ended', async () => {
    const transcript = openTranscript(['hunter2secret'], 'dump', 1);
    transcript.record({type: 'process', argv: ['pg_dump', '--file=a b', 'hunter2secret'], environment: ['PATH']});
    transcript.write('stderr', 'password hunter2');
    transcript.write('stderr', 'secret\nnext\n');
    transcript.record({type: 'process-ended', exitCode: 1, timedOut: false, cancelled: false, durationMs: 5});
    const sealed = await transcript.close();
    const [header, ...events] = castOf('dump.1');
    expect(header).toMatchObject({
      version: 3,
      term: {cols: 100, rows: 30},
      'attempt-runbook': {step: 'dump', attempt: 1},
    });
    expect(events.map((event) => (event as readonly unknown[]).slice(1))).toEqual([
      ['j', '{"type":"process","argv":["pg_dump","--file=a b","[redacted]"],"environment":["PATH"]}'],
      ['o', "$ pg_dump '--file=a b' '[redacted]'\r\n"],
      ['o', 'password [redacted]\r\nnext\r\n'],
      ['j', '{"type":"process-ended","exitCode":1,"timedOut":false,"cancelled":false,"durationMs":5}'],
      ['x', '1'],
    ]);
    expect(sealed).toMatchObject({
      ok: true,
      value: [{redactions: {'known-secret': 1}}, {redactions: {'known-secret': 2}}],
    });
  });

  it('keeps bytes that are no UTF-8, in the log as they were and in the recording beside what a player shows', async () => {
    const bytes = Buffer.concat([Buffer.from('한'), Buffer.from([0xff, 0x00, 0x80, 0xed, 0xb2, 0x80, 0x0a])]);
    const decoder = rawDecoder();
    const transcript = openTranscript([], 'dump', 1);
    for (const byte of bytes) transcript.write('stdout', decoder.push(Buffer.of(byte)));
    await transcript.close();
    expect(readFileSync(join(root, 'transcripts/dump.1.log')).equals(bytes)).toBe(true);
    const kept = castOf('dump.1').find((event) => Array.isArray(event) && event[1] === 'b') as readonly string[];
    expect(Buffer.from(kept[2] ?? '', 'base64').equals(bytes)).toBe(true);
  });

  it('of a flood is what was said, to the byte, in both of its files, and its seal is the hash of them', async () => {
    const said = Array.from(
      {length: 120_000},
      (_, at) =>
        `${at} "quoted" \\n C:\\\\ 한글 \u001b[1m${at % 7 === 0 ? '\r' : ''}\n${at % 1000 === 0 ? 'hunter2secret' : ''}`,
    ).join('');
    const transcript = openTranscript(['hunter2secret'], 'flood', 1);
    let shown = '';
    for (let from = 0; from < said.length; from += 65_521)
      shown += transcript.write('stdout', said.slice(from, from + 65_521));
    const sealed = await transcript.close();
    const stored = said.replaceAll('hunter2secret', '[redacted]');
    const [log, cast] = ['log', 'cast'].map((end) => readFileSync(join(root, `transcripts/flood.1.${end}`)));
    expect(log?.equals(Buffer.from(stored))).toBe(true);
    // What is still held back has no end of a line, and is shown when it comes to one.
    expect(stored.startsWith(shown)).toBe(true);
    const events = castOf('flood.1').slice(1) as readonly (readonly [number, string, string])[];
    expect(events.every(([, code]) => code === 'o')).toBe(true);
    expect(events.map(([, , text]) => text).join('')).toBe(stored.replaceAll(/\r?\n/g, '\r\n'));
    // Written as JSON writes it, and in no other way.
    const text = readFileSync(join(root, 'transcripts/flood.1.cast'), 'utf8');
    const lines = text.trimEnd().split('\n').slice(1);
    const again = events.map(([seconds, code, text]) => `[${seconds.toFixed(6)}, "${code}", ${JSON.stringify(text)}]`);
    expect(lines.every((line, at) => line === again[at])).toBe(true);
    expect(sealed).toMatchObject({
      ok: true,
      value: [log, cast].map((bytes) => ({
        bytes: bytes?.length,
        sha256: sha256(bytes ?? ''),
        redactions: {'known-secret': 120},
      })),
    });
  });

  it('holds what was sent before anything came back, so that a kill leaves it', () => {
    const transcript = openTranscript([], 'apply', 1);
    transcript.record({type: 'statement', pid: 7, sql: 'DROP VIEW public.attempt', file: 'apply/010.sql'});
    expect(castOf('apply.1').at(-2)).toEqual([expect.any(Number), 'j', expect.stringContaining('DROP VIEW')]);
  });
});
