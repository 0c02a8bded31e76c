// What stands at the end of the report: the sealed files, the rules that approvers sign, and how to check all of it.

import {attachmentsOf, attachmentsTable} from './attachments.ts';
import type {Html} from './html.ts';
import {list, section, type Page} from './page.ts';
import {filesTable} from './steps.ts';

export const filesSection = (page: Page): Html => {
  const {html, text} = page;
  const files = filesTable(page);
  return section(page, 'files', [
    html`<p>${text.say.filesLead}</p>`,
    attachmentsTable(page, attachmentsOf(page)) ?? html``,
    ...(files === undefined ? [html`<p>${text.say.nothing}</p>`] : [files]),
  ]);
};

export const policySection = (page: Page): readonly Html[] => {
  const {policy} = page.source.runbook;
  return policy === undefined
    ? []
    : [
        section(page, 'policy', [
          list(
            page,
            policy.map((rule) => rule[page.text.locale]),
          ),
        ]),
      ];
};

/** Commands as somebody types them beside the bundle. */
const recipes = {
  sha256: 'sha256sum -c manifest-sha256.txt && sha256sum -c tagmanifest-sha256.txt',
  signature:
    'ssh-keygen -Y verify -f ALLOWED_SIGNERS -I NAME -n attempt-runbook -s signatures/01.sig < tagmanifest-sha256.txt',
} as const;

export const verifySection = (page: Page): Html => {
  const {html, text, source} = page;
  const {say} = text;
  const run = source.state.opened?.run ?? 'RUN';
  return section(page, 'verify', [
    html`<p>${say.verifyLead}</p>`,
    html`<p>${say.verifyRecipe}</p><pre>attempt-runbook verify ${run}-evidence.zip</pre>`,
    html`<p>${say.sha256Recipe}</p><pre>${recipes.sha256}</pre>`,
    html`<p>${say.signatureRecipe}</p><pre>${recipes.signature}</pre>`,
    html`<p>${say.plan}: <code>${source.state.opened?.plan ?? ''}</code><br>${say.head}: <code>${source.end.head}</code></p>`,
  ]);
};
