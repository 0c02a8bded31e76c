// What children and steps said and what was sent, attempt by attempt, in files that the journal seals by their hash: a log
// with exactly what was said, and a recording that also knows when, and what was asked.

import {closeSync, fsyncSync, openSync} from 'node:fs';
import {open, type FileHandle} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {failed, success} from '../core/failure.ts';
import {
  createRedactor,
  maskedIn,
  redactValues,
  sumOf,
  type Redaction,
  type Redactions,
  type Redactor,
} from '../evidence/redaction.ts';
import type {Artifact} from '../core/facts.ts';
import type {OutputStream, Transcripts} from '../core/ports.ts';
import {TRANSCRIPT_END_BYTES, transcriptLog, type TranscriptRecord} from '../core/transcript.ts';
import {createCast, type CastFile} from './cast-file.ts';
import {FILE_MODE, errorMessage, hashFile, syncAhead, syncDirectory, writeAll, writeText} from './files.ts';
import {rawBytes} from './raw-text.ts';
import {fileFailure} from './run-files.ts';

/** A pipe has no size; a hundred columns hold most lines of the programs that are recorded. */
const SIZE = {columns: 100, rows: 30} as const;

const quoted = (text: string): string => (/^[\w./:@=,+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** What somebody who plays the recording should see of a record, as a terminal would have shown it. */
const told = (record: TranscriptRecord): string => {
  switch (record.type) {
    case 'process':
      return `$ ${record.argv.map(quoted).join(' ')}\n`;
    case 'process-ended':
      return '';
    case 'statement':
      return `=> ${record.file ?? record.sql.trim()}\n`;
    case 'answer':
      return `   ${record.rows} rows (${record.columns.join(', ')}), ${record.durationMs} ms\n`;
    case 'refusal':
      return `   ${record.code}${record.message === undefined ? '' : `: ${record.message}`}, ${record.durationMs} ms\n`;
    case 'notice':
      return `   ${record.severity}: ${record.message}\n`;
  }
};

/** Names and messages of the server's are somebody's text: what is told of them does not act on a terminal. */
const harmless = (text: string): string => text.replaceAll(/(?![\n\t])\p{Cc}/gu, '?');

const withCounts = (artifact: Artifact, redactions: Redactions): Artifact => ({...artifact, ...maskedIn(redactions)});

/** @param known what must not be stored. */
export const transcriptFiles = (root: string, known: Redaction): Transcripts => ({
  open: (step, attempt) => {
    const log = transcriptLog(step, attempt);
    const cast = log.replace(/log$/, 'cast');
    let descriptor: number;
    let recording: CastFile;
    try {
      descriptor = openSync(join(root, log), 'a', FILE_MODE);
      try {
        recording = createCast(join(root, cast), {...SIZE, title: `${step} ${attempt}`, of: {step, attempt}});
      } catch (error) {
        closeSync(descriptor);
        throw error;
      }
    } catch (error) {
      return failed({code: 'not-recordable', path: log, message: errorMessage(error)});
    }
    const redactors: Record<OutputStream, Redactor> = {
      stdout: createRedactor(known),
      stderr: createRedactor(known),
      note: createRedactor(known),
    };
    let failure: unknown;
    let inRecords: Redactions = {};
    let exit: string | undefined;
    /** The effect goes on when the disk does not; `close` reports that its transcript is not whole. */
    const guarded = (work: () => void): void => {
      if (failure !== undefined) return;
      try {
        work();
      } catch (error) {
        failure = error;
      }
    };
    const put = (text: string): string => {
      if (text === '') return text;
      guarded(() => {
        if (text.isWellFormed()) writeText(descriptor, text);
        else writeAll(descriptor, rawBytes(text));
        recording.output(text);
      });
      return text;
    };
    return success({
      write: (stream, text) => put(redactors[stream].push(text)),
      record: (record) => {
        const safe = redactValues(record, known, (found) => (inRecords = sumOf(inRecords, found)));
        if (safe.type === 'process-ended') exit = `${safe.exitCode ?? safe.signal ?? ''}`;
        guarded(() => {
          recording.write('j', JSON.stringify(safe));
          const text = harmless(told(safe));
          if (text !== '') recording.output(text);
        });
      },
      close: async () => {
        for (const redactor of Object.values(redactors)) put(redactor.end());
        const said = Object.values(redactors)
          .map((redactor) => redactor.redactions())
          .reduce(sumOf, {});
        if (exit !== undefined) guarded(() => recording.write('x', exit ?? ''));
        try {
          try {
            if (failure !== undefined) throw failure;
            await syncAhead(descriptor);
            await recording.syncAhead();
            fsyncSync(descriptor);
            // Its name as well, or the journal would seal a file that a power loss takes away.
            syncDirectory(dirname(join(root, log)));
          } finally {
            closeSync(descriptor);
            recording.close();
          }
          const [text, record] = [await hashFile(join(root, log)), await hashFile(join(root, cast))];
          return success([
            ...(text.bytes === 0
              ? []
              : [withCounts({path: log, ...text, mediaType: 'text/plain; charset=utf-8'}, said)]),
            withCounts({path: cast, ...record, mediaType: 'application/x-asciicast'}, sumOf(said, inRecords)),
          ]);
        } catch (error) {
          return failed(fileFailure(error, log));
        }
      },
    });
  },
  read: async (step, attempt) => {
    let file: FileHandle;
    try {
      file = await open(join(root, transcriptLog(step, attempt)));
    } catch {
      // No transcript: the attempt said nothing, or never began.
      return '';
    }
    try {
      const {size} = await file.stat();
      const from = Math.max(0, size - TRANSCRIPT_END_BYTES);
      const bytes = Buffer.alloc(size - from);
      const {bytesRead} = await file.read(bytes, 0, bytes.length, from);
      const text = bytes.subarray(0, bytesRead).toString('utf8');
      // The first line of a piece is the end of one.
      return from === 0 ? text : text.slice(text.indexOf('\n') + 1);
    } finally {
      await file.close();
    }
  },
});
