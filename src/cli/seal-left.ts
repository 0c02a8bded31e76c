// How a run that goes on seals what an earlier process has recorded and could not seal itself.

import {leftTranscripts} from '../adapters/left-transcripts.ts';
import type {JournalFile} from '../adapters/journal-file.ts';
import {isFileTrouble} from '../adapters/files.ts';
import type {Recorded} from '../core/event.ts';
import type {StepId} from '../core/ids.ts';
import type {RunState} from '../core/state.ts';
import {transcriptLog} from '../core/transcript.ts';

type Attempt = Readonly<{step: StepId; attempt: number}>;

/** Whose recording a file is: an attempt's, or that of a session on the screen. */
const attemptOf = (path: string, {steps}: RunState): Attempt | undefined => {
  const session = /^transcripts\/session\.(\d+)\.cast$/.exec(path)?.[1];
  if (session !== undefined) return {step: 'session', attempt: Number(session)};
  const shell = /^transcripts\/shell\.psql\.(\d+)\.(?:cast|log)$/.exec(path)?.[1];
  if (shell !== undefined) return {step: 'shell/psql', attempt: Number(shell)};
  const log = path.replace(/\.cast$/, '.log');
  for (const [step, {attempt: last}] of Object.entries(steps)) {
    for (let attempt = last; attempt > 0; attempt -= 1)
      if (transcriptLog(step, attempt) === log) return {step, attempt};
  }
  return undefined;
};

export const sealLeft = async (root: string, state: RunState, journal: JournalFile): Promise<readonly Recorded[]> => {
  try {
    const left = await leftTranscripts(root, new Set(state.artifacts.map(({artifact}) => artifact.path)));
    return left.flatMap((artifact) => {
      const of = attemptOf(artifact.path, state);
      return of === undefined ? [] : [journal.append({type: 'ArtifactSealed', ...of, artifact})];
    });
  } catch (error) {
    if (!isFileTrouble(error)) throw error;
    // They stay as they are: evidence lists them as not sealed, and the run itself does not depend on them.
    return [];
  }
};
