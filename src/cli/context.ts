// What every command needs: who asks, in which language, where runs and runbooks are, and where words go.

import {hostname, userInfo} from 'node:os';
import {resolve} from 'node:path';
import {defaultRunsDirectory} from '../adapters/run-directory.ts';
import {projectRunbooks, runbookAt, shippedRunbooks} from '../adapters/runbook-folder.ts';
import type {Identity} from '../core/ids.ts';
import type {Locale} from '../core/text.ts';
import {redactText} from '../evidence/redaction.ts';
import type {OpeningStage} from '../ui/text/opening.ts';
import {visibleLine} from '../ui/text/visible.ts';
import {knownRedaction} from './known-redaction.ts';

export type GlobalOptions = Readonly<{
  plain?: boolean;
  json?: boolean;
  answers?: string;
  runsDir?: string;
  lang?: Locale;
  runbookDir?: string;
  runbook?: string;
  ascii?: boolean;
  showBlockerQueries?: boolean;
}>;

export type CliContext = Readonly<{
  options: GlobalOptions;
  env: Readonly<Record<string, string | undefined>>;
  locale: Locale;
  timeZone: string;
  operator: Identity;
  runsDirectory: string;
  runbooks: string;
  /** The runbook that was named by its path. */
  runbook: string | undefined;
  /** A TUI is possible: both ends are terminals, nobody asked for plain, and this is no CI. */
  interactive: boolean;
  /** Told what is being done until a run is open; a screen shows it. */
  stage?: (of: OpeningStage) => void;
  out: (line: string) => void;
  err: (line: string) => void;
}>;

/** `ko_KR.UTF-8` and the like; everything else reads English. */
const localeOf = (env: CliContext['env']): Locale =>
  /^ko\b|^ko_/i.test(env['LC_ALL'] ?? env['LC_MESSAGES'] ?? env['LANG'] ?? '') ? 'ko' : 'en';

export const cliContext = (
  options: GlobalOptions,
  env: CliContext['env'],
  remembered: Locale | undefined,
): CliContext => {
  const named = options.runbook === undefined ? undefined : runbookAt(options.runbook);
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const known = knownRedaction(env);
  let zone: string | undefined;
  const isCi = env['CI'] !== undefined && env['CI'] !== 'false' && env['CI'] !== '0';
  return {
    options,
    env,
    locale: options.lang ?? remembered ?? localeOf(env),
    // When somebody asks: it takes as long as a tenth of the way to the first frame.
    get timeZone() {
      zone ??= env['TZ'] ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
      return zone;
    },
    operator: {name: env['ATTEMPT_RUNBOOK_OPERATOR'] ?? userInfo().username, host: hostname()},
    runsDirectory: resolve(options.runsDir ?? defaultRunsDirectory(env)),
    runbooks:
      named?.directory ??
      resolve(options.runbookDir ?? projectRunbooks(process.cwd(), env['HOME']) ?? shippedRunbooks()),
    runbook: named?.name,
    interactive: isTerminal && !isCi && options.plain !== true && options.json !== true && env['TERM'] !== 'dumb',
    // The last door before the terminal: whatever a line quotes cannot act on it, and a complaint quotes no secret.
    out: (line) => void process.stdout.write(`${visibleLine(line)}\n`),
    err: (line) => void process.stderr.write(`${visibleLine(redactText(line, known()).text)}\n`),
  };
};
