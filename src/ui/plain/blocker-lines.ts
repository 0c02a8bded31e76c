// Who stands in the way of a change, as lines: each time that others do, and what they run when somebody asked for it.

import type {Blocker} from '../../core/failure.ts';
import type {SessionQuery} from '../../core/ports.ts';
import type {Locale} from '../../core/text.ts';
import {blockerText} from '../text/place.ts';
import {screenText} from '../text/screen.ts';

export const blockerLines = (blockers: readonly Blocker[], locale: Locale): readonly string[] =>
  blockers.map((blocker) => blockerText(blocker, locale));

/** A query of many lines is one line here: whitespace says nothing about whom it belongs to. */
export const queryTextLines = (queries: readonly SessionQuery[], locale: Locale): readonly string[] => {
  const {warning, hidden} = screenText(locale).queries;
  const said = ({query, hiddenFrom}: SessionQuery): string =>
    hiddenFrom === undefined ? query.replaceAll(/\s+/g, ' ').trim() : hidden(hiddenFrom);
  return queries.length === 0 ? [] : [warning, ...queries.map((of) => `pid ${of.pid}: ${said(of)}`)];
};
