// Is what a script says of a declared object kept, what a DROP takes beside it put back, and nothing dropped in vain?

import type {Facts} from '../../../src/core/facts.ts';
import {factsText} from '../../../src/ui/text/facts.ts';
import type {Client} from 'pg';
import {describe, expect, test} from 'vitest';
import type {Acceptance} from '../../../src/core/acceptance.ts';
import type {Failure, Result} from '../../../src/core/failure.ts';
import {createTestDatabase, type TestDatabase} from '../../support/postgres.ts';
import {stepsOn} from './support/change.ts';

const ROLES = ['app_r', 'app_w', 'own_a'];
const BASE = `
  create schema s; create table s.t(id int primary key, a text, b text, n numeric(8,2));
  insert into s.t select g,'a'||g,'b'||g,g from generate_series(1,20) g;
  create view s.v as select id, a, n from s.t;`;
const APPENDED = 'CREATE OR REPLACE VIEW s.v AS SELECT id, a, n, b AS extra FROM s.t;';
const NEW = 'DROP VIEW s.v RESTRICT; CREATE VIEW s.v AS SELECT b, id, a, n, upper(a) AS up FROM s.t;';

const made = async (database: TestDatabase, more = '', base = BASE): Promise<Client> => {
  const admin = await database.connect();
  for (const role of ROLES)
    await admin.query(`CREATE ROLE ${role}`).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && ['42710', '23505'].includes(String(error.code)))) throw error;
    });
  await admin.query(base + more);
  return admin;
};

/** The one value that a query answers. */
const one = async (admin: Client, sql: string): Promise<unknown> => {
  const {rows} = await admin.query<Record<string, unknown>>({text: sql, rowMode: 'array'} as never);
  return (rows[0] as unknown as readonly unknown[] | undefined)?.[0];
};

const acl = (of: string) => `SELECT relacl::text FROM pg_class WHERE oid = '${of}'::regclass`;
const options = (of: string) => `SELECT reloptions::text FROM pg_class WHERE oid = '${of}'::regclass`;
const comment = (of: string) => `SELECT obj_description('${of}'::regclass, 'pg_class')`;
const oid = (of: string) => `SELECT '${of}'::regclass::oid::text`;
/** Everything that pg_dump would say, as far as the tool looks at it. */
const reason = {en: 'meant', ko: '의도함'};

const changed = async (
  database: TestDatabase,
  sql: string,
  objects: readonly string[] = ['s.v'],
  accept: readonly Acceptance[] = [],
) => {
  const steps = stepsOn(database, objects);
  await steps.snapshot();
  return {steps, done: await steps.apply(sql, accept)};
};

const ok = (done: Result<unknown>): Record<string, unknown> => {
  if (!done.ok) throw new Error(JSON.stringify(done.failure));
  return done.value as Record<string, unknown>;
};
const refused = (done: Result<unknown>): Failure => {
  if (done.ok) throw new Error(`not refused: ${JSON.stringify(done.value)}`);
  return done.failure;
};

