// Does a statement lift what bounds it? The waits, the run time and the idle time of a session are promised on the screen.

import type {SqlNode} from '../../core/sql-parser.ts';
import {inner, isCall, list, nameParts, nodesOf, text, unwrapped} from '../sql-tree.ts';

/** Settings that every session of the tool has, and that the preview or a failure speaks of. */
const limits = new Set([
  'lock_timeout',
  'statement_timeout',
  'transaction_timeout',
  'idle_in_transaction_session_timeout',
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

/** `set_config('lock_timeout', …)`, as far as its first argument is written out. */
const byCall = (node: SqlNode): string | undefined => {
  if (!isCall(node) || nameParts(list(node, 'funcname')).at(-1) !== 'set_config') return undefined;
  const [first] = list(node, 'args');
  const constant = first === undefined ? undefined : inner(inner(first, 'A_Const') ?? {}, 'sval');
  const name = constant === undefined ? '' : text(constant, 'sval');
  return isLimit(name) ? name : undefined;
};

/** The limit that the statement sets or takes away, its own or another; what a function would set later does not count. */
export const liftedLimit = (tree: SqlNode): string | undefined => {
  const [kind, node] = unwrapped(tree);
  const set = bySet(kind, node);
  if (set !== undefined) return set;
  for (const [, part] of nodesOf(tree)) {
    const called = byCall(part);
    if (called !== undefined) return called;
  }
  return undefined;
};
