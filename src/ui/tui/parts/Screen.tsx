// How a frame gets onto the terminal, with the real cursor where text is typed, so that an input method composes there.

import {useCursor} from 'ink';
import type {ReactElement} from 'react';
import type {Frame} from '../frame.ts';
import type {Theme} from '../theme.ts';
import {Rows} from './Rows.tsx';

export const Screen = ({frame, theme}: Readonly<{frame: Frame; theme: Theme}>): ReactElement => {
  const {setCursorPosition} = useCursor();
  setCursorPosition(frame.cursor);
  return <Rows lines={frame.lines} theme={theme} />;
};