describe('what the script says of a declared object', () => {
  for (const [name, script] of [
    ['in place', `CREATE OR REPLACE VIEW s.v WITH (security_invoker = true) AS SELECT id, a, n, b FROM s.t;`],
    ['anew', 'DROP VIEW s.v; CREATE VIEW s.v WITH (security_invoker = true) AS SELECT id, a, n, b FROM s.t;'],
  ] as const) {
    test(`stays when it is made ${name}: rights, comments, options, defaults, and the rest as it was`, async () => {
      await using database = await createTestDatabase({template: 'empty'});
      const admin = await made(
        database,
        `comment on view s.v is 'old'; comment on column s.v.id is 'kept'; alter view s.v set (security_barrier=true);
         grant select on s.v to app_r; grant select (a) on s.v to own_a; alter view s.v alter n set default 1;
         create view s.w as select id from s.v; grant select on s.w to app_r;`,
      );
      ok(
        (
          await changed(
            database,
            `${script} GRANT SELECT, UPDATE (b) ON s.v TO app_w; REVOKE SELECT ON s.v FROM app_r;
             COMMENT ON VIEW s.v IS 'new text'; COMMENT ON COLUMN s.v.b IS 'b'; ALTER VIEW s.v ALTER COLUMN a SET DEFAULT 'zz';`,
          )
        ).done,
      );
      expect(await one(admin, acl('s.v'))).toBe('{operator=arwdDxt/operator,app_w=r/operator}');
      expect(await one(admin, options('s.v'))).toBe('{security_invoker=true,security_barrier=true}');
      expect(await one(admin, comment('s.v'))).toBe('new text');
      expect(
        await one(
          admin,
          `SELECT string_agg(concat_ws(':', attname, attacl::text, col_description(attrelid, attnum),
             (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef d WHERE d.adrelid = attrelid AND d.adnum = attnum)), ' ' ORDER BY attnum)
           FROM pg_attribute WHERE attrelid = 's.v'::regclass AND attnum > 0`,
        ),
      ).toBe("id:kept a:{own_a=r/operator}:'zz'::text n:1 b:{app_w=w/operator}:b");
      expect(await one(admin, acl('s.w'))).toBe('{operator=arwdDxt/operator,app_r=r/operator}');
    });
  }

  test('stays when it is all that the script does: a REVOKE, and a new owner', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    const admin = await made(database, 'grant select on s.v to app_r, app_w;');
    ok((await changed(database, 'REVOKE SELECT ON s.v FROM app_r; ALTER VIEW s.v OWNER TO own_a;')).done);
    expect(await one(admin, acl('s.v'))).toBe('{own_a=arwdDxt/own_a,app_w=r/own_a}');
  });

  test('stays for a row type; what nobody speaks of comes back to it, declared or not, also on the way back', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    const admin = await made(
      database,
      `create view s.w as select id, a from s.v; comment on type s.w is 'row of w'; comment on type s.v is 'row of v';
       revoke usage on type s.w from public; grant usage on type s.v to app_r;`,
    );
    const types = `SELECT string_agg(concat_ws(' ', typname, typacl::text, obj_description(oid, 'pg_type')), '; ' ORDER BY typname)
                   FROM pg_type WHERE typnamespace = 's'::regnamespace AND typname IN ('v', 'w')`;
    const before = await one(admin, types);
    const {steps, done} = await changed(database, `${NEW} COMMENT ON TYPE s.v IS 'said';`);
    ok(done);
    expect(await one(admin, types)).toBe(String(before).replace('row of v', 'said'));
    ok(await steps.restore());
    expect(await one(admin, types)).toBe(before);
  });

  test('may make another kind of object of it', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    const admin = await made(database, 'create view s.w as select id from s.v; grant select on s.v to app_r;');
    ok((await changed(database, 'DROP VIEW s.v; CREATE MATERIALIZED VIEW s.v AS SELECT id, a, n FROM s.t;')).done);
    expect(await one(admin, `SELECT relkind::text || relacl::text FROM pg_class WHERE oid = 's.v'::regclass`)).toBe(
      'm{operator=arwdDxt/operator,app_r=r/operator}',
    );
  });

  test('cannot be told of a script that nobody can read: as before, amber by its name', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    const admin = await made(database, 'grant select on s.v to app_r;');
    const facts = ok(
      (await changed(database, `${NEW} DO $$ BEGIN EXECUTE 'REVOKE SELECT ON s.v FROM ' || 'app_r'; END $$;`)).done,
    );
    expect(facts['unread']).toMatchObject([{file: 'apply.sql', line: 1}]);
    expect(await one(admin, acl('s.v'))).toBe('{operator=arwdDxt/operator,app_r=r/operator}');
  });
});

describe('a snapshot that an earlier version took', () => {
  test('is read: what it does not have is not compared, and that is said', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    const admin = await made(database, `create view s.w as select id from s.v; grant select on s.w to app_r;`);
    let said = '';
    const steps = stepsOn(database, ['s.v'], undefined, {note: (text) => (said += text)});
    const taken = JSON.parse(await steps.snapshot()) as Record<string, readonly Record<string, unknown>[]>;
    const older = (of: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(of).filter(([key]) => !['on', 'rowType', 'extensions'].includes(key)));
    steps.rewrite(
      JSON.stringify({
        ...older(taken),
        order: undefined,
        format: 'attempt-runbook-snapshot/1',
        objects: taken['objects']?.map(older),
        dependants: taken['dependants']?.map(older),
      }),
    );
    ok(await steps.apply(NEW));
    expect(said).toContain('snapshot of format 1');
    expect(await one(admin, acl('s.w'))).toContain('app_r=r');
    const back = await steps.restore();
    // Nothing differs of what was compared, and that is not 'as before'.
    expect(back).toMatchObject({ok: true, value: {catalogAfter: {diff: {differences: 0, notCompared: true}}}});
    const {value} = back as Readonly<{value: Facts}>;
    expect(factsText(value, 'en')).not.toContain('catalog afterwards: equal to before');
    expect(factsText(value, 'ko')).not.toContain('이후 카탈로그: 변경 전과 같음');
  });
});

