// Where the next match of a search stands, and how the output gets there.

import {notify, nothing, view, type Effect} from './effects.ts';
import {pageOf} from './layout.ts';
import type {Scene} from './scene.ts';

/** Goes to a match and puts it in the middle of the page. */
export const toMatch = (scene: Scene, by: 1 | -1): readonly Effect[] => {
  const {search} = scene.ui;
  if (search === undefined) return nothing;
  return searchFrom(scene, search.text, search.line, by);
};

export const searchFrom = (scene: Scene, text: string, after: number | undefined, by: 1 | -1): readonly Effect[] => {
  const matches = scene.output.matches(text);
  const line =
    by === 1
      ? (matches.find((match) => match > (after ?? -1)) ?? matches[0])
      : (matches.findLast((match) => match < (after ?? Number.POSITIVE_INFINITY)) ?? matches.at(-1));
  if (line === undefined) return [...view({type: 'search', text}), ...notify({kind: 'no-match'})];
  const page = pageOf(scene);
  const end = Math.max(scene.output.dropped, scene.output.total - page);
  const from = Math.min(end, Math.max(scene.output.dropped, line - Math.floor(page / 2)));
  return [...view({type: 'search', text, line}), ...view({type: 'scroll-output', from})];
};
