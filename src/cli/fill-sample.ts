// How an empty database is filled with a runbook's sample.

import {databaseOf} from '../adapters/postgres/database.ts';
import type {CompleteSettings} from '../adapters/postgres/source.ts';
import {failed, success, type Result} from '../core/failure.ts';
import type {LoadedFolder} from './load.ts';

/** 5 min: a million sample rows take about two. */
const SAMPLE_TIMEOUT_MS = 300_000;

export const fillSample = async (
  {runbook, files}: LoadedFolder,
  settings: CompleteSettings,
  signal: AbortSignal,
): Promise<Result<void>> => {
  if (signal.aborted) return failed({code: 'cancelled'});
  const {sample} = runbook;
  if (sample === undefined) return success(undefined);
  const database = databaseOf(settings, 'attempt-runbook/sample');
  const connected = await database.connect({
    readOnly: false,
    statementTimeoutMs: SAMPLE_TIMEOUT_MS,
    lockTimeoutMs: 0,
    signal,
  });
  if (!connected.ok) return connected;
  const session = connected.value;
  try {
    for (const [name, value] of Object.entries(sample.parameters ?? {})) {
      const set = await session.query('SELECT set_config($1, $2, false)', {values: [`runbook.${name}`, value]});
      if (!set.ok) return set;
    }
    for (const file of sample.files) {
      if (signal.aborted) return failed({code: 'cancelled'});
      const bytes = files.get(`sql/${file}`);
      if (bytes === undefined) return failed({code: 'artifact-unreadable', path: file, message: 'not in the plan'});
      const ran = await session.query(new TextDecoder().decode(bytes), {file});
      if (!ran.ok) return ran;
    }
    return success(undefined);
  } finally {
    await session.close();
  }
};
