// What this process masks wherever it speaks: everything that it has come to know as a secret until now.

import {knownSecrets, learnedCount} from '../adapters/postgres/known-secrets.ts';
import {compileRedaction, type Redaction} from '../evidence/redaction.ts';

/** Compiled again when more was learned: a password in a file is known only after the file was read. */
export const knownRedaction = (env: Readonly<Record<string, string | undefined>>): (() => Redaction) => {
  let compiled: Readonly<{of: number; redaction: Redaction}> | undefined;
  return () => {
    const of = learnedCount();
    if (compiled?.of !== of) compiled = {of, redaction: compileRedaction(knownSecrets([], env))};
    return compiled.redaction;
  };
};
