// What the command line of an approver says, and which command of the run that is.

import {resolve} from 'node:path';
import type {ApprovalCommand, StatementOrder} from '../../engine/approvals.ts';

export type ApproveOptions = Readonly<{
  run: string;
  step: string;
  as?: string;
  key?: string;
  refuse?: boolean;
  reason?: string;
  /** Made elsewhere, over a statement that was written here; or over `statement`. */
  signature?: string;
  /** Written, to be signed elsewhere: true in the run's directory alone, a path there as well. */
  statement?: string | true;
  allowedSigners?: string;
  revokedKeys?: string;
}>;

/** A text is asked for, and nothing decided. */
export const isStatementOnly = ({statement, signature}: ApproveOptions): boolean =>
  statement !== undefined && signature === undefined;

export const orderOf = ({step, as = '', refuse, reason}: ApproveOptions): StatementOrder => ({
  step,
  approver: as,
  decision: refuse === true ? 'refused' : 'approved',
  ...(reason === undefined ? {} : {reason}),
});

export const commandOf = (options: ApproveOptions): ApprovalCommand => {
  const {step, as, key, reason, signature, statement} = options;
  if (signature !== undefined) {
    const text = typeof statement === 'string' ? {statement: resolve(statement)} : {};
    return {type: 'ImportApproval', step, signature: resolve(signature), ...text};
  }
  return {
    type: 'GiveApproval',
    step,
    decision: options.refuse === true ? 'refused' : 'approved',
    approver: as ?? '',
    ...(key === undefined ? {} : {key: resolve(key)}),
    ...(reason === undefined ? {} : {reason}),
  };
};
