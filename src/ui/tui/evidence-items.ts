// What the evidence of a run, or of one step, consists of: the record itself, then every file that was kept.

import type {Artifact} from '../../core/facts.ts';
import type {StepId} from '../../core/ids.ts';
import type {RunState} from '../../core/state.ts';
import {evidenceKindOf, type EvidenceKind} from '../text/evidence-kind.ts';
import {shownOf, type Place} from './scene.ts';

export type KeptItem = Readonly<{
  kind: EvidenceKind;
  artifact: Artifact;
  step?: StepId;
  attempt?: number;
  /** Of what a person added. */
  added?: Readonly<{fileName: string; note: string; by: string; scanned: boolean}>;
}>;

export type EvidenceItem = Readonly<{kind: 'record'}> | KeptItem;

/** The step whose evidence is listed; none when that of the whole run is. */
export const scopeOf = (place: Place): StepId | undefined =>
  place.ui.evidence.scope === 'run' ? undefined : shownOf(place);

export const keptItems = (state: RunState, step: StepId | undefined): readonly KeptItem[] => [
  ...state.artifacts
    .filter((sealed) => step === undefined || sealed.step === step)
    .map((sealed): KeptItem => ({...sealed, kind: evidenceKindOf(sealed.artifact)})),
  ...(state.attachments ?? [])
    .filter((attached) => step === undefined || attached.step === step)
    .map(
      ({artifact, step: of, fileName, note, by, scanned}): KeptItem => ({
        kind: 'attachment',
        artifact,
        ...(of === undefined ? {} : {step: of}),
        added: {fileName, note, by: `${by.name}@${by.host}`, scanned},
      }),
    ),
];

export const evidenceItems = (place: Place): readonly EvidenceItem[] => [
  {kind: 'record'},
  ...keptItems(place.view.state, scopeOf(place)),
];

export const cursorOf = (place: Place, items: readonly EvidenceItem[]): number =>
  Math.min(place.ui.evidence.cursor, items.length - 1);

export const chosenItem = (place: Place): EvidenceItem => {
  const items = evidenceItems(place);
  return items[cursorOf(place, items)] ?? {kind: 'record'};
};

export const itemAt = (place: Place, path: string): KeptItem | undefined =>
  keptItems(place.view.state, undefined).find(({artifact}) => artifact.path === path);
