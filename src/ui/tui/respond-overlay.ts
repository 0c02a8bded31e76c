// What a key leads to while something is open on the run screen: a prompt, a list, a text, or the way back.

import {rollbackStepId} from '../../core/ids.ts';
import {impossibility} from '../../core/rollback.ts';
import {answered} from './approval-ways.ts';
import {respondToBundle} from './bundle.ts';
import {close, notify, nothing, open, submit, type Effect} from './effects.ts';
import {entryOf} from './key-entry.ts';
import type {KeyPress} from './key-press.ts';
import {pageOf} from './layout.ts';
import {innerWidth} from './panel.ts';
import {lastOffset} from './panes/bundle.ts';
import {searchFrom} from './search.ts';
import {runningStep, type Scene} from './scene.ts';
import {edited, emptyText, valueOf, type TextEdit} from './text-edit.ts';
import type {Overlay, WayBack} from './view-state.ts';

/** More than anything has lines; drawing clamps it. */
const FAR_END = 1_000_000;

const isKey = (press: KeyPress, key: string): boolean => press.kind === 'key' && press.key === key;

/** A one-line prompt: Enter hands the value over, Esc closes, everything else edits. */
const prompt = (
  overlay: Extract<Overlay, {text: TextEdit}>,
  press: KeyPress,
  done: (value: string) => readonly Effect[],
): readonly Effect[] => {
  if (isKey(press, 'esc') || isKey(press, 'ctrl-c')) return close;
  if (isKey(press, 'enter')) return done(valueOf(overlay.text).trim());
  const text = edited(overlay.text, press);
  return text === undefined ? nothing : open({...overlay, text});
};

/** The command of a press among those that an open list or text understands. */
export const commandOf = (press: KeyPress): string | undefined => entryOf(press)?.entry.action;

export const moved = (press: KeyPress, at: number, page: number): number | undefined => {
  switch (commandOf(press)) {
    case 'up':
      return Math.max(0, at - 1);
    case 'down':
      return at + 1;
    case 'page-up':
      return Math.max(0, at - page);
    case 'page-down':
      return at + page;
    case 'first':
      return 0;
    case 'last':
      return Number.MAX_SAFE_INTEGER;
    default:
      return undefined;
  }
};

const scrolling = (
  scene: Scene,
  overlay: Extract<Overlay, {kind: 'sql' | 'plan' | 'queries' | 'statement'}>,
  press: KeyPress,
): readonly Effect[] => {
  const to = moved(press, overlay.offset, pageOf(scene));
  if (to !== undefined) return open({...overlay, offset: to});
  const command = commandOf(press);
  if (command === 'language') return [{do: 'switch-language'}];
  if (command === 'pager' && overlay.kind === 'sql' && scene.can.openPager) {
    return [{do: 'open-pager', step: overlay.step, what: 'sql'}];
  }
  if (!isLeaving(command)) return nothing;
  return overlay.kind === 'sql' && overlay.under !== undefined ? open(overlay.under) : close;
};

const item = (scene: Scene, overlay: Extract<Overlay, {kind: 'item'}>, press: KeyPress): readonly Effect[] => {
  const to = moved(press, overlay.offset, pageOf(scene));
  if (to !== undefined) return open({...overlay, offset: Math.min(to, FAR_END)});
  const command = commandOf(press);
  if (command === 'language') return [{do: 'switch-language'}];
  if (command === 'compare') return [{do: 'compare-items', paths: [overlay.path]}];
  if (command === 'pager' && scene.can.openPager) return [{do: 'open-item', path: overlay.path}];
  return isLeaving(command) || command === 'evidence' ? close : nothing;
};

const isLeaving = (command: string | undefined): boolean =>
  command === 'back' ||
  command === 'act' ||
  command === 'pause' ||
  command === 'sql' ||
  command === 'plan' ||
  command === 'queries' ||
  command === 'interrupt';

export const leavingChoices = ['pause', 'stay', 'abandon'] as const;
export const interruptChoices = (scene: Scene) =>
  runningStep(scene) === undefined ? (['stay', 'leave'] as const) : (['stay', 'stop-step', 'stop-and-leave'] as const);
