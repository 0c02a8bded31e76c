// The impact analysis before the change: what it takes and puts back, what it alters, what was accepted, and what it then did.

import type {StepId} from '../../core/ids.ts';
import type {Impact} from '../../core/preview.ts';
import {factsOf, stepState} from '../../core/state.ts';
import type {Html} from './html.ts';
import {list, pairs, section, type Page} from './page.ts';

const ofChange = (page: Page, step: StepId, impact: Impact): Html => {
  const {html, text, source} = page;
  const {say} = text;
  const words = text.impact(impact);
  const state = stepState(source.state, step);
  const or = (of: readonly string[]): Html | string => (of.length === 0 ? say.nothing : list(page, of));
  const taken = [
    ...impact.takenAndPutBack.map(
      ({kind, name, owner, isBarred}) => `${isBarred === true ? '✗ ' : ''}${kind} ${name} (${owner})`,
    ),
    ...(words.privileges === '' ? [] : [words.privileges]),
  ];
  return html`<h3>${text.titleOf(step)}</h3>${pairs(page, [
    [say.objects, impact.objects.join(', ')],
    ...(words.opaque.length === 0 ? [] : [[say.opaque, list(page, words.opaque)] as const]),
    [say.taken, or(taken)],
    [say.kept, or(words.kept)],
    [say.changes, or(words.changes)],
    [say.accepted, or(words.accepted)],
    [say.notReplayable, or(impact.notReplayable)],
    [say.lock, words.lock],
    ...(state.status === 'succeeded' ? [[say.happened, list(page, text.facts(state.facts))] as const] : []),
  ])}`;
};

/** What the operator was asked to read before the change: every item of it, and who has read it. */
export const impactSection = (page: Page): Html => {
  const {html, text, source} = page;
  const snapshot = factsOf(source.state, 'snapshot')[0];
  const changes = [...source.impacts];
  if (snapshot === undefined) return section(page, 'impact', [html`<p>${text.say.impactNone}</p>`]);
  return section(page, 'impact', [
    html`<p>${text.say.impactLead}</p>`,
    html`<p>${text.titleOf(snapshot.step)}: ${text.facts(snapshot.facts).join('; ')}</p>`,
    ...changes.map(([step, impact]) => ofChange(page, step, impact)),
  ]);
};
