// The words for each failure, in English.

import {
  holdersOf,
  isLackOfRights,
  type Failure,
  type RestoreDoubt,
  type ScratchProblem,
  type ToolTrouble,
} from '../../core/failure.ts';
import {lockLossCure, lockLossText} from './locks/loss.ts';
import {alembicFailures} from './alembic.ts';
import type {DatabaseWords, FailureLexicon, FailureWords} from './failure.ts';
import {failing, rowsFoundBy} from './findings.ts';
import {formatBytes, formatCount, formatDuration} from './numbers.ts';
import type {Reach} from './reach.ts';
import {ended} from './sentence.ts';
import {notAsTheyMustBe} from './tool.ts';
import {brokenLineText} from './tunnel.ts';
import {wayBackMissed} from './undone.ts';
import {scratchWhereText} from './terms.ts';

/** After a statement failed on a connection that still works. */
const stopped: Readonly<Record<Reach, DatabaseWords>> = {
  none: 'This command began no step, so it sent no statement that changes anything.',
  reads: {unchanged: 'this step only reads'},
  transaction: {unchanged: 'the whole transaction was rolled back'},
  statements:
    'What had been committed stays: statements that ran before this one, and what a DO or a CALL committed by itself. An index that was being built CONCURRENTLY may be left INVALID.',
  restore: 'pg_restore works in one transaction: either everything was restored, or nothing was changed.',
  alembic: {unchanged: 'Alembic was not started, or the version table and the catalog were seen to be as before it'},
  command: 'The tool does not know what the command changed before it failed.',
  unknown: 'The failed statement changed nothing. What ran before it outside a transaction stays.',
};

/** What to do once more: a step that failed, or else whatever was asked for. */
const again = (reach: Reach): string => (reach === 'none' ? 'try again' : 'start the step again');

/** After something that ended without saying how far it had come. */
const unsure: Readonly<Record<Reach, DatabaseWords>> = {
  ...stopped,
  alembic: 'Alembic commits by itself. What is there, the version table and the catalog say; they have to be asked.',
  transaction: 'If the transaction was not committed, it changed nothing. The server knows; it has to be asked.',
  statements:
    'What had been committed stays: statements that had finished, and what a DO or a CALL committed by itself. An index that was being built CONCURRENTLY may be left INVALID.',
  unknown: 'What had been committed before this moment stays; anything else was not kept.',
};

const joined = (first: string, rest: DatabaseWords): DatabaseWords =>
  typeof rest === 'string' ? `${first} ${rest}` : rest;

/** When the trouble is found before the action's first change. */
const before = (why: string): DatabaseWords => ({unchanged: why});

const plural = (count: number, one: string, many: string): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

/** A query step says what it expects as a code of the runbook, and what came as a number of rows. */
const expectedWords = (expected: string): string =>
  expected === 'no-rows' ? 'no rows' : expected === 'rows' ? 'at least one row' : expected;

const foundWords = (expected: string, actual: string): string =>
  expected === 'no-rows' || expected === 'rows' ? plural(Number(actual), 'row', 'rows') : actual;

const restoreDoubt: Readonly<Record<RestoreDoubt, (count: number) => string>> = {
  schema: (count) =>
    `the schema in it is not the one that the target has: ${plural(count, 'line differs', 'lines differ')}. The file is damaged, or somebody changed the schema meanwhile`,
  restore: () => 'it could not be restored into a scratch database',
  objects: (count) => `what was restored from it differs in ${plural(count, 'object', 'objects')}`,
  rows: (count) =>
    `${plural(count, 'declared table has', 'declared tables have')} another number of rows when restored`,
  catalog: (count) =>
    `the declared objects are not what they were when restored: ${plural(count, 'difference', 'differences')}`,
  alone: () => 'the declared objects could not be restored from it alone',
};

const toolTrouble: Readonly<Record<ToolTrouble, (tool: string) => string>> = {
  missing: () => 'it is not on this machine',
  login: (tool) => `nobody is logged in, or the login is not valid (${tool} auth login)`,
  network: () => 'the other end could not be reached',
  'no-answer': () => 'it gave no answer that can be read',
};

