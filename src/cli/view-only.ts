// A run to look at: nothing is written, nothing is asked of its target.

import {compileRedaction} from '../evidence/redaction.ts';
import {evidenceReader} from '../adapters/evidence-reader.ts';
import {transcriptFiles} from '../adapters/transcripts.ts';
import type {Refusal} from '../core/command.ts';
import type {Fault, Session} from '../engine/session.ts';
import type {OpenRun} from './open-run.ts';
import type {ReadRun} from './read-run.ts';

/** A journal that is not whole, or not one for this version, as the fault that fronts show. */
export const faultOf = ({damage, newer}: ReadRun['journal']): Fault | undefined => {
  if (damage !== undefined) return {code: 'run-damaged', seq: damage.seq, detail: damage.detail};
  return newer === undefined ? undefined : {code: 'run-newer', ...newer};
};

const refusalOf = (fault: Fault | undefined): Refusal => {
  if (fault?.code === 'run-damaged') return {code: 'run-damaged', seq: fault.seq};
  return fault?.code === 'run-newer' ? fault : {code: 'run-closed'};
};

const refusing = (read: ReadRun): Session => {
  const fault = faultOf(read.journal);
  const view = {
    runbook: read.runbook,
    state: read.state,
    need: {kind: 'nothing'} as const,
    droppedBytes: 0,
    ...(fault === undefined ? {} : {fault}),
  };
  return {
    subscribe: () => () => undefined,
    view: () => view,
    submit: async () => refusalOf(fault),
    rollbackOptions: async () => ({ok: true, options: []}),
    blockerQueries: async () => ({ok: true, value: []}),
    preview: async () => ({parts: []}),
    writeStatement: async () => ({ok: false, refusal: {code: 'run-closed'}}),
    transcript: (step, attempt) => transcriptFiles(read.directory.path, compileRedaction([])).read(step, attempt),
    seal: async () => false,
    openShell: async () => ({ok: false, refusal: {code: 'run-closed'}}),
    attach: async () => ({code: 'run-read-only'}),
    evidence: evidenceReader(read.directory.path),
    takeInbox: async () => undefined,
    noticeSleep: async () => undefined,
    settled: async () => undefined,
  };
};

/** A run to look at: nothing is written, nothing is asked of its target. */
export const viewOnly = (read: ReadRun): OpenRun => ({
  run: read.directory.run,
  directory: read.directory,
  session: refusing(read),
  opening: [],
  close: async () => undefined,
});
