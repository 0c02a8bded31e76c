// attempt-runbook rehearse: the whole runbook on a server of its own, answered by a human or by the shipped answers.

import type {ExitCode} from '../../ui/text/exit.ts';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import type {CliContext} from '../context.ts';
import type {Answers} from '../../runbook/answers.ts';
import {exportEvidence} from '../export-evidence.ts';
import {loadAnswers, loadNamed} from '../load.ts';
import {showTrouble} from '../show.ts';
import {startRehearsal} from '../start-rehearsal.ts';
import {unknownStep, walk} from '../walk.ts';

export type RehearseOptions = Readonly<{
  runbook?: string;
  /** A backup file to rehearse on, in place of the sample. */
  fromBackup?: string;
  /** Makes the database on the server of this source. */
  scratchUrl?: string;
  keep?: boolean;
  until?: string;
  /** Where the evidence goes; 'beside-runs' puts it next to the run's own folder. */
  export?: string;
}>;

export const BESIDE_RUNS = 'beside-runs';

const renamed = (answers: Answers | undefined, database: string): Answers | undefined =>
  answers === undefined
    ? undefined
    : {
        steps: new Map(
          [...answers.steps].map(([step, of]) => [step, of.answer === 'confirm' ? {...of, target: database} : of]),
        ),
        ...(answers.rollback === undefined ? {} : {rollback: {...answers.rollback, confirm: database}}),
      };

/** The scripted rehearsal: preflight to downstream, evidence, and the way back. Ends 0 when all of it worked. */
export const rehearse = async (context: CliContext, options: RehearseOptions): Promise<ExitCode> => {
  const loaded = loadNamed(context, options.runbook);
  if (!loaded.ok) return showTrouble(context, loaded.trouble);
  const {runbook, folder} = loaded.value;
  const path = context.options.answers ?? (existsSync(folder.answers) ? folder.answers : undefined);
  const answers = loadAnswers(runbook, path);
  if (!answers.ok) return showTrouble(context, answers.trouble);
  const wrong = unknownStep(context, runbook, 'rehearsal', options.until);
  if (wrong !== undefined) return wrong;
  const started = await startRehearsal(context, loaded.value, {
    fromBackup: options.fromBackup,
    scratchUrl: options.scratchUrl,
  });
  if (!started.ok) return showTrouble(context, started.trouble);
  const run = started.value;
  let exported: ExitCode = 0;
  // The shipped answers name the sample's database; a copy has the name of its original, and is as much our own.
  const isShipped = context.options.answers === undefined && (options.fromBackup ?? options.scratchUrl) !== undefined;
  const {database} = run.session.view().state.opened?.target ?? {};
  const code = await walk(context, run, {
    answers: isShipped && database !== undefined ? renamed(answers.value, database) : answers.value,
    until: options.until,
    rollbackAfter: true,
    embedded: run.embedded,
    keep: options.keep === true,
    finally: async () => {
      if (options.export === undefined) return;
      const path =
        options.export === BESIDE_RUNS ? join(context.runsDirectory, `${run.run}-evidence.zip`) : options.export;
      // With --json, standard output belongs to the events.
      const quiet = context.options.json === true ? {...context, out: () => undefined} : context;
      exported = await exportEvidence(quiet, run.run, path);
    },
  });
  // A rehearsal is done when it has come back: rolled back is its success, not its failure.
  return code === 5 || code === 0 ? exported : code;
};
