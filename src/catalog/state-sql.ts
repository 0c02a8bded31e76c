// Which catalog queries tell the state of relations and of the parts that fall with them, as JSON that needs no reading twice?

const grants = (acl: string, kind: string, owner: string): string => `
  (SELECT coalesce(json_agg(json_build_object(
     'grantee', CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END,
     'grantor', pg_get_userbyid(a.grantor), 'privilege', a.privilege_type, 'grantable', a.is_grantable)
     ORDER BY CASE a.grantee WHEN 0 THEN '' ELSE pg_get_userbyid(a.grantee)::text END COLLATE "C",
              a.privilege_type COLLATE "C", pg_get_userbyid(a.grantor)::text COLLATE "C"), '[]'::json)
   FROM aclexplode(coalesce(${acl}, acldefault('${kind}', ${owner}))) AS a)`;

const comment = (address: string, oid: string, catalog: string): string => `
  SELECT format('COMMENT ON %s IS %L', ${address}, d.description)
  FROM pg_description d WHERE d.objoid = ${oid} AND d.classoid = '${catalog}'::regclass AND d.objsubid = 0`;

/** What CREATE does not say: each as the statement that says it, so that what is compared is what is replayed. */
const RELATION_SETTINGS = `
  SELECT format('ALTER MATERIALIZED VIEW %s SET TABLESPACE %I', self.address, spcname)
  FROM pg_tablespace WHERE oid = c.reltablespace AND c.relkind = 'm'
  UNION ALL
  SELECT format('ALTER MATERIALIZED VIEW %s REPLICA IDENTITY %s', self.address, CASE c.relreplident
    WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING'
    ELSE (SELECT format('USING INDEX %I', x.relname) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
          WHERE i.indrelid = c.oid AND i.indisreplident) END)
  WHERE c.relkind = 'm' AND c.relreplident <> 'd'
  UNION ALL
  SELECT format('ALTER MATERIALIZED VIEW %s ALTER COLUMN %I %s', self.address, a.attname, change)
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid CROSS JOIN LATERAL (
    SELECT 'SET STATISTICS ' || a.attstattarget WHERE a.attstattarget >= 0
    UNION ALL SELECT 'SET STORAGE ' || CASE a.attstorage
      WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'x' THEN 'EXTENDED' ELSE 'MAIN' END
    WHERE a.attstorage <> t.typstorage
    UNION ALL SELECT 'SET COMPRESSION ' || CASE to_jsonb(a) ->> 'attcompression' WHEN 'p' THEN 'pglz' ELSE 'lz4' END
    WHERE to_jsonb(a) ->> 'attcompression' <> ''
    UNION ALL SELECT format('SET (%s)', (SELECT string_agg(o, ', ' ORDER BY o COLLATE "C") FROM unnest(a.attoptions) AS o))
    WHERE a.attoptions IS NOT NULL
  ) AS changed(change)
  WHERE c.relkind = 'm' AND a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT statement FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid CROSS JOIN LATERAL (
    SELECT format('ALTER INDEX %I.%I SET TABLESPACE %I', n.nspname, x.relname, spcname)
    FROM pg_tablespace WHERE oid = x.reltablespace
    UNION ALL
    SELECT format('ALTER INDEX %I.%I ALTER COLUMN %s SET STATISTICS %s', n.nspname, x.relname, a.attnum, a.attstattarget)
    FROM pg_attribute a WHERE a.attrelid = x.oid AND a.attstattarget >= 0
    UNION ALL
    SELECT format('ALTER MATERIALIZED VIEW %s CLUSTER ON %I', self.address, x.relname) WHERE i.indisclustered
    UNION ALL ${comment("format('INDEX %I.%I', n.nspname, x.relname)", 'x.oid', 'pg_class')}
  ) AS of_index(statement)
  WHERE i.indrelid = c.oid
  UNION ALL
  SELECT statement FROM pg_rewrite r CROSS JOIN LATERAL (
    ${comment("format('RULE %I ON %s', r.rulename, self.address)", 'r.oid', 'pg_rewrite')}
  ) AS of_rule(statement)
  WHERE r.ev_class = c.oid
  UNION ALL
  SELECT statement FROM pg_trigger t CROSS JOIN LATERAL (
    ${comment("format('TRIGGER %I ON %s', t.tgname, self.address)", 't.oid', 'pg_trigger')}
  ) AS of_trigger(statement)
  WHERE t.tgrelid = c.oid`;

/** The extensions that something would fall with, as the statements that say so. */
const extensions = (address: string, oid: string, catalog: string): string => `
  SELECT format('ALTER %s DEPENDS ON EXTENSION %I', ${address}, e.extname)
  FROM pg_depend d JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
  WHERE d.classid = '${catalog}'::regclass AND d.objid = ${oid} AND d.deptype = 'x'`;

