// What does GitHub's answer about a pull request mean for a change that is about to be deployed?

import {z} from 'zod';

import type {ToolFinding} from '../core/tool-finding.ts';
import type {PullRequestStep} from '../core/tools.ts';

const word = z.string().nullish();

/** Of gh 2.x: a check of an app (CheckRun) has a status and a conclusion, a commit status (StatusContext) a state. */
const check = z.object({
  __typename: word,
  name: word,
  context: word,
  workflowName: word,
  status: word,
  conclusion: word,
  state: word,
  startedAt: word,
});

const answer = z.object({
  number: z.int(),
  state: z.string().min(1),
  url: word,
  mergedAt: word,
  mergeCommit: z.object({oid: z.string()}).nullish(),
  baseRefName: z.string(),
  headRefOid: z.string(),
  statusCheckRollup: z.array(check).nullish(),
});

export type PullRequestAnswer = z.infer<typeof answer>;
type Check = z.infer<typeof check>;

/** Undefined when it is not what gh answers. */
export const readPullRequest = (text: string): PullRequestAnswer | undefined => {
  try {
    const read = answer.safeParse(JSON.parse(text));
    return read.success ? read.data : undefined;
  } catch {
    // No JSON at all.
    return undefined;
  }
};

/** 100: gh asks for so many at once, and older ones ask once. */
const MOST = 100;

const nameOf = ({name, context, workflowName}: Check): string =>
  [workflowName, name ?? context].filter((part) => part !== undefined && part !== null && part !== '').join(' / ');

/** Of a check that was run again the latest run counts, as GitHub itself shows it. */
const latest = (checks: readonly Check[]): readonly Check[] => {
  const byName = new Map<string, Check>();
  for (const one of checks.toSorted((a, b) => (a.startedAt ?? '').localeCompare(b.startedAt ?? ''))) {
    byName.set(nameOf(one), one);
  }
  return [...byName.values()];
};

type Outcome = 'passed' | 'check-failed' | 'check-pending' | 'check-cancelled' | 'check-skipped' | 'check-neutral';

const conclusionOf = ({status, conclusion, state}: Check): string => {
  if (state !== undefined && state !== null && state !== '') return state;
  return status === 'COMPLETED' || status === undefined || status === null ? (conclusion ?? '') : status;
};

/** A word that nobody knows here is no pass. */
const outcomeOf = (word: string): Outcome => {
  switch (word) {
    case 'SUCCESS':
      return 'passed';
    case 'SKIPPED':
      return 'check-skipped';
    case 'NEUTRAL':
      return 'check-neutral';
    case 'CANCELLED':
    case 'STALE':
      return 'check-cancelled';
    case 'EXPECTED':
    case 'PENDING':
    case 'QUEUED':
    case 'IN_PROGRESS':
    case 'REQUESTED':
    case 'WAITING':
    case '':
      return 'check-pending';
    default:
      return 'check-failed';
  }
};

const ofChecks = (required: number, {statusCheckRollup, headRefOid}: PullRequestAnswer): readonly ToolFinding[] => {
  const all = statusCheckRollup ?? [];
  const checks = latest(all).map((one) => ({name: nameOf(one), conclusion: conclusionOf(one)}));
  const passed = checks.filter(({conclusion}) => outcomeOf(conclusion) === 'passed').length;
  return [
    ...checks.flatMap(({name, conclusion}): readonly ToolFinding[] => {
      const code = outcomeOf(conclusion);
      return code === 'passed' ? [] : [{code, name, conclusion}];
    }),
    ...(passed > 0 ? [{code: 'checks-passed', count: passed, commit: headRefOid} as const] : []),
    ...(passed < required ? [{code: 'checks-too-few', passed, required} as const] : []),
    ...(checks.length > required ? [{code: 'checks-more', count: checks.length, required} as const] : []),
    ...(all.length === MOST ? [{code: 'checks-cut-off', count: MOST} as const] : []),
  ];
};

const ofMerge = (
  {commit, base}: Pick<PullRequestStep, 'commit' | 'base'>,
  {number, state, mergedAt, mergeCommit, baseRefName}: PullRequestAnswer,
): readonly ToolFinding[] => {
  const found = mergeCommit?.oid ?? '';
  if (state !== 'MERGED' || found === '') return [{code: 'not-merged', number, state}];
  return [
    commit === undefined || found.startsWith(commit)
      ? {code: 'merged', number, commit: found, base: baseRefName, at: mergedAt ?? ''}
      : {code: 'merged-commit-differs', pinned: commit, found},
    ...(base === undefined || base === baseRefName
      ? []
      : [{code: 'merged-elsewhere', base, found: baseRefName} as const]),
  ];
};

export const judgePullRequest = (step: PullRequestStep, of: PullRequestAnswer): readonly ToolFinding[] => [
  ...ofMerge(step, of),
  ...(step.checks === undefined ? [] : ofChecks(step.checks, of)),
];
