// What the first screen shows, and what a key leads to there.

import type {DoctorCheck} from '../../core/doctor.ts';
import type {Failure} from '../../core/failure.ts';
import type {Environment} from '../../core/ids.ts';
import type {LocalText} from '../../core/text.ts';
import {homeText} from '../text/home.ts';
import type {OpeningStage} from '../text/opening.ts';
import {respondToBundle, type BundleEffect, type BundleState} from './bundle.ts';
import {entryOf} from './key-entry.ts';
import type {KeyPress} from './key-press.ts';
import {keys} from './keys.ts';
import {edited, textFrom, valueOf, type TextEdit} from './text-edit.ts';
import type {Confirmation, HomeEntry, Opening, PastRun, UrlSource} from './home-model.ts';

/** What the source of a URL is asked for. */
export type Asked =
  | Readonly<{kind: 'start'; environment: 'staging' | 'production'}>
  | Readonly<{kind: 'resume'; run: string; environment: Environment}>;

export type HomeOverlay =
  | Readonly<{kind: 'none'}>
  | Readonly<{kind: 'help'; cursor: number}>
  | Readonly<{kind: 'source'; asked: Asked; text: TextEdit; isRefused: boolean}>
  | Readonly<{kind: 'confirm'; opening: Opening; ask: Confirmation; text: TextEdit; isRefused: boolean}>
  | Readonly<{kind: 'past'; runs: readonly PastRun[]; cursor: number}>
  | Readonly<{kind: 'bundle'; at: BundleState}>
  | Readonly<{kind: 'doctor'; checks?: readonly DoctorCheck[]; cursor: number}>
  /** `ahead`: what is typed meanwhile, for what the opening may ask; `stage`: what is being done now. */
  | Readonly<{kind: 'opening'; sinceMs: number; ahead?: TextEdit; stage?: OpeningStage}>
  | Readonly<{kind: 'failed'; trouble: Readonly<{failure: Failure}> | Readonly<{because: LocalText}>}>;

export type HomeState = Readonly<{entries: readonly HomeEntry[]; cursor: number; overlay: HomeOverlay}>;

export type HomeEffect =
  | Readonly<{do: 'show'; state: HomeState}>
  | Readonly<{do: 'open'; opening: Opening}>
  | Readonly<{do: 'list-past-runs'}>
  | BundleEffect
  | Readonly<{do: 'examine'}>
  | Readonly<{do: 'switch-language'}>
  | Readonly<{do: 'quit'}>;

const none: HomeOverlay = {kind: 'none'};
const nothing: readonly HomeEffect[] = [];

/** The cursor starts at the first choice that is possible. */
export const homeStateOf = (entries: readonly HomeEntry[]): HomeState => ({
  entries,
  cursor: Math.max(
    0,
    entries.findIndex(({enabled}) => enabled),
  ),
  overlay: none,
});

const unread = {enabled: false, because: homeText.reading} as const;

/** What is offered whatever the runbook and its runs are; nothing of it is possible before they are read. */
export const unreadHome: HomeState = homeStateOf([
  {id: 'rehearse', kind: 'rehearse', server: homeText.server, ...unread},
  {id: 'start-staging', kind: 'start-staging', ...unread},
  {id: 'start-production', kind: 'start-production', ...unread},
  {id: 'past-runs', kind: 'past-runs', count: undefined, ...unread},
  {id: 'verify-bundle', kind: 'verify-bundle', ...unread},
  {id: 'doctor', kind: 'doctor', ...unread},
]);

/** A URL typed here would stay on the screen, and may hold a password: only the place where it is kept is taken. */
export const sourceOf = (text: string): UrlSource | undefined =>
  /^(env|service|file):\S.*$/.test(text) && !text.includes('://') ? (text as UrlSource) : undefined;

const askForBundle: readonly HomeEffect[] = [{do: 'show-bundle', at: {stage: 'ask', text: textFrom('')}}];

const show = (state: HomeState): readonly HomeEffect[] => [{do: 'show', state}];

