// How lines become terminal text: one Ink text for each row, one for each span.

import {Box, Text} from 'ink';
import type {ReactElement} from 'react';
import {visibleLine} from '../../text/visible.ts';
import type {Line} from '../line.ts';
import {lookOf, signsFor, type Theme} from '../theme.ts';

export const Rows = ({lines, theme}: Readonly<{lines: readonly Line[]; theme: Theme}>): ReactElement => (
  <Box flexDirection="column">
    {lines.map((line, row) => (
      <Text key={row} wrap="truncate">
        {line.length === 0
          ? ' '
          : line.map(({text, tone}, at) => (
              <Text key={at} {...lookOf(tone, theme)}>
                {/* The last door before the terminal: whatever a pane forgot cannot act on it. */}
                {signsFor(visibleLine(text), theme)}
              </Text>
            ))}
      </Text>
    ))}
  </Box>
);