const RELATION_EXTENSIONS = `
  SELECT statement FROM (
    SELECT 1 WHERE c.relkind = 'm') AS of_itself CROSS JOIN LATERAL (
    ${extensions("format('MATERIALIZED VIEW %s', self.address)", 'c.oid', 'pg_class')}) AS one(statement)
  UNION ALL
  SELECT statement FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid CROSS JOIN LATERAL (
    ${extensions("format('INDEX %I.%I', n.nspname, x.relname)", 'x.oid', 'pg_class')}) AS one(statement)
  WHERE i.indrelid = c.oid
  UNION ALL
  SELECT statement FROM pg_trigger t CROSS JOIN LATERAL (
    ${extensions("format('TRIGGER %I ON %s', t.tgname, self.address)", 't.oid', 'pg_trigger')}) AS one(statement)
  WHERE t.tgrelid = c.oid AND NOT t.tgisinternal`;

const sorted = (statements: string): string =>
  `(SELECT coalesce(json_agg(s ORDER BY s COLLATE "C"), '[]'::json) FROM (${statements}) AS statements(s))`;

/** The state of the relations in `captured` (oid), one JSON document a row, with the key of each. */
export const RELATION_STATES = `
SELECT 'pg_class ' || c.oid AS key, json_build_object(
  'schema', n.nspname, 'name', c.relname,
  'kind', CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE c.relkind::text END,
  'owner', pg_get_userbyid(c.relowner),
  'options', (SELECT coalesce(json_agg(o ORDER BY o COLLATE "C"), '[]'::json) FROM (
      SELECT unnest(c.reloptions)
      UNION ALL SELECT 'toast.' || unnest(t.reloptions) FROM pg_class t WHERE t.oid = c.reltoastrelid) AS options(o)),
  'definition', pg_get_viewdef(c.oid),
  'columns', (SELECT coalesce(json_agg(json_build_object(
      'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'default', (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d
                  WHERE d.adrelid = c.oid AND d.adnum = a.attnum),
      'comment', col_description(c.oid, a.attnum),
      'grants', ${grants('a.attacl', 'c', 'c.relowner')}) ORDER BY a.attnum), '[]'::json)
    FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
  'comment', obj_description(c.oid, 'pg_class'),
  'grants', ${grants('c.relacl', 'r', 'c.relowner')},
  'rules', (SELECT coalesce(json_agg(pg_get_ruledef(r.oid) ORDER BY r.rulename), '[]'::json)
            FROM pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN'),
  'triggers', (SELECT coalesce(json_agg(pg_get_triggerdef(t.oid) ORDER BY t.tgname), '[]'::json)
               FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal),
  'indexes', (SELECT coalesce(json_agg(pg_get_indexdef(i.indexrelid) ORDER BY pg_get_indexdef(i.indexrelid) COLLATE "C"),
                              '[]'::json)
              FROM pg_index i WHERE i.indrelid = c.oid),
  'populated', c.relispopulated,
  'settings', ${sorted(RELATION_SETTINGS)},
  'rowType', (SELECT json_build_object('comment', obj_description(y.oid, 'pg_type'),
                                       'grants', ${grants('y.typacl', 'T', 'y.typowner')})
              FROM pg_type y WHERE y.oid = c.reltype),
  'extensions', ${sorted(RELATION_EXTENSIONS)})::text AS state
FROM captured JOIN pg_class c ON c.oid = captured.oid AND c.relkind IN ('v', 'm')
JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT format('%I.%I', n.nspname, c.relname) AS address) AS self`;

/**
 * Locks the relation that a part belongs to and changes nothing: a view by moving it to the schema it is in, since
 * LOCK TABLE on a view would lock its base tables as well.
 */
const LOCK_RELATION = `
  CASE WHEN c.relkind IN ('r', 'p') THEN format('LOCK TABLE ONLY %I.%I IN ACCESS EXCLUSIVE MODE', n.nspname, c.relname)
  ELSE format('ALTER %s %I.%I SET SCHEMA %I', CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
    ELSE 'FOREIGN TABLE' END, n.nspname, c.relname, n.nspname) END`;

const FIRES = (table: string, what: string, name: string, enabled: string): string => `
  SELECT format('ALTER TABLE %s %s ${what} %I', ${table},
    CASE ${enabled} WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, ${name})
  WHERE ${enabled} <> 'O'`;

const ON_RELATION = `JOIN pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL (SELECT format('%I.%I', n.nspname, c.relname) AS name) AS tab`;

type Part = Readonly<{kind: string; from: string; owner: string; address: string; lock: string; definition: string}>;

const NONE = `'[]'::json`;

const part = (
  catalog: string,
  {kind, from, owner, address, lock, definition}: Part,
  grant: string,
  settings: string,
  rowColumns = NONE,
) => `
SELECT '${catalog} ' || x.oid AS key, json_build_object('kind', ${kind},
  'name', (pg_identify_object('${catalog}'::regclass, x.oid, 0)).identity,
  'owner', pg_get_userbyid(${owner}), 'address', at.address, 'lock', ${lock}, 'definition', ${definition},
  'grants', ${grant}, 'rowColumns', ${rowColumns},
  'settings', ${sorted(`${comment('at.address', 'x.oid', catalog)}${settings}`)},
  'extensions', ${sorted(extensions('at.address', 'x.oid', catalog))})::text AS state
FROM wanted JOIN ${catalog} x ON wanted.classid = '${catalog}'::regclass AND x.oid = wanted.objid
${from}
CROSS JOIN LATERAL (SELECT ${address} AS address) AS at`;

