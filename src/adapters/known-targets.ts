// Which databases operators of this machine have confirmed, kept from run to run; never a secret.

import {readFileSync} from 'node:fs';
import {dirname} from 'node:path';
import Conf from 'conf';
import {realEnvironments, type KnownTarget} from '../core/known-target.ts';
import {FILE_MODE, errorCode, errorMessage} from './files.ts';

type Stored = Record<string, KnownTarget>;

export type KnownTargets =
  | Readonly<{ok: true; targets: readonly KnownTarget[]}>
  /** The file is there and says nothing that can be believed: what it held is not forgotten by reading on. */
  | Readonly<{ok: false; path: string; message: string}>;

export type KnownTargetFile = Readonly<{
  read: () => KnownTargets;
  /** @returns why the pin was not kept; undefined when it was. */
  remember: (target: KnownTarget) => string | undefined;
  /** Drops what is known of the environment, for one runbook or for all, and tells what that was. */
  forget: (environment: string, runbook: string | undefined) => KnownTargets;
}>;

const CONFIG_NAME = 'known-targets';
const SHARED = {projectName: 'attempt-runbook', projectSuffix: '', configFileMode: FILE_MODE} as const;

const keyOf = ({runbook, environment}: Pick<KnownTarget, 'runbook' | 'environment'>): string =>
  `${runbook}/${environment}`;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const isKnownTarget = (value: unknown): value is KnownTarget => {
  if (typeof value !== 'object' || value === null) return false;
  const of = value as Readonly<Record<keyof KnownTarget, unknown>>;
  const by = of.by as Readonly<{name?: unknown; host?: unknown}> | null | undefined;
  return (
    [of.runbook, of.systemIdentifier, of.database, of.user, of.address, by?.name, by?.host].every(isText) &&
    !Number.isNaN(Date.parse(String(of.pinnedAt))) &&
    realEnvironments.some((environment) => environment === of.environment) &&
    typeof of.serverMajor === 'number'
  );
};

/**
 * conf takes an empty list, `null`, or (with clearInvalidConfig) any broken file for an empty one, which would forget
 * every pin without a word. So the bytes are judged here, and conf only writes.
 */
const readStored = (path: string): KnownTargets => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return errorCode(error) === 'ENOENT'
      ? {ok: true, targets: []}
      : {ok: false, path, message: errorCode(error) || errorMessage(error)};
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not a JSON object');
    const entries = Object.entries(value);
    for (const [key, of] of entries) {
      if (!isKnownTarget(of) || keyOf(of) !== key) throw new Error(`'${key}' is not a known target`);
    }
    return {ok: true, targets: entries.map(([, of]) => of as KnownTarget)};
  } catch (error) {
    return {ok: false, path, message: errorMessage(error)};
  }
};

/** Two processes that write at once may lose one pin: its environment is asked for again. */
export const knownTargetFile = (): KnownTargetFile => {
  // The preferences' folder; a Conf on the file itself would throw before it said where a broken one is.
  const folder = (): string => dirname(new Conf({...SHARED, clearInvalidConfig: true}).path);
  const path = (): string => `${folder()}/${CONFIG_NAME}.json`;
  const opened = (): Conf<Stored> =>
    new Conf<Stored>({...SHARED, configName: CONFIG_NAME, accessPropertiesByDotNotation: false});
  const read = (): KnownTargets => {
    try {
      return readStored(path());
    } catch (error) {
      // No folder, and none can be made (a read-only home): nothing was ever kept there.
      const nothingThere = error instanceof Error && 'syscall' in error && error.syscall === 'mkdir';
      return nothingThere ? {ok: true, targets: []} : {ok: false, path: CONFIG_NAME, message: errorMessage(error)};
    }
  };
  return {
    read,
    remember: (target) => {
      try {
        opened().set(keyOf(target), target);
      } catch (error) {
        return errorMessage(error);
      }
      const after = read();
      const isKept = after.ok && after.targets.some((of) => JSON.stringify(of) === JSON.stringify(target));
      return isKept ? undefined : after.ok ? 'another process wrote at the same time' : after.message;
    },
    forget: (environment, runbook) => {
      const known = read();
      if (!known.ok) return known;
      const gone = known.targets.filter(
        (of) => of.environment === environment && (runbook === undefined || of.runbook === runbook),
      );
      try {
        const conf = opened();
        for (const of of gone) conf.delete(keyOf(of));
      } catch (error) {
        return {ok: false, path: path(), message: errorMessage(error)};
      }
      return {ok: true, targets: gone};
    },
  };
};
