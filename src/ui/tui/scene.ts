// Everything that a frame of the run screen is drawn from, and everything that a key is answered from.

import type {Action, ChangeWindow} from '../../core/definition.ts';
import {rollbackStepId, type StepId} from '../../core/ids.ts';
import {currentStep} from '../../core/next.ts';
import {actionOf, outline, stepsAfterWayBack, stepsOf} from '../../core/outline.ts';
import {stepState, type StepState} from '../../core/state.ts';
import type {Locale} from '../../core/text.ts';
import {windowAt, type WindowStanding} from '../../core/window.ts';
import type {SessionView} from '../../engine/session.ts';
import type {Elsewhere} from '../text/approvals/command.ts';
import type {ScreenText} from '../text/screen.ts';
import type {OutputSnapshot} from './output-store.ts';
import type {Theme} from './theme.ts';
import type {RunViewState} from './view-state.ts';

export type Size = Readonly<{columns: number; rows: number}>;

export type Scene = Readonly<{
  view: SessionView;
  ui: RunViewState;
  locale: Locale;
  text: ScreenText;
  theme: Theme;
  timeZone: string;
  nowMs: number;
  size: Size;
  /** The output of the shown step's last attempt. */
  output: OutputSnapshot;
  /** A past run is shown: nothing can be asked of it. */
  isReadOnly: boolean;
  /** Where the bundle of this run is written. */
  bundlePlace: string;
  /** What an approver's command needs in another terminal. */
  elsewhere: Elsewhere;
  can: Readonly<{bundles: boolean; openPager: boolean; takePicture?: boolean; shell?: boolean}>;
}>;

export const smallest: Size = {columns: 80, rows: 24};
export const isTooSmall = ({columns, rows}: Size): boolean => columns < smallest.columns || rows < smallest.rows;

/** What most questions need: the run, and where one looks. */
export type Place = Pick<Scene, 'view' | 'ui'>;

/** The step that the run stands at; after the last one, none. */
export const currentOf = ({view}: Pick<Scene, 'view'>): StepId | undefined => currentStep(view.need);

export const shownOf = (scene: Place): StepId | undefined =>
  scene.ui.shown.kind === 'step' ? scene.ui.shown.step : currentOf(scene);

export const actionShown = (scene: Place): Action | undefined => {
  const shown = shownOf(scene);
  return shown === undefined ? undefined : actionOf(scene.view.runbook, shown);
};

export const stateOf = (scene: Pick<Scene, 'view'>, step: StepId): StepState => stepState(scene.view.state, step);

/** `3.1` for a step of the outline; a way back has no number. */
export const numberOf = ({view}: Scene, step: StepId): string | undefined => {
  const environment = view.state.opened?.environment;
  if (environment === undefined) return undefined;
  return outline(view.runbook, environment)
    .flatMap(({steps}) => steps)
    .find((of) => of.step.id === step)?.number;
};

export const nameOf = (scene: Scene, step: StepId): string => {
  const title = actionOf(scene.view.runbook, step)?.title[scene.locale] ?? step;
  const number = numberOf(scene, step);
  return number === undefined ? title : `${number} ${title}`;
};

/** The steps that Up and Down go through in the tree: the outline, then the way back that was begun and what follows it. */
export const walkOf = ({view}: Scene): readonly StepId[] => {
  const {opened, rollback} = view.state;
  if (opened === undefined) return [];
  const steps = stepsOf(view.runbook, opened.environment).map(({id}) => id);
  if (rollback === undefined) return steps;
  return [...steps, rollbackStepId(rollback.option), ...stepsAfterWayBack(view.runbook, view.state).map(({id}) => id)];
};

export const runningStep = ({view}: Pick<Scene, 'view'>): StepId | undefined =>
  Object.entries(view.state.steps).find(([, step]) => step.status === 'running')?.[0];

/** The change window of this run's environment and how it stands now; none when it declares none, or the run is over. */
export const windowOf = ({
  view,
  nowMs,
}: Pick<Scene, 'view' | 'nowMs'>): Readonly<{window: ChangeWindow; standing: WindowStanding}> | undefined => {
  const {opened, closed} = view.state;
  const window = opened === undefined ? undefined : view.runbook.environments[opened.environment]?.window;
  return window === undefined || closed !== undefined
    ? undefined
    : {window, standing: windowAt(window, new Date(nowMs).toISOString())};
};
