// Does long-tests.json name a test that is not there any more? Then it would run nowhere under that name, and nobody would
// know which behaviour was meant; the run fails and says so.

import {relative} from 'node:path';
import type {Reporter, TestModule, Vitest} from 'vitest/node';
import listed from './long-tests.json' with {type: 'json'};

/** Where a program is missing, titles end with what installs it; a list names none of that. */
export const plainName = (name: string): string => name.replaceAll(/ \(needs [^)]*\)/g, '');

/** What is listed of these files and is no test of theirs, as `file: name`. */
export const namesNoTest = (
  files: Readonly<Record<string, readonly string[]>>,
  ran: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] =>
  Object.entries(files).flatMap(([file, names]) => {
    const tests = ran.get(file);
    return tests === undefined ? [] : names.filter((name) => !tests.has(name)).map((name) => `${file}: ${name}`);
  });

export default class LongReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const root = this.#vitest?.config.root ?? '';
    const ran = new Map(
      modules
        .filter(({children}) => children.size > 0)
        .map((module) => [
          relative(root, module.moduleId),
          new Set([...module.children.allTests()].map(({fullName}) => plainName(fullName))),
        ]),
    );
    const lost = namesNoTest(listed, ran);
    if (lost.length === 0) return;
    this.#vitest?.logger.error(`test/support/long-tests.json names what is no test:\n  ${lost.join('\n  ')}`);
    process.exitCode = 1;
  }
}
