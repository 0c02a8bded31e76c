// What one line tells the operator about what just happened, or did not.

import {approvalScreen} from '../../text/approval-screen.ts';
import {inboxNewsText} from '../../text/approvals/inbox.ts';
import {signersWarning} from '../../text/approvals/signers.ts';
import {attachProblemText} from '../../text/attachment.ts';
import {evidenceText} from '../../text/evidence.ts';
import {formatBytes} from '../../text/numbers.ts';
import {pictureText} from '../../text/picture.ts';
import {refusalText} from '../../text/refusal.ts';
import {shellText} from '../../text/shell.ts';
import {sleepText} from '../../text/sleep.ts';
import {stepTitles} from '../../text/titles.ts';
import {visibleLine} from '../../text/visible.ts';
import {wrapped} from '../../text/width.ts';
import {bundleLines} from './bundle.ts';
import {blank, line, span, type Line} from '../line.ts';
import type {Scene} from '../scene.ts';
import type {Notice} from '../view-state.ts';

const lineText = (of: Line): string => of.map(({text}) => text).join('');

const noticeText = ({text, locale, view, size}: Scene, notice: Notice): string => {
  switch (notice.kind) {
    case 'refused': {
      const environment = view.state.opened?.environment;
      const titleOf = environment === undefined ? undefined : stepTitles(view.runbook, environment, locale);
      return refusalText(notice.refusal, locale, titleOf);
    }
    case 'impossible':
      return text.because[notice.because];
    case 'trouble':
      return text.notice.trouble(notice.message);
    case 'slept':
      return sleepText(notice.ms, notice.lockLostTo, locale);
    case 'shell':
      return shellText(notice.end, locale);
    case 'pictured':
      return pictureText(notice.taken, locale);
    case 'torn':
      return text.notice.torn(formatBytes(notice.bytes));
    case 'inbox': {
      const environment = view.state.opened?.environment ?? 'rehearsal';
      return inboxNewsText(notice.news, locale, stepTitles(view.runbook, environment, locale));
    }
    case 'signers': {
      const environment = view.state.opened?.environment ?? 'rehearsal';
      const titleOf = stepTitles(view.runbook, environment, locale);
      return signersWarning(titleOf(notice.step), notice.standing, locale) ?? '';
    }
    case 'attached':
      return evidenceText(locale).attached;
    case 'attach-refused':
      return attachProblemText(notice.problem, locale).join(' ');
    case 'checking':
      return evidenceText(locale).checking(notice.done, notice.of);
    case 'checked': {
      const {equal, of} = notice;
      return equal === of ? evidenceText(locale).checked(equal, of) : evidenceText(locale).checkedBad(of - equal, of);
    }
    case 'answer-needed':
      return approvalScreen[locale].needed;
    case 'bundle':
      return bundleLines(notice.at, locale, 4 * size.columns)
        .lines.slice(0, 2)
        .map(lineText)
        .join(' ');
    case 'reason-missing':
    case 'note-missing':
    case 'no-match':
    case 'stopping-step':
      return text.notice[notice.kind];
  }
};

/** One row that is always there; a longer notice takes rows from the body while it is shown. */
export const noticeLines = (scene: Scene): readonly Line[] => {
  const {ui, size, text} = scene;
  if (ui.isLeaving) return [line(` ! ${text.notice.stopping}`, 'warn')];
  if (ui.notice === undefined) return [ui.isSubmitting ? line(` ${text.notice.submitting}`, 'dim') : blank];
  const words = visibleLine(noticeText(scene, ui.notice));
  return wrapped(words, size.columns - 4)
    .slice(0, 4)
    .map((row, at): Line => [span(at === 0 ? ' ! ' : '   ', 'warn'), span(row, 'strong')]);
};
