// How the ports of engine and steps are filled with the real world, for one run and one target.

import {attachmentsOf} from '../adapters/attachments.ts';
import {evidenceReader} from '../adapters/evidence-reader.ts';
import {readInbox} from '../adapters/inbox/read-inbox.ts';
import type {JournalFile} from '../adapters/journal-file.ts';
import {childTarget} from '../adapters/postgres/child-environment.ts';
import {databaseOf} from '../adapters/postgres/database.ts';
import {completed, resolveSource, type CompleteSettings} from '../adapters/postgres/source.ts';
import type {TargetLock} from '../adapters/postgres/target-lock.ts';
import {approvalFiles} from '../adapters/approval-files.ts';
import {changedFiles} from '../adapters/plan-directory.ts';
import {processesOf} from '../adapters/processes.ts';
import type {RunDirectory} from '../adapters/run-directory.ts';
import type {RunLock} from '../adapters/run-lock.ts';
import {runLoss} from '../adapters/run-loss.ts';
import type {RunbookFolder} from '../adapters/runbook-folder.ts';
import {projectFolder} from '../adapters/project-folder.ts';
import {runFiles} from '../adapters/run-files.ts';
import {sha256} from '../adapters/files.ts';
import {systemClock} from '../adapters/clock.ts';
import {scratchPlace, type OwnedScratchPlace, type ScratchParts} from '../adapters/scratch.ts';
import {knownSecrets} from '../adapters/postgres/known-secrets.ts';
import {transcriptFiles} from '../adapters/transcripts.ts';
import type {LeftBehind} from '../core/trouble.ts';
import type {Environment, TargetIdentity} from '../core/ids.ts';
import {failed, success, type Result} from '../core/failure.ts';
import type {Processes} from '../core/ports.ts';
import type {EngineWorld} from '../engine/ports.ts';
import {redactEvent} from '../evidence/redact-event.ts';
import {compileRedaction, redactText} from '../evidence/redaction.ts';
import {inboxProblemText} from '../ui/text/approvals/inbox.ts';
import {exitCodeOf} from '../ui/text/exit.ts';
import {join} from 'node:path';
import {projectPlaces} from '../runbook/alembic-checks.ts';
import {createdViews} from '../runbook/created-views.ts';
import {commitsInside, letsOthersPass, mayDouble} from '../runbook/sql-alone.ts';
import {readEffects} from './read-effects.ts';
import {approvalKeys} from './approval-keys.ts';
import {embeddedSettings} from './embedded-settings.ts';

export type WorldParts = Readonly<{
  directory: RunDirectory;
  settings: CompleteSettings;
  target: TargetIdentity;
  env: Readonly<Record<string, string | undefined>>;
  journal: JournalFile;
  /** The plan's files, as copied into the run. */
  files: ReadonlyMap<string, Uint8Array>;
  listed: readonly Readonly<{path: string; sha256: string}>[];
  digest: string;
  source: RunbookFolder | undefined;
  targetLock: TargetLock;
  runLock: RunLock;
  environment: Environment;
  /** Where the operator wants scratch databases; the name of the source, resolved when it is needed. */
  scratch: string | undefined;
}>;

const scratchSettings = (source: string, env: WorldParts['env']): Result<CompleteSettings> => {
  const resolved = resolveSource(source, env);
  return resolved.ok
    ? success(completed(resolved.settings, env))
    : failed({code: 'scratch-unavailable', problem: 'source-unusable', message: source});
};

/** Beside a rehearsal; where the operator said; else on a server of this machine. Never beside a target by itself. */
const placeOf = (
  {environment, settings}: Pick<WorldParts, 'environment' | 'settings'>,
  declared: Result<CompleteSettings> | undefined,
): ScratchParts['place'] => {
  if (declared !== undefined) return {kind: 'declared', settings: () => declared};
  return environment === 'rehearsal'
    ? {kind: 'target-server', settings: () => success(settings)}
    : {kind: 'embedded', settingsOf: ({record}) => embeddedSettings(record)};
};

/** Drops what the run has on that server, where no world is needed yet; says what may have stayed. */
export const sweepScratch = (
  parts: Pick<WorldParts, 'directory' | 'settings' | 'target' | 'env' | 'environment' | 'scratch'>,
): Promise<LeftBehind | undefined> => {
  const {directory, target, env, scratch} = parts;
  const place = placeOf(parts, scratch === undefined ? undefined : scratchSettings(scratch, env));
  const processes = (): Processes => {
    throw new Error('a sweep runs no program');
  };
  return scratchPlace({directory, run: directory.run, target, place, processes}).sweepOrTell();
};

/** The world of the engine, and the servers that it may have started. */
export type OwnedWorld = EngineWorld & Readonly<{scratch: OwnedScratchPlace}>;

export const worldOf = (parts: WorldParts): OwnedWorld => {
  const {directory, settings, target, env, files} = parts;
  const declared = parts.scratch === undefined ? undefined : scratchSettings(parts.scratch, env);
  const known = knownSecrets([settings, ...(declared?.ok === true ? [declared.value] : [])], env);
  const redaction = compileRedaction(known);
  const processes = (of: CompleteSettings, {serverVersionNum}: TargetIdentity, applicationName: string): Processes =>
    processesOf({
      env,
      secrets: () => known,
      target: (limits) => childTarget(of, applicationName, directory.path, {serverVersionNum, ...limits}),
    });
  const texts = new Map<string, string>();
  const sqlOf = (file: string): string => {
    const known = texts.get(file);
    if (known !== undefined) return known;
    const bytes = files.get(`sql/${file}`);
    if (bytes === undefined) throw new Error(`the plan has no ${file}`);
    const text = new TextDecoder().decode(bytes);
    texts.set(file, text);
    return text;
  };
  return {
    attempt: (applicationName) => ({
      database: databaseOf(settings, applicationName),
      processes: processes(settings, target, applicationName),
    }),
    scratch: scratchPlace({directory, run: directory.run, target, place: placeOf(parts, declared), processes}),
    files: runFiles(directory.path, redaction),
    approvals: approvalFiles({directory, env, ...approvalKeys(env), canAsk: false}),
    inbox: readInbox(directory.path, (problem) => ({
      said: {en: inboxProblemText(problem, 'en'), ko: inboxProblemText(problem, 'ko')},
      exit: problem.why === 'refused' ? exitCodeOf({status: 'refused', refusal: problem.refusal}) : 3,
    })),
    clock: systemClock,
    sha256,
    sql: sqlOf,
    // Whatever a server, a program or a human said: nothing of it is written before it was looked at.
    journal: {append: (event) => parts.journal.append(redactEvent(event, redaction))},
    redact: (text) => redactText(text, redaction).text,
    transcripts: transcriptFiles(directory.path, redaction),
    attachments: attachmentsOf(directory.path, redaction),
    evidence: evidenceReader(directory.path),
    projectFolder: (directory) => projectFolder(parts.source, directory),
    planned: parts.listed,
    createdViews,
    scriptEffects: readEffects(sqlOf),
    letsOthersPass,
    commitsInside,
    mayDouble,
    runLoss: () => runLoss(directory, parts.runLock, parts.journal),
    targetLockLost: () => parts.targetLock.lostTo(),
    targetLockHeld: () => parts.targetLock.held(),
    fence: () => parts.targetLock.fence(),
    changedPlanFiles: async (where) =>
      changedFiles(
        join(directory.path, 'plan'),
        parts.listed,
        parts.digest,
        where === 'own' ? undefined : parts.source,
        projectPlaces(files),
      ),
  };
};
