// What do the events, the refusals, the faults and the end of a run say of the database?

import type {Refusal} from '../../src/core/command.ts';
import type {Outcome, RunEvent} from '../../src/core/event.ts';
import type {Progress} from '../../src/core/ports.ts';
import type {Fault} from '../../src/engine/session.ts';
import type {RunEnd} from '../../src/ui/text/exit.ts';
import {eventText} from '../../src/ui/text/event.ts';
import {faultText} from '../../src/ui/text/fault.ts';
import {progressText} from '../../src/ui/text/progress.ts';
import {refusalText} from '../../src/ui/text/refusal.ts';
import {outcomeText} from '../../src/ui/text/terms.ts';
import {operator, target} from '../support/events.ts';
import {at, by, claim, nothing, type Claim, type Said} from './claim.ts';

const event =
  (of: RunEvent): Said =>
  (locale) =>
    eventText({v: 1, seq: 1, at: '2026-01-01T00:00:00.000Z', prev: '', ...of}, (step) => step, locale);
const step = {step: 's', attempt: 1} as const;

const ofPeople = nothing('what a person did, said or signed');
const ofTheRun = nothing('what the run did itself: the journal is its own proof');
const elsewhere = nothing('its verdict, its facts or its failure has an entry of its own');

const shell = (readOnly: boolean): RunEvent => ({type: 'ShellOpened', number: 1, readOnly, by: operator});
const from = {run: 'r-1', operator: 'lee@desk', pid: 1, since: ''};
const resumedOn = {type: 'RunResumed', operator, target, droppedBytes: 0} as const;

export const eventClaims = {
  RunOpened: claim(
    'the target says of itself that it is this one',
    by('adapters/postgres/identity.ts', 'identifyTarget'),
    [
      event({
        type: 'RunOpened',
        run: 'r-1',
        runbook: 'x',
        plan: 'a',
        environment: 'staging',
        operator,
        target,
        trust: 'declared',
        tool: '0.2.0',
      }),
      event({
        type: 'RunOpened',
        run: 'r-1',
        runbook: 'x',
        plan: 'a',
        environment: 'staging',
        operator,
        target: {...target, systemIdentifier: '2'},
        trust: 'first-use',
        tool: '0.2.0',
      }),
    ],
    at('headless/targets.test.ts', 'stops a run on any other, whatever the operator confirms (%s)'),
  ),
  RunResumed: claim(
    'the server has the history that the run was opened on, or was restored or failed over since',
    by('core/doubt.ts', 'historyChanges'),
    [event(resumedOn), event({...resumedOn, historyChanged: true})],
    at(
      'integration/steps/history.test.ts',
      'that was failed over decides nothing: a human does, who is shown what it says and how the catalog stands',
    ),
  ),
  StepStarted: ofTheRun,
  TransactionOpened: claim(
    'the server gave this transaction this number',
    by('steps/change-messages.ts', 'openedTransaction'),
    [
      event({type: 'TransactionOpened', ...step, xid: '735', backendPid: 1}),
      event({type: 'StepStarted', ...step, receipt: {applicationName: 'a', statements: []}, by: operator}),
    ],
    at('integration/steps/script.test.ts', 'does nothing at all outside the transaction that it was meant for'),
  ),
  ItemChecked: ofPeople,
  ArtifactSealed: ofTheRun,
  EvidenceAttached: ofPeople,
  TranscriptLost: ofTheRun,
  StepSucceeded: elsewhere,
  StepFailed: elsewhere,
  StepInterrupted: nothing('it says that the database is asked'),
  StepReconciled: elsewhere,
  StepProbedAgain: claim(
    'the change is in place',
    by('steps/way-back/probe-again.ts', 'probeAgain'),
    [
      event({type: 'StepProbedAgain', ...step, holds: true, detail: ''}),
      event({type: 'StepProbedAgain', ...step, holds: false, detail: ''}),
    ],
    at(
      'integration/steps/probed-again.test.ts',
      'a run whose change was undone behind its back is not completed, and says what is missing',
    ),
  ),
  OrphanCancellationBegun: ofPeople,
  OrphansEnded: claim(
    'no session of the attempt was left',
    by('adapters/postgres/other-sessions.ts', 'otherSessions'),
    [
      event({type: 'OrphansEnded', ...step, sessions: []}),
      event({type: 'OrphansEnded', ...step, sessions: [{pid: 1, how: 'stayed'}]}),
    ],
    at('integration/steps/orphans.test.ts', 'are shown, ended on the typed name of the target, and nobody else is'),
  ),
  StepConfirmed: ofPeople,
  StepWaived: ofPeople,
  ApprovalGranted: ofPeople,
  ApprovalRefused: ofPeople,
  ApprovalLapsed: ofPeople,
  StepsReopened: ofPeople,
  RollbackBegun: ofPeople,
  HandedOver: claim(
    'the run that had the target was idle',
    by('adapters/postgres/target-holder.ts', 'atWork'),
    [
      event({type: 'HandedOver', what: 'target', from, to: 'r-2', by: operator}),
      event({type: 'HandedOver', what: 'run', from, to: 'r-2', by: operator}),
    ],
    at(
      'integration/adapters/target-lock.test.ts',
      'is refused while that run is at work, with the sessions, and ends none of them',
    ),
  ),
  SleepNoticed: claim(
    'the lock of the target is still this run’s',
    by('adapters/postgres/target-lock.ts', 'lockTarget'),
    [
      event({type: 'SleepNoticed', sleptMs: 60_000}),
      event({type: 'SleepNoticed', sleptMs: 60_000, lockLostTo: 'lee@desk'}),
    ],
    at(
      'unit/engine/session.test.ts',
      'starts nothing more once somebody else has the target, also what was submitted at the same moment',
    ),
  ),
  ShellOpened: claim(
    'the session begins read-only',
    by('engine/shell.ts', 'openShell'),
    [event(shell(true)), event(shell(false))],
    at('terminal/shell.test.ts', 'psql has the terminal, cannot write, and is recorded without secrets'),
  ),
  ShellEnded: nothing('how a program ended'),
  RunClosed: nothing('each outcome has an entry of its own'),
} satisfies Record<RunEvent['type'], Claim>;

