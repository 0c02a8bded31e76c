// What happened in a run, as Markdown for a change ticket: who, what, where, when, and every step with its verdict.

import type {RunbookDefinition} from '../core/definition.ts';
import {rollbackStepId} from '../core/ids.ts';
import {outline} from '../core/outline.ts';
import {stepState, type RunState, type StepState} from '../core/state.ts';
import type {Locale} from '../core/text.ts';

/** The words, given from outside: this folder knows no language. */
export type SummaryWords = Readonly<{
  headings: Readonly<Record<'run' | 'steps' | 'items' | 'wayBack' | 'artifacts' | 'policy', string>>;
  rows: (state: RunState) => readonly (readonly [string, string])[];
  status: (step: StepState) => string;
  details: (step: StepState) => readonly string[];
}>;

/** A cell of a table must not end it, and must not be markup. */
const cell = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');

const stepLines = (title: string, step: StepState, words: SummaryWords): readonly string[] => [
  `### ${title}`,
  '',
  words.status(step),
  ...(words.details(step).length === 0
    ? []
    : ['', '```text', ...words.details(step).map((line) => line.replaceAll('```', "'''")), '```']),
  '',
];

export const summaryMarkdown = (
  runbook: RunbookDefinition,
  state: RunState,
  locale: Locale,
  words: SummaryWords,
): string => {
  const environment = state.opened?.environment ?? 'rehearsal';
  const {headings} = words;
  const items = outline(runbook, environment)
    .flatMap(({steps}) => steps)
    .flatMap(({step}) =>
      step.kind === 'checklist'
        ? step.items.map((item) => {
            const checked = state.items[step.id]?.[item.id];
            const who =
              checked === undefined
                ? ''
                : ` (${checked.by.name}, ${checked.at})${checked.note === undefined ? '' : `: ${cell(checked.note)}`}`;
            return `- [${checked === undefined ? ' ' : 'x'}] ${cell(item.text[locale])}${who}`;
          })
        : [],
    );
  const back = state.rollback;
  const option = runbook.rollback.find(({id}) => id === back?.option);
  return [
    `# ${runbook.title[locale]}`,
    '',
    `| ${headings.run} | |`,
    '|---|---|',
    ...words.rows(state).map(([name, value]) => `| ${cell(name)} | ${cell(value)} |`),
    '',
    `## ${headings.steps}`,
    '',
    ...outline(runbook, environment).flatMap(({steps}) =>
      steps.flatMap(({number, step}) => stepLines(`${number} ${step.title[locale]}`, stepState(state, step.id), words)),
    ),
    ...(option === undefined || back === undefined
      ? []
      : [
          `## ${headings.wayBack}`,
          '',
          back.reason,
          '',
          ...stepLines(option.title[locale], stepState(state, rollbackStepId(option.id)), words),
        ]),
    `## ${headings.items}`,
    '',
    ...items,
    '',
    ...(runbook.policy === undefined
      ? []
      : [`## ${headings.policy}`, '', ...runbook.policy.map((rule) => `- ${cell(rule[locale])}`), '']),
    `## ${headings.artifacts}`,
    '',
    '| sha256 | bytes | path |',
    '|---|---|---|',
    ...state.artifacts.map(({artifact}) => `| \`${artifact.sha256}\` | ${artifact.bytes} | ${cell(artifact.path)} |`),
    '',
  ].join('\n');
};
