// What a run directory holds, read without touching it: its events, its plan, and what is wrong with either.

import {join} from 'node:path';
import {errorMessage} from '../adapters/files.ts';
import {readJournal, type ReadJournal} from '../adapters/journal-file.ts';
import {readList, readPlan} from '../adapters/plan-directory.ts';
import {listRuns, readNote, runDirectory, type RunDirectory} from '../adapters/run-directory.ts';
import type {RunbookDefinition} from '../core/definition.ts';
import {fold} from '../core/reduce.ts';
import type {OpenedRun, RunState} from '../core/state.ts';
import {isNewerVersion} from '../core/newer.ts';
import {loadRunbook, type RunbookFiles} from '../runbook/load.ts';
import {parsePlanList} from '../runbook/plan.ts';
import type {CliContext} from './context.ts';
import {CONNECTION_NOTE, type ConnectionNote} from './connection-note.ts';
import {opened, trouble, type Opening} from './trouble.ts';
import {VERSION} from './version.ts';

export type ReadRun = Readonly<{
  directory: RunDirectory;
  journal: ReadJournal;
  state: RunState;
  opened: OpenedRun;
  runbook: RunbookDefinition;
  files: RunbookFiles;
  listed: readonly Readonly<{path: string; sha256: string}>[];
  note: Partial<ConnectionNote>;
}>;

/** The run with this id; without one the run that was written to last. */
export const findRun = (context: CliContext, run: string | undefined): Opening<RunDirectory> => {
  const known = listRuns(context.runsDirectory);
  const found = run === undefined ? known[0] : known.find((directory) => directory.run === run);
  return found === undefined ? trouble({code: 'run-unknown', run}) : opened(found);
};

/** A version that is not newer than this one writes nothing that this one cannot read: then nobody's did. */
const withNewerVersion = (journal: ReadJournal): ReadJournal => {
  const {newer, ...rest} = journal;
  if (newer?.tool === undefined || isNewerVersion(newer.tool, VERSION)) return journal;
  return {...rest, damage: {seq: newer.seq, detail: newer.event === undefined ? 'version' : 'not-an-event'}};
};

export const readRun = (directory: RunDirectory): Opening<ReadRun> => {
  const unreadable = (message: string) => trouble({code: 'run-unreadable', run: directory.run, message});
  try {
    const journal = withNewerVersion(readJournal(directory.journal));
    const state = fold(journal.events);
    if (state.opened === undefined) return unreadable('no RunOpened in journal.ndjson');
    const plan = join(directory.path, 'plan');
    const listed = parsePlanList(readList(plan));
    if (listed === undefined) return unreadable('plan/plan.sha256');
    const copied = readPlan(plan, listed);
    const loaded = loadRunbook({files: copied});
    // A newer version's run may have a newer version's runbook.
    if (!loaded.ok && journal.newer !== undefined)
      return trouble({code: 'run-newer', run: directory.run, ...journal.newer});
    if (!loaded.ok) return trouble({code: 'runbook-invalid', problems: loaded.problems});
    const note = (readNote(directory, CONNECTION_NOTE) ?? {}) as Partial<ConnectionNote>;
    return opened({
      directory,
      journal,
      state,
      opened: state.opened,
      runbook: loaded.runbook,
      files: loaded.files,
      listed,
      note,
    });
  } catch (error) {
    return unreadable(errorMessage(error));
  }
};

/** Of a run whose whole history this version can read, or up to where its journal is damaged. */
export const readWhole = (directory: RunDirectory): Opening<ReadRun> => {
  const read = readRun(directory);
  const newer = read.ok ? read.value.journal.newer : undefined;
  return newer === undefined ? read : trouble({code: 'run-newer', run: directory.run, ...newer});
};

export const readNamed = (context: CliContext, run: string | undefined): Opening<ReadRun> => {
  const found = findRun(context, run);
  return found.ok ? readRun(found.value) : found;
};

export const allRuns = (context: CliContext): readonly RunDirectory[] =>
  listRuns(context.runsDirectory).map(({run}) => runDirectory(context.runsDirectory, run));
