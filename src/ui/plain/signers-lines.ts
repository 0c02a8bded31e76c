// Whose keys count for the approvals ahead, and which of those cannot be given as things are? Said at the start of a run, and
// not when name and key were typed.

import {approvalsAhead} from '../../core/signers/ahead.ts';
import {isInTheWay} from '../../core/signers/standing.ts';
import type {Locale} from '../../core/text.ts';
import type {Session} from '../../engine/session.ts';
import {approvalScreen} from '../text/approval-screen.ts';
import {signersText, signersWarning} from '../text/approvals/signers.ts';
import {stepTitles} from '../text/titles.ts';

/** One line for each step that is held up, and one for each list that is not in the way. */
export const signersLines = async (
  session: Pick<Session, 'view' | 'preview'>,
  locale: Locale,
): Promise<readonly string[]> => {
  const {runbook, state} = session.view();
  const {opened} = state;
  if (opened === undefined) return [];
  const titleOf = stepTitles(runbook, opened.environment, locale);
  const lines = new Set<string>();
  for (const step of approvalsAhead(runbook, state)) {
    const {signers} = await session.preview(step.id);
    if (signers === undefined) continue;
    const warning = isInTheWay(step, signers) ? signersWarning(titleOf(step.id), signers, locale) : undefined;
    if (warning !== undefined) lines.add(`! ${warning}`);
    else if (signers.code === 'enough') lines.add(`${approvalScreen[locale].signers}: ${signersText(signers, locale)}`);
  }
  return [...lines];
};
