// What the command line says, and which command answers it.

import {Argument, Command, CommanderError, Option} from 'commander';
import {exitCodes, type ExitCode} from '../ui/text/exit.ts';
import type {Locale} from '../core/text.ts';
import type {ApproveOptions} from './commands/approve.ts';
import {cliContext, type CliContext, type GlobalOptions} from './context.ts';
import {lastWords} from './last-words.ts';
import {VERSION} from './version.ts';

const timestampOption = (): Option =>
  new Option(
    '--timestamp-command <program>',
    'with a signature: gets its SHA-256 as argument and writes an RFC 3161 answer (DER) to standard output',
  );

/** A URL given here is refused by `resolveSource`, whose words do not repeat it as commander's would. */
const urlOption = (): Option => new Option('--url <source>', 'env:NAME, service:NAME or file:PATH; never a URL');

const sshOption = (): Option =>
  new Option(
    '--ssh <destination>',
    'through this bastion: user@host[:port], or a name of ~/.ssh/config; none: directly',
  );

const scratchOption = (): Option =>
  new Option('--scratch <source>', 'where backups are restored to prove them: env:NAME, service:NAME or file:PATH');

const codesText = (locale: Locale): string =>
  `\nExit codes:\n${exitCodes.map(({code, meaning}) => `  ${String(code).padStart(3)}  ${meaning[locale]}`).join('\n')}\n`;

/** Preferences are read only where a language or a name is needed and none was given. */
const remembered = async (): Promise<Locale | undefined> => {
  const {rememberedLocale} = await import('../adapters/preferences.ts');
  return rememberedLocale();
};

type RunFlags = Readonly<{
  env: 'staging' | 'production';
  url: string;
  ssh?: string;
  scratch?: string;
  until?: string;
  pin?: string;
  takeOver?: string;
}>;

type InitFlags = Readonly<
  Partial<
    Record<
      | 'object'
      | 'change'
      | 'migrator'
      | 'environments'
      | 'applicationRole'
      | 'id'
      | 'titleEn'
      | 'titleKo'
      | 'alembicDirectory'
      | 'alembicScripts'
      | 'alembicFrom'
      | 'alembicRevision',
      string
    >
  >
>;

/** What was not said stays out: an answers file may say it. */
const initOptions = (directory: string | undefined, options: InitFlags) => {
  const {environments, titleEn, titleKo, ...plain} = options;
  return {
    ...plain,
    ...(directory === undefined ? {} : {directory}),
    ...(environments === undefined ? {} : {environments: environments.split(',').map((of) => of.trim())}),
    title: {...(titleEn === undefined ? {} : {en: titleEn}), ...(titleKo === undefined ? {} : {ko: titleKo})},
  };
};

type PlanFlags = Readonly<{env: 'rehearsal' | 'staging' | 'production'; url?: string; ssh?: string}>;

type ResumeFlags = Readonly<{
  url?: string;
  ssh?: string;
  scratch?: string;
  until?: string;
  keep?: boolean;
  takeOver?: string | true;
  cancelOrphans?: string;
}>;

const start = async (command: (context: CliContext) => Promise<ExitCode> | ExitCode): Promise<void> => {
  const options: GlobalOptions = program.opts();
  const context = cliContext(options, process.env, options.lang ?? (await remembered()));
  process.exitCode = await command(context);
};

/** A script's options have no place on a screen: who says where to stop, or what to answer, gets lines. */
const wantsScreen = (
  context: CliContext,
  options: Readonly<{until?: string; export?: string; cancelOrphans?: string}>,
): boolean =>
  context.interactive &&
  context.options.answers === undefined &&
  options.until === undefined &&
  options.cancelOrphans === undefined &&
  options.export === undefined;

