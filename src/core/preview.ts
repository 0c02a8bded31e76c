// What a step shows before it acts: the exact SQL or argv, what it locks, and what it will take and put back.

export type PreviewPart = Readonly<{title: string; language: 'sql' | 'argv' | 'shell' | 'text'; text: string}>;

export type Impact = Readonly<{
  objects: readonly string[];
  takenAndPutBack: readonly Readonly<{kind: string; name: string; owner: string}>[];
  grants: number;
  comments: number;
  options: number;
  notReplayable: readonly string[];
  lock: 'ACCESS EXCLUSIVE' | 'none' | 'SHARE UPDATE EXCLUSIVE';
  lockTimeoutMs: number;
}>;

export type Preview = Readonly<{
  parts: readonly PreviewPart[];
  /** What a change takes and puts back, known once the snapshot step has run. */
  impact?: Impact;
}>;
