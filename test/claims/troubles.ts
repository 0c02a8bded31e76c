// What is said of the database when a command could not begin, and by the doctor?

import type {DoctorNote} from '../../src/core/doctor.ts';
import type {DumpProblem, ServerProblem, SourceProblem, Trouble} from '../../src/core/trouble.ts';
import {doctorRows} from '../../src/ui/text/doctor.ts';
import {troubleText} from '../../src/ui/text/trouble.ts';
import {target} from '../support/events.ts';
import {at, by, claim, nothing, type Claim, type Said} from './claim.ts';

const trouble =
  (of: Trouble): Said =>
  (locale) =>
    troubleText(of, locale).join('\n');

/** Found before any connection is opened: the sentence is 'nothing was sent to any database'. */
const unsent = nothing('found before anything is connected to; the sentence says just that');
const ofFiles = nothing('files and programs of this machine');
const targets = 'headless/targets.test.ts';
const lock = 'integration/adapters/target-lock.test.ts';
const identified = by('adapters/postgres/identity.ts', 'identifyTarget');
const holder = {operator: 'lee@desk', session: 'a', user: 'u', address: '', pid: 1, since: ''};
const dump = (problem: DumpProblem): Said => trouble({code: 'dump', path: 'x.dump', problem});
const other = trouble({code: 'other-target', expected: 'a', actual: 'b'});

export const troubleClaims = {
  'target-unconfirmed': claim(
    'this database was never confirmed, and was only asked who it is',
    identified,
    [trouble({code: 'target-unconfirmed', environment: 'staging', target, command: 'x'}), other],
    at(targets, 'is over then: the next run knows the database, and a script needs no pin'),
  ),
  'target-differs': claim(
    'it is not the database that the environment knows',
    identified,
    [
      trouble({
        code: 'target-differs',
        runbook: 'x',
        environment: 'staging',
        target,
        expected: {how: 'pinned', systemIdentifier: '1'},
      }),
      other,
    ],
    at(targets, 'needs no confirmation'),
  ),
  'target-shared': claim(
    'another environment knows this database as its own',
    identified,
    [
      trouble({
        code: 'target-shared',
        environment: 'production',
        target,
        claim: {runbook: 'x', environment: 'staging', how: 'pinned'},
      }),
      other,
    ],
    at(targets, 'needs no confirmation'),
  ),
  'pin-differs': claim(
    'it is another server than the pin names',
    identified,
    [trouble({code: 'pin-differs', pin: '1', target}), other],
    at(targets, 'is over then: the next run knows the database, and a script needs no pin'),
  ),
  'known-targets-unreadable': unsent,
  'run-locked': unsent,
  'target-locked': claim(
    'another run holds the target',
    by('adapters/postgres/target-holder.ts', 'holderOf'),
    [trouble({code: 'target-locked', holder}), trouble({code: 'target-locked', holder: undefined})],
    at(lock, 'is for these objects: another change on the same database goes on'),
  ),
  'take-over-at-work': claim(
    'the run that has the target is at work',
    by('adapters/postgres/target-holder.ts', 'atWork'),
    [trouble({code: 'take-over-at-work', holder, sessions: []}), trouble({code: 'target-locked', holder})],
    at(lock, 'ends the lock of an idle run that was named, which is then told who has it'),
  ),
  'take-over-other': claim(
    'the run that was named does not have the target',
    by('adapters/postgres/target-holder.ts', 'holderOf'),
    [trouble({code: 'take-over-other', named: 'r-1', holder}), trouble({code: 'target-locked', holder})],
    at(lock, 'ends the lock of an idle run that was named, which is then told who has it'),
  ),
  'runbook-unknown': unsent,
  'answers-missing': unsent,
  source: unsent,
  'source-needed': unsent,
  failure: claim(
    'this command began no step',
    by('cli/open-run.ts', 'openRun'),
    [
      trouble({code: 'failure', failure: {code: 'query-refused', sqlState: 'x', message: 'x'}}),
      trouble({code: 'not-filled', failure: {code: 'query-refused', sqlState: 'x', message: 'x'}}),
    ],
    at(
      'headless/from-backup.test.ts',
      'that cannot be dropped is named with its server, keeps its mark, and is dropped by the next one',
    ),
  ),
  'not-filled': claim(
    'statements were sent only for the rehearsal’s own database',
    by('cli/fill-sample.ts', 'fillSample'),
    [
      trouble({code: 'not-filled', failure: {code: 'query-refused', sqlState: 'x', message: 'x'}}),
      trouble({code: 'failure', failure: {code: 'query-refused', sqlState: 'x', message: 'x'}}),
    ],
    at('headless/trouble.test.ts', 'is named, and the run is not opened (%s)'),
  ),
  server: unsent,
  dump: nothing('each problem has an entry of its own'),
  'sample-missing': unsent,
  'environment-missing': unsent,
  'run-unknown': unsent,
  'run-unreadable': unsent,
  'run-newer': unsent,
  'run-not-written': claim(
    'the database was at most asked who it is',
    by('cli/resume-run.ts', 'resumeRun'),
    [trouble({code: 'run-not-written', run: 'r-1', message: 'x'}), other],
    at(
      'crash/full-disk.test.ts',
      'that has become read-only: the run is not continued, says so in both languages, and goes on when it can be written to',
    ),
  ),
  'other-target': claim(
    'it is another database than the run was opened on',
    identified,
    [other, trouble({code: 'pooler-detected', address: 'x'})],
    at('headless/run.test.ts', 'stops after the step it was asked to, and goes on from there'),
  ),
  'pooler-detected': claim(
    'a pooler answers there, not the server itself',
    by('adapters/postgres/pooled.ts', 'isPooled'),
    [trouble({code: 'pooler-detected', address: 'x'}), other],
    at(
      'integration/adapters/session-settings.test.ts',
      'has its timeouts, its name, and a server that notices when its line is dead',
    ),
  ),
  'runs-directory': ofFiles,
  'file-not-written': ofFiles,
  'not-a-bundle': ofFiles,
  'evidence-unreadable': ofFiles,
  tunnel: unsent,
  'via-malformed': unsent,
  signature: ofFiles,
  attachment: ofFiles,
  'step-unknown': unsent,
} satisfies Record<Trouble['code'], Claim>;