const program = new Command('attempt-runbook')
  .description('A calm terminal runbook that takes a PostgreSQL schema change to production, and back')
  .version(VERSION, '-V, --version')
  .option('--plain', 'lines instead of a screen; also without a terminal, and when CI is set')
  .option('--json', "the journal's events as NDJSON on standard output, nothing else")
  .option('--answers <file>', 'answers for what a script cannot be asked')
  .option('--runs-dir <dir>', 'where runs are kept')
  .option('--runbook-dir <dir>', 'where runbooks are; their SQL lies in ../sql/<name>; ./runbook where there is one')
  .option('--runbook <path>', 'the runbook itself: its folder, or its runbook.yaml')
  .addOption(new Option('--lang <lang>', 'language').choices(['en', 'ko']))
  .option('--ascii', 'borders and signs in ASCII')
  .option('--show-blocker-queries', 'in lines: also what the sessions in the way run; it may hold personal data')
  .showHelpAfterError()
  .showSuggestionAfterError()
  .addHelpText('after', codesText('en'))
  .exitOverride()
  .action(() => start(async (context) => (await import('./commands/open.ts')).open(context)));

type RehearseArguments = Readonly<{
  fromBackup?: string;
  scratchUrl?: string;
  keep?: boolean;
  until?: string;
  export?: string;
}>;

program
  .command('rehearse [runbook]')
  .description('walk the whole runbook, and back, on a PostgreSQL server of its own')
  .option(
    '--scratch-url <source>',
    'in a database made on this server: env:NAME, service:NAME or file:PATH; never a URL',
  )
  .option('--from-backup <file>', 'on a copy of what this pg_dump file (custom or directory format) holds')
  .option('--keep', 'leave the server running at the end')
  .option('--until <step>', 'stop after this step')
  .option('-o, --export <file>', 'write the evidence archive at the end')
  .action((runbook: string | undefined, options: RehearseArguments) =>
    start(async (context) => {
      const given = {...options, ...(runbook === undefined ? {} : {runbook})};
      const {fromBackup, scratchUrl} = options;
      return wantsScreen(context, options)
        ? (await import('./commands/open.ts')).open(
            context,
            {
              kind: 'rehearse',
              ...(fromBackup === undefined ? {} : {fromBackup}),
              ...(scratchUrl === undefined ? {} : {scratchUrl}),
            },
            given,
          )
        : (await import('./commands/rehearse.ts')).rehearse(context, given);
    }),
  );

program
  .command('run [runbook]')
  .description('walk the runbook against a real database')
  .addOption(new Option('--env <environment>', 'environment').choices(['staging', 'production']).makeOptionMandatory())
  .addOption(urlOption().makeOptionMandatory())
  .addOption(sshOption())
  .addOption(scratchOption())
  .option('--until <step>', 'stop after this step')
  .option('--pin <system identifier>', 'confirms the database of an environment at its first use')
  .option('--take-over <run>', 'takes the target from this run, while that run does nothing')
  .action((runbook: string | undefined, options: RunFlags) =>
    start(async (context) => {
      const given = {...options, ...(runbook === undefined ? {} : {runbook})};
      const {env: environment, url: source, ssh, pin, takeOver} = options;
      const more = {
        ...(ssh === undefined ? {} : {ssh}),
        ...(pin === undefined ? {} : {pin}),
        ...(takeOver === undefined ? {} : {takeOver}),
      };
      return wantsScreen(context, options)
        ? (await import('./commands/open.ts')).open(context, {kind: 'start', environment, source, ...more}, given)
        : (await import('./commands/run.ts')).run(context, given);
    }),
  );

program
  .command('resume [run]')
  .description('go on with a run; without a name the latest one')
  .addOption(urlOption())
  .addOption(sshOption())
  .addOption(scratchOption())
  .option('--until <step>', 'stop after this step')
  .option('--keep', "leave a rehearsal's server running at the end")
  .option('--take-over [run]', 'takes this run from another host, or the target from that run while it does nothing')
  .option(
    '--snapshot-again',
    'takes the snapshot again, and does again what was done since: the catalog has changed, rightly',
  )
  .option('--cancel-orphans <target>', 'ends the sessions that a step in doubt has left; wants the name of the target')
  .action((run: string | undefined, options: ResumeFlags) =>
    start(async (context) => {
      const given = {...options, ...(run === undefined ? {} : {run})};
      return wantsScreen(context, options)
        ? (await import('./commands/open.ts')).open(context, {kind: 'resume', ...given}, given)
        : (await import('./commands/resume.ts')).resume(context, given);
    }),
  );