const opened = (state: HomeState, entry: HomeEntry): readonly HomeEffect[] => {
  // The reason stands on the line itself.
  if (!entry.enabled) return nothing;
  const ask = (asked: Asked, suggested: UrlSource | undefined): readonly HomeEffect[] =>
    show({...state, overlay: {kind: 'source', asked, text: textFrom(suggested ?? ''), isRefused: false}});
  switch (entry.kind) {
    case 'rehearse':
      return [{do: 'open', opening: {kind: 'rehearse'}}];
    case 'resume':
      return entry.asksSource
        ? ask({kind: 'resume', run: entry.run, environment: entry.environment}, entry.suggestedSource)
        : [{do: 'open', opening: {kind: 'resume', run: entry.run}}];
    case 'start-staging':
      return ask({kind: 'start', environment: 'staging'}, entry.suggestedSource);
    case 'start-production':
      return ask({kind: 'start', environment: 'production'}, entry.suggestedSource);
    case 'past-runs':
      return [{do: 'list-past-runs'}];
    case 'verify-bundle':
      return askForBundle;
    case 'doctor':
      return [{do: 'examine'}];
  }
};

const stepped = (action: string | undefined, at: number, count: number): number | undefined => {
  switch (action) {
    case 'up':
      return Math.max(0, at - 1);
    case 'down':
      return Math.min(count - 1, at + 1);
    case 'page-up':
    case 'first':
      return 0;
    case 'page-down':
    case 'last':
      return count - 1;
    default:
      return undefined;
  }
};

const atSource = (
  state: HomeState,
  overlay: Extract<HomeOverlay, {kind: 'source'}>,
  press: KeyPress,
): readonly HomeEffect[] => {
  if (press.kind === 'key' && (press.key === 'esc' || press.key === 'ctrl-c')) return show({...state, overlay: none});
  if (press.kind === 'key' && press.key === 'enter') {
    const source = sourceOf(valueOf(overlay.text).trim());
    if (source === undefined) return show({...state, overlay: {...overlay, text: textFrom(''), isRefused: true}});
    const {asked} = overlay;
    return [
      {
        do: 'open',
        opening:
          asked.kind === 'start'
            ? {kind: 'start', environment: asked.environment, source}
            : {kind: 'resume', run: asked.run, source},
      },
    ];
  }
  const text = edited(overlay.text, press);
  if (text === undefined) return nothing;
  // A URL goes as soon as it can be recognised, and not only when it is handed over: it may hold a password.
  const isUrl = valueOf(text).includes('://');
  return show({...state, overlay: {...overlay, text: isUrl ? textFrom('') : text, isRefused: isUrl}});
};

/** True while a press is a letter of a text, not a command. */
export const isTyping = ({overlay}: HomeState): boolean =>
  overlay.kind === 'source' ||
  overlay.kind === 'confirm' ||
  (overlay.kind === 'opening' && overlay.ahead !== undefined) ||
  (overlay.kind === 'bundle' && overlay.at.stage === 'ask');

/** What has to be typed, letter for letter. */
export const expectedText = (ask: Confirmation): string => {
  switch (ask.kind) {
    case 'pin':
      return ask.target.database;
    case 'take-over':
      return ask.run;
  }
};

export const asking = (opening: Opening, ask: Confirmation, ahead: TextEdit = textFrom('')): HomeOverlay => ({
  kind: 'confirm',
  opening,
  ask,
  text: ahead,
  isRefused: false,
});

/** The same opening with what was confirmed; a rehearsal and a look need no confirmation. */
const confirmed = (opening: Opening, ask: Confirmation): Opening => {
  switch (opening.kind) {
    case 'start':
      return ask.kind === 'pin' ? {...opening, pin: ask.target.systemIdentifier} : {...opening, takeOver: ask.run};
    case 'resume':
      return ask.kind === 'pin' ? opening : {...opening, takeOver: ask.run};
    case 'rehearse':
    case 'view':
      return opening;
  }
};

/** What may be asked while it opens: a first use or a takeover, to be confirmed by typing. */
export const openingOf = (opening: Opening, sinceMs: number): HomeOverlay => ({
  kind: 'opening',
  sinceMs,
  ...(opening.kind === 'start' || opening.kind === 'resume' ? {ahead: textFrom('')} : {}),
});

/** Letters are kept for the question. Enter is not: it would answer what nobody has read. */
const atOpening = (
  state: HomeState,
  overlay: Extract<HomeOverlay, {kind: 'opening'}>,
  before: TextEdit,
  press: KeyPress,
): readonly HomeEffect[] => {
  if (press.kind === 'key' && press.key === 'ctrl-c') return [{do: 'quit'}];
  const ahead = edited(before, press);
  return ahead === undefined ? nothing : show({...state, overlay: {...overlay, ahead}});
};

