// What an SSH signature of ours is for.

/** Keeps a signature of ours from meaning anything elsewhere: one made for git or mail does not verify here. */
export const NAMESPACE = 'attempt-runbook';
