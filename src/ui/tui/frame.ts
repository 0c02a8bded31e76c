// What the whole run screen looks like: every row of the terminal, and where the cursor stands in it.

import {approvalScreen} from '../text/approval-screen.ts';
import {statementLines} from '../text/statement-lines.ts';
import {visibleLine} from '../text/visible.ts';
import {displayWidth, wrapped} from '../text/width.ts';
import {availabilityOf} from './availability.ts';
import {bodyRowsOf, pageOf, paneWidthOf, treeWidthOf} from './layout.ts';
import {beside, blank, fit, line, lineWidth, paragraph, span, type Line} from './line.ts';
import {askOf} from './panes/ask.ts';
import {itemAt} from './evidence-items.ts';
import {aboutItem, evidenceLines, previewLinesOf} from './panes/evidence.ts';
import {shownBundle} from './panes/bundle.ts';
import {footLines} from './panes/foot.ts';
import {headLines} from './panes/head.ts';
import {helpPage, type HelpOptions} from './panes/help.ts';
import {noticeLines} from './panes/notice.ts';
import {outputLines} from './panes/output.ts';
import {planLines} from './panes/plan.ts';
import {partLines} from './panes/preview.ts';
import {queryLines} from './panes/queries.ts';
import {stepLines} from './panes/step.ts';
import {treeLines} from './panes/tree.ts';
import {wayBackLines} from './panes/way-back.ts';
import {innerWidth, panel} from './panel.ts';
import {currentOf, nameOf, shownOf, type Scene} from './scene.ts';
import {borderOf, signOf, type Border} from './theme.ts';
import {typedLine} from './typed.ts';
import {tabs} from './view-state.ts';

export type Frame = Readonly<{lines: readonly Line[]; cursor?: Readonly<{x: number; y: number}>}>;

const tabLine = ({text, ui}: Scene): Line =>
  tabs.flatMap(
    (tab, at): Line => [
      ...(at === 0 ? [] : [span(' | ', 'dim')]),
      // Brackets say what reverse video says, for a terminal or an eye that does not see it.
      tab === ui.tab ? span(`[${text.tabs[tab]}]`, 'strong') : span(text.tabs[tab], 'dim'),
    ],
  );

/** The lines from an offset that is clamped here, where their number is known. */
const scrolled = (lines: readonly Line[], offset: number, rows: number): readonly Line[] => {
  const from = Math.min(offset, Math.max(0, lines.length - rows));
  return lines.slice(from, from + rows);
};

/** The border has little room for a title; a longer one is written out above the step. */
const fullName = (scene: Scene, columns: number): readonly Line[] => {
  const shown = shownOf(scene);
  if (shown === undefined) return [];
  const name = visibleLine(nameOf(scene, shown));
  return displayWidth(name) + lineWidth(tabLine(scene)) + 8 <= columns + 4 ? [] : paragraph(name, columns, 'strong');
};

/** The row that wears the cursor of a list stays in sight, with a row under it. */
const withCursor = (lines: readonly Line[], offset: number, rows: number): number => {
  const cursor = `${signOf('now')} `;
  const at = lines.findIndex(([first]) => first?.text === cursor && first.tone === 'strong');
  return at < 0 ? offset : Math.min(at, Math.max(offset, at - rows + 2, 0));
};

const paneLines = (scene: Scene, columns: number, rows: number): readonly Line[] => {
  const {ui} = scene;
  switch (ui.tab) {
    case 'step': {
      const lines = [...fullName(scene, columns), ...stepLines(scene, columns, rows - fullName(scene, columns).length)];
      if (lines.length <= rows) return lines;
      const from = withCursor(lines, Math.min(ui.stepOffset, lines.length - rows + 1), rows - 1);
      const more = scene.text.more(from + 1, Math.min(lines.length, from + rows - 1), lines.length);
      return [...scrolled(lines, from, rows - 1), line(more, 'dim')];
    }
    case 'output':
      return outputLines(scene, columns, rows);
    case 'evidence':
      return evidenceLines(scene, columns, rows);
  }
};

const twoPanes = (scene: Scene, rows: number, border: Border): readonly Line[] => {
  const {size, text, ui} = scene;
  const treeWidth = treeWidthOf(size);
  const paneWidth = paneWidthOf(size);
  const shown = shownOf(scene);
  const isCurrent = shown === currentOf(scene);
  const title = shown === undefined ? '' : visibleLine(nameOf(scene, shown));
  const tree = panel(treeLines(scene, innerWidth(treeWidth), rows - 2, pageOf(scene)), {
    title: text.tree.title,
    width: treeWidth,
    height: rows,
    border,
    tone: ui.focus === 'tree' ? 'strong' : 'plain',
  });
  const pane = panel(paneLines(scene, innerWidth(paneWidth), rows - 2), {
    title: isCurrent || title === '' ? title : `< ${title}`,
    right: tabLine(scene),
    width: paneWidth,
    height: rows,
    border,
    tone: ui.focus === 'pane' ? 'plain' : 'dim',
  });
  return beside(tree, treeWidth, pane);
};

const whole = (scene: Scene, title: string, lines: readonly Line[], offset: number, rows: number, border: Border) => {
  const inner = rows - 2;
  const from = Math.min(offset, Math.max(0, lines.length - inner));
  const to = Math.min(lines.length, from + inner);
  const right = lines.length > inner ? line(scene.text.scrolled(from + 1, to, lines.length), 'dim') : blank;
  return panel(lines.slice(from, to), {title, right, width: scene.size.columns, height: rows, border});
};

