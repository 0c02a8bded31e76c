// Does a COPY want rows over the line, from a client that sends statements alone?

import type {SqlNode} from '../../core/sql-parser.ts';
import {text, unwrapped} from '../sql-tree.ts';

/** `COPY … FROM STDIN` or `COPY … TO STDOUT`, as it would be written. */
export const copyOverLine = (tree: SqlNode): string | undefined => {
  const [kind, node] = unwrapped(tree);
  if (kind !== 'CopyStmt' || text(node, 'filename') !== '') return undefined;
  return node['is_from'] === true ? 'COPY … FROM STDIN' : 'COPY … TO STDOUT';
};
