// Which entries of a dump give the rights on what other entries make?

import {quoteIdentifier} from '../../catalog/names.ts';
import type {TocEntry} from '../toc.ts';

/** What GRANT calls each kind of object, where it is another word: pg_dump names the entry of its rights so. */
const GRANTED_AS: Readonly<Record<string, string>> = {
  VIEW: 'TABLE',
  'MATERIALIZED VIEW': 'TABLE',
  'FOREIGN TABLE': 'TABLE',
  AGGREGATE: 'FUNCTION',
  DOMAIN: 'TYPE',
  SERVER: 'FOREIGN SERVER',
  'PROCEDURAL LANGUAGE': 'LANGUAGE',
};

const KIND =
  /^(MATERIALIZED VIEW|FOREIGN TABLE|FOREIGN DATA WRAPPER|SCHEMA|TABLE|VIEW|SEQUENCE|FUNCTION|PROCEDURE|AGGREGATE|TYPE|DOMAIN|PROCEDURAL LANGUAGE|SERVER) (.*)$/;

type Acl = Readonly<{start: string; end: string}>;

/** Every way to cut these words in two, with something on both sides. */
const cuts = (words: readonly string[]): readonly (readonly [string, string])[] =>
  words.slice(1).map((_, at) => [words.slice(0, at + 1).join(' '), words.slice(at + 1).join(' ')]);

/**
 * Schema, name and owner are one string in a dump's list, and each may hold blanks: every place where one could end is tried.
 * In the entry of a right the name is quoted where SQL wants it quoted; a column stands between its table's and the owner.
 */
const aclsOf = ({what}: TocEntry): Readonly<{whole: readonly string[]; columns: readonly Acl[]}> => {
  const [, kind = '', rest = ''] = KIND.exec(what) ?? [];
  const granted = GRANTED_AS[kind] ?? kind;
  const parts = kind === '' ? [] : cuts(rest.split(' '));
  return {
    whole: parts.flatMap(([schema, tail]) => [
      `ACL ${schema} ${granted} ${tail}`,
      ...cuts(tail.split(' ')).map(([name, owner]) => `ACL ${schema} ${granted} ${quoteIdentifier(name)} ${owner}`),
    ]),
    columns:
      granted === 'TABLE'
        ? parts.flatMap(([schema, tail]) =>
            cuts(tail.split(' ')).flatMap(([name, owner]) =>
              [name, quoteIdentifier(name)].map((table) => ({
                start: `ACL ${schema} COLUMN ${table}.`,
                end: ` ${owner}`,
              })),
            ),
          )
        : [],
  };
};

/**
 * The rights on what these entries make. A grant that a grantee made needs their own right on the schema, and a
 * materialised view is filled with the rights of its owner: without these a sound backup does not restore.
 * @param schemas of what is made: one that every database has, as public, is in a dump by its rights alone.
 */
export const rightsOn = (
  toc: readonly TocEntry[],
  made: readonly TocEntry[],
  schemas: readonly string[],
): ReadonlySet<TocEntry> => {
  const wanted = made.map(aclsOf);
  const whole = new Set(wanted.flatMap((acl) => acl.whole));
  const columns = wanted.flatMap((acl) => acl.columns);
  const isRight = (acl: string): boolean =>
    whole.has(acl) ||
    columns.some(({start, end}) => acl.startsWith(start) && acl.endsWith(end)) ||
    schemas.some((schema) => [schema, quoteIdentifier(schema)].some((name) => acl.startsWith(`ACL - SCHEMA ${name} `)));
  return new Set(toc.filter(({what}) => what.startsWith('ACL ') && isRight(what)));
};