export const sourceClaims = {
  'source-unknown': unsent,
  'source-is-url': unsent,
  'variable-missing': unsent,
  'file-unreadable': unsent,
  'service-missing': unsent,
  'url-invalid': unsent,
} satisfies Record<SourceProblem['code'], Claim>;

export const serverClaims = {
  'platform-unsupported': unsent,
  'no-unprivileged-user': unsent,
  'socket-path-too-long': unsent,
  'directory-unusable': unsent,
  'initdb-failed': unsent,
  'server-did-not-start': unsent,
  gone: unsent,
  'in-use': unsent,
} satisfies Record<ServerProblem['code'], Claim>;

const backups = 'headless/from-backup.test.ts';
const notRestored = at(backups, 'is refused before a run is opened, with its reason');

export const dumpClaims = {
  missing: unsent,
  unreadable: unsent,
  'plain-text': unsent,
  'too-new': unsent,
  'extension-missing': claim(
    'nothing was restored',
    by('adapters/dump-file.ts', 'readDumpFile'),
    [dump({code: 'extension-missing', extensions: ['e']}), dump({code: 'restore-failed', message: 'x'})],
    notRestored,
  ),
  'roles-missing': claim(
    'only the unfinished copy was written to',
    by('adapters/dump-file.ts', 'readDumpFile'),
    [dump({code: 'roles-missing', roles: ['r']}), dump({code: 'missing', message: 'x'})],
    at(backups, 'is refused a URL, and leaves nothing of a copy whose roles are missing'),
  ),
  'restore-failed': claim(
    'only the unfinished copy was written to',
    by('adapters/dump-file.ts', 'restoreDumpFile'),
    [dump({code: 'restore-failed', message: 'x'}), dump({code: 'missing', message: 'x'})],
    notRestored,
  ),
  'program-missing': unsent,
  cancelled: claim(
    'only the unfinished copy was written to',
    by('adapters/dump-file.ts', 'restoreDumpFile'),
    [dump({code: 'cancelled'}), dump({code: 'missing', message: 'x'})],
    at(backups, 'is killed while it restores: the next one clears away what it left, and stumbles over no stray file'),
  ),
} satisfies Record<DumpProblem['code'], Claim>;

const note =
  (of: DoctorNote): Said =>
  (locale) =>
    doctorRows([{subject: 'rights', level: 'green', note: of}], locale)
      .map(({found}) => found)
      .join('\n');
const ofTheMachine = nothing('programs, folders and the terminal of this machine');
const rights = at(
  'headless/doctor.test.ts',
  'the rights of the login are asked before the night: what is missing is red with its GRANT, what is hidden amber',
);
const held: DoctorNote = {code: 'rights-held', objects: ['public.attempt'], dependants: 2};
const lacking: DoctorNote = {
  code: 'right-missing',
  right: {need: 'owner', who: 'deploy', what: 'app', objects: ['public.attempt']},
};

export const doctorClaims = {
  missing: ofTheMachine,
  'not-needed': ofTheMachine,
  'not-compared': nothing('it says that no server was asked'),
  'not-asked': nothing('it says that nobody was asked'),
  'no-answer': ofTheMachine,
  'too-old': ofTheMachine,
  'not-logged-in': ofTheMachine,
  'not-utf8': ofTheMachine,
  'no-terminal': ofTheMachine,
  'no-hangul-font': ofTheMachine,
  'agent-none': ofTheMachine,
  'agent-empty': ofTheMachine,
  unwritable: ofTheMachine,
  'older-than-server': claim(
    'the server is of this major version, newer than the program',
    identified,
    [note({code: 'older-than-server', server: 16}), note({code: 'not-compared'})],
    at('headless/doctor.test.ts', 'each red line has what is wrong and what mends it, and ends with 2'),
  ),
  'smaller-than': ofTheMachine,
  'narrow-hangul': ofTheMachine,
  'little-space': ofTheMachine,
  'readable-by-others': ofTheMachine,
  keys: ofTheMachine,
  'right-missing': claim(
    'the login lacks this right',
    by('catalog/rights.ts', 'rightsLacking'),
    [note(lacking), note(held)],
    rights,
  ),
  'way-back-right-missing': claim(
    'this way back could not be taken with this login',
    by('catalog/rights.ts', 'rightsLacking'),
    [
      note({
        code: 'way-back-right-missing',
        option: 'restore-objects',
        right: {need: 'owner', who: 'deploy', what: 'reporting', objects: ['reporting.daily']},
      }),
      note(held),
    ],
    rights,
  ),
  'rights-held': claim(
    'the login may drop these and put them back',
    by('catalog/rights.ts', 'rightsLacking'),
    [note(held), note({...held, objects: []})],
    rights,
  ),
  'stats-hidden': claim(
    'the server hides age and state of other sessions from the login',
    by('cli/doctor/rights-check.ts', 'rightsChecks'),
    [note({code: 'stats-hidden', login: 'deploy'}), note(held)],
    rights,
  ),
  said: nothing('words of a trouble, which has an entry of its own'),
} satisfies Record<DoctorNote['code'], Claim>;
