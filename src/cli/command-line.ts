// Which command, typed as it stands, would do the same again, or a little more.

import type {CliContext} from './context.ts';

export const quoted = (text: string): string =>
  /^[\w./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** The global options of this call, as they were given. */
const globals = ({options}: CliContext): readonly string[] => [
  ...(options.plain === true ? ['--plain'] : []),
  ...(options.json === true ? ['--json'] : []),
  ...(options.answers === undefined ? [] : ['--answers', options.answers]),
  ...(options.runsDir === undefined ? [] : ['--runs-dir', options.runsDir]),
  ...(options.runbookDir === undefined ? [] : ['--runbook-dir', options.runbookDir]),
  ...(options.runbook === undefined ? [] : ['--runbook', options.runbook]),
  ...(options.lang === undefined ? [] : ['--lang', options.lang]),
];

export const commandLine = (context: CliContext, words: readonly string[]): string =>
  ['attempt-runbook', ...words, ...globals(context)].map(quoted).join(' ');
