// How the operator's session is recorded beside the attempts, and sealed when the run is left.

import {join} from 'node:path';
import {createCast, type CastFile} from '../adapters/cast-file.ts';
import {errorCode, hashFile} from '../adapters/files.ts';
import {maskedIn, redactText, sumOf, type Redactions} from '../evidence/redaction.ts';
import type {Recording} from '../ui/tui/recorder.ts';
import type {CliContext} from './context.ts';
import {knownRedaction} from './known-redaction.ts';
import type {OpenRun} from './open-run.ts';

export type SessionRecording = Recording & Readonly<{seal: () => Promise<void>}>;

type Opened = Readonly<{cast: CastFile; nth: number; path: string}>;

/** @param run whose session it is; asked when the first frame is drawn. */
export const recordSession = (context: CliContext, run: () => OpenRun | undefined): SessionRecording => {
  const known = knownRedaction(context.env);
  /** A row is looked at again for every frame that it is on; what was masked on it counts once. */
  const counted = new Set<string>();
  let redactions: Redactions = {};
  let opened: Opened | undefined;
  let failed = false;
  /** A recording that cannot be written ends; the run does not depend on it, and its seal would say that it is not there. */
  const guarded = (work: () => void): void => {
    if (failed) return;
    try {
      work();
    } catch {
      failed = true;
    }
  };
  const create = (root: string, columns: number, rows: number): Opened => {
    for (let nth = 1; ; nth += 1) {
      const path = `transcripts/session.${nth}.cast`;
      const header = {columns, rows, title: `session ${nth}`, of: {session: nth, operator: context.operator.name}};
      try {
        return {cast: createCast(join(root, path), header, 'wx'), nth, path};
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error;
      }
    }
  };
  return {
    nowMs: () => performance.now(),
    redact: (text) => {
      const done = redactText(text, known());
      if (done.count > 0 && !counted.has(done.text)) {
        counted.add(done.text);
        redactions = sumOf(redactions, done.redactions);
      }
      return done.text;
    },
    begin: ({columns, rows}) =>
      guarded(() => {
        const of = run();
        if (of !== undefined) opened = create(of.directory.path, columns, rows);
      }),
    event: (code, text) => guarded(() => opened?.cast.write(code, text)),
    seal: async () => {
      const of = run();
      if (opened === undefined || of === undefined) return;
      const {cast, nth, path} = opened;
      opened = undefined;
      try {
        cast.close();
        if (failed) return;
        const hashed = await hashFile(join(of.directory.path, path));
        of.seal?.({
          type: 'ArtifactSealed',
          step: 'session',
          attempt: nth,
          artifact: {path, ...hashed, mediaType: 'application/x-asciicast', ...maskedIn(redactions)},
        });
      } catch {
        // The file is there as far as the disk took it, and evidence lists it as not sealed.
      }
    },
  };
};