const scratchProblem: Readonly<Record<ScratchProblem, (message: string) => string>> = {
  'no-server-programs': (version) => `this machine has no server programs for a dump of PostgreSQL ${version}`,
  'server-did-not-start': (message) => `a server on this machine did not start (${message})`,
  'server-too-old': (version) => `the server is ${version}, older than the target`,
  'source-unusable': (source) => `${source} names no connection now`,
};

/** By SQLSTATE: what keeps a session out of a server that answers. */
const admission: Readonly<Record<string, (database: string, user: string) => string>> = {
  '3D000': (database) => `Check the name of the database: this server has no ${database}. Then`,
  '42501': (database, user) =>
    `Let the owner of the database run GRANT CONNECT ON DATABASE ${database} TO ${user}, or connect as another role. Then`,
  '53300': () => 'All connections of the server, or of this role, are taken. Wait until some are free, then',
  '57P03': () => 'The server starts, shuts down or recovers. Wait until it takes sessions, then',
};

const fixFile =
  'If the file is wrong, correct it: a changed file is a new plan, which needs its approvals again and a new run. If the database was not ready, put that right and start the step again.';

/** Only who was seen is counted, and only those who hold it: whoever queues as well is as much held up. */
const heldBy = (holders: number, isUnseen: true | undefined): string => {
  if (holders > 0) return plural(holders, 'session holds it', 'sessions hold it');
  return isUnseen === true
    ? 'who holds it was not seen: nobody could look while it waited'
    : 'nobody was seen to hold it';
};

