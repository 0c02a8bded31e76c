// How does a test act on its database as a login that is no superuser, and owns what a deployment's login owns?

import {onTestFinished} from 'vitest';
import type {TestDatabase} from './postgres.ts';

export type Login = TestDatabase & {readonly role: string};

/** A role of the whole cluster under a name of this database, gone when the test ends. */
export const roleOf = async (database: TestDatabase, name: string, attributes = 'NOLOGIN'): Promise<string> => {
  const role = `${name}_${database.name}`.slice(0, 40);
  const admin = await database.connect();
  await admin.query(`CREATE ROLE ${role} ${attributes}`);
  await admin.end();
  onTestFinished(async () => {
    // The database, and with it whatever the role owns there, is dropped before; where it is not, the role stays.
    const {Client} = await import('pg');
    const {host, port, user} = database;
    const cluster = new Client({host, port, user, database: 'postgres'});
    await cluster.connect();
    await cluster.query(`DROP ROLE IF EXISTS ${role}`).catch(() => undefined);
    await cluster.end();
  });
  return role;
};

/**
 * The database as a login of its own sees it: owner of the tables and views of the sample, with CREATE on its schema.
 * @param more statements of the superuser, `$login` standing for the login's name.
 */
export const deployLogin = async (database: TestDatabase, more = ''): Promise<Login> => {
  const role = await roleOf(database, 'deploy', 'LOGIN');
  const admin = await database.connect();
  await admin.query(`GRANT USAGE, CREATE ON SCHEMA public TO ${role};
    GRANT CREATE, TEMPORARY ON DATABASE ${database.name} TO ${role};
    DO $$ DECLARE one record; BEGIN
      FOR one IN SELECT c.oid::regclass AS name, c.relkind FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm') LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO ${role}', one.name);
      END LOOP; END $$;
    ${more.replaceAll('$login', role)}`);
  await admin.end();
  return {...database, user: role, role, url: database.url.replace(`//${database.user}@`, `//${role}@`)};
};
