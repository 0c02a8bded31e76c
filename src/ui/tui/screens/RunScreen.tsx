// What the operator sees of a run: one frame of it, drawn anew whenever the run, the view or the second changes.

import {useInput, usePaste, useWindowSize} from 'ink';
import {useLayoutEffect, useSyncExternalStore, type ReactElement} from 'react';
import type {Locale} from '../../../core/text.ts';
import {screenText} from '../../text/screen.ts';
import {runFrame, tooSmallLines, type Frame} from '../frame.ts';
import {useNow, useOutput} from '../hooks.ts';
import {keyPresses} from '../key-press.ts';
import {createOutputStore} from '../output-store.ts';
import {Screen} from '../parts/Screen.tsx';
import {takesText} from '../respond-overlay.ts';
import type {RunDesk, Surroundings} from '../run-desk.ts';
import {isTooSmall, runningStep, smallest, type Scene} from '../scene.ts';
import type {Theme} from '../theme.ts';

export type RunScreenProps = Readonly<{
  desk: RunDesk;
  locale: Locale;
  theme: Theme;
  timeZone: string;
  now: () => number;
  leave: () => void;
}>;

const unseenOutput = createOutputStore(1);

/** In both languages: whoever sees it may not have chosen one yet. */
const tooSmallFrame = (scene: Scene): Frame => {
  const {columns, rows} = scene.size;
  const isRunning = runningStep(scene) !== undefined;
  const words = (['en', 'ko'] as const).flatMap((locale) => {
    const text = screenText(locale);
    return [
      text.tooSmall(columns, rows, smallest.columns, smallest.rows),
      isRunning ? text.tooSmallRunning : text.tooSmallLeave,
    ];
  });
  return {lines: tooSmallLines(words, columns).slice(0, Math.max(1, rows - 1))};
};

export const RunScreen = ({desk, locale, theme, timeZone, now, leave}: RunScreenProps): ReactElement => {
  const size = useWindowSize();
  const nowMs = useNow(now);
  useSyncExternalStore(desk.session.subscribe, desk.session.view);
  const ui = useSyncExternalStore(desk.ui.subscribe, desk.ui.get);
  // A pane that shows none of it is not drawn anew for it.
  useOutput(ui.tab === 'evidence' ? unseenOutput : desk.output());
  const surroundings: Surroundings = {locale, size, theme, timeZone, nowMs};
  const scene = desk.scene(surroundings);
  const isSmall = isTooSmall(size);

  useInput((input, key) => {
    for (const press of keyPresses(input, key)) {
      if (!isSmall) {
        desk.press(press, () => surroundings);
      } else if (
        runningStep(scene) === undefined &&
        (press.kind === 'key' ? press.key === 'ctrl-c' : /[qQㅂㅃ]/.test(press.text))
      ) {
        leave();
      }
    }
  });
  usePaste((text) => {
    // Pasted text is never a row of commands.
    if (!isSmall && takesText(desk.ui.get().overlay)) desk.press({kind: 'text', text}, () => surroundings);
  });

  const frame = isSmall ? tooSmallFrame(scene) : runFrame(scene);
  useLayoutEffect(() => desk.drawn(frame, surroundings));
  return <Screen frame={frame} theme={theme} />;
};
