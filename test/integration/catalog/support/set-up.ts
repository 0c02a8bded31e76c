// Which views, rights and dependants may a database have? A random one of them, the same for the same seed.

export type SetUp = Readonly<{
  /** Statements that make it, in order; each stands alone. */
  statements: readonly string[];
  /** The declared object, plain as runbooks have it. */
  declared: string;
  /** A script as an author writes it, that changes the declared object, and says more of it. */
  change: string;
  /** What it says beside: the aspects that differ for it, and a query that answers true when it is so. */
  meant: readonly Meant[];
}>;

export type Meant = Readonly<{sql: string; aspects: readonly string[]; check: string}>;

export const ROLES = ['pt owner', 'pt_Reader', 'pt"quote', 'pt_역할', 'pt;drop', `pt_${'x'.repeat(60)}`] as const;

const random = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string): string => `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

const COMMENTS = ["it's", 'two\nlines', '뷰 설명', 'back\\slash', '$$dollar$$', '"quoted"; DROP TABLE x; --', '\ttab'];
const NAMES = ['plain', 'Upper Case', 'with.dot', 'quo"te', '한글 이름', 'select', "apo'strophe", 'semi;colon'];
const PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'REFERENCES', 'TRIGGER', 'TRUNCATE'];
const COLUMNS = ['id', 'a', 'b', 'c'] as const;

const aclOf = (target: string, column?: string): string =>
  column === undefined
    ? `(SELECT a.* FROM pg_class c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a WHERE c.oid = '${target}'::regclass)`
    : `(SELECT a.* FROM pg_attribute c, aclexplode(c.attacl) a WHERE c.attrelid = '${target}'::regclass AND c.attname = '${column}')`;

const has = (target: string, role: string, privilege: string, column?: string): string =>
  `EXISTS (SELECT FROM ${aclOf(target, column)} AS x WHERE x.grantee = ${literal(quote(role))}::regrole AND x.privilege_type = '${privilege}')`;

/** What an author may say of a view beside making it anew. */
const sayings = (
  target: string,
  role: () => string,
  chance: (p: number) => boolean,
  owner: string,
): readonly Meant[] => {
  const [gets, loses, takes] = [role(), role(), role()];
  const text = pickText(chance);
  const isFrom = (column?: string): string =>
    `NOT EXISTS (SELECT FROM ${aclOf(target, column)} AS x WHERE x.grantee = ${literal(quote(loses))}::regrole
       AND x.privilege_type = 'SELECT' AND x.grantor = (SELECT relowner FROM pg_class WHERE oid = '${target}'::regclass))`;
  const all: readonly Meant[] = [
    {sql: `GRANT UPDATE ON ${target} TO ${quote(gets)}`, aspects: ['grants'], check: has(target, gets, 'UPDATE')},
    {
      sql: `GRANT SELECT (b), REFERENCES (b) ON ${target} TO ${quote(gets)}`,
      aspects: ['column grants'],
      check: has(target, gets, 'REFERENCES', 'b'),
    },
    {
      sql: `REVOKE SELECT ON ${target} FROM ${quote(loses)} CASCADE`,
      aspects: ['grants', 'column grants'],
      // Whoever becomes the owner afterwards has an owner's rights.
      check: `${isFrom()} OR (SELECT relowner FROM pg_class WHERE oid = '${target}'::regclass) = ${literal(quote(loses))}::regrole`,
    },
    {
      sql: `COMMENT ON VIEW ${target} IS ${text === undefined ? 'NULL' : literal(text)}`,
      aspects: ['comment'],
      check: `obj_description('${target}'::regclass, 'pg_class') IS NOT DISTINCT FROM ${text === undefined ? 'NULL' : literal(text)}`,
    },
    {
      sql: `COMMENT ON COLUMN ${target}.extra IS 'new'`,
      aspects: ['column comments'],
      check: `col_description('${target}'::regclass, 5) = 'new'`,
    },
    {
      sql: `ALTER VIEW ${target} ALTER COLUMN id SET DEFAULT 41`,
      aspects: ['column defaults'],
      check: `EXISTS (SELECT FROM pg_attrdef WHERE adrelid = '${target}'::regclass AND adnum = 1 AND pg_get_expr(adbin, adrelid) = '41')`,
    },
    {
      sql: `ALTER VIEW ${target} SET (security_barrier = false)`,
      aspects: ['options'],
      check: `EXISTS (SELECT FROM pg_class WHERE oid = '${target}'::regclass AND 'security_barrier=false' = ANY (reloptions))`,
    },
    {
      sql: `ALTER VIEW ${target} OWNER TO ${quote(takes)}`,
      aspects: ['owner', 'grants', 'column grants', 'row type grants'],
      check: `(SELECT relowner FROM pg_class WHERE oid = '${target}'::regclass) = ${literal(quote(takes))}::regrole`,
    },
    {
      sql: `COMMENT ON TYPE ${target} IS 'a row'`,
      aspects: ['row type comment'],
      check: `obj_description((SELECT reltype FROM pg_class WHERE oid = '${target}'::regclass), 'pg_type') = 'a row'`,
    },
  ];
  // What an owner is given is what he has, and goes to the next owner with the rest.
  const isOfOwner = ({sql}: Meant): boolean => sql.startsWith('GRANT ') && sql.endsWith(` TO ${owner}`);
  return all.filter((one) => chance(0.3) && !isOfOwner(one));
};

const pickText = (chance: (p: number) => boolean): string | undefined => (chance(0.3) ? undefined : 'said anew');

/** @param schema an empty schema of its own, named plainly. */
export const randomSetUp = (seed: number, schema: string): SetUp => {
  const next = random(seed);
  const chance = (p: number): boolean => next() < p;
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const times = (most: number): readonly number[] =>
    Array.from({length: Math.floor(next() * (most + 1))}, (_, at) => at);
  const role = (): string => quote(pick(ROLES));
  const out: string[] = [];
  const say = (sql: string): void => void out.push(sql);
  let serial = 0;
  /** At most 63 bytes, or the server would cut it and two names could be one. */
  const name = (kind: string): string => {
    serial += 1;
    const long = chance(0.15) ? `${kind}_${serial}_`.padEnd(63, 'z') : `${kind} ${serial} ${pick(NAMES)}`;
    return quote(long);
  };
  const inSchema = (kind: string): string => `${schema}.${name(kind)}`;
  const comment = (on: string, p = 0.5): void => {
    if (chance(p)) say(`COMMENT ON ${on} IS ${literal(pick(COMMENTS))}`);
  };

  const grantsOn = (on: string, privileges: readonly string[]): void => {
    for (const _ of times(4)) {
      const [privilege, to] = [pick(privileges), chance(0.2) ? 'PUBLIC' : role()];
      const passesOn = to !== 'PUBLIC' && chance(0.5);
      say(`GRANT ${privilege} ON ${on} TO ${to}${passesOn ? ' WITH GRANT OPTION' : ''}`);
      if (!passesOn) continue;
      // A chain of grantors: each rests on the one before.
      let from = to;
      for (const __ of times(3)) {
        const further = role();
        if (further === from || further === to) continue;
        say(`SET ROLE ${from}`);
        say(`GRANT ${privilege} ON ${on} TO ${further} WITH GRANT OPTION`);
        say('RESET ROLE');
        from = further;
      }
    }
    if (chance(0.2)) say(`REVOKE ${pick(privileges)} ON ${on} FROM PUBLIC`);
  };
  const relationGrants = (on: string, columns: readonly string[], owner: string): void => {
    grantsOn(on, PRIVILEGES);
    for (const _ of times(2)) {
      const what = `${pick(['SELECT', 'UPDATE', 'REFERENCES', 'INSERT'])} (${pick(columns)})`;
      say(`GRANT ${what} ON ${on} TO ${chance(0.2) ? 'PUBLIC' : role()}${chance(0.3) ? '' : ''}`);
    }
    if (chance(0.15)) say(`REVOKE DELETE ON ${on} FROM ${owner}`);
  };

  const makeTable = (): string => {
    const table = inSchema('table');
    say(`CREATE TABLE ${table} (id integer PRIMARY KEY, a text, b numeric(8, 2), c timestamptz)`);
    say(`INSERT INTO ${table} SELECT i, 't' || i, i, now() FROM generate_series(1, 3) AS i`);
    say(`ALTER TABLE ${table} OWNER TO ${role()}`);
    say(`GRANT ALL ON ${table} TO PUBLIC`);
    return table;
  };

  if (chance(0.4)) {
    say(
      `ALTER DEFAULT PRIVILEGES ${chance(0.5) ? `IN SCHEMA ${schema} ` : ''}GRANT ${pick(PRIVILEGES)} ON TABLES TO ${role()}`,
    );
  }
  if (chance(0.3)) say(`ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT EXECUTE ON FUNCTIONS TO ${role()}`);
  if (chance(0.3)) say('ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC');
  const base = makeTable();
  const second = makeTable();

  const isSimple = chance(0.6);
  const query = isSimple
    ? `SELECT id, a, b, c FROM ${base}`
    : `SELECT x.id, coalesce(x.a, 'none') AS a, x.b, y.c FROM ${base} x LEFT JOIN ${second} y USING (id)`;
  const target = `${schema}.target`;
  const options = [
    ...(chance(0.5) ? [`security_barrier = ${chance(0.7)}`] : []),
    ...(chance(0.4) ? [`security_invoker = ${chance(0.7)}`] : []),
    ...(isSimple && chance(0.4) ? [`check_option = ${pick(['local', 'cascaded'])}`] : []),
  ];
  say(`CREATE VIEW ${target}${options.length === 0 ? '' : ` WITH (${options.join(', ')})`} AS ${query}`);
  // What a later reader is given; each entry can stand in FROM and has id and a.
  const sources = [target];
  const owner = role();
  say(`ALTER VIEW ${target} OWNER TO ${owner}`);
  relationGrants(target, COLUMNS, owner);
  comment(`VIEW ${target}`);
  for (const column of COLUMNS) comment(`COLUMN ${target}.${column}`, 0.3);
  if (chance(0.4)) say(`ALTER VIEW ${target} ALTER COLUMN a SET DEFAULT ${literal(pick(COMMENTS))}`);
  if (chance(0.3)) say(`ALTER VIEW ${target} ALTER COLUMN b SET DEFAULT 1 + 2`);
  comment(`TYPE ${target}`, 0.3);
  if (chance(0.3)) say(`REVOKE USAGE ON TYPE ${target} FROM PUBLIC`);
  if (chance(0.3)) say(`GRANT USAGE ON TYPE ${target} TO ${role()}`);

  const attach = (relation: string): void => {
    if (chance(0.4)) {
      const rule = name('rule');
      say(`CREATE RULE ${rule} AS ON ${pick(['INSERT', 'DELETE'])} TO ${relation} DO INSTEAD NOTHING`);
      comment(`RULE ${rule} ON ${relation}`);
    }
    if (chance(0.5)) {
      const [call, trigger] = [inSchema('trigger function'), name('trigger')];
      say(`CREATE FUNCTION ${call}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$`);
      say(
        `CREATE TRIGGER ${trigger} INSTEAD OF UPDATE ON ${relation} FOR EACH ROW EXECUTE FUNCTION ${call}('an "arg"')`,
      );
      comment(`TRIGGER ${trigger} ON ${relation}`);
    }
  };
  attach(target);

  const functions: string[] = [];
  const makeView = (): void => {
    const view = inSchema('view');
    const [left, right] = [pick(sources), pick(sources)];
    const called = functions.length > 0 && chance(0.5) ? `, ${pick(functions)}() AS n` : ', 1::bigint AS n';
    say(
      `CREATE VIEW ${view}${chance(0.3) ? ' WITH (security_barrier)' : ''} AS
       SELECT l.id, r.a${called} FROM ${left} l JOIN ${right} r ON r.id = l.id WHERE l.id > 0`,
    );
    sources.push(view);
    const of = role();
    say(`ALTER VIEW ${view} OWNER TO ${of}`);
    relationGrants(view, ['id', 'a', 'n'], of);
    comment(`VIEW ${view}`);
    comment(`COLUMN ${view}.n`, 0.3);
    comment(`TYPE ${view}`, 0.2);
    if (chance(0.2)) say(`REVOKE USAGE ON TYPE ${view} FROM PUBLIC`);
    if (chance(0.3)) attach(view);
  };
  const makeMaterialized = (): void => {
    const view = inSchema('matview');
    say(
      `CREATE MATERIALIZED VIEW ${view}${chance(0.3) ? ' WITH (fillfactor = 70, toast.autovacuum_enabled = false)' : ''}
       AS SELECT id, a FROM ${pick(sources)} WITH ${chance(0.7) ? '' : 'NO '}DATA`,
    );
    const of = role();
    for (const at of times(3)) {
      const index = name('index');
      say(
        `CREATE ${chance(0.3) ? 'UNIQUE ' : ''}INDEX ${index} ON ${view} (${pick(['id', 'a, id', '(lower(a)), id', 'id) WHERE (id > 1'])})`,
      );
      comment(`INDEX ${schema}.${index}`);
      if (chance(0.3)) say(`ALTER MATERIALIZED VIEW ${view} CLUSTER ON ${index}`);
      if (at === 0 && chance(0.3))
        say(
          `DO $do$ BEGIN ALTER INDEX ${schema}.${index} ALTER COLUMN 1 SET STATISTICS 77; EXCEPTION WHEN feature_not_supported THEN NULL; END $do$`,
        );
    }
    if (chance(0.4)) say(`ALTER MATERIALIZED VIEW ${view} ALTER COLUMN a SET STATISTICS 123`);
    if (chance(0.3)) say(`ALTER MATERIALIZED VIEW ${view} ALTER COLUMN a SET STORAGE EXTERNAL`);
    if (chance(0.3)) say(`ALTER MATERIALIZED VIEW ${view} ALTER COLUMN id SET (n_distinct = -0.5)`);
    if (chance(0.3)) {
      const statistics = inSchema('statistics');
      say(`CREATE STATISTICS ${statistics} (dependencies) ON id, a FROM ${view}`);
      say(`ALTER STATISTICS ${statistics} OWNER TO ${role()}`);
      comment(`STATISTICS ${statistics}`);
    }
    if (chance(0.2)) say(`ALTER MATERIALIZED VIEW ${view} REPLICA IDENTITY ${pick(['FULL', 'NOTHING'])}`);
    if (chance(0.2)) say(`ALTER MATERIALIZED VIEW ${view} DEPENDS ON EXTENSION plpgsql`);
    say(`ALTER MATERIALIZED VIEW ${view} OWNER TO ${of}`);
    relationGrants(view, ['id', 'a'], of);
    comment(`MATERIALIZED VIEW ${view}`);
    sources.push(view);
  };
  const makeFunction = (): void => {
    const call = inSchema('function');
    const kind = pick(['scalar', 'scalar', 'rows', 'argument', 'procedure'] as const);
    const settings = `${chance(0.4) ? ' SECURITY DEFINER' : ''}${chance(0.3) ? " SET work_mem = '5MB'" : ''}`;
    const signature = kind === 'argument' ? `(item ${target}, n integer DEFAULT 3)` : '()';
    const [word, arguments_] = [
      kind === 'procedure' ? 'PROCEDURE' : 'FUNCTION',
      kind === 'argument' ? `(${target}, integer)` : '()',
    ];
    switch (kind) {
      case 'scalar':
        say(
          `CREATE FUNCTION ${call}() RETURNS bigint LANGUAGE sql STABLE${settings} BEGIN ATOMIC SELECT count(*) FROM ${pick(sources)}; END`,
        );
        functions.push(call);
        break;
      case 'rows':
        say(
          `CREATE FUNCTION ${call}() RETURNS SETOF ${target} LANGUAGE plpgsql STABLE${settings} AS $f$ BEGIN RETURN QUERY SELECT * FROM ${target}; END $f$`,
        );
        sources.push(`${call}()`);
        break;
      case 'argument':
        say(`CREATE FUNCTION ${call}${signature} RETURNS text LANGUAGE sql IMMUTABLE${settings} RETURN (item).a || n`);
        break;
      case 'procedure':
        say(
          `CREATE PROCEDURE ${call}() LANGUAGE sql${settings} BEGIN ATOMIC SELECT count(*) FROM ${pick(sources)}; END`,
        );
        break;
    }
    say(`ALTER ${word} ${call}${arguments_} OWNER TO ${role()}`);
    grantsOn(`${word} ${call}${arguments_}`, ['EXECUTE']);
    comment(`${word} ${call}${arguments_}`);
    if (chance(0.2)) say(`ALTER ${word} ${call}${arguments_} DEPENDS ON EXTENSION plpgsql`);
  };
  const makePolicy = (): void => {
    const [table, policy] = [makeTable(), name('policy')];
    const source = pick(sources);
    const command = pick(['ALL', 'SELECT', 'UPDATE', 'DELETE', 'INSERT']);
    const condition = `(EXISTS (SELECT FROM ${source} s WHERE s.id = ${table}.id))`;
    say(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
    say(
      `CREATE POLICY ${policy} ON ${table} AS ${pick(['PERMISSIVE', 'RESTRICTIVE'])} FOR ${command}
       TO ${chance(0.4) ? 'PUBLIC' : `${quote(ROLES[0])}, ${quote(ROLES[3])}`}
       ${command === 'INSERT' ? '' : `USING ${condition}`} ${['INSERT', 'ALL', 'UPDATE'].includes(command) ? `WITH CHECK ${condition}` : ''}`,
    );
    comment(`POLICY ${policy} ON ${table}`);
  };
  const makeOnTable = (): void => {
    const table = makeTable();
    const rule = name('rule');
    say(
      `CREATE RULE ${rule} AS ON INSERT TO ${table} DO ALSO DELETE FROM ${second} WHERE id IN (SELECT id FROM ${pick(sources)})`,
    );
    comment(`RULE ${rule} ON ${table}`);
    if (chance(0.4)) say(`ALTER TABLE ${table} ${pick(['DISABLE', 'ENABLE ALWAYS', 'ENABLE REPLICA'])} RULE ${rule}`);
    if (functions.length === 0) return;
    say(`ALTER TABLE ${table} ALTER COLUMN b SET DEFAULT ${pick(functions)}() + 1`);
    const [call, trigger] = [inSchema('trigger function'), name('trigger')];
    say(`CREATE FUNCTION ${call}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$`);
    say(
      `CREATE TRIGGER ${trigger} BEFORE INSERT ON ${table} FOR EACH ROW WHEN (NEW.id > ${pick(functions)}())
       EXECUTE FUNCTION ${call}()`,
    );
    comment(`TRIGGER ${trigger} ON ${table}`);
    if (chance(0.5))
      say(`ALTER TABLE ${table} ${pick(['DISABLE', 'ENABLE ALWAYS', 'ENABLE REPLICA'])} TRIGGER ${trigger}`);
  };
  /** What belongs to the declared view and hangs on what is built upon it: a circle, unless it is taken off first. */
  const makeCircle = (): void => {
    const [reader] = sources.slice(-1);
    if (reader !== target && chance(0.5)) {
      say(
        `CREATE RULE ${name('rule')} AS ON UPDATE TO ${target} DO ALSO DELETE FROM ${second} WHERE id IN (SELECT id FROM ${reader})`,
      );
    }
    if (functions.length > 0)
      say(`ALTER VIEW ${target} ALTER COLUMN c SET DEFAULT now() + ${pick(functions)}() * interval '1 day'`);
  };
  const makers = [makeView, makeView, makeMaterialized, makeFunction, makePolicy, makeOnTable];
  for (const _ of times(7)) pick(makers)();
  if (chance(0.3)) makeCircle();

  const wider = isSimple
    ? `SELECT id, a, b, c, 7 AS extra FROM ${base}`
    : `SELECT x.id, coalesce(x.a, 'other') AS a, x.b, y.c, y.a AS extra FROM ${base} x LEFT JOIN ${second} y USING (id)`;
  const change = chance(0.3)
    ? `CREATE OR REPLACE VIEW ${target} AS ${wider};`
    : `DROP VIEW ${target} RESTRICT;\nCREATE VIEW ${target} AS ${wider};`;
  const meant = chance(0.6) ? sayings(target, () => pick(ROLES), chance, owner) : [];
  return {
    statements: out,
    declared: target,
    change: [change, ...meant.map(({sql}) => `${sql};`)].join('\n'),
    meant,
  };
};