/** The views whose rows a function takes or returns, with their columns, when something reads that function. */
const ROW_COLUMNS = `
  (SELECT coalesce(jsonb_agg(DISTINCT format('%I.%I: %s', rn.nspname, rc.relname, (
      SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum)
      FROM pg_attribute a WHERE a.attrelid = rc.oid AND a.attnum > 0 AND NOT a.attisdropped))), '[]'::jsonb)
   FROM unnest(x.prorettype || coalesce(x.proallargtypes, x.proargtypes::oid[])) AS used(oid)
   JOIN pg_type u ON u.oid = used.oid
   JOIN pg_class rc ON rc.reltype IN (u.oid, u.typelem) AND rc.relkind IN ('v', 'm')
   JOIN pg_namespace rn ON rn.oid = rc.relnamespace
   WHERE EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid = x.oid))`;

/** How the parts of each catalog are read. */
const PARTS = [
  part(
    'pg_proc',
    {
      kind: `CASE x.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END`,
      from: 'JOIN pg_namespace n ON n.oid = x.pronamespace',
      owner: 'x.proowner',
      address: `format('%s %I.%I(%s)', CASE x.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, n.nspname, x.proname,
      pg_get_function_identity_arguments(x.oid))`,
      lock: `format('ALTER %s SET SCHEMA %I', at.address, n.nspname)`,
      definition: 'pg_get_functiondef(x.oid)',
    },
    grants('x.proacl', 'f', 'x.proowner'),
    '',
    ROW_COLUMNS,
  ),
  part(
    'pg_policy',
    {
      kind: `'policy'`,
      from: `JOIN pg_class c ON c.oid = x.polrelid ${ON_RELATION}`,
      owner: 'c.relowner',
      address: `format('POLICY %I ON %s', x.polname, tab.name)`,
      lock: LOCK_RELATION,
      definition: `format('CREATE %s AS %s FOR %s TO %s%s%s', at.address,
      CASE WHEN x.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
      CASE x.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
      (SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(role)) END, ', ' ORDER BY nth)
       FROM unnest(x.polroles) WITH ORDINALITY AS granted(role, nth)),
      ' USING (' || pg_get_expr(x.polqual, x.polrelid) || ')',
      ' WITH CHECK (' || pg_get_expr(x.polwithcheck, x.polrelid) || ')')`,
    },
    NONE,
    '',
  ),
  part(
    'pg_rewrite',
    {
      kind: `'rule'`,
      from: `JOIN pg_class c ON c.oid = x.ev_class ${ON_RELATION}`,
      owner: 'c.relowner',
      address: `format('RULE %I ON %s', x.rulename, tab.name)`,
      lock: LOCK_RELATION,
      definition: 'pg_get_ruledef(x.oid)',
    },
    NONE,
    ` UNION ALL ${FIRES('tab.name', 'RULE', 'x.rulename', 'x.ev_enabled')}`,
  ),
  part(
    'pg_trigger',
    {
      kind: `'trigger'`,
      from: `JOIN pg_class c ON c.oid = x.tgrelid ${ON_RELATION}`,
      owner: 'c.relowner',
      address: `format('TRIGGER %I ON %s', x.tgname, tab.name)`,
      lock: LOCK_RELATION,
      definition: 'pg_get_triggerdef(x.oid)',
    },
    NONE,
    ` UNION ALL ${FIRES('tab.name', 'TRIGGER', 'x.tgname', 'x.tgenabled')}`,
  ),
  part(
    'pg_attrdef',
    {
      kind: `'column default'`,
      from: `JOIN pg_class c ON c.oid = x.adrelid JOIN pg_attribute a ON a.attrelid = x.adrelid AND a.attnum = x.adnum
      ${ON_RELATION}`,
      owner: 'c.relowner',
      address: `format('TABLE ONLY %s ALTER COLUMN %I', tab.name, a.attname)`,
      lock: LOCK_RELATION,
      definition: `format('ALTER %s SET DEFAULT %s', at.address, pg_get_expr(x.adbin, x.adrelid))`,
    },
    NONE,
    '',
  ),
  part(
    'pg_statistic_ext',
    {
      kind: `'statistics object'`,
      from: 'JOIN pg_namespace n ON n.oid = x.stxnamespace',
      owner: 'x.stxowner',
      address: `format('STATISTICS %I.%I', n.nspname, x.stxname)`,
      lock: `format('ALTER %s SET SCHEMA %I', at.address, n.nspname)`,
      definition: 'pg_get_statisticsobjdef(x.oid)',
    },
    NONE,
    ` UNION ALL SELECT format('ALTER %s SET STATISTICS %s', at.address, to_jsonb(x) ->> 'stxstattarget')
    WHERE (to_jsonb(x) ->> 'stxstattarget')::int >= 0`,
  ),
];

/**
 * The state of functions, policies, rules, triggers, defaults and statistics objects in `wanted` (classid, objid), one
 * JSON document a row, with the key of each.
 */
export const PART_STATES = PARTS.join(' UNION ALL ');
