// What there is as evidence of the shown step or of the whole run: a list to move in, and all that is known of the chosen
// item, down to the beginning of what is in it.

import {actionOf} from '../../../core/outline.ts';
import {scannedText} from '../../text/attachment.ts';
import {copyText} from '../../text/copy.ts';
import {evidenceText} from '../../text/evidence.ts';
import {evidenceKinds} from '../../text/evidence-kind.ts';
import {formatBytes, formatInstant, formatTime, shortHash} from '../../text/numbers.ts';
import {visibleLine} from '../../text/visible.ts';
import {cut} from '../../text/width.ts';
import {cursorOf, evidenceItems, scopeOf, type EvidenceItem, type KeptItem} from '../evidence-items.ts';
import type {ItemCheck, ItemPreview} from '../item-preview.ts';
import {blank, ends, fit, labelled, line, paragraph, span, type Line, type Tone} from '../line.ts';
import {stateOf, type Scene} from '../scene.ts';
import {signOf} from '../theme.ts';
import {probeLines} from './result.ts';

const LABEL = 12;

/** The step as the journal has it, or the run when no step is looked at. */
export const recordLines = (scene: Scene, columns: number): readonly Line[] => {
  const {text, timeZone, view, locale} = scene;
  const step = scopeOf(scene);
  const {opened} = view.state;
  if (opened === undefined) return [];
  const row = (name: string, words: string): readonly Line[] => labelled(name, visibleLine(words), LABEL, columns);
  if (step === undefined) {
    const copy = opened.copyOf === undefined ? [] : paragraph(visibleLine(copyText(locale).of(opened.copyOf)), columns);
    return [
      ...row(text.closed.run, opened.run),
      ...row(text.evidence.plan, opened.plan),
      ...row(text.evidence.started, formatInstant(opened.at, timeZone)),
      ...copy,
    ];
  }
  const state = stateOf(scene, step);
  const action = actionOf(view.runbook, step);
  const items = action?.kind === 'checklist' ? action.items : [];
  const checked = view.state.items[step] ?? {};
  return [
    ...row(text.evidence.step, step),
    ...(state.attempt === 0 ? [] : row(text.evidence.attemptLabel, `${state.attempt}`)),
    ...('startedAt' in state ? row(text.evidence.started, formatInstant(state.startedAt, timeZone)) : []),
    ...('endedAt' in state ? row(text.evidence.ended, formatInstant(state.endedAt, timeZone)) : []),
    ...('receipt' in state ? row(text.evidence.session, state.receipt.applicationName) : []),
    ...('xid' in state && state.xid !== undefined ? row(text.evidence.transaction, state.xid) : []),
    ...('probe' in state && state.probe !== undefined ? [blank, ...probeLines(scene, state.probe, columns)] : []),
    ...items.flatMap((item) => {
      const by = checked[item.id];
      if (by === undefined) return [];
      const note = by.note === undefined ? '' : ` ${by.note}`;
      return row(by.by.name, `${formatInstant(by.at, timeZone)} ${item.text[locale]}${note}`);
    }),
  ];
};

const marks: Readonly<Record<ItemCheck['status'], Readonly<{sign: string; tone: Tone}>>> = {
  reading: {sign: ' ', tone: 'plain'},
  equal: {sign: signOf('done'), tone: 'good'},
  differs: {sign: signOf('failed'), tone: 'bad'},
  unreadable: {sign: signOf('failed'), tone: 'bad'},
};

const masked = ({artifact}: KeptItem): number =>
  Object.values(artifact.redactions ?? {}).reduce((sum, count) => sum + count, 0);

/** Room for a hash beside the name; without it the chosen item's own lines have it. */
const WIDE = 74;

const itemRow = (scene: Scene, item: EvidenceItem, isHere: boolean, columns: number): Line => {
  const {locale, ui, text} = scene;
  const isFocused = isHere && ui.focus === 'pane';
  const tone: Tone = isHere ? 'strong' : 'plain';
  const mark = span(isHere ? `${signOf('now')} ` : '  ', isFocused ? 'strong' : 'plain');
  if (item.kind === 'record') {
    const words = evidenceText(locale);
    return [mark, span('  '), span(scopeOf(scene) === undefined ? words.recordOfRun : words.recordOfStep, tone)];
  }
  const {artifact, added} = item;
  const check = ui.items[artifact.path]?.check;
  const {sign, tone: signTone} =
    check === undefined
      ? {sign: added?.scanned === false ? signOf('amber') : ' ', tone: 'warn' as Tone}
      : marks[check.status];
  const name = added?.fileName ?? artifact.path.slice(artifact.path.lastIndexOf('/') + 1);
  const attempt = item.attempt === undefined ? '' : text.evidence.attempt(item.attempt);
  const right = [
    ...(columns < WIDE ? [] : [span(`  ${shortHash(artifact.sha256)}`, 'dim')]),
    ...(columns < WIDE ? [] : [span(`  ${attempt.padEnd(10)}`, 'dim')]),
    span(`  ${formatBytes(artifact.bytes).padStart(8)}`, 'dim'),
  ];
  const left: Line = [
    mark,
    span(`${sign} `, signTone),
    ...fit(line(evidenceKinds[item.kind][locale], tone), 12),
    span(visibleLine(name), tone),
  ];
  return ends(left, right, columns);
};

