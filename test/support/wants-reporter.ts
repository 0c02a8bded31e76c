// What was not tested on this machine for want of which programs? One line at the end of the tests, with what installs them.

import type {Reporter, TestModule, Vitest} from 'vitest/node';
import {installs, type Program} from './programs.ts';

/** Undefined where nothing was left out for want of a program. */
export const wantsLine = (skipped: readonly (readonly Program[])[]): string | undefined => {
  if (skipped.length === 0) return undefined;
  const counts = new Map<Program, number>();
  for (const program of skipped.flat()) counts.set(program, (counts.get(program) ?? 0) + 1);
  const named = [...counts].toSorted(([a, many], [b, few]) => few - many || (a < b ? -1 : 1));
  const tests = skipped.length === 1 ? '1 test' : `${skipped.length} tests`;
  return `skipped for want of programs: ${tests} (${named.map(([program, of]) => `${program} ${of}`).join(', ')}); ${installs(named.map(([program]) => program))}`;
};

export default class WantsReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules
      .flatMap(({children}) => [...children.allTests('skipped')])
      .map((of) => of.meta().lacks ?? [])
      .filter((lacks) => lacks.length > 0);
    const line = wantsLine(skipped);
    if (line !== undefined) this.#vitest?.logger.log(line);
  }
}
