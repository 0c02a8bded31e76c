// Which sealed file of a run is no longer what the journal sealed?

/** `file` is its path in the run directory; `record` counts from 1, as the journal's lines do. */
export type Damaged = Readonly<{file: string; record: number; found: 'changed' | 'missing'}>;
