// May the login do what this runbook will ask of it, and see what it will tell of others? Each lack with what mends it.

import type {DoctorCheck} from '../../core/doctor.ts';
import type {DatabaseSession} from '../../core/ports.ts';
import {rightsNow, type Asked} from '../../steps/rights/needed.ts';
import {lackingBack} from '../../steps/rights/ways-back.ts';
import {quoted} from '../command-line.ts';

/** Without it the age and the state of whoever holds a lock are NULL. */
const STATS_SQL = `
SELECT pg_has_role('pg_read_all_stats', 'USAGE')::text AS reads, current_user::text AS login, quote_ident(current_user) AS quoted`;

const asked = (database: string, statement: string): string => `psql -d ${quoted(database)} -c ${quoted(statement)}`;

export const rightsChecks = async (
  session: DatabaseSession,
  database: string,
  of: Asked,
): Promise<readonly DoctorCheck[]> => {
  const rights = await rightsNow(session, of);
  const stats = await session.query(STATS_SQL);
  if (!rights.ok || !stats.ok) return [{subject: 'rights', level: 'amber', note: {code: 'no-answer'}}];
  const {missing, objects, dependants, applicationRole, captured} = rights.value;
  const back = await lackingBack(session, of, captured, missing);
  if (!back.ok) return [{subject: 'rights', level: 'amber', note: {code: 'no-answer'}}];
  const {login = '', quoted: name = '', reads} = stats.value.rows[0] ?? {};
  const lacking = missing.map(
    (right): DoctorCheck => ({
      subject: 'rights',
      level: 'red',
      note: {code: 'right-missing', right},
      ...(right.cure === undefined ? {} : {fix: asked(database, right.cure)}),
    }),
  );
  const barred = back.value.flatMap(({option, missing: rest}) =>
    rest.map(
      (right): DoctorCheck => ({
        subject: 'rights',
        level: 'amber',
        note: {code: 'way-back-right-missing', option, right},
        ...(right.cure === undefined ? {} : {fix: asked(database, right.cure)}),
      }),
    ),
  );
  const seen: readonly DoctorCheck[] =
    lacking.length > 0
      ? [...lacking, ...barred]
      : [
          {
            subject: 'rights',
            level: 'green',
            value: login ?? '',
            note: {
              code: 'rights-held',
              objects,
              dependants,
              ...(applicationRole === undefined ? {} : {applicationRole}),
            },
          },
          ...barred,
        ];
  if (reads === 'true') return seen;
  const hidden: DoctorCheck = {
    subject: 'rights',
    level: 'amber',
    note: {code: 'stats-hidden', login: login ?? ''},
    fix: asked(database, `GRANT pg_read_all_stats TO ${name ?? ''}`),
  };
  return [...seen, hidden];
};
