// What a key leads to on the run screen: changes of the view, commands to the run, and favours asked of the program.

import type {Command} from '../../core/command.ts';
import {actOnApproval, approvalWays} from './approval-ways.ts';
import {availabilityOf} from './availability.ts';
import {close, notify, nothing, open, submit, view, type Effect} from './effects.ts';
import {chosenItem, cursorOf, evidenceItems, scopeOf} from './evidence-items.ts';
import type {KeyPress} from './key-press.ts';
import {entryOf} from './key-entry.ts';
import {keys, type ActionId, type KeyEntry} from './keys.ts';
import {commandOf, moved, respondToOverlay} from './respond-overlay.ts';
import {pageOf} from './layout.ts';
import {runningStep, shownOf, walkOf, currentOf, type Scene} from './scene.ts';
import {toMatch} from './search.ts';
import {blockersOf, settleChoices, standingOf, usualOf} from './standing.ts';
import {emptyText, textFrom} from './text-edit.ts';
import {tabs, type Overlay, type Tab} from './view-state.ts';

/** One press, already in Latin letters unless text is being typed. */
export const respond = (scene: Scene, press: KeyPress): readonly Effect[] => {
  const {overlay} = scene.ui;
  if (overlay.kind === 'help') return help(scene, overlay, press);
  if (overlay.kind !== 'none') return respondToOverlay(scene, overlay, press);
  const found = entryOf(press);
  return found === undefined ? nothing : perform(scene, found.entry, found.character);
};

/** What the action leads to, or the reason why it does not act now. */
export const perform = (scene: Scene, {action, when}: KeyEntry, character = ''): readonly Effect[] => {
  const availability = availabilityOf(when, scene);
  if (!availability.acts) {
    return availability.because === undefined ? nothing : notify({kind: 'impossible', because: availability.because});
  }
  return performed(scene, action, character);
};

/** The list of keys: each of them can also be chosen with the arrows. */
const help = (scene: Scene, overlay: Extract<Overlay, {kind: 'help'}>, press: KeyPress): readonly Effect[] => {
  const to = moved(press, overlay.cursor, pageOf(scene));
  if (to !== undefined) return open({...overlay, cursor: Math.min(keys.length - 1, to)});
  const command = commandOf(press);
  if (command === 'act') {
    const chosen = keys[overlay.cursor];
    // Enter on the line about Enter, arrows or Esc just closes: those keys are already under the reader's fingers.
    if (chosen === undefined || chosen.names.length > 0) return close;
    return [...close, ...perform(scene, chosen, chosen.characters[0])];
  }
  if (command === 'language') return [{do: 'switch-language'}];
  return command === 'back' || command === 'help' || command === 'pause' || command === 'interrupt' ? close : nothing;
};

const act = (scene: Scene): readonly Effect[] => {
  const usual = usualOf(scene);
  switch (usual.does) {
    case 'start':
    case 'again':
      return submit({type: 'StartStep', step: usual.step});
    case 'confirm':
    case 'confirm-again':
      return open({kind: 'confirm', step: usual.step, text: emptyText});
    case 'tick':
      return submit(usual.command);
    case 'note':
      return open({kind: 'note', step: usual.step, item: usual.item, text: emptyText});
    case 'approve':
      return actOnApproval(scene, usual.step);
    case 'ask-again':
      return submit({type: 'ProbeStep', step: usual.step});
    case 'cancel-orphans':
      return open({kind: 'cancel-orphans', step: usual.step, text: emptyText});
    case 'settle':
      return open({kind: 'settle', step: usual.step, verdict: usual.verdict, text: emptyText});
    case 'open-item': {
      const item = chosenItem(scene);
      return item.kind === 'record' ? nothing : open({kind: 'item', path: item.artifact.path, offset: 0});
    }
    case 'to-current':
      return [
        ...view({type: 'show', shown: {kind: 'current'}, focus: 'pane'}),
        ...view({type: 'choose-tab', tab: 'step'}),
      ];
    case 'leave':
      return [{do: 'leave'}];
    case 'wait':
    case 'keep-trying':
    case 'nothing':
      return nothing;
  }
};