const outcome =
  (of: Outcome): Said =>
  (locale) =>
    outcomeText(of, locale);

export const outcomeClaims = {
  completed: claim(
    'every change that can be looked at was found in place',
    by('core/way-back/probe-again.ts', 'toProbeBeforeClose'),
    [outcome('completed'), outcome('abandoned')],
    at(
      'integration/steps/probed-again.test.ts',
      'a run whose change was undone behind its back is not completed, and says what is missing',
    ),
  ),
  'rolled-back': claim(
    'the way back was carried out and checked',
    by('core/way-back/proven-undone.ts', 'isProvenUndone'),
    [outcome('rolled-back'), outcome('completed')],
    at(
      'integration/steps/undone.test.ts',
      'proves nothing where the verify held before the change, which is a remark on the change',
    ),
  ),
  abandoned: nothing('it says that whatever was changed stays'),
} satisfies Record<Outcome, Claim>;

const refusal =
  (of: Refusal): Said =>
  (locale) =>
    refusalText(of, locale);
const ofTheCommand = nothing('why a command is not taken; nothing is said of the database');

export const refusalClaims = {
  'run-closed': ofTheCommand,
  'run-damaged': ofTheCommand,
  'run-newer': ofTheCommand,
  'journal-failed': ofTheCommand,
  'run-taken-over': ofTheCommand,
  'run-removed': ofTheCommand,
  'step-unknown': ofTheCommand,
  'item-unknown': ofTheCommand,
  'not-this-step': ofTheCommand,
  'not-a-checklist': ofTheCommand,
  'not-an-approval': ofTheCommand,
  'approval-not-taken': ofTheCommand,
  'approval-lapsed': claim(
    'the step sent nothing to the database',
    by('core/approval.ts', 'lapsedApproval'),
    [
      refusal({
        code: 'approval-lapsed',
        step: 's',
        approval: 'a',
        lapse: {because: 'expired', at: '2026-01-01T00:00:00.000Z'},
      }),
      refusal({code: 'already-running', step: 's'}),
    ],
    at('unit/core/approval.test.ts', 'an approval counts until the millisecond in which it expires'),
  ),
  'already-done': ofTheCommand,
  'already-running': ofTheCommand,
  'nothing-running': ofTheCommand,
  'in-doubt': ofTheCommand,
  'not-in-doubt': ofTheCommand,
  'not-probed': ofTheCommand,
  mandatory: ofTheCommand,
  'reason-missing': ofTheCommand,
  'note-missing': ofTheCommand,
  'confirmation-missing': ofTheCommand,
  'option-unknown': ofTheCommand,
  'option-impossible': nothing('each reason has an entry of its own'),
  'nothing-to-roll-back': claim(
    'this run has not begun to change the database',
    by('core/rollback.ts', 'hasChanged'),
    [refusal({code: 'nothing-to-roll-back'}), refusal({code: 'option-unknown', option: 'x'})],
    at('unit/core/rollback.test.ts', '%s: is a change, and is known by the run, %#'),
  ),
  'snapshot-not-stale': ofTheCommand,
  'plan-changed': ofTheCommand,
  'target-lock-lost': claim(
    'the lock of the target is lost',
    by('adapters/postgres/target-lock.ts', 'lockTarget'),
    [refusal({code: 'target-lock-lost', holder: ''}), refusal({code: 'target-lock-lost', holder: 'lee@desk'})],
    at(
      'integration/adapters/target-lock.test.ts',
      'goes with its connection, and is taken again while nobody else has it',
    ),
  ),
} satisfies Record<Refusal['code'], Claim>;

