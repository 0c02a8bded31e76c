// What a verifier finds of the approvals in a bundle: each as it was given, or the first that does not hold.

import type {ApprovalProof} from './approval.ts';
import type {ApprovalDecision} from './approval-statement.ts';
import type {ApprovalProblem} from './decide-approval.ts';
import type {Instant, StepId} from './ids.ts';

export type ApprovalFault =
  /** Record `record` says that somebody approved, or refused; it does not hold. */
  | Readonly<{
      code: 'approval-broken';
      record: number;
      step: StepId;
      by: string;
      because: ApprovalProblem['why'] | 'statement-missing' | 'signature-missing' | 'recorded-otherwise';
    }>
  /** The plan wants an approval before record `record`, and there is none. */
  | Readonly<{code: 'approval-missing'; record: number; step: StepId}>;

export type ApprovalEvidence = Readonly<{
  record: number;
  step: StepId;
  decision: ApprovalDecision;
  by: string;
  at: Instant;
  head: Readonly<{seq: number; sha256: string}>;
  proof: ApprovalProof;
  /** False where no ssh-keygen could be asked about the signature. */
  checked: boolean;
}>;
