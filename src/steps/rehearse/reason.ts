// Why did a part fail on the copy, for the transcript, in the server's and the programs' own words?

import type {Failure} from '../../core/failure.ts';
import {rowLines} from '../results.ts';

const linesOf = (failure: Failure): readonly string[] => {
  if ('lastLines' in failure) return failure.lastLines;
  if ('changes' in failure)
    return failure.changes.map(({object, aspect, before, after}) => `${object} ${aspect}: ${before} -> ${after}`);
  if ('findings' in failure && failure.code === 'expectation-missed') return rowLines(failure.findings).split('\n');
  if ('checks' in failure) return failure.checks.map(({id, observed}) => `${id}  ${observed}`);
  if ('cause' in failure && failure.cause !== undefined) return reasonLines(failure.cause);
  return [];
};

/** The code and what there is to it: place, SQLSTATE and words of the server, rows of a query, differences, last lines. */
export const reasonLines = (failure: Failure): readonly string[] => {
  const file = 'file' in failure && failure.file !== undefined ? failure.file : undefined;
  const line = failure.code === 'query-refused' && failure.line !== undefined ? `:${failure.line}` : '';
  const head = [
    failure.code,
    ...('sqlState' in failure ? [failure.sqlState] : []),
    ...(file === undefined ? [] : [`${file}${line}`]),
    ...('what' in failure ? [failure.what] : []),
    ...('message' in failure ? [failure.message] : []),
  ];
  return [head.join('  '), ...linesOf(failure).map((of) => `  ${of}`)].filter((of) => of.trim() !== '');
};