const performed = (scene: Scene, action: ActionId, character: string): readonly Effect[] => {
  const {ui} = scene;
  const shown = shownOf(scene);
  switch (action) {
    case 'act':
      return act(scene);
    case 'back':
      if (ui.tab !== 'step') return view({type: 'choose-tab', tab: 'step'});
      if (standingOf(scene).kind === 'elsewhere') return act(scene);
      return ui.focus === 'tree' ? view({type: 'focus', focus: 'pane'}) : open({kind: 'help', cursor: 0});
    case 'up':
      return move(scene, -1);
    case 'down':
      return move(scene, 1);
    case 'page-up':
      return move(scene, -pageOf(scene));
    case 'page-down':
      return move(scene, pageOf(scene));
    case 'first':
      return move(scene, Number.NEGATIVE_INFINITY);
    case 'last':
      return move(scene, Number.POSITIVE_INFINITY);
    case 'tree':
      return view({type: 'focus', focus: 'tree'});
    case 'pane':
      return view({type: 'focus', focus: 'pane'});
    case 'next-tab':
      return view({type: 'choose-tab', tab: nextTab(ui.tab, 1)});
    case 'previous-tab':
      return view({type: 'choose-tab', tab: nextTab(ui.tab, -1)});
    case 'choose':
      return view({type: 'choose', choice: Number(character) - 1});
    case 'stop':
      return submit({type: 'CancelEffect'});
    case 'snapshot-again':
      return submit({type: 'TakeSnapshotAgain'});
    case 'retry':
      return retry(scene);
    case 'sql':
      return shown === undefined ? nothing : open({kind: 'sql', step: shown, offset: 0});
    case 'queries':
      return readQueries(scene);
    case 'plan':
      return open({kind: 'plan', offset: 0});
    case 'way-back':
      return [...open({kind: 'way-back', at: {stage: 'asking'}}), {do: 'rank-ways-back'}];
    case 'waive': {
      const current = currentOf(scene);
      return current === undefined ? nothing : open({kind: 'waive', step: current, text: emptyText});
    }
    case 'evidence':
      return view({type: 'choose-tab', tab: 'evidence'});
    case 'search':
      return open({kind: 'search', text: emptyText});
    case 'next-match':
      return toMatch(scene, 1);
    case 'previous-match':
      return toMatch(scene, -1);
    case 'follow':
      return view({type: 'scroll-output', from: ui.outputFrom === undefined ? followFrom(scene) : undefined});
    case 'attach':
      return open({kind: 'attach-path', ...ofStep(scopeOf(scene)), text: emptyText});
    case 'compare':
      return compareAll(scene);
    case 'scope':
      return view({type: 'choose-scope', scope: ui.evidence.scope === 'run' ? 'step' : 'run'});
    case 'export':
      return scene.view.state.opened === undefined
        ? nothing
        : [{do: 'export-bundle', run: scene.view.state.opened.run}];
    case 'verify':
      return [{do: 'show-bundle', at: {stage: 'ask', text: textFrom(scene.bundlePlace)}}];
    case 'pager':
      if (ui.tab === 'evidence') return pageItem(scene);
      return shown === undefined
        ? nothing
        : [{do: 'open-pager', step: shown, what: ui.tab === 'output' ? 'transcript' : 'sql'}];
    case 'shell':
      return [{do: 'open-shell'}];
    case 'picture':
      return shown === undefined ? nothing : [{do: 'take-picture', step: shown}];
    case 'language':
      return [{do: 'switch-language'}];
    case 'help':
      return open({kind: 'help', cursor: 0});
    case 'pause':
      return leave(scene);
    case 'interrupt':
      return scene.isReadOnly ? [{do: 'leave'}] : open({kind: 'interrupt', cursor: 0});
  }
};

const readQueries = (scene: Scene): readonly Effect[] => {
  const pids = blockersOf(scene).map(({pid}) => pid);
  return [...open({kind: 'queries', offset: 0, at: {status: 'asking'}}), {do: 'read-queries', pids}];
};