program
  .command('rollback [run]')
  .description('take one of the ways back; without --confirm, show what each would do and lose')
  .option('--option <id>', 'which way back')
  .option('--confirm <target>', "the target database's name")
  .option('--reason <text>', 'why; kept in the evidence; required to restore a whole backup')
  .addOption(urlOption())
  .addOption(sshOption())
  .option('--keep', "leave a rehearsal's server running at the end")
  .action(
    (
      run: string | undefined,
      options: {option?: string; confirm?: string; reason?: string; url?: string; ssh?: string; keep?: boolean},
    ) =>
      start(async (context) =>
        (await import('./commands/resume.ts')).rollback(context, {...options, ...(run === undefined ? {} : {run})}),
      ),
  );

program
  .command('approve <run> <step>')
  .description(
    'approve or refuse, as somebody other than the operator: sign here, or bring a signature from elsewhere; also while the run stands open in another terminal',
  )
  .option('--as <name>', 'who decides, as the list of signers names that person')
  .option('--key <key>', 'an SSH key: a private one, or a public one that your agent has')
  .option('--refuse', 'say no; needs --reason, and no key')
  .option('--reason <text>', 'why; kept in the evidence')
  .option(
    '--statement [file]',
    'write what has to be signed elsewhere, to a file as well; with --signature: the text that it is over',
  )
  .option('--signature <file>', 'a signature of ssh-keygen -Y sign -n attempt-runbook over the statement')
  .option('--allowed-signers <file>', 'whose keys count, as in ssh-keygen(1), where the runbook has no list of its own')
  .option('--revoked-keys <file>', 'keys that do not count any more, as ssh-keygen -Y verify -r reads them')
  .action((run: string, step: string, options: Omit<ApproveOptions, 'run' | 'step'>) =>
    start(async (context) => (await import('./commands/approve.ts')).approve(context, {...options, run, step})),
  );

program
  .command('plan [runbook]')
  .description('print what would run, in order, with the digest that approvers sign; executes nothing')
  .addOption(
    new Option('--env <environment>', 'environment').choices(['rehearsal', 'staging', 'production']).default('staging'),
  )
  .addOption(urlOption())
  .addOption(sshOption())
  .action((runbook: string | undefined, options: PlanFlags) =>
    start(async (context) =>
      (await import('./commands/look.ts')).plan(context, {...options, ...(runbook === undefined ? {} : {runbook})}),
    ),
  );

program
  .command('lint [dir]')
  .description('check the runbooks of a folder: every problem with its place')
  .action((dir: string | undefined) =>
    start(async (context) => (await import('./commands/look.ts')).lint(context, dir)),
  );

program
  .command('runs')
  .description('list the runs of this machine')
  .action(() => start(async (context) => (await import('./commands/look.ts')).runs(context)));

program
  .command('status [run]')
  .description('say where a run stands')
  .action((run: string | undefined) =>
    start(async (context) => (await import('./commands/look.ts')).status(context, run)),
  );

program
  .command('doctor [runbook]')
  .description('look at programs, disks, terminal and target, and say what to do about each red line')
  .addOption(
    new Option('--env <environment>', 'environment of --url').choices(['staging', 'production']).default('staging'),
  )
  .addOption(urlOption())
  .addOption(sshOption())
  .action((runbook: string | undefined, options: PlanFlags) =>
    start(async (context) =>
      (await import('./commands/doctor.ts')).doctor(context, {...options, ...(runbook === undefined ? {} : {runbook})}),
    ),
  );

program
  .command('init [dir]')
  .description('write a new runbook, with its SQL, for another change; asks what was not said')
  .option('--object <schema.name>', 'the object that changes')
  .option('--change <kind>', 'view, function or table')
  .option('--migrator <kind>', 'sql or alembic')
  .option('--alembic-directory <dir>', 'the folder of the Alembic project')
  .option('--alembic-scripts <dir>', 'the folder of its scripts, below that')
  .option('--alembic-from <revision>', 'the revision before the change')
  .option('--alembic-revision <revision>', 'the revision of the change')
  .option('--environments <list>', 'staging, production, or both with a comma')
  .option('--application-role <role>', 'the role that smoke checks and samples run as')
  .option('--id <name>', "the runbook's name")
  .option('--title-en <text>', 'its title in English')
  .option('--title-ko <text>', 'its title in Korean')
  .action((directory: string | undefined, options: InitFlags) =>
    start(async (context) => (await import('./commands/init.ts')).init(context, initOptions(directory, options))),
  );

