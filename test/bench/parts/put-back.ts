// What does it cost to put back 300 views that depend on the changed one, and its grants to 1,000 roles?

import type {Client} from 'pg';
import {change, filled, shipped} from '../changes.ts';
import type {Part} from '../part.ts';

const DEPENDANTS = 300;
const GRANTEES = 1000;

/** Views in a row of ten each, so that the order in which they fall matters; every one with a grant and a comment. */
const populate = async (client: Client, dependants: number, grantees: number): Promise<void> => {
  const statements = [
    ...Array.from({length: grantees}, (_, at) => `CREATE ROLE bench_${at} NOLOGIN`),
    ...Array.from({length: grantees}, (_, at) => `GRANT SELECT ON public.attempt TO bench_${at}`),
    ...Array.from({length: dependants}, (_, at) => {
      const from = at % 10 === 0 ? 'attempt' : `bench_view_${at - 1}`;
      const name = `public.bench_view_${at}`;
      return [
        `CREATE VIEW ${name} AS SELECT v.id, v.student_id, v.item_id FROM public.${from} AS v`,
        `GRANT SELECT ON ${name} TO app_reader`,
        `COMMENT ON VIEW ${name} IS 'view ${at}'`,
      ].join('; ');
    }),
  ];
  await client.query(statements.join('; '));
};

/** The same objects dropped and created by bare statements, once without and once with what stood on them. */
const bareStatements = async (client: Client) => {
  const {rows} = await client.query<{name: string; definition: string}>(
    `SELECT c.oid::regclass::text AS name, pg_get_viewdef(c.oid) AS definition FROM pg_class AS c
     WHERE c.relname ~ '^bench_view_' OR c.relname IN ('attempt_topic', 'attempt_weekly') ORDER BY c.oid`,
  );
  const roles = await client.query<{names: string}>(
    `SELECT string_agg(rolname, ', ') AS names FROM pg_roles WHERE rolname ~ '^bench_'`,
  );
  const drop = `DROP VIEW ${rows.map(({name}) => name).join(', ')}`;
  const create = rows.map(({name, definition}) => `CREATE VIEW ${name} AS ${definition}`).join(' ');
  const grants = rows.map(({name}) => `GRANT SELECT ON ${name} TO app_reader; COMMENT ON VIEW ${name} IS 'a view'`);
  const dressed = [`GRANT SELECT ON public.attempt TO ${roles.rows[0]?.names}`, ...grants].join('; ');
  const apply = shipped('apply/010_attempt_v1.sql');
  return {
    'bare DROP and CREATE': [drop, apply, create],
    'DROP, CREATE, GRANT, COMMENT': [drop, apply, create, dressed],
  };
};

const timedBack = async (client: Client, statements: readonly string[]): Promise<number> => {
  await client.query('BEGIN');
  const before = performance.now();
  for (const sql of statements) await client.query(sql);
  const tookMs = performance.now() - before;
  await client.query('ROLLBACK');
  return tookMs;
};

const run: Part['run'] = async ({isQuick, add, note}) => {
  const dependants = isQuick ? 30 : DEPENDANTS;
  const grantees = isQuick ? 100 : GRANTEES;
  const rounds = isQuick ? 3 : 5;
  await using server = await filled(300, note);
  const client = await server.connect();
  await populate(client, dependants, grantees);
  const peers = Object.entries(await bareStatements(client)).map(([what, statements]) => ({
    what,
    statements,
    measured: [] as number[],
  }));
  for (const {statements, measured} of peers)
    for (let round = 0; round < rounds; round += 1) measured.push(await timedBack(client, statements));
  await client.end();
  const changes = await change(server, rounds);
  const name = `put back ${dependants} dependants and ${grantees.toLocaleString('en')} grantees`;
  for (const what of ['apply', 'restore']) {
    const done = changes.filter((one) => one.what === what);
    const [held, whole] = [done.map(({heldMs}) => heldMs), done.map(({tookMs}) => tookMs)];
    for (const beside of peers)
      add({what: `${name}: lock held by ${what}, beside ${beside.what}`, measured: held, beside});
    for (const beside of peers.slice(-1)) add({what: `${name}: ${what} as a whole`, measured: whole, beside});
  }
};

export const part: Part = {minutes: 5, run};
