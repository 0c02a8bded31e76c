// Which lines of an answers file would answer the question that the run waits with.

import type {ApprovalStep, ChecklistItem} from '../../core/definition.ts';
import type {StepId} from '../../core/ids.ts';
import type {Locale} from '../../core/text.ts';
import {approveCommand, signCommand, type Elsewhere} from '../text/approvals/command.ts';

/** What the operator has to write instead of; never a value that would pass for an answer by itself. */
const placeholders = {
  en: {
    note: 'a link, a name or a ticket',
    reason: 'why it is not needed',
    seen: 'what you saw, and where',
    approver: 'who approves',
    or: 'or',
  },
  ko: {
    note: '링크, 이름 또는 티켓 번호',
    reason: '필요하지 않은 이유',
    seen: '무엇을 어디에서 확인했는지',
    approver: '승인자',
    or: '또는',
  },
} as const satisfies Record<Locale, unknown>;

/** Words that YAML 1.2, or an older reader of it, takes for something else than text. */
const reserved = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/** A text as YAML reads it back: plain where that is certain, otherwise double-quoted, which JSON's quoting is. */
export const yamlText = (text: string): string =>
  /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(text) && !reserved.test(text) ? text : JSON.stringify(text);

const file = (step: StepId, lines: readonly string[]): readonly string[] => [
  'format: attempt-runbook-answers/1',
  'steps:',
  `  ${yamlText(step)}:`,
  ...lines.map((line) => `    ${line}`),
];

export const neededChecks = (step: StepId, items: readonly ChecklistItem[], locale: Locale): readonly string[] =>
  file(
    step,
    items.every(({note}) => note === undefined)
      ? ['check: all']
      : [
          'check:',
          ...items.map(({id, note}) =>
            note === undefined
              ? `  ${yamlText(id)}: {}`
              : `  ${yamlText(id)}: {note: ${JSON.stringify(placeholders[locale].note)}}`,
          ),
        ],
  );

/** An approval by command, where the run may be left meanwhile; the answers file is the way of a rehearsal. */
export const neededApproval = (
  step: ApprovalStep,
  run: string,
  elsewhere: Elsewhere,
  locale: Locale,
): readonly string[] => {
  const {or, approver} = placeholders[locale];
  const command = approveCommand(run, step, elsewhere);
  const key = step.signature === 'required' ? ', key: ~/.ssh/id_ed25519' : '';
  return [
    ...file(step.id, [`approve: [{as: ${JSON.stringify(approver)}${key}}]`]),
    `# ${or}: ${signCommand(run, step, elsewhere)}`,
    `# ${or}: ${command} --as NAME --statement    (${{en: 'to be signed elsewhere', ko: '다른 곳에서 서명할 승인문'}[locale]})`,
    `# ${or}: ${command} --signature FILE.sig`,
    ...(step.optional === true ? [`# ${or}: waive: ${JSON.stringify(placeholders[locale].reason)}`] : []),
  ];
};

/** What was seen where a program could not be asked. */
export const neededByHand = (step: StepId, locale: Locale): readonly string[] =>
  file(step, [`waive: ${JSON.stringify(placeholders[locale].seen)}`]);

/** A dangerous step wants the target's name, an optional one a decision. */
export const neededStart = (
  step: StepId,
  ask: Readonly<{confirm?: string; optional: boolean}>,
  locale: Locale,
): readonly string[] => {
  const {or, reason} = placeholders[locale];
  return file(step, [
    ask.confirm === undefined ? 'start: true' : `confirm: ${yamlText(ask.confirm)}`,
    ...(ask.optional ? [`# ${or}: waive: ${JSON.stringify(reason)}`] : []),
  ]);
};
