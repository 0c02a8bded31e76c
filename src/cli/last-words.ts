// What is said when something went wrong that nobody expected: our bug, code 70, and no secret even then.

import {knownSecrets} from '../adapters/postgres/known-secrets.ts';
import {redactText} from '../evidence/redaction.ts';
import {visible} from '../ui/text/visible.ts';

/** An exception's message may quote an argument, a URL or a line of somebody's output. */
export const lastWords = (error: unknown, env: Readonly<Record<string, string | undefined>>): string => {
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return visible(redactText(said, knownSecrets([], env)).text);
};
