// What command, or which page, gets a program that a runbook wants and this machine does not have?

import {basename} from 'node:path';
import {installHint} from './pg-tools.ts';

const debian: Readonly<Record<string, string>> = {
  pytest: 'apt-get install python3-pytest',
  gh: 'apt-get install gh',
  aws: 'apt-get install awscli',
};

const pages: Readonly<Record<string, string>> = {
  pytest: 'https://docs.pytest.org/en/stable/getting-started.html',
  gh: 'https://cli.github.com',
  aws: 'https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html',
  gcloud: 'https://cloud.google.com/sdk/docs/install',
  kubectl: 'https://kubernetes.io/docs/tasks/tools/',
};

/** For a program that nobody knows here, how to see that it is missing. */
export const programHint = (program: string): string => {
  const name = basename(program);
  // Who names a place wants that program: a package of its name would go elsewhere.
  if (program.includes('/')) return `ls -l ${program}`;
  if (['psql', 'pg_dump', 'pg_restore'].includes(name)) return installHint();
  // The client of PostgreSQL comes from apt-get where that is what this machine has.
  const apt = installHint().startsWith('apt-get') ? debian[name] : undefined;
  return apt ?? pages[name] ?? `command -v ${program}`;
};
