// In which order can things that depend on each other be created?

/** `from` must exist before `to`. */
export type Edge = Readonly<{from: string; to: string}>;

export type Ordered = Readonly<{
  /** Every key that can be placed, each after all that it depends on. */
  keys: readonly string[];
  /** What depends on itself through others: no order creates it. */
  circular: readonly string[];
}>;

/**
 * By the longest way from a root, then by name: the same catalog gives the same order whatever its oids are, so that a
 * snapshot taken after a restore has the same bytes.
 */
export const creationOrder = (edges: readonly Edge[], nameOf: (key: string) => string): Ordered => {
  const real = edges.filter(({from, to}) => from !== to);
  const keys = [...new Set(edges.flatMap(({from, to}) => [from, to]))];
  const waitsFor = new Map(keys.map((key) => [key, 0]));
  const leadsTo = new Map<string, string[]>(keys.map((key) => [key, []]));
  for (const {from, to} of real) {
    waitsFor.set(to, (waitsFor.get(to) ?? 0) + 1);
    leadsTo.get(from)?.push(to);
  }
  const placed: string[] = [];
  let ready = keys.filter((key) => waitsFor.get(key) === 0);
  while (ready.length > 0) {
    placed.push(...ready.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)));
    const next: string[] = [];
    for (const to of ready.flatMap((key) => leadsTo.get(key) ?? [])) {
      const left = (waitsFor.get(to) ?? 0) - 1;
      waitsFor.set(to, left);
      if (left === 0) next.push(to);
    }
    ready = next;
  }
  const done = new Set(placed);
  return {keys: placed, circular: keys.filter((key) => !done.has(key)).toSorted()};
};