const fault =
  (of: Fault): Said =>
  (locale) =>
    faultText(of, locale).database;
const inDoubt = nothing('it says that what was running is in doubt until the database has been asked');

export const faultClaims = {
  'run-taken-over': inDoubt,
  'run-removed': inDoubt,
  'journal-failed': inDoubt,
  'run-damaged': claim(
    'this process has started nothing',
    by('engine/create-session.ts', 'createSession'),
    [fault({code: 'run-damaged', seq: 1, detail: 'x'}), fault({code: 'journal-failed', message: 'x'})],
    at('unit/engine/session.test.ts', 'does nothing at all on a run that is closed or damaged'),
  ),
  'run-newer': claim(
    'this process has started nothing',
    by('engine/create-session.ts', 'createSession'),
    [fault({code: 'run-newer', seq: 1, event: 'X', tool: '9.9.9'}), fault({code: 'journal-failed', message: 'x'})],
    at('headless/newer.test.ts', 'is neither continued nor reported nor exported nor written to: 65, and why'),
  ),
  bug: inDoubt,
} satisfies Record<Fault['code'], Claim>;

const ofTheFront = nothing('where the run stands; of the database the failure, the probe or the outcome speaks');

export const endClaims = {
  closed: nothing('each outcome has an entry of its own'),
  stopped: ofTheFront,
  waiting: ofTheFront,
  failed: ofTheFront,
  blocked: ofTheFront,
  'in-doubt': nothing('it says that it is not known yet'),
  refused: ofTheFront,
  faulted: ofTheFront,
} satisfies Record<RunEnd['status'], Claim>;

const progress =
  (of: Progress): Said =>
  (locale) =>
    progressText(of, locale);
const doing = nothing('what the tool does just now');
const blocker = {pid: 4711, user: 'r', application: '', state: 'active', role: 'holds'} as const;
const waiting = {code: 'waiting-for-lock', tries: 1, of: 20, nextInMs: 500} as const;

export const progressClaims = {
  connecting: doing,
  querying: doing,
  checking: doing,
  sampling: doing,
  'waiting-for-lock': claim(
    'these hold the lock',
    by('adapters/postgres/other-sessions.ts', 'otherSessions'),
    [progress({...waiting, blockers: [blocker]}), progress({...waiting, blockers: [], isUnseen: true})],
    at(
      'integration/steps/lock.test.ts',
      'counts who holds it and not who queues behind us, and says that the login may not see the age of it',
    ),
  ),
  'held-up': claim(
    'these hold the lock',
    by('steps/waits/watch-waits.ts', 'watchWaits'),
    [
      progress({code: 'held-up', atMostMs: 1, blockers: [blocker]}),
      progress({code: 'held-up', atMostMs: 1, blockers: [], isUnseen: true}),
    ],
    at(
      'integration/steps/backup.test.ts',
      'waits behind a lock for as long as it says, names who has it, and goes on when it is free',
    ),
  ),
  applying: doing,
  'putting-back': doing,
  dumping: doing,
  'verifying-backup': doing,
  'opening-scratch': doing,
  'restoring-into-scratch': doing,
  'comparing-backup': doing,
  restoring: doing,
  rehearsing: doing,
  running: doing,
  'waiting-for-backup': nothing('what a provider says of a backup'),
} satisfies Record<Progress['code'], Claim>;
