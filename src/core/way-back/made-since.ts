// Which objects have come to a database since its backup, and which of them a restore of the backup cannot get past.

/** An object of a schema, as the server identifies it. */
export type NamedObject = Readonly<{
  /** `table`, `view`, `function` and so on. */
  type: string;
  /** `shop.orders`, `shop.total(integer)` */
  identity: string;
  schema: string;
  /** Identities of what it is built on, where that was asked. */
  onto?: readonly string[];
}>;

export type Inventory = Readonly<{schemas: readonly string[]; objects: readonly NamedObject[]}>;

/** Names as they are shown; `blocks`: pg_restore is refused because of them, `stays`: they are left as they are. */
export type MadeSince = Readonly<{stays: readonly string[]; blocks: readonly string[]}>;

const named = ({type, identity}: NamedObject): string => `${type} ${identity}`;

/** What was not there under this name and as this kind; an object that was made anew is replaced by its name. */
export const newcomers = (before: Inventory, now: Inventory): readonly NamedObject[] => {
  const known = new Set(before.objects.map(named));
  return now.objects.filter((of) => !known.has(named(of)));
};

/**
 * pg_restore drops each schema, and each object of the backup, without CASCADE: whatever was made since in such a schema or
 * on such an object stops it. `public` it leaves.
 */
export const madeSince = (before: Inventory, come: readonly NamedObject[]): MadeSince => {
  const identities = new Set(before.objects.map(({identity}) => identity));
  const isBlocking = ({schema, identity, onto = []}: NamedObject): boolean =>
    (schema !== 'public' && before.schemas.includes(schema)) ||
    // Of another kind under the same name: DROP VIEW does not drop a table.
    identities.has(identity) ||
    onto.some((one) => identities.has(one));
  return {
    stays: come.filter((of) => !isBlocking(of)).map(named),
    blocks: come.filter(isBlocking).map(named),
  };
};
