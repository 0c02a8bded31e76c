// How an approver's word gets into the journal of a run that no other process has: with the run's lock, by this process.

import {systemClock} from '../../adapters/clock.ts';
import {errorMessage, isFileTrouble} from '../../adapters/files.ts';
import {openJournal} from '../../adapters/journal-file.ts';
import type {Recorded, RunEvent} from '../../core/event.ts';
import {next} from '../../core/next.ts';
import {reduce} from '../../core/reduce.ts';
import {approve, writeStatement} from '../../engine/approvals.ts';
import {redactEvent} from '../../evidence/redact-event.ts';
import type {CliContext} from '../context.ts';
import type {ReadRun} from '../read-run.ts';
import {opened, trouble, type Opening} from '../trouble.ts';
import {commandOf, isStatementOnly, orderOf, type ApproveOptions} from './options.ts';
import {prepare, refusedWith, writtenTo, type Done} from './prepare.ts';

/** With the lock in hand: what was read before may have been written on meanwhile. */
export const decideHere = async (
  context: CliContext,
  read: ReadRun,
  options: ApproveOptions,
): Promise<Opening<Done>> => {
  const prepared = prepare(context, read, options);
  if (!prepared.ok) return refusedWith(prepared.refusal);
  const {approving, redaction} = prepared;
  const {directory, journal: lines, runbook} = read;
  if (isStatementOnly(options)) {
    const written = writeStatement(approving, orderOf(options));
    if (!written.ok) return refusedWith(written.refusal);
    return typeof options.statement === 'string'
      ? writtenTo(options.statement, written.text, true)
      : opened({did: 'written', path: written.place, text: written.text, isKept: true});
  }
  const taken = await approve(approving, commandOf(options));
  if (!taken.ok) return refusedWith(taken.refusal);
  try {
    const journal = openJournal(directory.journal, lines, systemClock);
    try {
      let {state} = read;
      const append = (event: RunEvent): Recorded => {
        const recorded = journal.append(redactEvent(event, redaction));
        state = reduce(state, recorded);
        return recorded;
      };
      const events = taken.events.map(append);
      const need = next(runbook, state);
      const success =
        need.kind === 'conclusion'
          ? [append({type: 'StepSucceeded', step: need.step, attempt: need.attempt, facts: need.facts})]
          : [];
      return opened({did: 'decided', events: [...events, ...success]});
    } finally {
      journal.close();
    }
  } catch (error) {
    if (!isFileTrouble(error)) throw error;
    return trouble({code: 'run-not-written', run: directory.run, message: errorMessage(error)});
  }
};
