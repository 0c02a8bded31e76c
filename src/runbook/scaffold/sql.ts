// The SQL of a new runbook, by the kind of its change: small, true on its own sample, and to be replaced line by line.

import type {ChangeKind, ScaffoldAlembic, ScaffoldAnswers} from './answers.ts';
import {halvesOf, identifier, literal, sourceOf} from './names.ts';

/** By path below `sql/<runbook>/`. */
export type ScaffoldSql = Readonly<{
  sample: string;
  preflight: string;
  apply: string;
  verify: string;
  smoke: string;
  downstream: string;
  revert: string;
}>;

/** Names as SQL writes them; `said` is the object as people do. */
type Names = Readonly<{object: string; said: string; schema: string; source: string; role: string | undefined}>;

const namesOf = ({object, applicationRole}: ScaffoldAnswers, quoted: boolean): Names => {
  const written = (name: string): string =>
    halvesOf(name)
      .map((half) => identifier(half, quoted))
      .join('.');
  return {
    object: written(object),
    said: object,
    schema: identifier(halvesOf(object)[0], quoted),
    source: written(sourceOf(object)),
    role: applicationRole,
  };
};

const role = ({role: name}: Names): string =>
  name === undefined
    ? ''
    : `
DO $role$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '${name}') THEN
    CREATE ROLE ${name} NOLOGIN;
  END IF;
END
$role$;
`;

const schema = ({schema: name}: Names): string => (name === 'public' ? '' : `\nCREATE SCHEMA ${name};\n`);

const grants = ({role: name, schema: of}: Names, on: string): string =>
  name === undefined ? '' : `\nGRANT USAGE ON SCHEMA ${of} TO ${name};\nGRANT ${on} TO ${name};\n`;

const before = (names: Names, rest: string): string =>
  `-- What does the database look like before the change? Replace this with as much of your schema as the change touches.
${role(names)}${schema(names)}${rest}`;

const column = (object: string, name: string): string => `FROM pg_catalog.pg_attribute AS a
  WHERE a.attrelid = ${literal(object)}::regclass AND a.attname = '${name}' AND NOT a.attisdropped`;

const withColumn = ({object, said}: Names, name: string): Pick<ScaffoldSql, 'preflight' | 'verify'> => ({
  preflight: `-- Is the change there already? One row if it is.
SELECT a.attname AS column
${column(object, name).replace('  WHERE', 'WHERE')};
`,
  verify: `-- Is the change in place? No rows when it is.
SELECT ${literal(`${said} has no column ${name}`)} AS rule
WHERE NOT EXISTS (
  SELECT
  ${column(object, name)}
);
`,
});

const view = (names: Names): ScaffoldSql => {
  const {object, source} = names;
  const old = `SELECT s.id, s.label
FROM ${source} AS s;`;
  return {
    sample: before(
      names,
      `
CREATE TABLE ${source} (id bigint PRIMARY KEY, label text NOT NULL);

INSERT INTO ${source} (id, label)
SELECT n, 'label ' || n
FROM generate_series(1, 100) AS n;

CREATE VIEW ${object} AS
${old}
${grants(names, `SELECT ON ${object}`)}`,
    ),
    ...withColumn(names, 'label_upper'),
    apply: `-- What is the view from now on? What the change takes from it (owner, grants, comments, dependent views) is put back.
CREATE OR REPLACE VIEW ${object} AS
SELECT s.id, s.label, upper(s.label) AS label_upper
FROM ${source} AS s;
`,
    smoke: `-- Is every row as the change says?
SELECT
  count(*) FILTER (WHERE v.label_upper IS DISTINCT FROM upper(v.label)) = 0 AS ok,
  count(*) AS rows,
  count(*) || ' rows' AS observed
FROM ${object} AS v;
`,
    downstream: `-- What do others read from it?
SELECT v.id, v.label
FROM ${object} AS v
ORDER BY v.id
LIMIT 100;
`,
    revert: `-- How does the view become what it was? Without CASCADE: it refuses while something depends on what it drops.
DROP VIEW ${object} RESTRICT;

CREATE VIEW ${object} AS
${old}
`,
  };
};