describe('names', () => {
  test('of declared objects are whatever PostgreSQL allows', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    const names = ['OrdersOpen', '주문 "뷰"', 'a.b', "it's $1"];
    const quoted = (name: string): string => `"Shop 1"."${name.replaceAll('"', '""')}"`;
    const views = names.map(
      (name) => `create view ${quoted(name)} as select id from s.t; grant select on ${quoted(name)} to app_r;`,
    );
    const admin = await made(database, `create schema "Shop 1"; ${views.join('')}`);
    const script = names
      .map((name) => `DROP VIEW ${quoted(name)}; CREATE VIEW ${quoted(name)} AS SELECT id, a FROM s.t;`)
      .join('\n');
    const {steps, done} = await changed(
      database,
      script,
      names.map((name) => `Shop 1.${name}`),
    );
    ok(done);
    const acls = names.map((name) =>
      one(admin, `SELECT relacl::text FROM pg_class WHERE oid = '${quoted(name).replaceAll("'", "''")}'::regclass`),
    );
    for (const found of await Promise.all(acls)) expect(found).toBe('{operator=arwdDxt/operator,app_r=r/operator}');
    ok(await steps.restore());
  });
});

describe('what nobody spoke of', () => {
  test('is not taken: a right on a column rests on a grant option on the whole', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    const admin = await made(
      database,
      `grant usage on schema s to app_r; grant select on s.v to app_r with grant option;
       set role app_r; grant select (a) on s.v to app_w; reset role;`,
    );
    const rights = `SELECT attacl::text FROM pg_attribute WHERE attrelid = 's.v'::regclass AND attname = 'a'`;
    for (const script of [`COMMENT ON VIEW s.v IS 'x';`, `${NEW} COMMENT ON VIEW s.v IS 'x';`]) {
      ok((await changed(database, script)).done);
      expect(await one(admin, rights)).toBe('{app_w=r/app_r}');
    }
  });

  test('is a loss when it vanishes with something else, whatever the script says beside', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    const admin = await made(
      database,
      `grant select (a) on s.v to app_r; alter view s.v set (security_invoker = true); create type s.st as enum ('x');
       create view s.typed as select 'x'::s.st as c; create view s.reader as select c from s.typed;`,
    );
    const before = await one(admin, oid('s.v'));
    const aspects = (failure: Failure) =>
      'changes' in failure ? failure.changes.map(({object, aspect}) => `${object} ${aspect}`).toSorted() : failure;
    const comment = `COMMENT ON TABLE s.t IS 'x';`;
    const narrower = `DROP VIEW s.v; CREATE VIEW s.v AS SELECT id, n FROM s.t; ${comment}`;
    expect(aspects(refused((await changed(database, narrower)).done))).toEqual(['s.v column grants']);
    const other = `DROP VIEW s.v; CREATE MATERIALIZED VIEW s.v AS SELECT id, a, n FROM s.t; ${comment}`;
    expect(aspects(refused((await changed(database, other)).done))).toEqual(['s.v options']);
    const cascade = `DROP TYPE s.st CASCADE; ${comment}`;
    const dropped = ['s.typed', 's.reader'];
    expect(aspects(refused((await changed(database, cascade, dropped)).done))).toContain('s.typed existence');
    expect(await one(admin, oid('s.v'))).toBe(before);
    // What is dropped by name and not made again is meant.
    ok((await changed(database, 'DROP VIEW s.reader;', ['s.reader'])).done);
  });

  test('is not made again over what the script makes: a function, a default', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    await made(
      database,
      `create function s.f() returns bigint language sql begin atomic select count(*) from s.v; end;
       create table s.c (n bigint default s.f());`,
    );
    const replaced = `${NEW} CREATE OR REPLACE FUNCTION s.f() RETURNS bigint LANGUAGE sql AS 'select 1::bigint';`;
    expect(refused((await changed(database, replaced)).done)).toMatchObject({
      code: 'script-meets-dependants',
      meetings: [{object: 'function s.f()', because: 'said-of'}],
    });
    const set = `${NEW} ALTER TABLE s.c ALTER COLUMN n SET DEFAULT 5;`;
    expect(refused((await changed(database, set)).done)).toMatchObject({
      code: 'script-meets-dependants',
      meetings: [{because: 'said-of'}],
    });
  });

  test('is neither locked nor moved by a change of rows', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    await made(database);
    await using reader = {client: await database.connect(), [Symbol.asyncDispose]: async () => undefined};
    await reader.client.query('BEGIN; SELECT * FROM s.v LIMIT 1');
    const facts = ok((await changed(database, `UPDATE s.t SET b = 'x' WHERE id = 1;`)).done);
    expect(facts['lockTries']).toBe(1);
    await reader.client.query('ROLLBACK');
  });
});

