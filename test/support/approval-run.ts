// A run that stands at an approval, with a real journal, real files and real keys: what the tests of approvals share.

import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {approvalFiles} from '../../src/adapters/approval-files.ts';
import {createJournal, openJournal, readJournal} from '../../src/adapters/journal-file.ts';
import type {Approvals} from '../../src/core/approval-port.ts';
import type {ApprovalStep, RunbookDefinition} from '../../src/core/definition.ts';
import type {Recorded, RunEvent} from '../../src/core/event.ts';
import type {Refusal} from '../../src/core/command.ts';
import type {Identity, Instant} from '../../src/core/ids.ts';
import {next} from '../../src/core/next.ts';
import {fold} from '../../src/core/reduce.ts';
import type {RunState} from '../../src/core/state.ts';
import {
  approve,
  writeStatement,
  type ApprovalCommand,
  type Approving,
  type StatementOrder,
} from '../../src/engine/approvals.ts';
import {opened, operator, receipt, runbook, succeeded, ticked} from './events.ts';

const text = (en: string) => ({en, ko: `${en} (ko)`});

export const approvalStep: ApprovalStep = {
  id: 'consent',
  phase: 'before',
  kind: 'approval',
  title: text('Consent'),
  statement: text('The change may be made'),
  signature: 'required',
  signers: 'approvers',
};

/** The small runbook, with an approval right before its change. */
export const withApproval = (changes: Partial<ApprovalStep> = {}): RunbookDefinition => {
  const at = runbook.steps.findIndex(({id}) => id === 'change');
  return {...runbook, steps: runbook.steps.toSpliced(at, 0, {...approvalStep, ...changes} as ApprovalStep)};
};

export const untilConsent: readonly RunEvent[] = [
  opened(),
  ticked('agree', 'first'),
  ticked('agree', 'named', 'kim'),
  succeeded('agree'),
  ...['look', 'capture', 'dump'].map((step) => succeeded(step)),
];

export type Keys = Readonly<{
  folder: string;
  /** Makes a key, and returns the path of its private half. */
  key: (name: string, passphrase?: string) => string;
  /** Its public half, as a list of signers or `~/.ssh` has it. */
  publicKey: (name: string) => string;
  fingerprint: (name: string) => string;
  /** `ssh-keygen -Y sign`, as an approver types it elsewhere. */
  sign: (file: string, name: string, namespace?: string) => string;
}>;

export const keysIn = (folder: string): Keys => {
  const at = (name: string): string => join(folder, name);
  return {
    folder,
    key: (name, passphrase = '') => {
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', name, '-f', at(name)]);
      return at(name);
    },
    publicKey: (name) => readFileSync(at(`${name}.pub`), 'utf8').trim(),
    fingerprint: (name) =>
      execFileSync('ssh-keygen', ['-lf', at(`${name}.pub`)], {encoding: 'utf8'}).split(' ')[1] ?? '',
    sign: (file, name, namespace = 'attempt-runbook') => {
      rmSync(`${file}.sig`, {force: true});
      execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-f', at(name), '-n', namespace, file]);
      return `${file}.sig`;
    },
  };
};

export type ApprovalRun = Readonly<{
  runbook: RunbookDefinition;
  path: string;
  journal: string;
  state: () => RunState;
  events: () => readonly Recorded[];
  append: (...events: readonly RunEvent[]) => void;
  give: (command: ApprovalCommand, at?: Instant) => Promise<Refusal | undefined>;
  write: (order: StatementOrder, at?: Instant) => string;
  approving: (at?: Instant) => Approving;
}>;

export type ApprovalRunOptions = Readonly<{
  changes?: Partial<ApprovalStep>;
  events?: readonly RunEvent[];
  /** The plan's list of signers. */
  signers?: string;
  /** A list of the operator's own. */
  operatorSigners?: string;
  revoked?: string;
  home?: string;
  by?: Identity;
  /** What stands in for ssh-keygen. */
  approvals?: (real: Approvals) => Approvals;
}>;

/** Ten minutes after the events of the history. */
export const givenAt: Instant = '2026-01-01T00:10:00.000Z';

export const approvalRun = (options: ApprovalRunOptions = {}): ApprovalRun => {
  const path = mkdtempSync(join(tmpdir(), 'approval-run-'));
  onTestFinished(() => rmSync(path, {recursive: true, force: true}));
  mkdirSync(join(path, 'artifacts'));
  mkdirSync(join(path, 'plan', 'signers'), {recursive: true});
  writeFileSync(join(path, 'plan', 'signers', 'approvers'), options.signers ?? '');
  const journal = join(path, 'journal.ndjson');
  const clock = (at: Instant) => ({now: () => at, monotonicMs: () => 0, pause: async () => undefined, random: () => 0});
  const file = createJournal(journal, clock('2026-01-01T00:00:00.000Z'));
  for (const event of options.events ?? untilConsent) file.append(event);
  file.close();
  const events = (): readonly Recorded[] => readJournal(journal).events;
  const state = (): RunState => fold(events());
  const definition = withApproval(options.changes);
  const files = approvalFiles({
    directory: {path, journal},
    env: {PATH: process.env['PATH'], HOME: options.home ?? path},
    signers: options.operatorSigners,
    revoked: options.revoked,
    canAsk: false,
  });
  const approvals = options.approvals?.(files) ?? files;
  const append = (at: Instant, ...more: readonly RunEvent[]): void => {
    const open = openJournal(journal, readJournal(journal), clock(at));
    for (const event of more) open.append(event);
    open.close();
  };
  const approving = (now: Instant = givenAt): Approving => ({
    runbook: definition,
    state: state(),
    approvals,
    asking: {by: options.by ?? operator, now, receipt},
    redact: (of) => of,
  });
  return {
    runbook: definition,
    path,
    journal,
    state,
    events,
    append: (...more) => append(givenAt, ...more),
    approving,
    give: async (command, at = givenAt) => {
      const taken = await approve(approving(at), command);
      if (!taken.ok) return taken.refusal;
      append(at, ...taken.events);
      const need = next(definition, state());
      if (need.kind === 'conclusion')
        append(at, {type: 'StepSucceeded', step: need.step, attempt: need.attempt, facts: need.facts});
      return undefined;
    },
    write: (order, at) => {
      const written = writeStatement(approving(at), order);
      if (!written.ok) throw new Error(`no statement: ${JSON.stringify(written.refusal)}`);
      return written.place;
    },
  };
};
