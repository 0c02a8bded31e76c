// What the step printed: the visible slice of its output, with the matches of a search marked.

import {clock} from './head.ts';
import {blank, ends, line, span, type Line} from '../line.ts';
import type {OutputLine} from '../output-store.ts';
import {shownOf, stateOf, type Scene} from '../scene.ts';

const toneOf = {stdout: 'plain', stderr: 'plain', note: 'dim'} as const;
const marginOf = {stdout: '  ', stderr: '! ', note: '- '} as const;

const marked = ({stream, text}: OutputLine, search: string | undefined, isHere: boolean): Line => {
  const margin = span(isHere ? '> ' : marginOf[stream], isHere ? 'strong' : 'dim');
  const tone = toneOf[stream];
  if (search === undefined || search === '') return [margin, span(text, tone)];
  const at = text.toLowerCase().indexOf(search.toLowerCase());
  if (at < 0) return [margin, span(text, tone)];
  return [
    margin,
    span(text.slice(0, at), tone),
    span(text.slice(at, at + search.length), 'inverse'),
    span(text.slice(at + search.length), tone),
  ];
};

const statusLine = (scene: Scene, from: number, to: number, columns: number): Line => {
  const {text, output, ui} = scene;
  const isFirst = output.dropped > 0 && from === output.dropped;
  const where = isFirst ? text.output.earlier : text.output.lines(from + 1, to, output.total);
  const matches = ui.search === undefined ? [] : output.matches(ui.search.text);
  const found =
    ui.search === undefined
      ? ''
      : text.output.matches(ui.search.line === undefined ? 0 : matches.indexOf(ui.search.line) + 1, matches.length);
  const following = ui.outputFrom === undefined ? text.output.following : text.output.notFollowing;
  return ends(line(where, 'dim'), line(`${found}${found === '' ? '' : '   '}${following}`, 'dim'), columns);
};

/** Exactly the rows that are seen; the last one says where they stand. */
export const outputLines = (scene: Scene, columns: number, rows: number): readonly Line[] => {
  const {output, ui, text} = scene;
  const room = rows - 1;
  if (output.total === 0) {
    const shown = shownOf(scene);
    const state = shown === undefined ? undefined : stateOf(scene, shown);
    const words =
      state?.status === 'running'
        ? text.output.noneYet(clock(scene.nowMs - Date.parse(state.startedAt)))
        : text.output.none;
    return [line(words, 'dim')];
  }
  const end = Math.max(output.dropped, output.total - room);
  const from = Math.min(end, Math.max(output.dropped, ui.outputFrom ?? end));
  const to = Math.min(output.total, from + room);
  const lines = output.slice(from, to).map((row, at) => marked(row, ui.search?.text, ui.search?.line === from + at));
  const filler = Array.from({length: Math.max(0, room - lines.length)}, () => blank);
  return [...lines, ...filler, statusLine(scene, from, to, columns)];
};
