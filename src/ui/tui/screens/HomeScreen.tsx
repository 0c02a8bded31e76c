// What the operator sees first: what this change is, and what can be done with it now.

import {useInput, usePaste, useWindowSize} from 'ink';
import {useSyncExternalStore, type ReactElement} from 'react';
import type {Locale} from '../../../core/text.ts';
import {screenText} from '../../text/screen.ts';
import type {BundleState} from '../bundle.ts';
import {tooSmallLines} from '../frame.ts';
import {homeFrame, lastBundleOffset} from '../home-frame.ts';
import type {HomeDesk} from '../home-desk.ts';
import {isTyping} from '../home-state.ts';
import {useNow} from '../hooks.ts';
import {keyPresses} from '../key-press.ts';
import {Screen} from '../parts/Screen.tsx';
import {isTooSmall, smallest} from '../scene.ts';
import type {Theme} from '../theme.ts';

export type HomeScreenProps = Readonly<{
  desk: HomeDesk;
  tool: string;
  locale: Locale;
  theme: Theme;
  timeZone: string;
  now: () => number;
}>;

export const HomeScreen = ({desk, tool, locale, theme, timeZone, now}: HomeScreenProps): ReactElement => {
  const size = useWindowSize();
  const nowMs = useNow(now);
  const state = useSyncExternalStore(desk.store.subscribe, desk.store.get);
  const lastOffsetOf = (at: BundleState): number => lastBundleOffset(at, locale, size);
  useInput((input, key) => {
    for (const press of keyPresses(input, key)) desk.press(press, lastOffsetOf);
  });
  usePaste((text) => {
    if (isTyping(desk.store.get())) desk.press({kind: 'text', text}, lastOffsetOf);
  });
  if (isTooSmall(size)) {
    const words = (['en', 'ko'] as const).flatMap((of) => [
      screenText(of).tooSmall(size.columns, size.rows, smallest.columns, smallest.rows),
      screenText(of).tooSmallLeave,
    ]);
    return (
      <Screen frame={{lines: tooSmallLines(words, size.columns).slice(0, Math.max(1, size.rows - 1))}} theme={theme} />
    );
  }
  const frame = homeFrame({
    model: desk.model(),
    state,
    tool,
    locale,
    text: screenText(locale),
    theme,
    timeZone,
    size,
    nowMs,
  });
  return <Screen frame={frame} theme={theme} />;
};