const checkLines = (scene: Scene, check: ItemCheck | undefined, columns: number): readonly Line[] => {
  const words = evidenceText(scene.locale);
  switch (check?.status) {
    case undefined:
      return paragraph(words.notRead, columns, 'dim');
    case 'reading':
      return [line(words.reading, 'dim')];
    case 'equal': {
      const at = formatTime(new Date(check.atMs).toISOString(), scene.timeZone);
      return [[span(`${signOf('done')} `, 'good'), span(words.equal(at))]];
    }
    case 'differs':
      return paragraph(
        `${signOf('failed')} ${words.differs(check.sha256, formatBytes(check.bytes))}`,
        columns,
        'bad',
        2,
      );
    case 'unreadable':
      return paragraph(`${signOf('failed')} ${words.unreadable(visibleLine(check.message))}`, columns, 'bad', 2);
  }
};

/** All that is known of a kept file without looking into it. */
export const aboutItem = (scene: Scene, item: KeptItem, columns: number): readonly Line[] => {
  const {locale, ui, text} = scene;
  const words = evidenceText(locale);
  const {artifact, added, attempt} = item;
  const count = masked(item);
  const facts = [
    ...(attempt === undefined ? [] : [text.evidence.attempt(attempt)]),
    formatBytes(artifact.bytes),
    artifact.mediaType,
    ...(count === 0 ? [] : [words.masked(count)]),
  ];
  return [
    ...paragraph(visibleLine(artifact.path), columns, 'strong'),
    ...(added === undefined
      ? []
      : [
          ...paragraph(visibleLine(words.addedBy(added.fileName, added.by)), columns),
          ...paragraph(visibleLine(words.note(added.note)), columns),
          ...paragraph(
            `${added.scanned ? '' : `${signOf('amber')} `}${scannedText(added.scanned, locale)}`,
            columns,
            added.scanned ? 'plain' : 'warn',
          ),
        ]),
    ...paragraph(facts.map(visibleLine).join('  '), columns, 'dim'),
    ...paragraph(`sha256 ${artifact.sha256}`, columns, 'dim'),
    ...checkLines(scene, ui.items[artifact.path]?.check, columns),
  ];
};

export const previewLinesOf = (scene: Scene, preview: ItemPreview | undefined, columns: number): readonly Line[] => {
  const words = evidenceText(scene.locale);
  switch (preview?.status) {
    case undefined:
    case 'loading':
      return [line(words.loading, 'dim')];
    case 'failed':
      return paragraph(`${signOf('failed')} ${words.unreadable(visibleLine(preview.message))}`, columns, 'bad', 2);
    case 'not-text':
      return paragraph(words.notText[preview.why], columns, 'dim');
    case 'text': {
      const {head, tail, leftOut} = preview;
      if (head.length === 0 || (head.length === 1 && head[0] === '')) return [line(words.nothingKept, 'dim')];
      return [
        ...head.map((row) => line(row)),
        ...(leftOut > 0 ? [line(words.leftOut(formatBytes(leftOut)), 'dim')] : []),
        ...tail.map((row) => line(row)),
      ];
    }
  }
};

/** The part of a list that is seen: its cursor always, and as little movement as that allows. */
const windowed = <T>(
  all: readonly T[],
  cursor: number,
  rows: number,
): Readonly<{shown: readonly T[]; first: number}> => {
  const first = Math.max(0, Math.min(cursor - Math.floor(rows / 2), all.length - rows));
  return {shown: all.slice(first, first + rows), first};
};

export const evidenceLines = (scene: Scene, columns: number, rows: number): readonly Line[] => {
  const words = evidenceText(scene.locale);
  const items = evidenceItems(scene);
  const cursor = cursorOf(scene, items);
  const item = items[cursor] ?? {kind: 'record'};
  const about = item.kind === 'record' ? recordLines(scene, columns) : aboutItem(scene, item, columns);
  // A third of the pane at least is the list's; the rest goes to what is chosen in it.
  const listRows = Math.min(items.length, Math.max(Math.floor(rows / 3), rows - about.length - 5));
  const {shown, first} = windowed(items, cursor, listRows);
  const count = items.length - 1;
  const title = scopeOf(scene) === undefined ? words.ofRun(count) : words.ofStep(count);
  const range = shown.length < items.length ? words.range(first + 1, first + shown.length, items.length) : '';
  const head = [
    ends(line(title, 'strong'), line(range, 'dim'), columns),
    ...shown.map((of, at) => itemRow(scene, of, first + at === cursor, columns)),
    blank,
  ];
  const rest =
    item.kind === 'record' ? [] : previewLinesOf(scene, scene.ui.items[item.artifact.path]?.preview, columns);
  const details = [...about, ...(rest.length === 0 ? [] : [blank, ...rest])];
  return [...head, ...details.map((row) => cutLine(row, columns))].slice(0, rows);
};

const cutLine = (row: Line, columns: number): Line =>
  row.length === 1 && row[0] !== undefined ? [{...row[0], text: cut(row[0].text, columns)}] : row;
