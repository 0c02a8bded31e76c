// Which programs are here, and what do they say of themselves? Each has a few seconds to answer, and none is asked anything that changes.

import {constants} from 'node:fs';
import {access} from 'node:fs/promises';
import {join} from 'node:path';
import {execa} from 'execa';
import {installHint, pathDirectories} from '../pg-tools.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** 5 s: gcloud takes two on a quiet machine. */
const ANSWER_MS = 5000;

export type Asked = Readonly<{exitCode: number | undefined; output: string; isLate: boolean}>;

export const isExecutable = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

export const pathOf = async (program: string, env: Environment): Promise<string | undefined> => {
  for (const directory of pathDirectories(env)) {
    const path = join(directory, program);
    if (await isExecutable(path)) return path;
  }
  return undefined;
};

/** With the operator's own environment: whether he is logged in is what is asked. */
export const askProgram = async (path: string, args: readonly string[], env: Environment): Promise<Asked> => {
  const ran = await execa(path, [...args], {
    env: {...env},
    extendEnv: false,
    reject: false,
    timeout: ANSWER_MS,
    stdin: 'ignore',
    all: true,
    cwd: '/',
    killDescendants: true,
    forceKillAfterDelay: 500,
  });
  return {exitCode: ran.exitCode, output: ran.all ?? '', isLate: ran.timedOut === true};
};

/** The first thing in what a program says that looks like a version. */
export const versionIn = (output: string): string | undefined => /\d+\.\d+(?:\.\d+)?\w*/.exec(output)?.[0];

const manager = (): string | undefined => {
  const hint = installHint();
  return hint.startsWith('https:') ? undefined : hint.split(' ').slice(0, -1).join(' ');
};

/** Names of packages that differ from the program's, by the manager's first word. */
const PACKAGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'apt-get': {
    ssh: 'openssh-client',
    'ssh-keygen': 'openssh-client',
    pytest: 'python3-pytest',
    aws: 'awscli',
    kubectl: 'kubernetes-client',
    fonts: 'fonts-nanum',
  },
  brew: {ssh: 'openssh', 'ssh-keygen': 'openssh', aws: 'awscli', fonts: '--cask font-nanum-gothic'},
};

const PAGES: Readonly<Record<string, string>> = {gcloud: 'https://cloud.google.com/sdk/docs/install'};

/** The one command that installs it here, or the page that tells. */
export const installCommand = (program: string): string | undefined => {
  if (PAGES[program] !== undefined) return PAGES[program];
  const with_ = manager();
  if (with_ === undefined) return undefined;
  return `${with_} ${PACKAGES[with_.split(' ')[0] ?? '']?.[program] ?? program}`;
};

/** The client programs of a server's major, where they can be installed beside others. */
export const clientOf = (major: number): string =>
  manager()?.startsWith('apt-get') === true ? `apt-get install postgresql-client-${major}` : installHint();
