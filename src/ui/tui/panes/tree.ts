// Which phases and steps there are, how each stands, and which of them is shown: the list at the left.

import type {RollbackOption} from '../../../core/definition.ts';
import {rollbackStepId, type StepId} from '../../../core/ids.ts';
import {afterStepsOf, outline, type OutlinedPhase, type OutlinedStep} from '../../../core/outline.ts';
import {hasChanged, impossibility} from '../../../core/rollback.ts';
import type {StepState} from '../../../core/state.ts';
import {takenBack} from '../../../core/way-back/left-to-do.ts';
import {visibleLine} from '../../text/visible.ts';
import {cut} from '../../text/width.ts';
import {blank, ends, line, lineWidth, span, toned, type Line, type Tone} from '../line.ts';
import {currentOf, shownOf, stateOf, type Scene} from '../scene.ts';
import {signOf, type Sign} from '../theme.ts';

const signOfState = (state: StepState, isCurrent: boolean): Readonly<{sign: Sign; tone: Tone}> => {
  switch (state.status) {
    case 'waiting':
      return isCurrent ? {sign: 'now', tone: 'strong'} : {sign: 'waiting', tone: 'plain'};
    case 'running':
      return {sign: 'now', tone: 'accent'};
    case 'in-doubt':
      return {sign: 'doubt', tone: 'warn'};
    case 'succeeded':
      return state.verdict === 'pass' ? {sign: 'done', tone: 'good'} : {sign: 'amber', tone: 'warn'};
    case 'failed':
      return {sign: 'failed', tone: 'bad'};
    case 'blocked':
      return {sign: 'blocked', tone: 'warn'};
    case 'waived':
      return {sign: 'waived', tone: 'plain'};
  }
};

type Row = Readonly<{line: Line; step?: StepId}>;

const isDone = (state: StepState): boolean => state.status === 'succeeded' || state.status === 'waived';

const stepRow = (scene: Scene, {number, step}: OutlinedStep, width: number): Row => {
  const state = stateOf(scene, step.id);
  const isCurrent = currentOf(scene) === step.id;
  const {sign, tone} = signOfState(state, isCurrent);
  const isTakenBack = takenBack(scene.view.runbook, scene.view.state).has(step.id);
  const right = isTakenBack ? line(`  ${scene.text.tree.takenBack}`, 'dim') : blank;
  const title = cut(visibleLine(`${number} ${step.title[scene.locale]}`), width - 4 - lineWidth(right));
  const of: Line = [
    span('  '),
    span(signOf(sign), tone),
    span(` ${title}`, isCurrent ? 'strong' : isDone(state) || state.status !== 'waiting' ? 'plain' : 'dim'),
  ];
  return {line: ends(of, right, width), step: step.id};
};

type Signed = ReturnType<typeof signOfState>;

const nowSign: Signed = {sign: 'now', tone: 'strong'};

const doneSign = (states: readonly StepState[]): Signed =>
  states.some((state) => state.status === 'succeeded' && state.verdict === 'amber')
    ? {sign: 'amber', tone: 'warn'}
    : {sign: 'done', tone: 'good'};

/** A phase that was left in its middle, as for a way back, says what it was left with; one that nobody has begun waits. */
const openSign = (states: readonly StepState[]): Signed => {
  const left = states.find(({status}) => status === 'failed' || status === 'blocked' || status === 'in-doubt');
  return left === undefined ? {sign: 'waiting', tone: 'plain'} : signOfState(left, false);
};

const phaseRow = (scene: Scene, {number, phase, steps}: OutlinedPhase, width: number): Row => {
  const states = steps.map(({step}) => stateOf(scene, step.id));
  const done = states.filter(isDone).length;
  const current = currentOf(scene);
  const holdsCurrent = steps.some(({step}) => step.id === current);
  const {sign, tone} = done === steps.length ? doneSign(states) : holdsCurrent ? nowSign : openSign(states);
  const left: Line = [
    span(signOf(sign), tone),
    span(` ${visibleLine(`${number} ${phase.title[scene.locale]}`)}`, holdsCurrent ? 'strong' : 'plain'),
  ];
  const back = takenBack(scene.view.runbook, scene.view.state);
  const count = steps.some(({step}) => back.has(step.id)) ? scene.text.tree.takenBack : `${done}/${steps.length}`;
  return {line: ends(left, line(`  ${count}`, 'dim'), width)};
};

