// Who looks into kept files, compares them with their seals and adds files, on behalf of the run screen.

import type {EvidencePiece, EvidenceReader} from '../../core/evidence-reading.ts';
import type {Result} from '../../core/failure.ts';
import type {Locale} from '../../core/text.ts';
import type {Session} from '../../engine/session.ts';
import {visible} from '../text/visible.ts';
import {failureText} from '../text/failure.ts';
import {chosenItem, itemAt, type KeptItem} from './evidence-items.ts';
import {END_BYTES, notText, previewOf, type ItemCheck, type ItemPreview} from './item-preview.ts';
import type {Store} from './store.ts';
import {emptyText, textFrom, valueOf} from './text-edit.ts';
import type {Effect} from './effects.ts';
import type {RunViewState, ViewAction} from './view-state.ts';

export type PathsOfOperator = Readonly<{
  /** A path as it was typed or dropped into the terminal, as the system has it. */
  resolve: (typed: string) => string;
  /** The path, with as much more of it as only one name allows. */
  complete: (typed: string) => Promise<string>;
}>;

export const plainPaths: PathsOfOperator = {resolve: (typed) => typed, complete: async (typed) => typed};

export type EvidenceDeskOptions = Readonly<{
  session: Session;
  ui: Store<RunViewState, ViewAction>;
  locale: () => Locale;
  now: () => number;
  paths: PathsOfOperator;
}>;

type AttachEffect = Extract<Effect, {do: 'attach'}>;

export type EvidenceDesk = Readonly<{
  /** Reads what is looked at and was not read yet. */
  look: () => Promise<void>;
  /** All of a kept file that can be read, for a pager. */
  pieces: (path: string) => AsyncIterable<string>;
  compare: (paths: readonly string[]) => Promise<void>;
  attach: (effect: AttachEffect) => Promise<void>;
  complete: (text: string) => Promise<void>;
}>;

/** 256 KiB at a time for a pager: what is read ahead of the reader stays small. */
const PAGE_BYTES = 256 * 1024;

/** All of a kept text, a piece at a time; ends where the file cannot be read any more, and says so. */
async function* piecesOf(evidence: EvidenceReader, path: string): AsyncGenerator<string> {
  let from = 0;
  for (;;) {
    const piece = await evidence.piece(path, from, PAGE_BYTES);
    if (!piece.ok) {
      yield `\n${path}: ${piece.failure.code}\n`;
      return;
    }
    const {text, to, of} = piece.value;
    yield visible(text);
    if (to >= of || to <= from) return;
    from = to;
  }
}

/** A recording is read as what was said in it, where that was kept apart. */
const readablePath = (session: Session, {artifact}: KeptItem): string => {
  const log = artifact.path.replace(/\.cast$/, '.log');
  return session.view().state.artifacts.some((of) => of.artifact.path === log) ? log : artifact.path;
};

export const createEvidenceDesk = (options: EvidenceDeskOptions): EvidenceDesk => {
  const {session, ui, locale, now, paths} = options;
  const {evidence} = session;
  const place = () => ({view: session.view(), ui: ui.get()});
  const messageOf = (of: Extract<Result<unknown>, {ok: false}>): string =>
    of.failure.code === 'artifact-unreadable' ? of.failure.message : failureText(of.failure, locale()).what;

  const read = async (item: KeptItem): Promise<ItemPreview> => {
    const why = notText(item);
    if (why !== undefined) return {status: 'not-text', why};
    const path = readablePath(session, item);
    const head = await evidence.piece(path, 0, END_BYTES);
    if (!head.ok) return {status: 'failed', message: messageOf(head)};
    const goesOn = head.value.to < head.value.of && !path.endsWith('.cast');
    const tail: Result<EvidencePiece> | undefined = goesOn
      ? await evidence.piece(path, -Math.min(END_BYTES, head.value.of - head.value.to), END_BYTES)
      : undefined;
    if (tail?.ok === false) return {status: 'failed', message: messageOf(tail)};
    return previewOf(item.artifact.mediaType, path, head.value, tail?.value);
  };

  const wanted = (): KeptItem | undefined => {
    const {overlay, tab} = ui.get();
    if (overlay.kind === 'item') return itemAt(place(), overlay.path);
    if (tab !== 'evidence') return undefined;
    const item = chosenItem(place());
    return item.kind === 'record' ? undefined : item;
  };

  const check = async (item: KeptItem): Promise<ItemCheck> => {
    const found = await evidence.hash(item.artifact.path);
    if (!found.ok) return {status: 'unreadable', message: messageOf(found)};
    const {sha256, bytes} = found.value;
    return sha256 === item.artifact.sha256 ? {status: 'equal', atMs: now()} : {status: 'differs', sha256, bytes};
  };

  return {
    look: async () => {
      const item = wanted();
      if (item === undefined || ui.get().items[item.artifact.path]?.preview !== undefined) return;
      const {path} = item.artifact;
      ui.dispatch({type: 'item', path, seen: {preview: {status: 'loading'}}});
      const preview = await read(item);
      ui.dispatch({type: 'item', path, seen: {preview}});
    },
    pieces: (path) => {
      const item = itemAt(place(), path);
      return piecesOf(evidence, item === undefined ? path : readablePath(session, item));
    },
    compare: async (compared) => {
      const items = compared.flatMap((path) => itemAt(place(), path) ?? []);
      let equal = 0;
      for (const [done, item] of items.entries()) {
        const {path} = item.artifact;
        ui.dispatch({type: 'notify', notice: {kind: 'checking', done, of: items.length}});
        ui.dispatch({type: 'item', path, seen: {check: {status: 'reading'}}});
        const found = await check(item);
        if (found.status === 'equal') equal += 1;
        ui.dispatch({type: 'item', path, seen: {check: found}});
      }
      ui.dispatch({type: 'notify', notice: {kind: 'checked', equal, of: items.length}});
    },
    attach: async ({path, note, step}) => {
      if (ui.get().isSubmitting) return;
      const from = ui.get().overlay.kind;
      ui.dispatch({type: 'attaching'});
      const about = step === undefined ? {} : {step};
      const problem = await session.attach({path: paths.resolve(path), note, ...about});
      ui.dispatch({type: 'attached', from, ...(problem === undefined ? {} : {problem})});
      // What was typed is there to be corrected.
      if (problem !== undefined) {
        ui.dispatch({type: 'open', overlay: {kind: 'attach-path', ...about, text: textFrom(path)}});
        ui.dispatch({type: 'notify', notice: {kind: 'attach-refused', problem}});
      }
    },
    complete: async (text) => {
      const completed = await paths.complete(text);
      const {overlay} = ui.get();
      if (overlay.kind !== 'attach-path' || valueOf(overlay.text) !== text || completed === text) return;
      ui.dispatch({type: 'open', overlay: {...overlay, text: {...emptyText, before: completed}}});
    },
  };
};
