// How the row in which text is typed is drawn, and where its cursor stands.

import {displayWidth, head, tail} from '../text/width.ts';
import {visibleLine} from '../text/visible.ts';
import {span, type Line} from './line.ts';
import type {TextEdit} from './text-edit.ts';

/** A long text slides to the left so that the cursor stays in sight. */
export const typedLine = (label: string, text: TextEdit, columns: number): Readonly<{line: Line; cursor: number}> => {
  const room = Math.max(4, columns - displayWidth(label) - 2);
  const before = tail(visibleLine(text.before), room);
  const after = head(visibleLine(text.after), room - displayWidth(before));
  return {
    line: [span(`${label} `, 'strong'), span(before), span(after)],
    cursor: displayWidth(label) + 1 + displayWidth(before),
  };
};
