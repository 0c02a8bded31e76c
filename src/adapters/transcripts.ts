// What children and steps said, attempt by attempt, in files that the journal seals by their hash.

import {closeSync, fsyncSync, openSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {failed, success} from '../core/failure.ts';
import {createRedactor, sumOf, type Redaction, type Redactor} from '../evidence/redaction.ts';
import type {OutputStream, Transcripts} from '../core/ports.ts';
import {FILE_MODE, errorMessage, hashFile, syncDirectory, writeAll} from './files.ts';
import {fileFailure} from './run-files.ts';

const nameOf = (step: string, attempt: number): string => `transcripts/${step.replaceAll('/', '.')}.${attempt}.log`;

/** @param known what must not be stored. */
export const transcriptFiles = (root: string, known: Redaction): Transcripts => ({
  open: (step, attempt) => {
    const path = nameOf(step, attempt);
    let descriptor: number;
    try {
      descriptor = openSync(join(root, path), 'a', FILE_MODE);
    } catch (error) {
      return failed({code: 'not-recordable', path, message: errorMessage(error)});
    }
    const redactors: Record<OutputStream, Redactor> = {
      stdout: createRedactor(known),
      stderr: createRedactor(known),
      note: createRedactor(known),
    };
    let failure: unknown;
    const put = (text: string): string => {
      if (text === '' || failure !== undefined) return text;
      try {
        writeAll(descriptor, Buffer.from(text, 'utf8'));
      } catch (error) {
        // The effect goes on; `close` reports that its transcript is not whole.
        failure = error;
      }
      return text;
    };
    return success({
      write: (stream, text) => put(redactors[stream].push(text)),
      close: async () => {
        for (const redactor of Object.values(redactors)) put(redactor.end());
        try {
          if (failure !== undefined) throw failure;
          fsyncSync(descriptor);
          // Its name as well, or the journal would seal a file that a power loss takes away.
          syncDirectory(dirname(join(root, path)));
          const redactions = Object.values(redactors)
            .map((redactor) => redactor.redactions())
            .reduce(sumOf, {});
          return success({
            path,
            ...(await hashFile(join(root, path))),
            mediaType: 'text/plain; charset=utf-8',
            ...(Object.keys(redactions).length === 0 ? {} : {redactions}),
          });
        } catch (error) {
          return failed(fileFailure(error, path));
        } finally {
          closeSync(descriptor);
        }
      },
    });
  },
  read: async (step, attempt) => {
    try {
      return await readFile(join(root, nameOf(step, attempt)), 'utf8');
    } catch {
      // No transcript: the attempt said nothing, or never began.
      return '';
    }
  },
});
