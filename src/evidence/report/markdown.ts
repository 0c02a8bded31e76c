// The report for a pull request or a change ticket, as GitHub-flavoured Markdown that no foreign text can act in.

import {rollbackStepId} from '../../core/ids.ts';
import {outline} from '../../core/outline.ts';
import {stepState, type StepState} from '../../core/state.ts';
import {approvedBy} from './approvals.ts';
import {doubtsOf, remarks} from './attention.ts';
import {checkedItems} from './form.ts';
import {countsOf, followingSteps, goneBackPairs, operatorsOf, whereRows} from './first-screen.ts';
import type {Page} from './page.ts';
import {standingOf} from './standing.ts';

/** 60,000: GitHub takes 65,536 characters of a comment, and whoever pastes it adds some of his own. */
const MOST = 60_000;
/** One line of a ticket; whoever wants more opens the report. */
const MOST_OF_ONE = 300;

/** Letters, digits and signs that are no markup anywhere, no mention, no reference, no address. */
const isPlain = (text: string): boolean =>
  /^[\p{L}\p{N}][\p{L}\p{N} ,.;'()%?-]*$/u.test(text) && !/\b[0-9a-f]{7,64}\b|\bwww\.|\bGH-\d/i.test(text);

/**
 * Plain words as they are, everything else as code: in a code span GitHub follows no link, mentions nobody, and knows no
 * HTML. A pipe would end a cell even there.
 */
const written = (page: Page, text: string): string => {
  const shown = page.text.visible(text).replaceAll(/\s+/g, ' ').trim();
  const cut = shown.length > MOST_OF_ONE ? `${shown.slice(0, MOST_OF_ONE).toWellFormed()}...` : shown;
  if (cut === '') return '-';
  if (isPlain(cut)) return cut;
  const longest = Math.max(0, ...[...cut.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = cut.startsWith('`') || cut.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${cut.replaceAll('|', '\\|')}${pad}${fence}`;
};

const row = (page: Page, cells: readonly string[]): string =>
  `| ${cells.map((cell) => written(page, cell)).join(' | ')} |`;

const approvedLines = (page: Page): readonly string[] => {
  const {say} = page.text;
  const by = approvedBy(page);
  return by.length === 0
    ? [row(page, [say.approvedBy, say.notApproved])]
    : by.map((one) => row(page, [say.approvedBy, one]));
};

const head = (page: Page): readonly string[] => {
  const {source, text} = page;
  const {runbook, state, end} = source;
  const {say, locale} = text;
  const {opened, closed} = state;
  const standing = standingOf(source);
  const {title, meaning} = text.headline[standing.headline];
  return [
    `# ${written(page, runbook.title[locale])}`,
    '',
    `**${title}.** ${meaning} ${countsOf(page)}`,
    '',
    `| ${say.run} | ${written(page, opened?.run ?? '')} |`,
    '|---|---|',
    row(page, [say.operators, operatorsOf(page).join(', ')]),
    ...whereRows(page).map((of) => row(page, of)),
    row(page, [say.opened, opened === undefined ? '' : text.instant(opened.at)]),
    row(page, [say.closed, closed === undefined ? say.notClosed : text.instant(closed.at)]),
    ...approvedLines(page),
    ...goneBackRows(page),
    row(page, [say.complete, text.completeness(standing.isComplete, end.tornBytes, closed !== undefined)]),
    row(page, [say.plan, opened?.plan ?? '']),
    row(page, [say.head, end.head]),
  ];
};

const goneBackRows = (page: Page): readonly string[] =>
  goneBackPairs(page).map(([label, said]) => row(page, [label, said]));

const summaryOf = ({text}: Page, state: StepState): string => {
  switch (state.status) {
    case 'succeeded':
      return text.facts(state.facts)[0] ?? '';
    case 'failed':
    case 'blocked':
      return text.failure(state.failure).what;
    case 'waived':
      return state.reason;
    case 'waiting':
    case 'running':
    case 'in-doubt':
      return '';
  }
};

const stepRows = (page: Page): readonly string[] => {
  const {source, text} = page;
  const {runbook, state} = source;
  const line = (title: string, of: StepState): string =>
    `| ${text.sign(of)} ${text.status(of)} | ${written(page, title)} | ${written(page, summaryOf(page, of))} |`;
  return [
    ...outline(runbook, state.opened?.environment ?? 'rehearsal').flatMap((phase) =>
      phase.steps.map(({number, step}) => line(`${number} ${step.title[text.locale]}`, stepState(state, step.id))),
    ),
    ...runbook.rollback.flatMap(({id, title}) => {
      const of = stepState(state, rollbackStepId(id));
      return of.attempt === 0 ? [] : [line(title[text.locale], of)];
    }),
    ...followingSteps(page).map((step) => line(step.title[text.locale], stepState(state, step.id))),
  ];
};

/** Every check and sample on a line: what the guide's approvers ask for. */
const resultRows = (page: Page): readonly string[] =>
  outline(page.source.runbook, page.source.state.opened?.environment ?? 'rehearsal').flatMap(({steps}) =>
    steps.flatMap(({step}) => {
      const of = stepState(page.source.state, step.id);
      if (of.status !== 'succeeded') return [];
      const {kind} = of.facts;
      if (kind !== 'smoke' && kind !== 'downstream' && kind !== 'migration') return [];
      return page.text.facts(of.facts).map((said) => `- ${written(page, said)}`);
    }),
  );

/** What every way back that was taken has left, in as many words as the change. */
const wayBackRows = (page: Page): readonly string[] =>
  page.source.runbook.rollback.flatMap(({id}) => {
    const of = stepState(page.source.state, rollbackStepId(id));
    return of.status === 'succeeded' ? page.text.facts(of.facts).map((said) => `- ${written(page, said)}`) : [];
  });

type Part = Readonly<{heading: string; lead: readonly string[]; rows: readonly string[]}>;

const partsOf = (page: Page): readonly Part[] => {
  const {text, source} = page;
  const {say, section} = text;
  const tableOf = (...names: readonly string[]): readonly string[] => [
    `| ${names.join(' | ')} |`,
    `|${names.map(() => '---').join('|')}|`,
  ];
  const noted = checkedItems(page).filter(({checked}) => checked.note !== undefined);
  return [
    {
      heading: section.attention,
      lead: [],
      rows: remarks(page).flatMap((event) => [
        `- ${written(page, `${text.instant(event.at)} ${text.event(event)}`)}`,
        ...doubtsOf(page, event).map((doubt) => `  - ${written(page, doubt)}`),
      ]),
    },
    {heading: section.steps, lead: tableOf(say.outcome, say.steps, say.found), rows: stepRows(page)},
    {heading: say.found, lead: [], rows: [...resultRows(page), ...wayBackRows(page)]},
    {
      heading: say.notes,
      lead: tableOf(say.item, say.notes, say.who, say.when),
      rows: noted.map(({item, checked}) =>
        row(page, [item.text[text.locale], checked.note ?? '', text.who(checked.by), text.instant(checked.at)]),
      ),
    },
    {
      heading: section.files,
      lead: tableOf(say.hash, say.file),
      rows: source.state.artifacts.map(({artifact}) => row(page, [artifact.sha256, artifact.path])),
    },
  ];
};

/** At most 65,000 characters, whatever happened: what does not fit is counted, and said to be elsewhere. */
export const reportMarkdown = (page: Page): string => {
  const lines = [...head(page)];
  let size = lines.join('\n').length;
  let leftOut = 0;
  for (const {heading, lead, rows} of partsOf(page)) {
    if (rows.length === 0) continue;
    const before = ['', `## ${heading}`, '', ...lead];
    const fits: string[] = [];
    let room = MOST - size - before.join('\n').length;
    for (const one of rows) {
      room -= one.length + 1;
      if (room < 0) break;
      fits.push(one);
    }
    leftOut += rows.length - fits.length;
    if (fits.length === 0) continue;
    lines.push(...before, ...fits);
    size = lines.join('\n').length;
  }
  const verify = [
    '',
    page.text.say.verifyRecipe,
    '',
    '```',
    `attempt-runbook verify ${page.source.state.opened?.run.replaceAll(/[^\w-]/g, '') ?? ''}-evidence.zip`,
    '```',
  ];
  return [...lines, ...(leftOut === 0 ? [] : ['', `**${page.text.seeReport(leftOut)}**`]), ...verify, ''].join('\n');
};