const known = program
  .command('targets')
  .description('list the databases that were confirmed on this machine')
  .action(() => start(async (context) => (await import('./commands/targets.ts')).targets(context)));

known
  .command('forget')
  .addArgument(new Argument('<environment>').choices(['staging', 'production']))
  .argument('[runbook]', 'only what is known of this runbook')
  .description('forget a confirmed database, so that the next run asks again')
  .action((environment: string, runbook: string | undefined) =>
    start(async (context) => (await import('./commands/targets.ts')).forgetTarget(context, environment, runbook)),
  );

program
  .command('export [run]')
  .description("write a run's evidence: a directory and an archive")
  .option('-o, --output <file>', 'the archive; the directory lies beside it')
  .option('--sign <key>', 'sign it with this SSH key: a private key, or a public one that your agent has')
  .addOption(timestampOption())
  .action((run: string | undefined, options: {output?: string; sign?: string; timestampCommand?: string}) =>
    start(async (context) =>
      (await import('./export-evidence.ts')).exportEvidence(
        context,
        run,
        options.output,
        options.sign,
        options.timestampCommand,
      ),
    ),
  );

program
  .command('attach <run> <file>')
  .description("add a file to a run's evidence while the run is open and no other process has it")
  .requiredOption('--note <text>', 'what it shows')
  .option('--step <step>', 'the step, or rollback/ID, that it belongs to')
  .action((run: string, file: string, options: {note: string; step?: string}) =>
    start(async (context) => (await import('./commands/attach.ts')).attach(context, {run, file, ...options})),
  );

program
  .command('report [run]')
  .description('write the report of a run: a page with both languages, or Markdown for a pull request')
  .option('-o, --output <file>', 'where it goes')
  .addOption(new Option('--format <format>', 'what it is').choices(['html', 'md']).default('html'))
  .action((run: string | undefined, options: {output?: string; format: 'html' | 'md'}) =>
    start(async (context) => (await import('./commands/report.ts')).report(context, run, options)),
  );

program
  .command('sign <bundle>')
  .description('add a signature to an evidence archive or directory, after it has been verified')
  .requiredOption('--key <key>', 'an SSH key: a private one, or a public one that your agent has')
  .addOption(timestampOption())
  .action((bundle: string, options: {key: string; timestampCommand?: string}) =>
    start(async (context) =>
      (await import('./commands/verify.ts')).sign(context, bundle, options.key, options.timestampCommand),
    ),
  );

program
  .command('verify <bundle>')
  .description('check an evidence archive, or its unpacked directory, offline; names the first thing that is wrong')
  .option(
    '--allowed-signers <file>',
    'whose signatures count, as in ssh-keygen(1); without one of them it ends with 65',
  )
  .option('--tsa-ca <file>', 'the certificates (PEM) of the authority whose timestamps count')
  .action((bundle: string, options: {allowedSigners?: string; tsaCa?: string}) =>
    start(async (context) =>
      (await import('./commands/verify.ts')).verify(context, bundle, options.allowedSigners, options.tsaCa),
    ),
  );

// Subcommands of commander do not inherit exitOverride and the global options' place by themselves.
for (const command of [...program.commands, ...known.commands]) {
  command.exitOverride();
  for (const option of program.options.filter(({long}) => long !== '--version' && long !== '--ascii')) {
    if (!command.options.some(({long}) => long === option.long)) command.addOption(option);
  }
  command.hook('preAction', (_program, action) => {
    for (const [name, value] of Object.entries(action.opts())) {
      if (program.options.some((option) => option.attributeName() === name)) program.setOptionValue(name, value);
    }
  });
}

/** Our bug: what was running is in doubt. Everything that goes with this process goes now, also the lock of the target. */
const crash = (error: unknown): never => {
  process.stderr.write(`attempt-runbook: ${lastWords(error, process.env)}\n`);
  process.exit(70);
};

process.on('uncaughtException', (error) => {
  // The screen has a listener of its own: it gives the terminal back first.
  if (process.listenerCount('uncaughtException') === 1) crash(error);
});
// `… | head` goes away before we are done; whoever walks a run watches for that itself.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Help and version end with 0; everything else is a wrong use of the command.
    process.exitCode = error.exitCode === 0 ? 0 : 64;
  } else {
    crash(error);
  }
}
