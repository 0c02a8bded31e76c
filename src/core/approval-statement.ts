// What does an approver sign? A short text that a human can read, in a fixed format, over what stands at one moment.
//
// FORMAT attempt-runbook-approval/1. UTF-8 in NFC, LF after every line, these lines in this order, nothing else:
//
//   attempt-runbook-approval/1
//   decision: approved            or: refused
//   approver: lee@example.org     who decides, as the list of signers names that person
//   approves: ...                 what is decided on, as the runbook says it, in English
//   approves-ko: ...              the same in Korean
//   run: r-7k2fm                  and runbook, environment, step, attempt
//   runbook: orders-add-status
//   environment: production
//   step: change-approval
//   attempt: 1
//   database: shop                the target, by its name and its server's system identifier
//   system-identifier: 7412345678901234567
//   plan: <sha256>                of plan.sha256, which lists every file that decides what happens
//   journal-head: 42 <sha256>     the last record of the journal: its number, and the SHA-256 of its line without the LF
//   amber: data-warnings          steps that passed with a remark, by then; '-' when there is none
//   waived: -                     steps that were waived, by then
//   operator: kim@host            who has the run
//   at: 2026-11-24T02:10:00.000Z  UTC
//   expires: never                or an instant, after which it no longer counts
//   reason: -                     why it was refused
//
// `ssh-keygen -Y sign -n attempt-runbook` signs it: the namespace of the bundles, since both say 'this key stands by this
// run', and the first line keeps one from passing for the other: neither a list of sha256sum nor a DSSE form begins so.
// A changed record before the journal head, a changed plan or a changed target gives another text, and no signature.

import type {Environment, Instant, RunId, Sha256, StepId} from './ids.ts';
import type {LocalText} from './text.ts';

export type ApprovalDecision = 'approved' | 'refused';

/** A record of the journal by its number and the SHA-256 of its line. */
export type Head = Readonly<{seq: number; sha256: Sha256}>;

export type Statement = Readonly<{
  decision: ApprovalDecision;
  approver: string;
  approves: LocalText;
  run: RunId;
  runbook: string;
  environment: Environment;
  step: StepId;
  attempt: number;
  database: string;
  systemIdentifier: string;
  plan: Sha256;
  head: Head;
  amber: readonly StepId[];
  waived: readonly StepId[];
  operator: string;
  at: Instant;
  expires?: Instant;
  reason?: string;
}>;

const FORMAT = 'attempt-runbook-approval/1';

/** A value takes one line: a line break in it would begin a line that nobody wrote. */
export const oneLine = (text: string): string => text.normalize('NFC').replaceAll(/\s+/gu, ' ').trim();

const steps = (of: readonly StepId[]): string => (of.length === 0 ? '-' : of.join(', '));

export const statementText = (of: Statement): string =>
  `${[
    FORMAT,
    `decision: ${of.decision}`,
    `approver: ${oneLine(of.approver)}`,
    `approves: ${oneLine(of.approves.en)}`,
    `approves-ko: ${oneLine(of.approves.ko)}`,
    `run: ${of.run}`,
    `runbook: ${of.runbook}`,
    `environment: ${of.environment}`,
    `step: ${of.step}`,
    `attempt: ${of.attempt}`,
    `database: ${oneLine(of.database)}`,
    `system-identifier: ${of.systemIdentifier}`,
    `plan: ${of.plan}`,
    `journal-head: ${of.head.seq} ${of.head.sha256}`,
    `amber: ${steps(of.amber)}`,
    `waived: ${steps(of.waived)}`,
    `operator: ${oneLine(of.operator)}`,
    `at: ${of.at}`,
    `expires: ${of.expires ?? 'never'}`,
    `reason: ${of.reason === undefined ? '-' : oneLine(of.reason)}`,
  ].join('\n')}\n`;

const KEYS = [
  'decision',
  'approver',
  'approves',
  'approves-ko',
  'run',
  'runbook',
  'environment',
  'step',
  'attempt',
  'database',
  'system-identifier',
  'plan',
  'journal-head',
  'amber',
  'waived',
  'operator',
  'at',
  'expires',
  'reason',
] as const;

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const listed = (value: string): readonly StepId[] => (value === '-' ? [] : value.split(', '));

const isDecision = (value: string): value is ApprovalDecision => value === 'approved' || value === 'refused';
const isEnvironment = (value: string): value is Environment => ['rehearsal', 'staging', 'production'].includes(value);

/** Undefined for everything that is not, byte for byte, what `statementText` writes. */
export const parseStatement = (text: string): Statement | undefined => {
  const [format, ...lines] = text.split('\n');
  if (format !== FORMAT || lines.length !== KEYS.length + 1) return undefined;
  const values = new Map<string, string>();
  for (const [at, key] of KEYS.entries()) {
    const line = lines[at] ?? '';
    if (!line.startsWith(`${key}: `)) return undefined;
    values.set(key, line.slice(key.length + 2));
  }
  const of = (key: (typeof KEYS)[number]): string => values.get(key) ?? '';
  const [, seq, sha256] = /^(\d+) ([0-9a-f]{64})$/.exec(of('journal-head')) ?? [];
  const [decision, environment, expires] = [of('decision'), of('environment'), of('expires')];
  if (seq === undefined || sha256 === undefined || !isDecision(decision) || !isEnvironment(environment))
    return undefined;
  if (!INSTANT.test(of('at')) || (expires !== 'never' && !INSTANT.test(expires))) return undefined;
  const statement: Statement = {
    decision,
    approver: of('approver'),
    approves: {en: of('approves'), ko: of('approves-ko')},
    run: of('run'),
    runbook: of('runbook'),
    environment,
    step: of('step'),
    attempt: Number(of('attempt')),
    database: of('database'),
    systemIdentifier: of('system-identifier'),
    plan: of('plan'),
    head: {seq: Number(seq), sha256},
    amber: listed(of('amber')),
    waived: listed(of('waived')),
    operator: of('operator'),
    at: of('at'),
    ...(expires === 'never' ? {} : {expires}),
    ...(of('reason') === '-' ? {} : {reason: of('reason')}),
  };
  return statementText(statement) === text ? statement : undefined;
};
