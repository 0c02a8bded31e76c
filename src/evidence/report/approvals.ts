// Who approved what, on which record of the journal, with which key; and who refused.

import {approvalAttempt, approvalsOf, type RecordedApproval} from '../../core/approval.ts';
import type {StepId} from '../../core/ids.ts';
import {plannedSteps} from './first-screen.ts';
import type {Html} from './html.ts';
import {table, timeCell, type Page} from './page.ts';

/** Those that count now, and every refusal: a name that was only typed is said to be that. */
export const approvedBy = (page: Page): readonly string[] => {
  const {text, source} = page;
  return plannedSteps(page).flatMap(({id}) => {
    const attempt = approvalAttempt(source.state, id);
    return approvalsOf(source.state, id)
      .filter((of) => of.attempt === attempt || of.decision === 'refused')
      .map(
        (of) =>
          `${text.decision(of.decision)}: ${of.by} (${text.proof(of.proof)}), ${text.titleOf(id)}, ${text.instant(of.at)}`,
      );
  });
};

const row = (page: Page, of: RecordedApproval): readonly (Html | string)[] => {
  const {html, text} = page;
  const {by, decision, proof, head, expires, reason, statement, recordedBy} = of;
  return [
    html`<strong>${by}</strong><span class="row dim">${text.say.operator} ${text.who(recordedBy)}</span>`,
    html`${text.decision(decision)}${reason === undefined ? undefined : html`<span class="row">${reason}</span>`}`,
    text.proof(proof),
    html`${`${head.seq}`} <code class="row">${head.sha256}</code>`,
    html`${timeCell(page, of.at)}${expires === undefined ? undefined : html`<span class="row">${text.until(expires)}</span>`}`,
    html`<code>${statement.path}</code> <code class="row">${statement.sha256}</code>${
      proof.how === 'signed'
        ? html`<code class="row">${proof.path}</code> <code class="row">${proof.sha256}</code>`
        : undefined
    }`,
  ];
};

export const approvalsTable = (page: Page, step: StepId): Html | undefined => {
  const {html, text, source} = page;
  const {say} = text;
  const of = approvalsOf(source.state, step);
  if (of.length === 0) return undefined;
  return html`<p>${say.approvalLead}</p>${table(
    page,
    [say.who, say.decision, say.signature, say.head, say.when, say.file],
    of.map((one) => row(page, one)),
  )}`;
};
