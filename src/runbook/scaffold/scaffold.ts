// All files of a new runbook: `runbook.yaml`, the rehearsal's answers, and the SQL below `sql/`.

import type {ScaffoldAnswers} from './answers.ts';
import {documentText, rehearsalAnswersText} from './document.ts';
import {scaffoldSql} from './sql.ts';

export type ScaffoldFiles = Readonly<{
  /** In `runbook/<id>/`. */
  runbook: ReadonlyMap<string, string>;
  /** In `sql/<id>/`. */
  sql: ReadonlyMap<string, string>;
}>;

/** @param quoted writes every name in quotes: for one that SQL keeps for itself. */
export const scaffoldFiles = (answers: ScaffoldAnswers, quoted = false): ScaffoldFiles => {
  const {sample, preflight, apply, verify, smoke, downstream, revert} = scaffoldSql(answers, quoted);
  return {
    runbook: new Map([
      ['runbook.yaml', documentText(answers)],
      ['answers.rehearsal.yaml', rehearsalAnswersText(answers)],
    ]),
    sql: new Map([
      ['sample/010_before.sql', sample],
      ['preflight/010_before.sql', preflight],
      // What a revision does, and how it is taken back, stands in its project.
      ...(answers.alembic === undefined
        ? ([
            ['apply/010_change.sql', apply],
            ['revert/010_change.sql', revert],
          ] as const)
        : []),
      ['verify/010_change.sql', verify],
      ['smoke/010_rows.sql', smoke],
      ['downstream/010_readers.sql', downstream],
    ]),
  };
};
