// Which keys act now, and why others do not: the two rows at the bottom, made from the one key table.

import {evidenceText} from '../../text/evidence.ts';
import {approvalScreen} from '../../text/approval-screen.ts';
import {displayWidth} from '../../text/width.ts';
import {availabilityOf} from '../availability.ts';
import {innerWidth} from '../panel.ts';
import {bodyRowsOf} from '../layout.ts';
import {bundleKeys, lastOffset} from './bundle.ts';
import {keys, type ActionId, type KeyEntry} from '../keys.ts';
import {lineWidth, span, type Line} from '../line.ts';
import type {Scene} from '../scene.ts';
import {asksByHand, usualOf} from '../standing.ts';

type Token = Readonly<{line: Line; rank: number}>;

const token = (shown: string, label: string, rank: number): Token => ({
  line: [span(shown, 'strong'), span(` ${label}`)],
  rank,
});

const gap = '   ';

/** Two rows of tokens; when they do not fit, the least important go first, since help has them all. */
export const flowed = (tokens: readonly Token[], columns: number, rows = 2): readonly Line[] => {
  const lines: Line[] = [];
  let row: Line = [span(' ')];
  for (const {line} of tokens) {
    const isFirst = row.length === 1;
    const width = lineWidth(row) + (isFirst ? 0 : gap.length) + lineWidth(line);
    if (width > columns - 1 && !isFirst) {
      lines.push(row);
      row = [span(' '), ...line];
    } else {
      row = [...row, ...(isFirst ? [] : [span(gap)]), ...line];
    }
  }
  lines.push(row);
  if (lines.length <= rows) return [...lines, ...Array.from({length: rows - lines.length}, (): Line => [])];
  const least = tokens.reduce((max, {rank}) => Math.max(max, rank), 0);
  const drop = tokens.findLastIndex(({rank}) => rank === least);
  return least === 0 ? lines.slice(0, rows) : flowed(tokens.toSpliced(drop, 1), columns, rows);
};

/** Beside the evidence its own keys come first. */
const ofEvidence: ReadonlySet<ActionId> = new Set(['scope', 'compare', 'attach', 'export', 'verify']);

const rankOf = ({ui, view}: Scene, {action, foot}: KeyEntry): KeyEntry['foot'] => {
  // Nothing is left to do in a run that is over but to hand over its evidence.
  if (action === 'export' && view.state.closed !== undefined) return 1;
  if (ui.tab !== 'evidence') return foot;
  return action === 'evidence' ? 0 : ofEvidence.has(action) ? 1 : foot;
};

const usualText = (scene: Scene): string => {
  const usual = usualOf(scene);
  return usual.does === 'approve' ? approvalScreen[scene.locale].usual[usual.way] : scene.text.usual[usual.does];
};

const runTokens = (scene: Scene): readonly Token[] => {
  const {text, locale} = scene;
  return keys.flatMap((entry): readonly Token[] => {
    const foot = rankOf(scene, entry);
    if (foot === 0) return [];
    if (entry.action === 'act') return [token('Enter', usualText(scene), 0)];
    const availability = availabilityOf(entry.when, scene);
    const isTrying = scene.view.progress?.code === 'waiting-for-lock';
    const label =
      entry.action === 'stop' && isTrying
        ? text.keys.stopTrying
        : entry.action === 'waive' && asksByHand(scene)
          ? text.keys.byHand
          : entry.label[locale];
    const rank = entry.action === 'help' || entry.action === 'pause' ? 0 : foot;
    if (availability.acts) return [token(entry.shown, label, rank)];
    if (availability.because === undefined) return [];
    const because = `${entry.shown} ${label} (${text.because[availability.because]})`;
    return [{line: [span(because, 'dim')], rank: 4 + displayWidth(because) / 100}];
  });
};

const pair = (shown: string, label: string): Token => token(shown, label, 0);

const overlayTokens = (scene: Scene): readonly Token[] => {
  const {text, ui} = scene;
  const {overlay} = ui;
  switch (overlay.kind) {
    case 'none':
      return runTokens(scene);
    case 'help':
      return [pair(text.keys.upDown, text.keys.choose), pair('Enter', text.keys.press), pair('Esc', text.keys.close)];
    case 'sql':
    case 'plan':
    case 'queries':
    case 'statement':
      return [
        pair(text.keys.upDown, text.keys.scroll),
        pair('PageUp/PageDown', text.keys.page),
        pair('Esc', text.keys.close),
      ];
    case 'bundle': {
      const {columns} = scene.size;
      const last = lastOffset(overlay.at, scene.locale, innerWidth(columns), bodyRowsOf(scene.size) - 2);
      return bundleKeys(overlay.at, scene.locale, last).map(([shown, label]) => pair(shown, label));
    }
    case 'item': {
      const words = evidenceText(scene.locale).keys;
      return [
        pair(text.keys.upDown, text.keys.scroll),
        pair('PageUp/PageDown', text.keys.page),
        ...(scene.can.openPager ? [pair('o', words.pager)] : []),
        pair('h', words.check),
        pair('Esc', text.keys.close),
      ];
    }
    case 'attach-path':
      return [pair('Enter', text.keys.goOn), pair('Esc', text.keys.cancelNothing)];
    case 'attach-note':
      return [pair('Enter', evidenceText(scene.locale).keys.attach), pair('Esc', text.keys.cancelNothing)];
    case 'leaving':
    case 'interrupt':
      return [pair(text.keys.upDown, text.keys.choose), pair('Enter', text.keys.take), pair('Esc', text.keys.stay)];
    case 'confirm':
      return [pair('Enter', text.keys.start), pair('Esc', text.keys.cancelNothing)];
    case 'cancel-orphans':
      return [pair('Enter', text.keys.endSessions), pair('Esc', text.keys.cancelNothing)];
    case 'search':
      return [pair('Enter', text.keys.find), pair('Esc', text.keys.close)];
    case 'approval':
      return [pair('Enter', text.keys.goOn), pair('Esc', text.keys.cancelNothing)];
    case 'note':
    case 'waive':
    case 'settle':
    case 'abandon':
      return [pair('Enter', text.keys.record), pair('Esc', text.keys.cancelNothing)];
    case 'way-back':
      switch (overlay.at.stage) {
        case 'asking':
          return [pair('Esc', text.keys.close)];
        case 'unknown':
          return [pair('r', text.keys.askAgain), pair('Esc', text.keys.close)];
        case 'choice':
          return [
            pair(text.keys.upDown, text.keys.choose),
            pair('Enter', text.keys.takeOption),
            pair('s', text.keys.exactStatements),
            pair('Esc', text.keys.cancelNothing),
          ];
        case 'reason':
          return [pair('Enter', text.keys.goOn), pair('Esc', text.keys.backToList)];
        case 'name':
          return [pair('Enter', text.keys.startWayBack), pair('Esc', text.keys.back)];
      }
  }
};

export const footLines = (scene: Scene): readonly Line[] => flowed(overlayTokens(scene), scene.size.columns);