describe('what a change does not need to drop', () => {
  test('stays the same object, and does not stop it', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    const admin = await made(
      database,
      `create function s.ok(int) returns boolean language sql stable begin atomic select exists (select from s.v where id=$1); end;
       create table s.c(id int check (s.ok(id))); create table s.holder(held s.v);
       create function s.full_name(s.v) returns text language sql as $$ select $1.a $$;
       create view s.w as select s.full_name(v.*) fn from s.v v; create materialized view s.m as select id from s.v;`,
    );
    const before = [await one(admin, oid('s.w')), await one(admin, oid('s.m'))];
    ok((await changed(database, APPENDED)).done);
    expect([await one(admin, oid('s.w')), await one(admin, oid('s.m'))]).toEqual(before);
    ok((await changed(database, 'ALTER TABLE s.t ADD COLUMN z int; COMMENT ON TABLE s.t IS $$x$$;')).done);
    expect([await one(admin, oid('s.w')), await one(admin, oid('s.m'))]).toEqual(before);
  });

  test('a declared table is never dropped: what reads a column that changes falls, and nothing else', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    const admin = await made(
      database,
      `grant select on s.v to app_r; create view s.other as select id, b from s.t; alter table s.t add constraint positive check (id > 0);
       create table s.child (id int references s.t);`,
    );
    const before = await one(admin, oid('s.other'));
    const {steps, done} = await changed(database, 'ALTER TABLE s.t ALTER COLUMN a TYPE varchar(50);', ['s.t']);
    ok(done);
    expect(await one(admin, acl('s.v'))).toBe('{operator=arwdDxt/operator,app_r=r/operator}');
    expect(await one(admin, oid('s.other'))).toBe(before);
    expect(steps).toBeDefined();
  });
});

describe('the order of objects', () => {
  for (const objects of [
    ['s.top', 's.v'],
    ['s.v', 's.top'],
  ]) {
    test(`${objects.join(', ')} is of no account to change and way back`, async () => {
      await using database = await createTestDatabase({template: 'empty'});
      const admin = await made(database, 'create view s.top as select id, a from s.v; grant select on s.top to app_r;');
      const {steps, done} = await changed(
        database,
        `DROP VIEW s.top; DROP VIEW s.v; CREATE VIEW s.v AS SELECT id,a,b,n FROM s.t; CREATE VIEW s.top AS SELECT id,a,b FROM s.v;`,
        objects,
      );
      ok(done);
      ok(await steps.restore());
      expect(
        await one(admin, `SELECT count(*)::text FROM pg_attribute WHERE attrelid = 's.top'::regclass AND attnum > 0`),
      ).toBe('2');
      expect(await one(admin, acl('s.top'))).toBe('{operator=arwdDxt/operator,app_r=r/operator}');
    });
  }

  test('a dependant that the script would need in between is named before the first statement', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    const admin = await made(
      database,
      'create view s.mid as select id,a from s.v; create view s.top as select id from s.mid;',
    );
    const script =
      'DROP VIEW s.top; DROP VIEW s.v; CREATE VIEW s.v AS SELECT id,a,b,n FROM s.t; CREATE VIEW s.top AS SELECT id FROM s.mid;';
    const before = await one(admin, oid('s.top'));
    expect(refused((await changed(database, script, ['s.v', 's.top'])).done)).toEqual({
      code: 'script-meets-dependants',
      meetings: [{object: 's.mid', because: 'read-between', by: 's.top'}],
    });
    expect(refused((await changed(database, `${NEW} GRANT SELECT ON s.top TO app_r;`)).done)).toMatchObject({
      code: 'script-meets-dependants',
      meetings: [{object: 's.top', because: 'said-of', by: 'apply.sql:1'}],
    });
    expect(await one(admin, oid('s.top'))).toBe(before);
  });

  test('a declared object that only hangs on another falls and comes back like a dependant', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    const admin = await made(database, 'create view s.top as select id from s.v; grant select on s.top to app_r;');
    ok((await changed(database, NEW, ['s.v', 's.top'])).done);
    expect(await one(admin, acl('s.top'))).toBe('{operator=arwdDxt/operator,app_r=r/operator}');
  });

  test('what the script drops and makes itself is its own, whatever it is', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    const functions = `create function s.sf(int, s.v) returns int language sql as 'select 1'; create aggregate s.agg(s.v)(sfunc=s.sf, stype=int);`;
    const admin = await made(
      database,
      `${functions} revoke execute on function s.sf from public; grant execute on function s.sf to app_r;`,
    );
    const script = `DROP AGGREGATE s.agg(s.v); DROP FUNCTION s.sf(int, s.v); ${NEW} ${functions}`;
    ok((await changed(database, script)).done);
    expect(await one(admin, `SELECT proacl::text FROM pg_proc WHERE proname = 'sf'`)).toBe(
      '{operator=X/operator,app_r=X/operator}',
    );
    ok((await changed(database, `${script} GRANT EXECUTE ON FUNCTION s.sf(int, s.v) TO app_w;`)).done);
    expect(await one(admin, `SELECT proacl::text FROM pg_proc WHERE proname = 'sf'`)).toContain('app_w=X');
    // Whatever it is called.
    const odd = `create function s."My ""F(" (s.v) returns int language sql as 'select 1';`;
    await admin.query(`${odd} revoke execute on function s."My ""F(" from public;`);
    ok(
      (
        await changed(
          database,
          `DROP FUNCTION s."My ""F("(s.v); DROP AGGREGATE s.agg(s.v); DROP FUNCTION s.sf(int, s.v); ${NEW} ${functions} ${odd}`,
        )
      ).done,
    );
    expect(await one(admin, `SELECT proacl::text FROM pg_proc WHERE proname = 'My "F('`)).toBe('{operator=X/operator}');
  });
});

