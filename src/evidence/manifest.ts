// Which files an evidence directory holds, and the list that `sha256sum -c` checks without this tool.

import {createHash} from 'node:crypto';

export type EvidenceFile = Readonly<{path: string; bytes: Uint8Array}>;

export const MANIFEST = 'manifest-sha256.txt';

const byPath = (a: EvidenceFile, b: EvidenceFile): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);

/** The files in a fixed order, with their manifest: the same run gives the same bytes. */
export const withManifest = (files: readonly EvidenceFile[]): readonly EvidenceFile[] => {
  const sorted = files.toSorted(byPath);
  const lines = sorted.map(({path, bytes}) => `${createHash('sha256').update(bytes).digest('hex')}  ${path}\n`);
  return [...sorted, {path: MANIFEST, bytes: new TextEncoder().encode(lines.join(''))}];
};
