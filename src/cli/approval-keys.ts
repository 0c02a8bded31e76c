// Where the operator keeps the list of signers for runbooks that have none, and the keys that do not count any more.

export type ApprovalKeys = Readonly<{signers: string | undefined; revoked: string | undefined}>;

/** Files, as ssh-keygen(1) reads them. What a command is given goes before what the environment says. */
export const approvalKeys = (
  env: Readonly<Record<string, string | undefined>>,
  given: Readonly<{allowedSigners?: string; revokedKeys?: string}> = {},
): ApprovalKeys => ({
  signers: given.allowedSigners ?? env['ATTEMPT_RUNBOOK_ALLOWED_SIGNERS'],
  revoked: given.revokedKeys ?? env['ATTEMPT_RUNBOOK_REVOKED_KEYS'],
});