export const failureEn: FailureLexicon = {
  'query-refused': ({message, sqlState, hint}, reach) => ({
    what: `The server refused a statement: ${message} (${sqlState}).${hint === undefined ? '' : ` Hint from the server: ${ended(hint)}`}`,
    database: stopped[reach],
    now: fixFile,
  }),
  'privilege-missing': ({message, sqlState}, reach) => ({
    what: `A privilege is missing: ${message} (${sqlState}).`,
    database: stopped[reach],
    now:
      reach === 'none'
        ? 'Have the privilege granted to the login, or connect as a role that has it. Then try again.'
        : 'Have the privilege granted to the role that this step runs as, or connect as a role that has it. Then start the step again.',
  }),
  'lock-timeout': ({tries, blockers, isUnseen}, reach) => ({
    what: `The lock was not granted in ${plural(tries, 'try', 'tries')}; ${heldBy(holdersOf(blockers).length, isUnseen)}.`,
    database:
      reach === 'statements' || reach === 'command'
        ? stopped[reach]
        : before('the statement waited for its lock, gave up and was rolled back. It no longer holds anybody up'),
    now:
      blockers.length === 0
        ? 'Start the step again. If it is refused again, look at pg_locks: the holder may come and go.'
        : 'Wait until the sessions listed have ended, or ask their owners to end them, then start the step again. The tool never ends sessions of others.',
  }),
  'hold-exceeded': ({holdMs}, reach) => ({
    what: `The change held its locks for longer than ${formatDuration(holdMs, 'en')}, so that others had to wait, and was cancelled.`,
    database:
      reach === 'transaction'
        ? before('it had not come to COMMIT, and the whole transaction was rolled back')
        : stopped[reach],
    now: 'Start the step again when the target is calm, or do less in one transaction. A longer limit (holdMs, in runbook.yaml) makes a new plan.',
  }),
  'statement-timeout': ({afterMs}, reach) => ({
    what: `A statement ran longer than ${formatDuration(afterMs, 'en')} and was cancelled by the server.`,
    database: stopped[reach],
    now: 'Look at the load on the server. Start the step again when it is calm; a longer limit belongs into the runbook and makes a new plan.',
  }),
  'target-unreachable': ({message, line}, reach) => ({
    what: `The target could not be reached: ${ended(message)}${brokenLineText(line, 'en')}`,
    database:
      reach === 'reads'
        ? before('this step only reads, and it was not connected')
        : 'The connection was not opened, so no statement was sent over it.',
    now: `Check the address, the VPN or proxy, and that the server is up. Then ${again(reach)}.`,
  }),
  'session-refused': ({message, sqlState, database, user}, reach) => ({
    what: `The server was reached and refused the session: ${ended(message).replace(/\.$/, '')} (${sqlState}).`,
    database:
      reach === 'reads'
        ? before('this step only reads, and it was not let in')
        : 'The session was not opened, so no statement was sent over it.',
    now: `${admission[sqlState]?.(database, user) ?? 'Put right what the server says. Then'} ${again(reach)}.`,
  }),
  'authentication-refused': ({message, ignoredPassfile}, reach) => ({
    what: `The server refused the login: ${ended(message)}${ignoredPassfile === undefined ? '' : ` Nothing was taken from ${ignoredPassfile}, since others can read it (chmod 600 ${ignoredPassfile}).`}`,
    database:
      reach === 'reads'
        ? before('this step only reads, and it was not logged in')
        : 'The connection was not opened, so no statement was sent over it.',
    now: `Check the user, the password file or service, and pg_hba.conf on the server. Then ${again(reach)}.`,
  }),
  'connection-lost': ({message, line}, reach) => ({
    what: `The connection to the target was lost: ${ended(message)}${brokenLineText(line, 'en')}`,
    database:
      reach === 'reads'
        ? stopped.reads
        : reach === 'command'
          ? stopped.command
          : reach === 'none'
            ? stopped.none
            : 'The outcome is not known yet. It is not guessed: the server will be asked what became of the change.',
    now:
      reach === 'none'
        ? 'Wait until the server can be reached, then try again.'
        : 'Do not run the change by hand. Wait until the server can be reached, then continue this run: it asks first and goes on from the answer.',
  }),
  'target-read-only': (_, reach) => ({
    what: 'The target is a standby or takes no writes.',
    database: before('a server in this state accepts no changes'),
    now: `Connect to the primary. If it has just failed over, wait until the new primary is known, then ${again(reach)}.`,
  }),
  'identity-hidden': ({user}) => ({
    what: `The server does not tell the role ${user} who it is: pg_control_system() is not allowed.`,
    database: before('without a system identifier, one database could be taken for another'),
    now: `Let a superuser run GRANT EXECUTE ON FUNCTION pg_control_system() TO ${user}, or connect as another role.`,
  }),
  'session-unguarded': (_, reach) => ({
    what: 'The session did not keep the settings that guard it, such as lock_timeout.',
    database: before('no statement is sent without them'),
    now: `Something between this machine and the server answers for several sessions, as a statement pooler does. Connect to the server directly, then ${again(reach)}.`,
  }),
  'application-role-missing': ({role}) => ({
    what: `The application's role ${role} does not exist, or this login may not take it on.`,
    database: before('no check was run under another role instead'),
    now: `Create ${role} or grant it to the login, then start the step again. A check run as the owner does not notice a lost GRANT.`,
  }),
  'rights-missing': ({missing}) => ({
    what: `The change was not begun: ${plural(missing.length, 'right is missing', 'rights are missing')} that it, its ways back or the steps after it need.`,
    database: before('only the catalog was read'),
    now: 'Have a role that may do so run what stands below each line, or connect as a role that has these rights. Then start the step again.',
  }),
  'program-missing': ({program, install}) => ({
    what: `${program} was not found on this machine.`,
    database: before('the program was never started'),
    now: `Install it, then start the step again: ${install}`,
  }),
  'directory-missing': ({path}) => ({
    what: `There is no folder ${path} on this machine.`,
    database: before('the program that should run there was never started'),
    now: 'A folder of a step is seen from where this tool was started. Leave the run, go there and continue it, or put the folder in its place and start the step again.',
  }),
  'program-too-old': ({program, version, serverVersion, install}) => ({
    what: `${program} ${version} is older than the server, which is ${serverVersion}.`,
    database: before('the program was never started'),
    now: `Install one of the server's major version or newer, then start the step again: ${install}`,
  }),
  'process-failed': ({program, exitCode, signal}, reach) => ({
    what: `${program} failed${signal === undefined ? (exitCode === undefined ? '' : ` with exit code ${exitCode}`) : `: it was ended by ${signal}`}.`,
    database: stopped[program === 'pg_dump' ? 'reads' : reach === 'unknown' ? 'command' : reach],
    now: 'Read the output of this step. Put the cause right, then start the step again.',
  }),
  'disk-full': ({neededBytes, freeBytes}, reach) => ({
    what: `The disk of this machine is too full${neededBytes === undefined ? '' : `: ${formatBytes(neededBytes)} needed`}${freeBytes === undefined ? '' : `${neededBytes === undefined ? ':' : ','} ${formatBytes(freeBytes)} free`}.`,
    database:
      reach === 'reads' || reach === 'unknown'
        ? before('the database was only read')
        : joined('The disk of the database server is not meant.', unsure[reach]),
    now: 'Free space here, or keep the run directory on a larger disk. Then start the step again.',
  }),
  'not-recordable': ({path, message}) => ({
    what: `${path} could not be made, so what this step says would be lost: ${ended(message)}`,
    database: 'The step was not begun. Nothing was asked of the database.',
    now: 'Free the disk or make the run directory writable. Then start the step again.',
  }),
  'backup-unreadable': ({message}) => ({
    what: `The backup could not be read to its end: ${ended(message)}`,
    database: before(
      'the file is read to its end before anything is restored, and reading it does not touch the database',
    ),
    now: 'Do not rely on this backup. Check the disk, then take a new one, or use another way back.',
  }),
  'backup-not-restorable': ({what, where, count}) => ({
    what: `The backup is readable, but ${restoreDoubt[what](count)}${where === undefined ? '' : ` (${scratchWhereText(where, 'en')})`}.`,
    database: before('the target was only read, and the backup that failed its proof was removed'),
    now: 'Do not rely on this backup. Look at what was found: the same would be met when the backup is needed. Put the cause right, then start the step again.',
  }),
  'backup-changed': ({expected, actual}) => ({
    what: `The backup is not the file that was taken: its SHA-256 was ${expected} and is ${actual}.`,
    database: before('the hash is compared before anything is restored'),
    now: 'Find out who wrote to the file. Use another way back, or bring the original file back from where it was copied to.',
  }),
  'artifact-unreadable': ({message}, reach) => ({
    what: `A file of this run could not be read or written as it was sealed: ${ended(message)}`,
    database:
      reach === 'reads'
        ? stopped.reads
        : reach === 'transaction'
          ? before('the files of the run are read before the change begins')
          : unsure[reach],
    now: 'Check the run directory, its disk and its permissions. A file that was changed is no longer evidence; take it again where that is possible.',
  }),
  'expectation-missed': ({what, expected, actual, findings}, reach) => ({
    what:
      expected === 'verdict'
        ? `${what}: ${actual === '0' ? 'no row came, so nothing has passed' : `${failing(findings)} of ${plural(Number(actual), 'row', 'rows')} did not pass`}.`
        : `${what}: expected ${expectedWords(expected)}, found ${ended(foundWords(expected, actual))}`,
    database:
      reach === 'unknown'
        ? 'The query that found this only reads. A change that was under way in one transaction was rolled back.'
        : reach === 'restore'
          ? 'The restore has run. What was found is what the database has now.'
          : stopped[reach],
    now: 'Look at what was found. Put the cause right and start the step again, or stop here.',
  }),
  'index-invalid': ({indexes}) => ({
    what: `${indexes.join(', ')}: INVALID. A build of ${indexes.length === 1 ? 'it' : 'them'} was broken off, or somebody is at it still; no query reads ${indexes.length === 1 ? 'it' : 'them'}, and rows that break a uniqueness may be there.`,
    database: 'What the statements of this step did stays. An invalid index still costs every write.',
    now: `Make sure that nobody is building there now. Drop what is invalid (${indexes.map((index) => `DROP INDEX CONCURRENTLY ${index};`).join(' ')}), put right why the build broke off, and start the step again.`,
  }),
  'partly-applied': ({files, verify, cause}, reach) => {
    const of = files.join(', ');
    const say =
      cause === undefined ? undefined : (failureEn[cause.code] as (inner: Failure, reach: Reach) => FailureWords);
    return {
      what:
        cause === undefined || say === undefined
          ? `${verify} finds that the change of ${of} is not complete; how far it came is not known.`
          : `${of}: ${say(cause, reach).what}`,
      database:
        'Whatever was committed by then stays, and the tool has not counted it. The step does not start again by itself.',
      now: 'Look at what is there. Start the step again, on the screen (resume in a terminal, without --answers), only if a second run skips what the first one did. Otherwise finish it by hand, or take a way back.',
    };
  },
  'checks-failed': ({failed, total, found}) => ({
    what: `${formatCount(failed.length)} of ${plural(total, 'check', 'checks')} failed.`,
    database: before('the checks only read'),
    now:
      rowsFoundBy(found) !== ''
        ? `Look at the rows that ${rowsFoundBy(found)} finds: a check may stumble over them. Put the cause right and start the step again, or take the way back.`
        : 'Read what each failed check observed. Put the cause right and start the step again, or take the way back.',
  }),
  'tool-findings': ({tool, findings}, reach) => ({
    what: `${tool}: ${plural(notAsTheyMustBe(findings), 'finding does', 'findings do')} not pass.`,
    database: stopped[reach],
    now: 'Read what was found, and the output of this step. Put the cause right and start the step again, or take the way back.',
  }),
  'tool-unavailable': ({tool, why, message}) => ({
    what: `${tool} could not be asked: ${toolTrouble[why](tool)}.${message === '' ? '' : ` It said: ${ended(message)}`}`,
    database: before('the question was not about the database'),
    now: 'Put that right and start the step again. Or look yourself, press w (answers file: waive) and write down what you saw and where: it is recorded under your name as confirmed by hand, never as more than amber.',
  }),
  'report-unreadable': ({tool, message}, reach) => ({
    what: `The report of ${tool} cannot be read: ${ended(message)}`,
    database: stopped[reach],
    now: 'Read the output of this step: without its report the program proves nothing. Put the cause right, then start the step again.',
  }),
  'snapshot-missing': () => ({
    what: 'There is no snapshot of the declared objects in this run.',
    database: before('without a snapshot nothing is dropped or put back'),
    now: 'Run the snapshot step first.',
  }),
  'backup-missing': () => ({
    what: 'There is no backup in this run.',
    database: before('there was no file to restore from'),
    now: 'Use another way back, or run the backup step first.',
  }),
  'snapshot-stale': ({changes}) => ({
    what: `The catalog has changed since the snapshot was taken: ${plural(changes.length, 'difference', 'differences')}.`,
    database: before('the catalog is compared before the first statement of the change'),
    now: 'Find out who changed it. Then take the snapshot again (d on the screen, elsewhere resume --snapshot-again) and compare the impact; approvers saw the earlier one.',
  }),
  'dependants-not-replayable': ({objects}) => ({
    what: `${plural(objects.length, 'object depends', 'objects depend')} on what the change drops, and cannot be recreated without loss.`,
    database: before('the change was refused before its first statement'),
    now: 'Remove them first, with the consent of their owners; a function or an aggregate may be dropped and created in the script itself. CASCADE is never used.',
  }),
  'script-meets-dependants': ({meetings}) => ({
    what: `The script needs ${plural(meetings.length, 'object', 'objects')} that would be dropped before it and made again after it.`,
    database: before('the change was refused before its first statement'),
    now: 'Add these objects to objects in runbook.yaml, and drop and create them in the script as well. Then make a new plan.',
  }),
  'catalog-differs': ({changes}, reach) => ({
    what: `The catalog is not what was expected: ${plural(changes.length, 'difference', 'differences')}.`,
    database:
      reach === 'transaction'
        ? before('the difference was seen before COMMIT, and the whole transaction was rolled back')
        : reach === 'unknown'
          ? 'A change in one transaction was rolled back before COMMIT. After a restore, the differences listed are what the database has now.'
          : reach === 'restore'
            ? 'The restore has run. The differences listed are what the database has now.'
            : stopped[reach],
    now: 'Compare the differences with what was meant. Correct the script, or accept a difference (accept, in runbook.yaml), and make a new plan; or take another way back.',
  }),
  'target-lock-lost': ({holder, because}, reach) => ({
    what:
      because === undefined
        ? `The lock that keeps other runs off this target was lost while the step ran${holder === '' ? '' : `; ${holder} has it now`}.`
        : lockLossText({holder, because}, 'en'),
    database:
      reach === 'transaction'
        ? before('the transaction was rolled back before anything of it could count')
        : unsure[reach],
    now:
      because === undefined
        ? 'See whether another run works on this target. When it is free, start the step again.'
        : lockLossCure({holder, because}, 'en'),
  }),
  'transaction-lost': ({xid}) => ({
    what: `The script ended the transaction ${xid} by itself, with a COMMIT or ROLLBACK of its own.`,
    database:
      'What the script committed has taken effect; what it rolled back has not. The checks before COMMIT did not run.',
    now: 'Compare the objects with the snapshot before anything else. Then take the way back, or remove COMMIT and ROLLBACK from the script and make a new plan.',
  }),
  'server-toolchain-missing': ({install}) => ({
    what: 'No PostgreSQL server programs were found on this machine for a rehearsal.',
    database: before('no server was started'),
    now: `Install them, then start again: ${install}`,
  }),
  'scratch-unavailable': ({problem, message}) => ({
    what: `There is no scratch database to try things in: ${scratchProblem[problem](message)}.`,
    database: before('the target itself was not used'),
    now: 'Name a server with --scratch env:NAME, service:NAME or file:PATH, or install PostgreSQL server programs of the major version of the target on this machine. Then start the step again.',
  }),
  'scratch-not-ours': ({name}) => ({
    what: `A database ${name} is there already and does not carry the mark of this run.`,
    database: before('the tool only ever drops databases that it made itself'),
    now: 'Find out whose it is. Remove or rename it, then start the step again.',
  }),
  'scratch-roles-missing': ({roles}) => ({
    what: `The server for the copy lacks ${plural(roles.length, 'role', 'roles')} that the backup names. The tool makes roles only on a server of its own.`,
    database: before('only an empty copy was made, beside the target'),
    now: 'Have these roles created there without a login, or leave out --scratch, so that a server of this machine is used. Then start the step again.',
  }),
  'scratch-role-limited': ({role, message}) => ({
    what: `The role ${role} of the scratch server may not do what a restore does (give objects their owners, create extensions, grant as others): ${ended(message)}`,
    database: before('nothing was found wrong with the backup: it was not tried to its end'),
    now: 'Name a server with --scratch whose role is a superuser, or leave out --scratch, so that a server of this machine is used. Then start the step again.',
  }),
  'locks-too-few': ({tables, room, setting}, reach) => ({
    what:
      tables === undefined || room === undefined
        ? 'The server has no room for as many locks as there are tables: it said that it is out of shared memory.'
        : `The server has no room for the locks of a dump: it holds one on each of ${plural(tables, 'table', 'tables')} at once, and max_locks_per_transaction (${setting}) makes room for about ${formatCount(room)} in all.`,
    database: stopped[reach],
    now: `Have max_locks_per_transaction raised${tables === undefined || room === undefined || setting === undefined ? '' : ` to at least ${formatCount(Math.ceil((setting * tables * 1.2) / Math.max(1, room)))}`}; the server has to be restarted for it. Or back up less: 'scope: {tables: [...]}' locks only the tables that it names. Then start the step again.`,
  }),
  'rehearsal-failed': ({part, failure}, reach) => {
    const say = failureEn[failure.code] as (inner: Failure, reach: Reach) => FailureWords;
    return {
      what: `On the copy, ${part} failed: ${say(failure, reach).what}`,
      database: before('all of this happened on a copy'),
      now: isLackOfRights(failure)
        ? 'What fails on a copy would fail on the target. Give the right there, then start the step again. A right on an object or a schema comes into the copy with the backup: take the snapshot again (d on the screen, elsewhere resume --snapshot-again), and the backup after it.'
        : 'What fails on a copy would fail on the target. Put the cause right, then start the step again; a changed file makes a new plan.',
    };
  },
  ...alembicFailures.en,
  'way-back-missed': wayBackMissed.en,
  'timed-out': ({afterMs}, reach) => ({
    what: `The step took longer than ${formatDuration(afterMs, 'en')} and was stopped.`,
    database: unsure[reach],
    now: 'Read the output of this step to see how far it came. Start it again when the cause is gone; a longer limit belongs into the runbook.',
  }),
  'approval-refused': ({by, reason}) => ({
    what: `${by} refused: ${ended(reason)}`,
    database: 'A refusal changes nothing in the database; it is as the steps before have left it.',
    now: 'Talk to whoever refused. Put right what was wrong and ask for the approval again here, or go back, or end the run.',
  }),
  cancelled: (_, reach) => ({
    what: 'The step was stopped at your request.',
    database: reach === 'transaction' || reach === 'alembic' ? stopped[reach] : unsure[reach],
    now: 'Start the step again when you are ready, or stop here.',
  }),
};
