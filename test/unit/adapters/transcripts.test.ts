// Is what a child said on disk whole, in order, without secrets, and sealed by its hash?

import {mkdirSync, mkdtempSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {sha256} from '../../../src/adapters/files.ts';
import {compileRedaction} from '../../../src/evidence/redaction.ts';
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
    expect(sealed).toEqual({
      ok: true,
      value: {
        path: 'transcripts/rollback.restore.2.log',
        bytes: text.length,
        sha256: sha256(text),
        mediaType: 'text/plain; charset=utf-8',
      },
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
});