const table = (names: Names): ScaffoldSql => {
  const {object} = names;
  return {
    sample: before(
      names,
      `
CREATE TABLE ${object} (id bigint PRIMARY KEY, label text NOT NULL);

INSERT INTO ${object} (id, label)
SELECT n, 'label ' || n
FROM generate_series(1, 100) AS n;
${grants(names, `SELECT ON ${object}`)}`,
    ),
    ...withColumn(names, 'note'),
    apply: `-- What does the table have from now on? A constant default: PostgreSQL 11 and later add it without a rewrite.
ALTER TABLE ${object} ADD COLUMN note text NOT NULL DEFAULT '';
`,
    smoke: `-- Is every row as the change says?
SELECT
  count(*) FILTER (WHERE t.note IS NULL) = 0 AS ok,
  count(*) AS rows,
  count(*) || ' rows' AS observed
FROM ${object} AS t;
`,
    downstream: `-- What do others read from it?
SELECT t.id, t.label
FROM ${object} AS t
ORDER BY t.id
LIMIT 100;
`,
    revert: `-- How does the table become what it was? What was written into the column meanwhile is lost.
ALTER TABLE ${object} DROP COLUMN note RESTRICT;
`,
  };
};

const func = (names: Names): ScaffoldSql => {
  const {object, said} = names;
  const body = (expression: string): string => `CREATE OR REPLACE FUNCTION ${object}(value bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog
AS $function$ SELECT ${expression} $function$;
`;
  return {
    sample: before(
      names,
      `
${body('value * 2')}${grants(names, `EXECUTE ON FUNCTION ${object}(bigint)`)}`,
    ),
    preflight: `-- Is there a function to change? One row if there is none.
SELECT ${literal(`${said}(bigint) does not exist`)} AS rule
WHERE to_regprocedure(${literal(`${object}(bigint)`)}) IS NULL;
`,
    apply: `-- What does the function do from now on? Its owner and its grants stay.
${body('coalesce(value, 0) * 2')}`,
    verify: `-- Is the change in place? No rows when it is.
SELECT ${literal(`${said}(NULL) is not 0`)} AS rule
WHERE ${object}(NULL) IS DISTINCT FROM 0;
`,
    smoke: `-- Does it still do what it did?
SELECT
  bool_and(${object}(n) = n * 2) AS ok,
  count(*) AS rows,
  count(*) || ' values' AS observed
FROM generate_series(1, 100) AS n;
`,
    downstream: `-- What do others ask of it?
SELECT ${object}(n) AS doubled
FROM generate_series(1, 1000) AS n;
`,
    revert: `-- How does the function become what it was?
${body('value * 2')}`,
  };
};

const makers: Readonly<Record<ChangeKind, (names: Names) => ScaffoldSql>> = {view, table, function: func};

/** What Alembic knows of the database before the change. */
const versionTable = ({alembic}: ScaffoldAnswers): string =>
  alembic === undefined
    ? ''
    : `
CREATE TABLE public.alembic_version (version_num varchar(64) PRIMARY KEY);

INSERT INTO public.alembic_version (version_num) VALUES ('${alembic.from}');
`;

/** Nobody knows here what a revision makes of the object: what is asked holds for each, and is to be made sharper. */
const ofRevision = ({object, said}: Names, change: ChangeKind, {revision}: ScaffoldAlembic): Partial<ScaffoldSql> => {
  const verify = `-- Is the change in place? No rows when it is. Ask here also for what the revision makes: columns, types, rights.
SELECT 'public.alembic_version has no ${revision}' AS rule
WHERE NOT EXISTS (
  SELECT FROM public.alembic_version AS a WHERE a.version_num = '${revision}'
);
`;
  if (change === 'function') return {verify};
  return {
    verify,
    preflight: `-- Is there something to change? One row if there is nothing.
SELECT ${literal(`${said} does not exist`)} AS rule
WHERE to_regclass(${literal(object)}) IS NULL;
`,
    smoke: `-- Can its rows be read? Ask here whether every row is as the change says.
SELECT
  true AS ok,
  count(*) AS rows,
  count(*) || ' rows' AS observed
FROM ${object} AS v;
`,
    downstream: `-- What do others read from it? Replace this with what they ask.
SELECT count(*) AS rows
FROM ${object} AS v;
`,
  };
};

export const scaffoldSql = (answers: ScaffoldAnswers, quoted: boolean): ScaffoldSql => {
  const names = namesOf(answers, quoted);
  const {alembic} = answers;
  const sql = {
    ...makers[answers.change](names),
    ...(alembic === undefined ? {} : ofRevision(names, answers.change, alembic)),
  };
  return {...sql, sample: `${sql.sample}${versionTable(answers)}`};
};
