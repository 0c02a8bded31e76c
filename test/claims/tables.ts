// Which tables of claims are there, and where does each code of theirs come from?

import {doctorClaims, dumpClaims, serverClaims, sourceClaims, troubleClaims} from './troubles.ts';
import {endedClaims, foundClaims, historyClaims, statusClaims, undoneClaims, verdictClaims} from './doubt.ts';
import {factsClaims} from './facts.ts';
import {failureClaims} from './failures.ts';
import {alembicTroubleClaims, blockerClaims, impactClaims, rightClaims} from './preview.ts';
import {gapClaims, notRehearsedClaims, predictionClaims, proofClaims, rehearsedPartClaims} from './rehearsal.ts';
import {endClaims, eventClaims, faultClaims, outcomeClaims, progressClaims, refusalClaims} from './run.ts';
import {
  closedClaims,
  headlineClaims,
  kindClaims,
  labelClaims,
  nextStepClaims,
  screenClaims,
  stepClaims,
} from './screen.ts';
import {toolFindingClaims} from './tool-findings.ts';
import {adviceClaims, lossClaims, madeSinceClaims, reasonClaims, writesClaims} from './ways-back.ts';
import type {Claim} from './claim.ts';

export type Table = Readonly<{
  name: string;
  claims: Readonly<Record<string, Claim>>;
  /** The file below `src` and the types in it whose codes these are; absent where the words or the compiler alone tell them. */
  union?: readonly [file: string, ...types: readonly string[]];
}>;

export const tables: readonly Table[] = [
  {name: 'failures', claims: failureClaims, union: ['core/failure.ts', 'Failure']},
  {name: 'findings of programs', claims: toolFindingClaims, union: ['core/tool-finding.ts', 'Finding']},
  {name: 'facts', claims: factsClaims},
  {name: 'status of a transaction', claims: statusClaims, union: ['core/doubt.ts', 'TransactionStatus']},
  {name: 'history of the server', claims: historyClaims},
  {name: 'what a probe found', claims: foundClaims},
  {name: 'ended sessions', claims: endedClaims, union: ['core/doubt.ts', 'EndedSession']},
  {name: 'verdicts', claims: verdictClaims, union: ['core/event.ts', 'Verdict']},
  {name: 'undone', claims: undoneClaims},
  {name: 'advice', claims: adviceClaims, union: ['core/rollback.ts', 'Advice']},
  {name: 'reasons', claims: reasonClaims, union: ['core/rollback.ts', 'AdviceReason']},
  {name: 'losses', claims: lossClaims, union: ['core/rollback.ts', 'LossClaim']},
  {name: 'writes since', claims: writesClaims},
  {name: 'made since', claims: madeSinceClaims},
  {name: 'not rehearsed', claims: notRehearsedClaims, union: ['core/facts.ts', 'NotRehearsed']},
  {name: 'rehearsed parts', claims: rehearsedPartClaims},
  {name: 'predictions', claims: predictionClaims},
  {name: 'proofs', claims: proofClaims},
  {name: 'gaps of a proof', claims: gapClaims, union: ['core/facts.ts', 'ProofGap']},
  {name: 'impact', claims: impactClaims},
  {name: 'rights', claims: rightClaims, union: ['core/rights.ts', 'RightNeed']},
  {name: 'blockers', claims: blockerClaims},
  {name: 'alembic troubles', claims: alembicTroubleClaims, union: ['core/alembic.ts', 'AlembicTroubleCode']},
  {name: 'events', claims: eventClaims, union: ['core/event.ts', 'RunEvent']},
  {name: 'outcomes', claims: outcomeClaims, union: ['core/event.ts', 'Outcome']},
  {name: 'refusals', claims: refusalClaims, union: ['core/command.ts', 'Refusal']},
  {name: 'faults', claims: faultClaims, union: ['engine/session.ts', 'Fault']},
  {name: 'ends', claims: endClaims},
  {name: 'progress', claims: progressClaims, union: ['core/ports.ts', 'Progress']},
  {name: 'troubles', claims: troubleClaims, union: ['core/trouble.ts', 'TargetTrouble', 'LockTrouble', 'Trouble']},
  {name: 'sources', claims: sourceClaims, union: ['core/trouble.ts', 'SourceProblem']},
  {name: 'servers', claims: serverClaims, union: ['core/trouble.ts', 'ServerProblem']},
  {name: 'dumps', claims: dumpClaims, union: ['core/trouble.ts', 'DumpProblem']},
  {name: 'doctor', claims: doctorClaims, union: ['core/doctor.ts', 'DoctorNote']},
  {name: 'screen', claims: screenClaims},
  {name: 'screen, step', claims: stepClaims},
  {name: 'screen, kinds', claims: kindClaims},
  {name: 'screen, closed', claims: closedClaims},
  {name: 'screen, next steps', claims: nextStepClaims},
  {name: 'report, headlines', claims: headlineClaims, union: ['evidence/report/standing.ts', 'Headline']},
  {name: 'report, labels', claims: labelClaims},
];
