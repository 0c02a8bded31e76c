// Do the rows of a frame reach a terminal as they are, through Ink's own renderer?

import {render} from 'ink-testing-library';
import {expect, test} from 'vitest';
import {Rows} from '../../src/ui/tui/parts/Rows.tsx';
import {line} from '../../src/ui/tui/line.ts';

test('Hangul keeps its two columns and a row is never wrapped', () => {
  const {lastFrame, unmount} = render(
    <Rows lines={[line('단계 1'), line('│ 대상: seedtest │')]} theme={{ascii: false, colour: false}} />,
  );
  expect(lastFrame()?.split('\n')).toEqual(['단계 1', '│ 대상: seedtest │']);
  unmount();
});
