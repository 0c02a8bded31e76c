// What others have written since a backup was taken: proven to be nothing, counted by the server, or not known.

/** The counters of one table as the server kept them, and the file that its rows lie in. */
export type TableMark = Readonly<{
  /** `schema.table` */
  table: string;
  file: string;
  inserted: number;
  changed: number;
  deleted: number;
}>;

/** Where the server stood: two of these, from before and after, tell what happened between them. */
export type WriteMarks = Readonly<{
  /** `xmin:xmax:xip,...` of pg_current_snapshot(), of the state that the dump holds. */
  snapshot: string;
  /** Absent where the role may not ask. */
  timeline?: number;
  /** When the server was started, and when its counters began. */
  startedAt: string;
  countsFrom: string;
  tables: readonly TableMark[];
}>;

export type WrittenTable = Readonly<{
  table: string;
  inserted: number;
  changed: number;
  deleted: number;
  /** Its rows lie in another file now: it was rewritten, emptied or made anew, and its counters tell nothing. */
  isRewritten?: true;
}>;

export type WritesSince = Readonly<
  /** No transaction but this run's own has written anything in the whole cluster. */
  | {known: 'none'}
  /** Only tables with writes. The server adds what was rolled back and what this run wrote, and may lack the latest. */
  | {known: 'counted'; tables: readonly WrittenTable[]}
  | {known: 'unknown'}
>;

type Horizon = Readonly<{xmax: bigint; running: readonly bigint[]}>;

/** Undefined for what is no snapshot, of which nothing follows. */
const horizonOf = (snapshot: string): Horizon | undefined => {
  const parts = /^\d+:(\d+):([\d,]*)$/.exec(snapshot);
  if (parts === null) return undefined;
  const [, xmax = '', running = ''] = parts;
  return {xmax: BigInt(xmax), running: running === '' ? [] : running.split(',').map(BigInt)};
};

/**
 * Whether some transaction of others may have committed a write after the first snapshot. A transaction gets a number with
 * its first write and never before, so numbers that were not given out, or only to us, prove that nobody wrote.
 */
const mayHaveWritten = (before: string, now: string, own: readonly string[]): boolean => {
  const [first, last] = [horizonOf(before), horizonOf(now)];
  if (first === undefined || last === undefined || last.xmax < first.xmax) return true;
  const ours = new Set(own.map(BigInt));
  if (first.running.some((xid) => !ours.has(xid))) return true;
  // More numbers than ours were given out: whose they are need not be known.
  if (last.xmax - first.xmax > BigInt(ours.size)) return true;
  for (let xid = first.xmax; xid < last.xmax; xid += 1n) if (!ours.has(xid)) return true;
  return false;
};

const writtenIn = (before: TableMark | undefined, now: TableMark): WrittenTable | undefined => {
  const {table} = now;
  // Made since: a restore leaves it where it is.
  if (before === undefined) return undefined;
  const [inserted, changed, deleted] = [
    now.inserted - before.inserted,
    now.changed - before.changed,
    now.deleted - before.deleted,
  ];
  // A TRUNCATE counts nothing, and gives the table another file; what was dropped and made again begins at nought.
  if (now.file !== before.file || Math.min(inserted, changed, deleted) < 0)
    return {table, inserted: 0, changed: 0, deleted: 0, isRewritten: true};
  return inserted + changed + deleted === 0 ? undefined : {table, inserted, changed, deleted};
};

/**
 * @param before as the backup has it; undefined in journals that are older than this.
 * @param own the transactions that this run has opened, by their journal.
 */
export const writesSince = (before: WriteMarks | undefined, now: WriteMarks, own: readonly string[]): WritesSince => {
  // Another timeline is another past: neither its numbers nor its counters go on from ours.
  if (before === undefined || before.timeline === undefined || before.timeline !== now.timeline)
    return {known: 'unknown'};
  const isSameLife = before.startedAt === now.startedAt && before.countsFrom === now.countsFrom;
  // A crash can take a number of ours back that no WAL had carried yet, and give it to somebody else.
  if (!mayHaveWritten(before.snapshot, now.snapshot, isSameLife ? own : [])) return {known: 'none'};
  // Counters are lost with a crash, and begin anew when somebody resets them.
  if (!isSameLife) return {known: 'unknown'};
  const marks = new Map(before.tables.map((mark) => [mark.table, mark]));
  const written = now.tables.flatMap((mark) => writtenIn(marks.get(mark.table), mark) ?? []);
  const gone = before.tables.filter(({table}) => !now.tables.some((mark) => mark.table === table));
  return {
    known: 'counted',
    tables: [
      ...written,
      ...gone.map(({table}) => ({table, inserted: 0, changed: 0, deleted: 0, isRewritten: true as const})),
    ],
  };
};