const helpOf = (scene: Scene): HelpOptions => ({
  text: scene.text,
  locale: scene.locale,
  availabilityOf: ({when}) => availabilityOf(when, scene),
});

type Body = Readonly<{lines: readonly Line[]; cursor?: Readonly<{x: number; y: number}>}>;

const bodyOf = (scene: Scene, rows: number): Body => {
  const {ui, view, size, text} = scene;
  const border = borderOf(scene.theme, view.state.opened?.environment === 'production');
  const columns = innerWidth(size.columns);
  const {overlay} = ui;
  switch (overlay.kind) {
    case 'help': {
      return {
        lines: panel(helpPage(helpOf(scene), overlay.cursor, columns, rows - 2), {
          title: text.help.title,
          width: size.columns,
          height: rows,
          border,
        }),
      };
    }
    case 'plan':
      return {lines: whole(scene, text.plan.title, planLines(scene, columns), overlay.offset, rows, border)};
    case 'sql': {
      const state = ui.previews[overlay.step];
      const lines =
        state?.status === 'loaded'
          ? partLines(state.preview)
          : [
              line(
                state?.status === 'failed'
                  ? visibleLine(text.preview.unavailable(state.message))
                  : text.preview.loading,
              ),
            ];
      const title = text.sql.title(visibleLine(nameOf(scene, overlay.step)));
      const content = lines.length === 0 ? [line(text.preview.nothing, 'dim')] : lines;
      return {lines: whole(scene, title, content, overlay.offset, rows, border)};
    }
    case 'bundle': {
      const {title, lines, cursor} = shownBundle(overlay.at, scene.locale, columns, rows - 2);
      const height = Math.min(rows, lines.length + 2);
      const framed = panel(lines, {title, width: size.columns, height, border, tone: 'strong'});
      const above = rows - height;
      return {
        lines: [...twoPanes(scene, above, border).slice(0, above), ...framed],
        ...(cursor === undefined ? {} : {cursor: {x: cursor.column + 2, y: above + 1 + cursor.row}}),
      };
    }
    case 'item': {
      const item = itemAt(scene, overlay.path);
      if (item === undefined) return {lines: twoPanes(scene, rows, border)};
      const about = [...aboutItem(scene, item, columns), blank];
      const lines = [...about, ...previewLinesOf(scene, ui.items[overlay.path]?.preview, columns)];
      const title = visibleLine(overlay.path.slice(overlay.path.lastIndexOf('/') + 1));
      return {lines: whole(scene, title, lines, overlay.offset, rows, border)};
    }
    case 'statement': {
      const lines = statementLines(overlay, overlay.command, scene.locale).flatMap((words) =>
        words === '' ? [blank] : paragraph(visibleLine(words), columns),
      );
      return {lines: whole(scene, approvalScreen[scene.locale].statement, lines, overlay.offset, rows, border)};
    }
    case 'queries':
      return {
        lines: whole(scene, text.queries.title, queryLines(scene, overlay.at, columns), overlay.offset, rows, border),
      };
    case 'way-back': {
      const {lines, cursor} = wayBackLines(scene, overlay.at, columns, rows - 2);
      const framed = panel(lines, {title: text.wayBack.title, width: size.columns, height: rows, border});
      return {lines: framed, ...(cursor === undefined ? {} : {cursor: {x: cursor.column + 2, y: cursor.row + 1}})};
    }
    case 'none':
    case 'approval':
    case 'confirm':
    case 'note':
    case 'waive':
    case 'settle':
    case 'cancel-orphans':
    case 'search':
    case 'attach-path':
    case 'attach-note':
    case 'abandon':
    case 'leaving':
    case 'interrupt': {
      const ask = askOf(scene, columns);
      if (ask === undefined) return {lines: twoPanes(scene, rows, border)};
      const typed = ask.input === undefined ? undefined : typedLine(ask.input.label, ask.input.text, columns);
      const inner = [
        ...ask.lines,
        ...(typed === undefined ? [] : [...(ask.lines.length === 0 ? [] : [blank]), typed.line]),
      ];
      const height = Math.min(rows - 5, inner.length + 2);
      const above = twoPanes(scene, rows - height, border);
      const framed = panel(inner.slice(-(height - 2)), {
        title: ask.title,
        width: size.columns,
        height,
        border,
        tone: 'strong',
      });
      return {
        lines: [...above, ...framed],
        ...(typed === undefined ? {} : {cursor: {x: typed.cursor + 2, y: rows - 2}}),
      };
    }
  }
};

/** Every row is exactly as wide as the window, so that nothing of an earlier frame stays behind. */
export const runFrame = (scene: Scene): Frame => {
  const head = headLines(scene);
  const notice = noticeLines(scene);
  const rows = bodyRowsOf(scene.size) - (notice.length - 1);
  const body = bodyOf(scene, rows);
  const lines = [...head, ...body.lines, ...notice, ...footLines(scene)].map((row) => fit(row, scene.size.columns));
  const {cursor} = body;
  return {lines, ...(cursor === undefined ? {} : {cursor: {x: cursor.x, y: cursor.y + head.length}})};
};

/** A plain sentence in both languages: whoever sees it may not have chosen one yet. */
export const tooSmallLines = (words: readonly string[], columns: number): readonly Line[] =>
  words.flatMap((sentence) => wrapped(sentence, Math.max(10, columns - 1)).map((row) => line(row)));