describe('what comes back otherwise', () => {
  test('a text that the server spells anew over other types is shown and may be accepted', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    const admin = await made(
      database,
      '',
      `create schema s; create table s.t(id int, a varchar(30), k int); create view s.v as select id,a,k from s.t;
       create view s.w as select id from s.v where a = 'x' and k > 3; create view s.x as select coalesce(a,'-') c, k::bigint kb from s.v;`,
    );
    const script = 'DROP VIEW s.v; CREATE VIEW s.v AS SELECT id, a::text AS a, k::bigint AS k FROM s.t;';
    const failure = refused((await changed(database, script)).done);
    expect(failure).toMatchObject({code: 'catalog-differs'});
    const accept = ['s.w', 's.x'].map((object) => ({object, aspect: 'definition' as const, reason}));
    const facts = ok((await changed(database, script, ['s.v'], accept)).done);
    expect(facts['accepted']).toHaveLength(2);
    expect(await one(admin, `SELECT pg_get_viewdef('s.w'::regclass)`)).not.toContain('::text =');
  });

  test('a materialised view whose rows were of another day is no dependant like others: said, and to be accepted', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    const admin = await made(
      database,
      'create materialized view s.daily as select id, n from s.v; create materialized view s.fresh as select id from s.v; update s.t set n = n + 1000;',
    );
    const sum = 'SELECT sum(n)::text FROM s.daily';
    const before = await one(admin, sum);
    ok((await changed(database, APPENDED)).done);
    expect(await one(admin, sum)).toBe(before);
    const again = NEW.replace('SELECT b,', 'SELECT');
    expect(refused((await changed(database, again)).done)).toEqual({
      code: 'catalog-differs',
      changes: [{object: 's.daily', aspect: 'rows', before: '20', after: '20'}],
    });
    expect(await one(admin, sum)).toBe(before);
    const facts = ok((await changed(database, again, ['s.v'], [{object: 's.daily', aspect: 'rows', reason}])).done);
    expect(facts['accepted']).toMatchObject([{object: 's.daily', aspect: 'rows'}]);
    expect(await one(admin, sum)).not.toBe(before);
  });

  test('dependencies on an extension come back to inner parts', async () => {
    await using database = await createTestDatabase({template: 'empty'});
    const admin = await made(
      database,
      `create extension pg_trgm schema s; create materialized view s.m as select id, a from s.v;
       create index m_trgm on s.m using gin (a s.gin_trgm_ops); alter index s.m_trgm depends on extension pg_trgm;`,
    );
    const depends = `SELECT count(*)::text FROM pg_depend WHERE deptype = 'x'`;
    const {steps, done} = await changed(database, NEW);
    ok(done);
    expect(await one(admin, depends)).toBe('1');
    ok(await steps.restore());
    expect(await one(admin, depends)).toBe('1');
  });
});
