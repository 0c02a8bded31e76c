// What does each failure say of the database?

import type {FailureCode} from '../../src/core/failure.ts';
import type {Action} from '../../src/core/definition.ts';
import {actions, failures} from '../unit/ui/text/samples.ts';
import {at, by, claim, database, nothing, what, type Claim, type Probe, type TestAt} from './claim.ts';

const [query, whole, alone, alembic, restore, command] = [
  actions.query[0],
  actions.migration[0],
  actions.migration[1],
  actions.migration[2],
  actions['restore-backup'][0],
  actions.command[0],
];

const first = <C extends FailureCode>(code: C) => {
  const [sample] = failures[code];
  if (sample === undefined) throw new Error(`no sample of ${code}`);
  return sample;
};

/** False as soon as an earlier step, or an earlier attempt of the same one, has left something. */
const afterChange = at(
  'integration/steps/undone.test.ts',
  'a step that fails after the change says that it stays, and never that nothing was changed',
);

/** `otherwise`: a test in which this very failure comes after a change. */
const unchanged = (
  code: FailureCode,
  because: string,
  probe: Probe,
  {action = query, otherwise = afterChange}: Readonly<{action?: Action | undefined; otherwise?: TestAt}> = {},
): Claim =>
  claim(
    `nothing was changed: ${because}`,
    probe,
    [database(first(code), action), database(first(code), action, true)],
    otherwise,
  );

/** What is said of one reach, and what of another, where the same trouble means something else. */
const byReach = (
  code: FailureCode,
  claims: string,
  probe: Probe,
  here: Action | undefined,
  there: Action | undefined,
  otherwise: TestAt,
): Claim => claim(claims, probe, [database(first(code), here), database(first(code), there)], otherwise);

const script = 'integration/steps/script.test.ts';
const rolledBack = 'the whole transaction was rolled back';
const change = by('steps/change.ts', 'inChangeTransaction');
const partly = at('unit/core/left.test.ts', 'is never said to have changed nothing: %s');

