// Which programs do tests need beside Node, npm and git, has this machine got them, and what installs them?
//
// programs.json tells how each is found and which packages of Debian bring it; .ci/run and .ci/bare read it as well.

import {spawnSync} from 'node:child_process';
import programs from './programs.json' with {type: 'json'};

export type Program = keyof typeof programs;

const asked = new Map<Program, boolean>();

export const has = (program: Program): boolean => {
  const known = asked.get(program) ?? spawnSync('sh', ['-c', programs[program].found], {stdio: 'ignore'}).status === 0;
  asked.set(program, known);
  return known;
};

/** The one command that brings them all, on Debian and its kin; elsewhere the packages have names of their own. */
export const installs = (wanted: readonly Program[]): string =>
  `apt-get install ${[...new Set(wanted.flatMap((program) => programs[program].packages))].toSorted().join(' ')}`;
