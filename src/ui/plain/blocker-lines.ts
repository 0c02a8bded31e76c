// Who stands in the way of a change, as lines: each time that others do, and what they run when somebody asked for it.

import type {Blocker} from '../../core/failure.ts';
import type {SessionQuery} from '../../core/ports.ts';
import type {Locale} from '../../core/text.ts';
import {blockerText} from '../text/place.ts';
import {screenText} from '../text/screen.ts';

export const blockerLines = (blockers: readonly Blocker[], locale: Locale): readonly string[] =>
  blockers.map((blocker) => blockerText(blocker, locale));

/** A query of many lines is one line here: whitespace says nothing about whom it belongs to. */
export const queryTextLines = (queries: readonly SessionQuery[], locale: Locale): readonly string[] =>
  queries.length === 0
    ? []
    : [
        screenText(locale).queries.warning,
        ...queries.map(({pid, query}) => `pid ${pid}: ${query.replaceAll(/\s+/g, ' ').trim()}`),
      ];