const leave = (scene: Scene): readonly Effect[] => {
  const {closed} = scene.view.state;
  if (scene.isReadOnly || closed !== undefined || scene.view.fault !== undefined) return [{do: 'leave'}];
  return open({kind: runningStep(scene) === undefined ? 'leaving' : 'interrupt', cursor: 0});
};

const ofStep = (step: string | undefined): Readonly<{step?: string}> => (step === undefined ? {} : {step});

const pageItem = (scene: Scene): readonly Effect[] => {
  const item = chosenItem(scene);
  return item.kind === 'record' ? nothing : [{do: 'open-item', path: item.artifact.path}];
};

const compareAll = (scene: Scene): readonly Effect[] => {
  const paths = evidenceItems(scene).flatMap((item) => (item.kind === 'record' ? [] : [item.artifact.path]));
  return [{do: 'compare-items', paths}];
};

const movedItem = (scene: Scene, by: number): number => {
  const items = evidenceItems(scene);
  return Math.min(items.length - 1, Math.max(0, cursorOf(scene, items) + by));
};

const retry = (scene: Scene): readonly Effect[] => {
  const standing = standingOf(scene);
  if (standing.kind === 'settle') return submit({type: 'ProbeStep', step: standing.step});
  return act(scene);
};

const nextTab = (tab: Tab, by: number): Tab => tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length] ?? 'step';

const followFrom = (scene: Scene): number => Math.max(0, scene.output.total - pageOf(scene));

/** One end is an infinite distance: it is clamped where the length is known, when the pane is drawn. */
const move = (scene: Scene, by: number): readonly Effect[] => {
  const {ui} = scene;
  if (ui.focus === 'tree') return walk(scene, by);
  switch (ui.tab) {
    case 'output':
      return scrollOutput(scene, by);
    case 'evidence':
      return view({type: 'choose-item', cursor: movedItem(scene, by)});
    case 'step': {
      const choices = choicesOf(scene);
      if (choices > 0 && Math.abs(by) === 1) {
        return view({type: 'choose', choice: Math.min(choices - 1, Math.max(0, chosenOf(scene, choices) + by))});
      }
      return view({type: 'scroll', pane: 'step', offset: bounded(ui.stepOffset, by)});
    }
  }
};

// More than any pane has lines; drawing clamps it.
const farEnd = 100_000;
const bounded = (offset: number, by: number): number => Math.min(farEnd, Math.max(0, offset + by));

const choicesOf = (scene: Scene): number => {
  const standing = standingOf(scene);
  if (standing.kind === 'checklist') return standing.step.items.length;
  if (standing.kind === 'approval') return approvalWays(standing.step).length;
  return standing.kind === 'settle' ? settleChoices(standing).length : 0;
};

const chosenOf = (scene: Scene, choices: number): number => {
  const usual = usualOf(scene);
  const standing = standingOf(scene);
  if (standing.kind !== 'checklist') return Math.min(scene.ui.choice, choices - 1);
  const item = usual.does === 'note' ? usual.item : usual.does === 'tick' ? itemOf(usual.command) : undefined;
  return Math.max(
    0,
    standing.step.items.findIndex(({id}) => id === item),
  );
};

const itemOf = (command: Command): string | undefined => (command.type === 'CheckItem' ? command.item : undefined);

const walk = (scene: Scene, by: number): readonly Effect[] => {
  const steps = walkOf(scene);
  const shown = shownOf(scene);
  const at = shown === undefined ? steps.length - 1 : steps.indexOf(shown);
  const step = steps[Math.min(steps.length - 1, Math.max(0, at + by))];
  if (step === undefined) return nothing;
  return view({type: 'show', shown: step === currentOf(scene) ? {kind: 'current'} : {kind: 'step', step}});
};

const scrollOutput = (scene: Scene, by: number): readonly Effect[] => {
  const {total, dropped} = scene.output;
  const page = pageOf(scene);
  const end = Math.max(dropped, total - page);
  const from = Math.min(end, Math.max(dropped, (scene.ui.outputFrom ?? end) + by));
  // Reaching the end means following it again, as `less +F` and every log viewer do.
  return view({type: 'scroll-output', from: from >= end ? undefined : from});
};