const atConfirm = (
  state: HomeState,
  overlay: Extract<HomeOverlay, {kind: 'confirm'}>,
  press: KeyPress,
): readonly HomeEffect[] => {
  if (press.kind === 'key' && (press.key === 'esc' || press.key === 'ctrl-c')) return show({...state, overlay: none});
  if (press.kind === 'key' && press.key === 'enter') {
    const typed = valueOf(overlay.text).trim();
    // Enter alone is the safe thing: nothing is opened.
    if (typed === '') return show({...state, overlay: none});
    const {opening, ask} = overlay;
    if (typed === expectedText(ask)) return [{do: 'open', opening: confirmed(opening, ask)}];
    return show({...state, overlay: {...overlay, text: textFrom(''), isRefused: true}});
  }
  const text = edited(overlay.text, press);
  return text === undefined ? nothing : show({...state, overlay: {...overlay, text}});
};

/** The run under the cursor, or one of those that are past: the list says which. */
const exportFrom = ({entries, cursor}: HomeState): readonly HomeEffect[] => {
  const entry = entries[cursor];
  if (entry?.kind === 'resume') return [{do: 'export-bundle', run: entry.run}];
  return entries.some(({kind, enabled}) => kind === 'past-runs' && enabled) ? [{do: 'list-past-runs'}] : nothing;
};

/** Rows that a verdict scrolls by. */
const PAGE = 10;

export const respondAtHome = (
  state: HomeState,
  press: KeyPress,
  /** How far the verdict that is shown can be scrolled, at the size that the screen has now. */
  lastOffsetOf: (at: BundleState) => number,
): readonly HomeEffect[] => {
  const {overlay} = state;
  if (overlay.kind === 'source') return atSource(state, overlay, press);
  if (overlay.kind === 'confirm') return atConfirm(state, overlay, press);
  if (overlay.kind === 'opening' && overlay.ahead !== undefined) return atOpening(state, overlay, overlay.ahead, press);
  const found = entryOf(press);
  const action = found?.entry.action;
  if (overlay.kind === 'bundle' && (isTyping(state) || action !== 'language'))
    return respondToBundle(overlay.at, press, PAGE, lastOffsetOf(overlay.at));
  if (action === 'language') return [{do: 'switch-language'}];
  const isLeaving = action === 'back' || action === 'pause' || action === 'interrupt';
  const close = show({...state, overlay: none});
  switch (overlay.kind) {
    case 'opening':
      return action === 'interrupt' ? [{do: 'quit'}] : nothing;
    case 'failed':
      return isLeaving || action === 'act' ? close : nothing;
    case 'help': {
      const cursor = stepped(action, overlay.cursor, keys.length);
      if (cursor !== undefined) return show({...state, overlay: {...overlay, cursor}});
      return isLeaving || action === 'act' || action === 'help' ? close : nothing;
    }
    case 'doctor': {
      const cursor = stepped(action, overlay.cursor, overlay.checks?.length ?? 1);
      if (cursor !== undefined) return show({...state, overlay: {...overlay, cursor}});
      return isLeaving || action === 'act' ? close : nothing;
    }
    case 'past': {
      const cursor = stepped(action, overlay.cursor, overlay.runs.length);
      if (cursor !== undefined) return show({...state, overlay: {...overlay, cursor: Math.max(0, cursor)}});
      const run = overlay.runs[overlay.cursor];
      if (action === 'export' && run !== undefined) return [{do: 'export-bundle', run: run.run}];
      if (action === 'act' && run !== undefined) return [{do: 'open', opening: {kind: 'view', run: run.run}}];
      return isLeaving ? close : nothing;
    }
    // Its keys were answered above; only the language is switched beside it.
    case 'bundle':
      return nothing;
    case 'none':
      break;
  }
  const cursor =
    action === 'choose' ? Number(found?.character) - 1 : stepped(action, state.cursor, state.entries.length);
  if (cursor !== undefined) return cursor < state.entries.length ? show({...state, cursor}) : nothing;
  if (action === 'act') {
    const entry = state.entries[state.cursor];
    return entry === undefined ? nothing : opened(state, entry);
  }
  if (action === 'verify') return askForBundle;
  if (action === 'export') return exportFrom(state);
  if (action === 'help') return show({...state, overlay: {kind: 'help', cursor: 0}});
  return action === 'pause' || action === 'interrupt' ? [{do: 'quit'}] : nothing;
};
