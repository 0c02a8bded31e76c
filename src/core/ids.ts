// The names that the whole house uses for identifiers and instants.

import type {ViaRecord} from './via.ts';

export type RunId = string;
export type StepId = string;

/** Lower-case hexadecimal SHA-256, 64 characters. */
export type Sha256 = string;

/** An instant in UTC, ISO 8601 with milliseconds: `2025-11-01T07:12:00.000Z`. */
export type Instant = string;

export type Environment = 'rehearsal' | 'staging' | 'production';

/** The person in front of the terminal, as the operating system and the preferences know them. */
export type Identity = Readonly<{name: string; host: string}>;

/**
 * What makes a database this database. `systemIdentifier` comes from pg_control_system() and survives a change of
 * address, which is why it, and not host and port, decides whether two connections reach the same target.
 */
export type TargetIdentity = Readonly<{
  systemIdentifier: string;
  database: string;
  user: string;
  serverVersion: string;
  serverVersionNum: number;
  /** Which history of the cluster is written now; a restore or a failover begins the next. Older journals lack it. */
  timeline?: number;
  inRecovery: boolean;
  /** How this connection got there: `10.1.4.7:5432`, or a socket directory. Shown, never compared. */
  address: string;
  /** `disable`, `require`, `verify-full`, …; 'socket' for a Unix socket. */
  sslmode: string;
  /** The tunnel that was opened for it. Shown, never compared. */
  via?: ViaRecord;
}>;

/** The step id under which a rollback option is carried out and recorded. */
export const rollbackStepId = (option: string): StepId => `rollback/${option}`;

/** The step id of a step that follows a way back; `rollback/<option>/<id>`. No id has a slash in it. */
export const afterStepId = (option: string, step: string): StepId => `${rollbackStepId(option)}/${step}`;

/** What the database of a rehearsal is a copy of: a backup file, as it says itself, and its SHA-256. */
export type CopyOf = Readonly<{
  /** The file's name, without its folder. */
  file: string;
  bytes: number;
  /** Of the file; of a directory, the SHA-256 of the `sha256sum` list of its files. */
  sha256: Sha256;
  database: string;
  /** `2026-11-23 02:11:07`, by the clock of the machine that dumped; the file does not name its zone. */
  dumpedAt: string;
  serverVersion: string;
}>;
