// Which files did the journal seal, and which of them are no longer what it sealed?

import type {Damaged} from '../core/damaged.ts';
import type {RunEvent} from '../core/event.ts';
import type {Artifact} from '../core/facts.ts';
import type {Hashed} from './hashing.ts';

/** `record` counts from 1, as the journal's lines do. */
export type Sealed = Readonly<{record: number; artifact: Artifact}>;

export const sealedIn = (events: readonly RunEvent[]): readonly Sealed[] =>
  events.flatMap((event, at) =>
    event.type === 'ArtifactSealed' || event.type === 'EvidenceAttached'
      ? [{record: at + 1, artifact: event.artifact}]
      : [],
  );

/** Dumps and their like stay where they are; the journal has their hash. */
const staysBehind = ({mediaType, path}: Artifact): boolean =>
  mediaType.startsWith('application/x-pg-dump') || path.endsWith('.stand-in.ndjson');

/** @param present by path in the run directory. */
export const damagedIn = (
  present: ReadonlyMap<string, Omit<Hashed, 'path'>>,
  sealed: readonly Sealed[],
): readonly Damaged[] =>
  sealed.flatMap(({record, artifact}): readonly Damaged[] => {
    const file = artifact.path;
    const there = present.get(file);
    if (there === undefined) return staysBehind(artifact) ? [] : [{file, record, found: 'missing'}];
    const isWhole = there.bytes === artifact.bytes && there.sha256 === artifact.sha256;
    return isWhole ? [] : [{file, record, found: 'changed'}];
  });
