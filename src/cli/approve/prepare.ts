// What an approver's process looks at before anything is signed: the journal, the plan, the list; the same whoever has the run.

import {join, resolve} from 'node:path';
import {approvalFiles} from '../../adapters/approval-files.ts';
import {systemClock} from '../../adapters/clock.ts';
import {errorMessage, writeNew} from '../../adapters/files.ts';
import {changedFiles} from '../../adapters/plan-directory.ts';
import {knownSecrets} from '../../adapters/postgres/known-secrets.ts';
import {completed, resolveSource} from '../../adapters/postgres/source.ts';
import type {Refusal} from '../../core/command.ts';
import type {Recorded} from '../../core/event.ts';
import type {Approving} from '../../engine/approvals.ts';
import {compileRedaction, redactText, type Redaction} from '../../evidence/redaction.ts';
import {approvalKeys} from '../approval-keys.ts';
import type {CliContext} from '../context.ts';
import {canAsk} from '../export-evidence.ts';
import type {ReadRun} from '../read-run.ts';
import {opened, trouble, type Opening} from '../trouble.ts';
import type {ApproveOptions} from './options.ts';

/** What became of an approver's command. */
export type Done =
  | Readonly<{did: 'decided'; events: readonly Recorded[]}>
  | Readonly<{did: 'written'; path: string; text: string; isKept: boolean}>
  | Readonly<{did: 'refused'; refusal: Refusal}>;

export const refusedWith = (refusal: Refusal): Opening<Done> => opened<Done>({did: 'refused', refusal});

export type Prepared =
  | Readonly<{ok: true; approving: Approving; redaction: Redaction}>
  | Readonly<{ok: false; refusal: Refusal}>;

export const prepare = (context: CliContext, read: ReadRun, options: ApproveOptions): Prepared => {
  const {directory, journal: lines, runbook, listed, note} = read;
  const {damage, events, head} = lines;
  const no = (refusal: Refusal): Prepared => ({ok: false, refusal});
  // A damaged or torn end is for `resume` to deal with: it says what was lost, and only then is there a head to sign.
  if (damage !== undefined) return no({code: 'run-damaged', seq: damage.seq});
  if (lines.newer !== undefined) return no({code: 'run-newer', ...lines.newer});
  if (lines.tornBytes > 0) return no({code: 'run-damaged', seq: events.length + 1});
  const files = changedFiles(join(directory.path, 'plan'), listed, read.opened.plan, note.folder);
  if (files.length > 0) return no({code: 'plan-changed', files});
  const source = note.source === undefined ? undefined : resolveSource(note.source, context.env);
  const settings = source?.ok === true ? [completed(source.settings, context.env)] : [];
  const redaction = compileRedaction(knownSecrets(settings, context.env));
  const approvals = approvalFiles({
    directory,
    env: context.env,
    ...approvalKeys(context.env, options),
    canAsk: canAsk(),
  });
  const approving: Approving = {
    runbook,
    state: read.state,
    // The journal that was read: another process may write on in the one that lies there.
    approvals: {...approvals, history: () => ({events, head})},
    asking: {
      by: context.operator,
      now: systemClock.now(),
      receipt: () => {
        throw new Error('an approval starts nothing');
      },
    },
    redact: (text) => redactText(text, redaction).text,
  };
  return {ok: true, approving, redaction};
};

/** @param isKept the run's directory has it as well, so that a signature over it is enough to come back with. */
export const writtenTo = (file: string, text: string, isKept: boolean): Opening<Done> => {
  const path = resolve(file);
  try {
    // Never over a file that is there: it may be the statement that somebody is signing now.
    writeNew(path, text);
  } catch (error) {
    return trouble({code: 'file-not-written', path, message: errorMessage(error)});
  }
  return opened({did: 'written', path, text, isKept});
};