export type DialogChoice = (typeof leavingChoices)[number] | ReturnType<typeof interruptChoices>[number];

const chosen = (scene: Scene, choice: DialogChoice | undefined): readonly Effect[] => {
  switch (choice) {
    case 'pause':
      return [{do: 'leave'}];
    case 'stay':
    case undefined:
      return close;
    case 'abandon':
      return open({kind: 'abandon', text: emptyText});
    case 'stop-step':
      return submit({type: 'CancelEffect'});
    case 'leave':
      return [{do: 'leave', how: 'interrupted'}];
    case 'stop-and-leave':
      return runningStep(scene) === undefined ? [{do: 'leave', how: 'interrupted'}] : [{do: 'stop-and-leave'}];
  }
};

const dialog = (
  scene: Scene,
  overlay: Extract<Overlay, {kind: 'leaving' | 'interrupt'}>,
  press: KeyPress,
): readonly Effect[] => {
  const choices: readonly DialogChoice[] = overlay.kind === 'leaving' ? leavingChoices : interruptChoices(scene);
  // Ctrl+C twice is what a person in a hurry does, and `q` twice is a person who knows the question.
  if (isKey(press, 'ctrl-c')) return overlay.kind === 'interrupt' ? chosen(scene, choices.at(-1)) : close;
  const found = entryOf(press);
  switch (found?.entry.action) {
    case 'up':
      return open({...overlay, cursor: Math.max(0, overlay.cursor - 1)});
    case 'down':
      return open({...overlay, cursor: Math.min(choices.length - 1, overlay.cursor + 1)});
    case 'choose':
      return chosen(scene, choices[Number(found.character) - 1]);
    case 'act':
      return chosen(scene, choices[overlay.cursor]);
    case 'back':
      return close;
    case 'language':
      return [{do: 'switch-language'}];
    default:
      return nothing;
  }
};

const wayBack = (scene: Scene, at: WayBack, press: KeyPress): readonly Effect[] => {
  const to = (next: WayBack): readonly Effect[] => open({kind: 'way-back', at: next});
  if (at.stage === 'asking' || at.stage === 'unknown') {
    const command = commandOf(press);
    if (at.stage === 'unknown' && command === 'retry') return [...to({stage: 'asking'}), {do: 'rank-ways-back'}];
    return isLeaving(command) ? close : nothing;
  }
  const option = at.options[at.cursor];
  switch (at.stage) {
    case 'choice': {
      const found = entryOf(press);
      switch (found?.entry.action) {
        case 'up':
          return to({...at, cursor: Math.max(0, at.cursor - 1)});
        case 'down':
          return to({...at, cursor: Math.min(at.options.length - 1, at.cursor + 1)});
        case 'choose': {
          const cursor = Number(found.character) - 1;
          return cursor < at.options.length ? to({...at, cursor}) : nothing;
        }
        case 'act': {
          if (option === undefined) return nothing;
          if (option.advice !== 'impossible') return to({...at, stage: 'reason'});
          const because = impossibility(scene.view.state, option.option) ?? option.reasons[0] ?? '';
          return notify({kind: 'refused', refusal: {code: 'option-impossible', option: option.option.id, because}});
        }
        case 'sql':
          return option === undefined
            ? nothing
            : open({kind: 'sql', step: rollbackStepId(option.option.id), offset: 0, under: {kind: 'way-back', at}});
        case 'language':
          return [{do: 'switch-language'}];
        default:
          return isLeaving(found?.entry.action) ? close : nothing;
      }
    }
    case 'reason': {
      if (isKey(press, 'esc')) return to({...at, stage: 'choice'});
      if (isKey(press, 'ctrl-c')) return close;
      if (isKey(press, 'enter')) {
        return valueOf(at.reason).trim() === '' ? notify({kind: 'reason-missing'}) : to({...at, stage: 'name'});
      }
      const reason = edited(at.reason, press);
      return reason === undefined ? nothing : to({...at, reason});
    }
    case 'name': {
      if (isKey(press, 'esc')) return to({...at, stage: 'reason'});
      if (isKey(press, 'ctrl-c')) return close;
      if (isKey(press, 'enter')) {
        if (option === undefined) return nothing;
        const confirm = valueOf(at.name).trim();
        const reason = valueOf(at.reason).trim();
        return withName(scene, confirm, submit({type: 'BeginRollback', option: option.option.id, reason, confirm}));
      }
      const name = edited(at.name, press);
      return name === undefined ? nothing : to({...at, name});
    }
  }
};