export const failureClaims = {
  'query-refused': byReach(
    'query-refused',
    `${rolledBack}; outside of one, what had been committed stays`,
    change,
    whole,
    alone,
    at(script, 'does nothing at all outside the transaction that it was meant for'),
  ),
  'privilege-missing': byReach(
    'privilege-missing',
    `${rolledBack}; outside of one, what had been committed stays`,
    change,
    whole,
    alone,
    at(script, 'is the failure of a right that is missing when that is what it lacks'),
  ),
  'lock-timeout': byReach(
    'lock-timeout',
    'the statement that waited was rolled back and holds nobody up',
    change,
    whole,
    command,
    at(
      'unit/ui/text/texts.test.ts',
      'a lock that was refused to a question says nothing of what a program did before it',
    ),
  ),
  'hold-exceeded': byReach(
    'hold-exceeded',
    'it was cancelled before COMMIT and rolled back',
    by('steps/change/hold.ts', 'watchHold'),
    whole,
    alone,
    at('integration/catalog/hold.test.ts', 'is cancelled before COMMIT, also in the middle of a statement'),
  ),
  'statement-timeout': byReach(
    'statement-timeout',
    rolledBack,
    change,
    whole,
    alone,
    at(script, 'gives up at its timeout, and nothing of it stays'),
  ),
  'target-unreachable': claim(
    'the target could not be reached, and no statement was sent',
    by('adapters/postgres/errors.ts', 'connectFailure'),
    [what(first('target-unreachable')), what(first('session-refused'))],
    at('headless/trouble.test.ts', 'is told from one that was reached and has no such database (%s)'),
  ),
  'session-refused': claim(
    'the server was reached, and let no session in',
    by('adapters/postgres/errors.ts', 'connectFailure'),
    [what(first('session-refused')), what(first('target-unreachable'))],
    at('headless/trouble.test.ts', 'is named, and the run is not opened (%s)'),
  ),
  'authentication-refused': claim(
    'the server was reached, and refused the login',
    by('adapters/postgres/errors.ts', 'connectFailure'),
    [what(first('authentication-refused')), what(first('session-refused'))],
    at('headless/trouble.test.ts', 'is a server that refuses the password (a server of its own that asks for one)'),
  ),
  'connection-lost': byReach(
    'connection-lost',
    'a step that reads changed nothing; of a change the outcome is not known',
    by('engine/effect.ts', 'performEffect'),
    query,
    whole,
    at(
      'unit/ui/text/texts.test.ts',
      'a statement that may have reached the server is never called harmless without knowing',
    ),
  ),
  'target-read-only': unchanged(
    'target-read-only',
    'a server in this state accepts no changes',
    by('adapters/postgres/identity.ts', 'identifyTarget'),
  ),
  'identity-hidden': claim(
    'the server does not tell the role who it is',
    by('adapters/postgres/identity.ts', 'identifyTarget'),
    [what(first('identity-hidden')), what(first('target-read-only'))],
    at(
      'integration/adapters/identity.test.ts',
      'a role that may not ask for the identity is told so, and is no target',
    ),
  ),
  'session-unguarded': unchanged(
    'session-unguarded',
    'no statement is sent without the settings that guard a session',
    by('adapters/postgres/session-settings.ts', 'prepare'),
    {otherwise: partly},
  ),
  'application-role-missing': unchanged(
    'application-role-missing',
    'no check was run under another role',
    by('steps/sessions.ts', 'withReader'),
  ),
  'rights-missing': claim(
    'this attempt changed nothing: the catalog was only asked',
    by('steps/rights/gate.ts', 'requireRights'),
    [database(first('rights-missing'), whole), database(first('rights-missing'), whole, true)],
    partly,
  ),
  'program-missing': unchanged('program-missing', 'the program was never started', by('steps/psql.ts', 'psql'), {
    otherwise: partly,
  }),
  'directory-missing': unchanged(
    'directory-missing',
    'the program was never started',
    by('adapters/processes.ts', 'processesOf'),
    {
      otherwise: partly,
    },
  ),
  'program-too-old': unchanged('program-too-old', 'the program was never started', by('steps/backup.ts', 'backup')),
  'process-failed': byReach(
    'process-failed',
    'how far a program reached is told by what it was let do',
    by('steps/psql.ts', 'psql'),
    query,
    command,
    at(
      'integration/steps/psql.test.ts',
      'stops at its first error, and cannot write; one that may is confirmed by the target’s name',
    ),
  ),
  'disk-full': byReach(
    'disk-full',
    'the database was only read',
    by('steps/backup.ts', 'backup'),
    query,
    restore,
    at('integration/steps/backup.test.ts', 'is refused beforehand when the free space is too little for it'),
  ),
  'not-recordable': claim(
    'the step was not begun, and nothing was asked of the database',
    by('engine/effect.ts', 'performEffect'),
    [database(first('not-recordable'), whole), database({code: 'artifact-unreadable', path: 'x', message: 'x'}, alone)],
    at('unit/engine/session.test.ts', 'counts also when its transcript was lost, and says so'),
  ),
  'backup-unreadable': unchanged(
    'backup-unreadable',
    'it is read before anything is restored',
    by('steps/dump.ts', 'readWhole'),
  ),
  'backup-not-restorable': unchanged(
    'backup-not-restorable',
    'the target was only read',
    by('steps/prove.ts', 'proveByRestore'),
  ),
  'backup-changed': unchanged(
    'backup-changed',
    'the hash is compared before anything is restored',
    by('steps/restore-backup.ts', 'restoreBackup'),
  ),
  'artifact-unreadable': byReach(
    'artifact-unreadable',
    'files of the run are read before a change begins',
    by('steps/snapshot.ts', 'takenSnapshot'),
    whole,
    alone,
    partly,
  ),
  'index-invalid': claim(
    'these indexes are INVALID now',
    by('steps/indexes/invalid.ts', 'invalidIndexes'),
    [what(first('index-invalid')), database(first('expectation-missed'), alone)],
    at('unit/steps/migration.test.ts', 'took effect when only others are'),
  ),
  'partly-applied': claim(
    'what was committed stays, and is not counted',
    by('steps/migration.ts', 'migration'),
    [database(first('partly-applied'), alone), database(first('query-refused'), whole)],
    at(
      'integration/steps/partly-applied.test.ts',
      'a script in batches $cut stands as it is, says that a part may stay, and is not run again unasked',
    ),
  ),
  'expectation-missed': byReach(
    'expectation-missed',
    'the question only reads; a change in one transaction was rolled back',
    by('steps/change.ts', 'verified'),
    whole,
    restore,
    at(
      'integration/steps/rollback.test.ts',
      'is the last way back: ranked, counted, refused, out of the way of readers, and then exact',
    ),
  ),
  'checks-failed': claim(
    'the checks changed nothing, and no change of this run is in the target',
    by('core/rollback.ts', 'isApplied'),
    [database(first('checks-failed'), query), database(first('checks-failed'), query, true)],
    at('integration/steps/undone.test.ts', 'a check that fails before any change says of none that it stays'),
  ),
  'tool-findings': byReach(
    'tool-findings',
    'a program that may only read changed nothing',
    by('core/tools.ts', 'mayWrite'),
    query,
    command,
    at('integration/steps/psql.test.ts', 'that prints nothing, or something, is judged by what was expected'),
  ),
  'tool-unavailable': unchanged(
    'tool-unavailable',
    'the question was not about the database',
    by('steps/pull-request.ts', 'pullRequest'),
  ),
  'report-unreadable': byReach(
    'report-unreadable',
    'a suite that may only read changed nothing',
    by('core/tools.ts', 'mayWrite'),
    query,
    command,
    at('integration/steps/pytest.test.ts', 'an end that its report does not explain is no verdict on the tests'),
  ),
  'snapshot-missing': unchanged(
    'snapshot-missing',
    'without a snapshot nothing is dropped or put back',
    by('steps/snapshot.ts', 'takenSnapshot'),
    {
      action: restore,
      otherwise: at('integration/steps/rollback.test.ts', 'without a snapshot is refused before anything is restored'),
    },
  ),
  'backup-missing': unchanged(
    'backup-missing',
    'there was no file to restore from',
    by('steps/backup.ts', 'takenBackup'),
  ),
  'snapshot-stale': unchanged(
    'snapshot-stale',
    'the catalog is compared before the first statement',
    by('steps/migration-facts.ts', 'unchangedSince'),
  ),
  'dependants-not-replayable': unchanged(
    'dependants-not-replayable',
    'the change was refused before its first statement',
    by('steps/change.ts', 'refuseOthers'),
  ),
  'script-meets-dependants': unchanged(
    'script-meets-dependants',
    'the change was refused before its first statement',
    by('steps/change/declared.ts', 'changeDeclared'),
  ),
  'catalog-differs': byReach(
    'catalog-differs',
    'the difference was seen before COMMIT, and all was rolled back',
    by('catalog/diff.ts', 'diffSnapshots'),
    whole,
    restore,
    at(
      'integration/steps/rollback.test.ts',
      'is the last way back: ranked, counted, refused, out of the way of readers, and then exact',
    ),
  ),
  'target-lock-lost': byReach(
    'target-lock-lost',
    'the transaction was rolled back before it could count',
    change,
    whole,
    alone,
    at(
      'integration/steps/fence.test.ts',
      'before or after any of its messages leaves one effect when the target is taken over meanwhile',
    ),
  ),
  'transaction-lost': claim(
    'what the script committed has taken effect',
    by('steps/change.ts', 'inChangeTransaction'),
    [database(first('transaction-lost'), whole), database(first('query-refused'), whole)],
    at(script, 'does nothing at all outside the transaction that it was meant for'),
  ),
  'server-toolchain-missing': unchanged(
    'server-toolchain-missing',
    'no server was started',
    by('adapters/embedded/toolchain.ts', 'findServerToolchain'),
  ),
  'scratch-unavailable': unchanged(
    'scratch-unavailable',
    'the target itself was not used',
    by('adapters/scratch.ts', 'scratchPlace'),
  ),
  'scratch-not-ours': unchanged(
    'scratch-not-ours',
    'the tool only drops databases that carry its mark',
    by('adapters/postgres/scratch-database.ts', 'dropMarked'),
  ),
  'scratch-roles-missing': unchanged(
    'scratch-roles-missing',
    'only an empty copy was made',
    by('adapters/postgres/scratch-database.ts', 'missingRoles'),
  ),
  'scratch-role-limited': unchanged(
    'scratch-role-limited',
    'the backup was not tried to its end',
    by('steps/try-restore.ts', 'notRestorable'),
  ),
  'locks-too-few': byReach(
    'locks-too-few',
    'the tables were only counted',
    by('steps/backup/locks.ts', 'roomForLocks'),
    query,
    restore,
    at(
      'integration/steps/backup-locks.test.ts',
      'a server with far more tables than locks is not dumped: the setting and the value that it wants are named',
    ),
  ),
  'rehearsal-failed': unchanged(
    'rehearsal-failed',
    'all of it happened on a copy',
    by('steps/rehearse-copy.ts', 'onCopy'),
  ),
  'approval-refused': nothing('a person said no; of the database it says only that a refusal changes nothing there'),
  'alembic-unfit': unchanged(
    'alembic-unfit',
    'Alembic was only asked, read-only',
    by('steps/alembic-fit.ts', 'fitOf'),
    {
      action: alembic,
      otherwise: partly,
    },
  ),
  'alembic-failed': unchanged(
    'alembic-failed',
    'the version table and the declared objects are as before',
    by('steps/alembic-run.ts', 'runUntilSettled'),
    {
      action: alembic,
      otherwise: at(
        'integration/steps/alembic-trouble.test.ts',
        'fails after its COMMIT took effect all the same, and its exit code is told',
      ),
    },
  ),
  'alembic-incomplete': claim(
    'the database was changed, and differs so from what was promised',
    by('steps/alembic-run.ts', 'standingNow'),
    [database(first('alembic-incomplete'), alembic), database(first('alembic-failed'), alembic)],
    at(
      'integration/steps/alembic-trouble.test.ts',
      'the server refuses has changed nothing, and four lines of its traceback say why',
    ),
  ),
  'way-back-missed': claim(
    'what the way back did was committed, and the change is still in place',
    by('steps/way-back/ask-undone.ts', 'askingAfter'),
    [what(first('way-back-missed')), what({code: 'way-back-missed', inPlace: [], missing: ['public.attempt']})],
    at(
      'integration/steps/undone.test.ts',
      'that leaves the change in place has failed, says so, and leaves the run open for the others',
    ),
  ),
  'timed-out': byReach(
    'timed-out',
    'a step that reads changed nothing; how far another came is asked',
    by('engine/effect.ts', 'performEffect'),
    query,
    command,
    at('integration/steps/psql.test.ts', 'is stopped by its limit'),
  ),
  cancelled: byReach(
    'cancelled',
    'a transaction that was stopped was rolled back',
    change,
    whole,
    alone,
    at(
      'integration/steps/alembic-trouble.test.ts',
      'ends at the request of the operator, leaves no session behind, and has changed nothing',
    ),
  ),
} satisfies Record<FailureCode, Claim>;
