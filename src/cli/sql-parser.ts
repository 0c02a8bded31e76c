// PostgreSQL's parser, loaded once a process: the first frame must not wait for it, and an upgrade in the middle of a run
// takes away the files that it is read from.

import type {SqlParser} from '../core/sql-parser.ts';

let loading: Promise<SqlParser> | undefined;

export const sqlParser = (): Promise<SqlParser> => {
  loading ??= import('../adapters/sql-parser.ts').then(({loadSqlParser}) => loadSqlParser());
  return loading;
};
