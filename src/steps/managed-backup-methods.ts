// How is each kind of managed backup asked for, found again, and what does its answer say?
//
// A backup is found by a name that follows from the run and the step alone, so that neither a retry nor a crash makes two.

import {z} from 'zod';

import type {Argv, ManagedBackupStep} from '../core/tools.ts';

export type ManagedBackup = Readonly<{
  id: string;
  state: 'available' | 'creating' | 'failed';
  /** The provider's own word. */
  status: string;
  createdAt: string;
  percent?: number;
  /** What it is a backup of, as the provider says. */
  instance?: string;
}>;

/** 'missing': there is no such backup yet. 'unreadable': the answer is not what the program answers. */
export type Answer = ManagedBackup | 'missing' | 'unreadable';

export type Method = Readonly<{
  tool: string;
  find: (name: string) => Argv;
  create: (name: string) => Argv;
  /** `end` is how `find` ended. */
  read: (name: string, end: Readonly<{exitCode?: number; stdout: string; stderr: string}>) => Answer;
}>;

const word = z.string().nullish();

const parsed = <T>(schema: z.ZodType<T>, text: string): T | undefined => {
  try {
    const read = schema.safeParse(JSON.parse(text));
    return read.success ? read.data : undefined;
  } catch {
    // No JSON at all.
    return undefined;
  }
};

const rdsAnswer = z.object({
  DBSnapshots: z.array(
    z.object({
      DBSnapshotIdentifier: z.string(),
      DBSnapshotArn: word,
      DBInstanceIdentifier: word,
      Status: z.string(),
      PercentProgress: z.number().nullish(),
      SnapshotCreateTime: word,
    }),
  ),
});

const rds = ({argv = ['aws'], instance = ''}: ManagedBackupStep): Method => ({
  tool: 'aws',
  find: (name) => [...argv, 'rds', 'describe-db-snapshots', '--db-snapshot-identifier', name, '--output', 'json'],
  create: (name) => [
    ...argv,
    'rds',
    'create-db-snapshot',
    '--db-instance-identifier',
    instance,
    '--db-snapshot-identifier',
    name,
    '--output',
    'json',
  ],
  read: (name, {exitCode, stdout, stderr}) => {
    if (exitCode !== 0) return /\(DBSnapshotNotFound(?:Fault)?\)/.test(stderr) ? 'missing' : 'unreadable';
    const found = parsed(rdsAnswer, stdout)?.DBSnapshots.find((one) => one.DBSnapshotIdentifier === name);
    if (found === undefined) return 'unreadable';
    const {Status: status, PercentProgress: percent, DBInstanceIdentifier: of} = found;
    return {
      id: found.DBSnapshotArn ?? found.DBSnapshotIdentifier,
      state:
        status === 'available' ? 'available' : /^(?:failed|deleting|incompatible)/.test(status) ? 'failed' : 'creating',
      status,
      createdAt: found.SnapshotCreateTime ?? '',
      ...(percent === undefined || percent === null ? {} : {percent}),
      ...(of === undefined || of === null ? {} : {instance: of}),
    };
  },
});

const cloudSqlAnswer = z.array(
  z.object({
    id: z.union([z.string(), z.number()]),
    description: word,
    instance: word,
    status: z.string(),
    enqueuedTime: word,
    endTime: word,
  }),
);

const cloudSql = ({argv = ['gcloud'], instance = ''}: ManagedBackupStep): Method => ({
  tool: 'gcloud',
  find: (name) => [
    ...argv,
    'sql',
    'backups',
    'list',
    `--instance=${instance}`,
    `--filter=description=${name}`,
    '--format=json',
    '--quiet',
  ],
  create: (name) => [
    ...argv,
    'sql',
    'backups',
    'create',
    `--instance=${instance}`,
    `--description=${name}`,
    '--async',
    '--format=json',
    '--quiet',
  ],
  read: (name, {exitCode, stdout}) => {
    const list = exitCode === 0 ? parsed(cloudSqlAnswer, stdout) : undefined;
    if (list === undefined) return 'unreadable';
    const found = list.find(({description}) => description === name);
    if (found === undefined) return 'missing';
    const {status, instance: of} = found;
    return {
      id: `${found.id}`,
      state: status === 'SUCCESSFUL' ? 'available' : /^(?:FAILED|SKIPPED|DELET)/.test(status) ? 'failed' : 'creating',
      status,
      createdAt: found.endTime ?? found.enqueuedTime ?? '',
      ...(of === undefined || of === null ? {} : {instance: of}),
    };
  },
});

const commandAnswer = z.object({
  status: z.enum(['missing', 'creating', 'available', 'failed']),
  id: word,
  createdAt: word,
  percent: z.number().nullish(),
});

const named = (argv: Argv, name: string): Argv => argv.map((part) => part.replaceAll('{name}', name));

const command = ({create = [], find = []}: ManagedBackupStep): Method => ({
  tool: find[0]?.split('/').at(-1) ?? '',
  find: (name) => named(find, name),
  create: (name) => named(create, name),
  read: (name, {exitCode, stdout}) => {
    const found = exitCode === 0 ? parsed(commandAnswer, stdout) : undefined;
    if (found === undefined) return 'unreadable';
    const {status, id, createdAt, percent} = found;
    if (status === 'missing') return 'missing';
    return {
      id: id ?? name,
      state: status,
      status,
      createdAt: createdAt ?? '',
      ...(percent === undefined || percent === null ? {} : {percent}),
    };
  },
});

export const methodOf = (step: ManagedBackupStep): Method => {
  switch (step.method) {
    case 'rds-snapshot':
      return rds(step);
    case 'cloud-sql':
      return cloudSql(step);
    case 'command':
      return command(step);
  }
};