/** What follows the way back that was begun, under it. */
const afterRows = (scene: Scene, option: RollbackOption, width: number): readonly Row[] =>
  afterStepsOf(option, scene.view.state.opened?.environment).map((step): Row => {
    const state = stateOf(scene, step.id);
    const isCurrent = currentOf(scene) === step.id;
    const {sign, tone} = signOfState(state, isCurrent);
    const title = cut(visibleLine(step.title[scene.locale]), width - 6);
    const words = span(` ${title}`, isCurrent ? 'strong' : state.status === 'waiting' ? 'dim' : 'plain');
    return {line: ends([span('    '), span(signOf(sign), tone), words], blank, width), step: step.id};
  });

const wayBackRows = (scene: Scene, width: number): readonly Row[] => {
  const {view, text, locale} = scene;
  const {rollback} = view.state;
  const changed = hasChanged(view.runbook, view.state);
  const rows = view.runbook.rollback.flatMap((option): readonly Row[] => {
    const id = rollbackStepId(option.id);
    const state = stateOf(scene, id);
    const isTried = rollback?.option === option.id || state.status !== 'waiting';
    const {sign, tone} = signOfState(state, currentOf(scene) === id);
    // What is missing is worth its room; what is there is not, and how good it is only the way back's own list can say.
    const isMissing = changed && impossibility(view.state, option) !== undefined;
    const right = isTried || !isMissing ? blank : line(`  ${text.tree.notReady}`, 'dim');
    const left: Line = [
      span('  '),
      isTried ? span(signOf(sign), tone) : span(' '),
      span(` ${visibleLine(option.title[locale])}`, isTried ? 'plain' : 'dim'),
    ];
    const row = {line: ends(left, right, width), step: id};
    return rollback?.option === option.id ? [row, ...afterRows(scene, option, width)] : [row];
  });
  const head = ends(
    line(text.tree.wayBack, changed ? 'strong' : 'dim'),
    changed ? blank : line(`  ${text.tree.notNeeded}`, 'dim'),
    width,
  );
  return [{line: blank}, {line: head}, ...rows];
};

/**
 * Rows of the tree; where there is little room, only the phase that is looked at shows its steps. `fullRows` is the room
 * without a prompt: what is folded is decided by it, so that the tree does not change when something is asked.
 */
export const treeLines = (scene: Scene, width: number, rows: number, fullRows: number): readonly Line[] => {
  const environment = scene.view.state.opened?.environment;
  if (environment === undefined) return [];
  const phases = outline(scene.view.runbook, environment);
  const shown = shownOf(scene);
  const all = phases.length + phases.reduce((sum, {steps}) => sum + steps.length, 0);
  const back = wayBackRows(scene, width);
  const openAll = all + back.length <= fullRows;
  const current = currentOf(scene);
  const holds = ({steps}: OutlinedPhase, id: StepId | undefined): boolean => steps.some(({step}) => step.id === id);
  const rowsOf = (isOpened: (of: OutlinedPhase) => boolean): number =>
    phases.reduce((sum, of) => sum + 1 + (isOpened(of) ? of.steps.length : 0), back.length);
  // While what was found is read, the step that comes next is seen as well, where that costs the way back no row.
  const withNext = rowsOf((of) => holds(of, shown) || holds(of, current)) <= fullRows;
  const isOpen = (of: OutlinedPhase): boolean => openAll || holds(of, shown) || (withNext && holds(of, current));
  const tree = phases.flatMap((phase): readonly Row[] => [
    phaseRow(scene, phase, width),
    ...(isOpen(phase) ? phase.steps.map((step) => stepRow(scene, step, width)) : []),
  ]);
  const isBackShown = back.some(({step}) => step !== undefined && step === shown);
  const withBack = tree.length + back.length <= fullRows || isBackShown ? [...tree, ...back] : tree;
  const marked = withBack.map((row) => ({
    ...row,
    line:
      row.step !== undefined && row.step === shown
        ? toned(row.line, scene.ui.focus === 'tree' ? 'inverse' : 'strong')
        : row.line,
  }));
  const at = marked.findIndex(({step}) => step !== undefined && step === shown);
  const next = marked.findIndex(({step}) => step !== undefined && step === current);
  // The step that comes next counts where it stands near enough below the one that is shown.
  const last = next > at && next - at < rows - 2 ? next : at;
  // They stay in sight with two rows around them; the list moves only when it has to.
  const offset = Math.max(0, Math.min(marked.length - rows, last - rows + 3));
  return marked.slice(offset, offset + rows).map(({line: row}) => row);
};