/** A wrong name is refused at once: what is typed while the engine is asked would meet an answer to something else. */
const withName = (scene: Scene, name: string, then: readonly Effect[]): readonly Effect[] => {
  const expected = scene.view.state.opened?.target.database;
  return expected === undefined || name === expected
    ? then
    : notify({kind: 'refused', refusal: {code: 'confirmation-missing', expected}});
};

const withReason = (value: string, then: readonly Effect[]): readonly Effect[] =>
  value === '' ? notify({kind: 'reason-missing'}) : then;

/** Where text is typed, a character is a character; everywhere else it is a key, whatever the input method made of it. */
export const takesText = (overlay: Overlay): boolean =>
  'text' in overlay ||
  (overlay.kind === 'bundle' && overlay.at.stage === 'ask') ||
  (overlay.kind === 'way-back' && (overlay.at.stage === 'reason' || overlay.at.stage === 'name'));

export const respondToOverlay = (scene: Scene, overlay: Overlay, press: KeyPress): readonly Effect[] => {
  switch (overlay.kind) {
    case 'none':
    case 'help':
      return nothing;
    case 'sql':
    case 'plan':
    case 'queries':
    case 'statement':
      return scrolling(scene, overlay, press);
    case 'leaving':
    case 'interrupt':
      return dialog(scene, overlay, press);
    case 'confirm':
      return prompt(overlay, press, (confirm) =>
        withName(scene, confirm, submit({type: 'StartStep', step: overlay.step, confirm})),
      );
    case 'note':
      return prompt(overlay, press, (note) =>
        note === ''
          ? notify({kind: 'note-missing'})
          : submit({type: 'CheckItem', step: overlay.step, item: overlay.item, note}),
      );
    case 'approval':
      return prompt(overlay, press, (value) => answered(overlay, value));
    case 'waive':
      return prompt(overlay, press, (reason) =>
        withReason(reason, submit({type: 'WaiveStep', step: overlay.step, reason})),
      );
    case 'settle':
      return prompt(overlay, press, (reason) =>
        withReason(reason, submit({type: 'SettleStep', step: overlay.step, verdict: overlay.verdict, reason})),
      );
    case 'cancel-orphans':
      return prompt(overlay, press, (confirm) =>
        withName(scene, confirm, submit({type: 'CancelOrphans', step: overlay.step, confirm})),
      );
    case 'abandon':
      return prompt(overlay, press, (reason) => withReason(reason, submit({type: 'AbandonRun', reason})));
    case 'search':
      return prompt(overlay, press, (text) => (text === '' ? close : searchFrom(scene, text, undefined, 1)));
    case 'bundle':
      if (!takesText(overlay) && commandOf(press) === 'language') return [{do: 'switch-language'}];
      return respondToBundle(
        overlay.at,
        press,
        pageOf(scene),
        lastOffset(overlay.at, scene.locale, innerWidth(scene.size.columns), pageOf(scene)),
      );
    case 'item':
      return item(scene, overlay, press);
    case 'attach-path': {
      if (isKey(press, 'tab')) return [{do: 'complete-path', text: valueOf(overlay.text)}];
      const {step} = overlay;
      return prompt(overlay, press, (path) =>
        path === '' ? close : open({kind: 'attach-note', ...(step === undefined ? {} : {step}), path, text: emptyText}),
      );
    }
    case 'attach-note': {
      const {step, path} = overlay;
      return prompt(overlay, press, (note) =>
        note === ''
          ? notify({kind: 'note-missing'})
          : [{do: 'attach', path, note, ...(step === undefined ? {} : {step})}],
      );
    }
    case 'way-back':
      return wayBack(scene, overlay.at, press);
  }
};
