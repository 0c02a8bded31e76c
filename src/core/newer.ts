// Was a record of a journal written by a newer version of the tool, and by which?

/** The first record of a whole journal that this version cannot read: what follows it is not shown and not acted on. */
export type Newer = Readonly<{
  seq: number;
  /** The type that is not known; absent where the line itself has a newer format. */
  event?: string;
  /** The version of the process that wrote it, where that process said so. */
  tool?: string;
}>;

type Line = Readonly<Record<string, unknown>>;

/** Which version writes from this record on. A resume of an early version did not say; then nobody knows. */
export const writerAfter = (record: Line, before: string | undefined): string | undefined => {
  if (record['type'] !== 'RunOpened' && record['type'] !== 'RunResumed') return before;
  return typeof record['tool'] === 'string' ? record['tool'] : undefined;
};

const numbers = (version: string): readonly number[] | undefined =>
  /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);

/** A version that reads like none of ours counts as newer: of what is not known nothing worse is said. */
export const isNewerVersion = (version: string, own: string): boolean => {
  const [theirs, ours] = [numbers(version), numbers(own)];
  if (theirs === undefined || ours === undefined) return version !== own;
  const at = theirs.findIndex((part, index) => part !== ours[index]);
  return at !== -1 && (theirs[at] ?? 0) > (ours[at] ?? 0);
};
