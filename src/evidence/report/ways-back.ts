// The ways back in their order, each as it was rehearsed on a copy, and what each would lose.

import {rollbackStepId} from '../../core/ids.ts';
import {rollbackPlan, type RankedOption} from '../../core/rollback.ts';
import {factsOf, stepState} from '../../core/state.ts';
import type {Html} from './html.ts';
import {section, table, type Page} from './page.ts';

/** As far as the journal knows: who depends on the objects since, and which rows were written, only the target can say. */
const planOf = ({source: {runbook, state}}: Page): readonly RankedOption[] =>
  rollbackPlan(runbook, state, {
    tables: [],
    newDependants: [],
    dependants: factsOf(state, 'snapshot')[0]?.facts.dependants ?? [],
  });

const lossOf = ({text, source: {state}}: Page, {option, claim, backupTakenAt}: RankedOption): string => {
  if (option.kind !== 'restore-backup') return claim === 'none' ? text.say.losesNothing : text.lossClaim(claim);
  const takenAt = backupTakenAt ?? factsOf(state, 'backup')[0]?.facts.takenAt;
  return takenAt === undefined ? text.say.lossUnknown : text.lossSince(takenAt);
};

const rehearsedOf = (page: Page, {option}: RankedOption): readonly [string, string] => {
  const {text, source} = page;
  const step = rollbackStepId(option.id);
  const part = factsOf(source.state, 'rehearse')
    .at(-1)
    ?.facts.parts.find((of) => of.step === step);
  if (part === undefined) return [text.say.notRehearsed, '-'];
  return [text.rehearsedPart(part), part.lockHeldMs === undefined ? '-' : text.duration(part.lockHeldMs)];
};

export const waysBack = (page: Page): Html => {
  const {html, text, source} = page;
  const {say} = text;
  return section(page, 'waysBack', [
    html`<p>${say.waysBackLead}</p>`,
    table(
      page,
      [say.rank, say.wayBack, say.advice, say.rehearsed, say.lockHeld, say.loss],
      planOf(page).map((of, at) => {
        const [rehearsed, lockHeld] = rehearsedOf(page, of);
        const state = stepState(source.state, rollbackStepId(of.option.id));
        // Whether rows would be lost now was asked of nobody.
        const reasons = of.reasons
          .filter((reason) => reason !== 'loss-unknown')
          .map((reason) => text.adviceReason(reason));
        return [
          `${at + 1}`,
          html`${of.option.title[text.locale]}${state.attempt === 0 ? undefined : html` <strong class="row">${say.chosen}: ${text.status(state)}</strong>`}`,
          html`<strong>${text.advice(of.advice)}</strong><span class="row">${reasons.join('; ')}</span>`,
          rehearsed,
          lockHeld,
          lossOf(page, of),
        ];
      }),
    ),
  ]);
};
