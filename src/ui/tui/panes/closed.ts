// How a run ended, what that means for the database, and what to do next: the last screen.

import type {Outcome} from '../../../core/event.ts';
import {stepsAfterWayBack, stepsOf} from '../../../core/outline.ts';
import {waysBackTaken} from '../../../core/rollback.ts';
import {stepState} from '../../../core/state.ts';
import {rollbackStepId, type Environment} from '../../../core/ids.ts';
import {isProvenInPlace} from '../../../core/way-back/in-place.ts';
import {leftToDo} from '../../../core/way-back/left-to-do.ts';
import {isBackAsCaptured, isProvenUndone} from '../../../core/way-back/proven-undone.ts';
import {amberLines} from '../../text/amber.ts';
import {formatDuration, formatInstant, shortHash} from '../../text/numbers.ts';
import {visibleLine} from '../../text/visible.ts';
import {blank, labelled, line, paragraph, span, type Line} from '../line.ts';
import {nameOf, type Scene} from '../scene.ts';
import {signOf, type Sign} from '../theme.ts';

const signOfOutcome: Readonly<Record<Outcome, Sign>> = {completed: 'done', 'rolled-back': 'done', abandoned: 'waived'};

/** What the end means for the database, as far as it was looked at. */
const databaseWords = ({text, view: {runbook, state}}: Scene, outcome: Outcome): string => {
  const say = text.closed;
  switch (outcome) {
    case 'completed':
      return `${isProvenInPlace(runbook, state) ? `${say.inPlace} ` : ''}${say.database.completed}`;
    case 'rolled-back':
      return isProvenUndone(runbook, state) ? say.database['rolled-back'] : say.unproven;
    case 'abandoned': {
      const wentBack = runbook.rollback.some(({id}) => stepState(state, rollbackStepId(id)).attempt > 0);
      if (waysBackTaken(runbook, state).length > 0) return say.abandonedAfterWayBack;
      return wentBack ? say.wayBackLeft : say.database.abandoned;
    }
  }
};

const nextSteps = ({text, view: {state}}: Scene, outcome: Outcome, environment: Environment): readonly string[] => {
  const say = text.closed;
  // Only its readers need to be told, and only what was seen.
  const isTold = outcome === 'rolled-back' && environment === 'production';
  const told = isBackAsCaptured(state) ? say.definitionBack : say.definitionNotBack;
  return [...say.nextSteps[outcome][environment], ...(isTold ? [told] : [])];
};

export const closedLines = (scene: Scene, outcome: Outcome, columns: number): readonly Line[] => {
  const {text, locale, timeZone, view} = scene;
  const {opened, closed, rollback, artifacts} = view.state;
  if (opened === undefined || closed === undefined) return [];
  const steps = stepsOf(view.runbook, opened.environment);
  const back = rollback === undefined ? [] : [rollbackStepId(rollback.option)];
  const after = stepsAfterWayBack(view.runbook, view.state);
  const states = [...steps.map(({id}) => id), ...back, ...after.map(({id}) => id)].map((step) => ({
    step,
    state: stepState(view.state, step),
  }));
  const amber = states.filter(({state}) => state.status === 'succeeded' && state.verdict === 'amber');
  const failed = states.filter(({state}) => state.status === 'failed' || state.status === 'blocked');
  const waived = states.filter(({state}) => state.status === 'waived');
  const left = leftToDo(view.runbook, view.state);
  const done = steps.filter(({id}) => ['succeeded', 'waived'].includes(stepState(view.state, id).status)).length;
  const took = formatDuration(Date.parse(closed.at) - Date.parse(opened.at), locale);
  const label = 12;
  const row = (name: string, words: string): readonly Line[] => labelled(name, visibleLine(words), label, columns);
  return [
    [
      span(`${signOf(signOfOutcome[outcome])} `, outcome === 'abandoned' ? 'plain' : 'good'),
      span(text.closed.title[outcome], 'strong'),
    ],
    blank,
    ...paragraph(databaseWords(scene, outcome), columns),
    blank,
    ...row(text.closed.run, opened.run),
    ...row(text.closed.plan, shortHash(opened.plan)),
    ...row(text.closed.ended, text.closed.endedAfter(formatInstant(closed.at, timeZone), took)),
    ...row(text.closed.steps, text.closed.stepCount(done, steps.length)),
    ...back.flatMap((step) => row(text.closed.wayBack, nameOf(scene, step))),
    ...(rollback === undefined ? [] : row(text.closed.reason, rollback.reason)),
    ...row(text.closed.evidence, text.closed.files(artifacts.length)),
    ...(left.length === 0 ? [] : [blank, line(text.closed.left, 'strong')]),
    ...left.map((step): Line => [span(` ${signOf('waiting')} `), span(visibleLine(nameOf(scene, step)))]),
    ...(failed.length === 0 ? [] : [blank, line(text.closed.failed, 'strong')]),
    ...failed.map(({step}): Line => [span(' ✗ ', 'bad'), span(visibleLine(nameOf(scene, step)))]),
    ...(amber.length === 0 ? [] : [blank, line(text.closed.amber, 'strong')]),
    ...amber.flatMap(({step, state}): readonly Line[] => [
      [span(' ! ', 'warn'), span(visibleLine(nameOf(scene, step)))],
      ...(state.status === 'succeeded' ? amberLines(state.facts, locale) : []).flatMap((why) =>
        paragraph(`   ${visibleLine(why)}`, columns, 'dim', 5),
      ),
    ]),
    ...(waived.length === 0 ? [] : [blank, line(text.closed.waived, 'strong')]),
    ...waived.map(({step}): Line => [span(' - '), span(visibleLine(nameOf(scene, step)))]),
    blank,
    line(text.closed.next, 'strong'),
    ...nextSteps(scene, outcome, opened.environment).flatMap((words) => paragraph(`  ${words}`, columns, 'plain', 2)),
  ];
};
