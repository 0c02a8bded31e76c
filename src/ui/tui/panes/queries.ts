// What the sessions in the way run: shown when somebody asks for it, with the warning that it may hold personal data.

import {failureText} from '../../text/failure.ts';
import {visible, visibleLine} from '../../text/visible.ts';
import {blank, line, paragraph, type Line} from '../line.ts';
import type {Scene} from '../scene.ts';
import type {QueriesState} from '../view-state.ts';

export const queryLines = ({text, locale}: Scene, at: QueriesState, columns: number): readonly Line[] => {
  const warning = [...paragraph(text.queries.warning, columns, 'warn'), blank];
  switch (at.status) {
    case 'asking':
      return [...warning, line(text.queries.asking)];
    case 'unknown':
      return [
        ...warning,
        line(text.queries.unknown, 'strong'),
        ...paragraph(visibleLine(failureText(at.failure, locale).what), columns),
      ];
    case 'told':
      return at.queries.length === 0
        ? [...warning, line(text.queries.none)]
        : [
            ...warning,
            ...at.queries.flatMap(({pid, query, hiddenFrom}) => [
              line(`pid ${pid}`, 'strong'),
              ...visible(hiddenFrom === undefined ? query : text.queries.hidden(hiddenFrom))
                .split('\n')
                .flatMap((row) => paragraph(`  ${row}`, columns, 'plain', 4)),
              blank,
            ]),
          ];
  }
};
