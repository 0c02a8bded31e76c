// What a dump says that it holds: the lines of `pg_restore --list`, and which of them stand for objects.

export type TocEntry = Readonly<{
  /** As `pg_restore --use-list` takes it. */
  line: string;
  /** `<oid of the catalog> <oid>` in the database that was dumped; '0 0' for what has no row of its own. */
  key: string;
  /** Kind, schema, name and owner in one string: names may hold blanks, so nothing splits it. */
  what: string;
}>;

export const tocOf = (listing: string): readonly TocEntry[] =>
  listing.split('\n').flatMap((line) => {
    const [, table, oid, what] = /^\d+; (\d+) (\d+) (.*)$/.exec(line) ?? [];
    return what === undefined ? [] : [{line, key: `${table} ${oid}`, what}];
  });

/** Rows, which are counted instead; and what is not restored into a scratch database, or belongs to the database itself. */
const NO_OBJECT = [
  /^(TABLE DATA|MATERIALIZED VIEW DATA|SEQUENCE SET|BLOBS?|BLOB METADATA|LARGE OBJECT|SECURITY LABEL) /,
  /^(PUBLICATION|SUBSCRIPTION|DATABASE)/,
  /^(ACL|COMMENT) \S+ (DATABASE|PUBLICATION|SUBSCRIPTION|LARGE OBJECTS?) /,
];

/** Objects with their owners, grants and comments, in an order that does not depend on the dump. */
export const objectsOf = (entries: readonly TocEntry[]): readonly string[] =>
  entries
    .map(({what}) => what)
    .filter((what) => !NO_OBJECT.some((pattern) => pattern.test(what)))
    .toSorted();

/** What one list has and the other lacks; a name may come twice (an overloaded function is listed with its arguments). */
const without = (list: readonly string[], other: readonly string[]): readonly string[] => {
  const left = new Map<string, number>();
  for (const what of other) left.set(what, (left.get(what) ?? 0) + 1);
  return list.filter((what) => {
    const count = left.get(what) ?? 0;
    left.set(what, count - 1);
    return count <= 0;
  });
};

/** `- what` was there before and is no longer, `+ what` the other way round. */
export const differences = (before: readonly string[], after: readonly string[]): readonly string[] => [
  ...without(before, after).map((what) => `- ${what}`),
  ...without(after, before).map((what) => `+ ${what}`),
];

/** Whether the dump holds this table or view itself. */
export const holds = (entries: readonly TocEntry[], qualified: string): boolean => {
  const pattern = new RegExp(
    String.raw`^(TABLE|VIEW|MATERIALIZED VIEW|FOREIGN TABLE) ${qualified.replace('.', ' ').replaceAll(/[$^*+?.()|[\]{}\\]/g, String.raw`\$&`)} `,
  );
  return entries.some(({what}) => pattern.test(what));
};
