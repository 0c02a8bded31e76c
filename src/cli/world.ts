// How the ports of engine and steps are filled with the real world, for one run and one target.

import {childTarget} from '../adapters/postgres/child-environment.ts';
import {databaseOf} from '../adapters/postgres/database.ts';
import type {CompleteSettings} from '../adapters/postgres/source.ts';
import type {TargetLock} from '../adapters/postgres/target-lock.ts';
import {changedFiles} from '../adapters/plan-directory.ts';
import {processesOf} from '../adapters/processes.ts';
import type {RunDirectory} from '../adapters/run-directory.ts';
import type {RunbookFolder} from '../adapters/runbook-folder.ts';
import {runFiles} from '../adapters/run-files.ts';
import {sha256} from '../adapters/files.ts';
import {systemClock} from '../adapters/clock.ts';
import {transcriptFiles} from '../adapters/transcripts.ts';
import type {TargetIdentity} from '../core/ids.ts';
import type {Journal} from '../core/ports.ts';
import {reveal} from '../core/secret.ts';
import type {EngineWorld} from '../engine/ports.ts';
import {join} from 'node:path';

export type WorldParts = Readonly<{
  directory: RunDirectory;
  settings: CompleteSettings;
  target: TargetIdentity;
  env: Readonly<Record<string, string | undefined>>;
  journal: Journal;
  /** The plan's files, as copied into the run. */
  files: ReadonlyMap<string, Uint8Array>;
  listed: readonly Readonly<{path: string; sha256: string}>[];
  digest: string;
  source: RunbookFolder | undefined;
  targetLock: TargetLock;
}>;

/** Every value that must not be stored or shown, as far as the tool knows. */
const secretsOf = ({settings, env}: WorldParts): readonly string[] => [
  ...(settings.password === undefined ? [] : [reveal(settings.password)]),
  ...(env['PGPASSWORD'] === undefined ? [] : [env['PGPASSWORD']]),
];

export const worldOf = (parts: WorldParts): EngineWorld => {
  const {directory, settings, target, env, files} = parts;
  const secrets = (): readonly string[] => secretsOf(parts);
  const texts = new Map<string, string>();
  return {
    attempt: (applicationName) => ({
      database: databaseOf(settings, applicationName),
      processes: processesOf({
        env,
        secrets,
        target: (lockTimeoutMs) =>
          childTarget(settings, applicationName, directory.path, {
            serverVersionNum: target.serverVersionNum,
            lockTimeoutMs,
          }),
      }),
    }),
    files: runFiles(directory.path),
    clock: systemClock,
    sha256,
    sql: (file) => {
      const known = texts.get(file);
      if (known !== undefined) return known;
      const bytes = files.get(`sql/${file}`);
      if (bytes === undefined) throw new Error(`the plan has no ${file}`);
      const text = new TextDecoder().decode(bytes);
      texts.set(file, text);
      return text;
    },
    journal: parts.journal,
    transcripts: transcriptFiles(directory.path, secrets),
    targetLockLost: () => parts.targetLock.lostTo(),
    changedPlanFiles: async () => changedFiles(join(directory.path, 'plan'), parts.listed, parts.digest, parts.source),
  };
};
