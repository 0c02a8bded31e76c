// Does a statement lift what bounds it? The waits, the run time and the idle time of a session are promised on the screen.

import type {SqlNode} from '../../core/sql-parser.ts';
import {inner, isCall, list, nameParts, nodesOf, text, unwrapped} from '../sql-tree.ts';

/** Settings that every session of the tool has, and that the preview or a failure speaks of. */
const limits = new Set([
  'lock_timeout',
  'statement_timeout',
  'transaction_timeout',
  'idle_in_transaction_session_timeout',
  'client_connection_check_interval',
  'default_transaction_read_only',
]);

const isLimit = (name: string): boolean => limits.has(name.toLowerCase());

/** SET, SET LOCAL, RESET and DISCARD, by the name of the setting. */
const bySet = (kind: string, node: SqlNode): string | undefined => {
  if (kind === 'DiscardStmt') return text(node, 'target') === 'DISCARD_ALL' ? 'DISCARD ALL' : undefined;
  if (kind !== 'VariableSetStmt') return undefined;
  const name = text(node, 'name');
  switch (text(node, 'kind')) {
    case 'VAR_RESET_ALL':
      return 'RESET ALL';
    case 'VAR_SET_CURRENT':
      return undefined;
    default:
      return isLimit(name) ? name : undefined;
  }
};

/** `set_config('lock_timeout', …)`, as far as its arguments are written out. */
const byCall = (node: SqlNode): string | undefined => {
  if (!isCall(node) || nameParts(list(node, 'funcname')).at(-1) !== 'set_config') return undefined;
  // `'lock_timeout'::text` and `setting_name => 'lock_timeout'` as well: whatever wraps it, the word is there.
  const words = list(node, 'args').flatMap((argument) =>
    nodesOf(argument).flatMap(([key, part]) => (key === 'sval' ? [text(part, 'sval')] : [])),
  );
  return words.find(isLimit);
};

/** `UPDATE pg_settings`, which sets as SET does. */
const byUpdate = (kind: string, node: SqlNode): string | undefined =>
  kind === 'UpdateStmt' && text(inner(node, 'relation') ?? {}, 'relname') === 'pg_settings' ? 'pg_settings' : undefined;

/** The limit that the statement sets or takes away, its own or another; what a function would set later does not count. */
export const liftedLimit = (tree: SqlNode): string | undefined => {
  const [kind, node] = unwrapped(tree);
  const set = bySet(kind, node) ?? byUpdate(kind, node);
  if (set !== undefined) return set;
  for (const [, part] of nodesOf(tree)) {
    const called = byCall(part);
    if (called !== undefined) return called;
  }
  return undefined;
};
