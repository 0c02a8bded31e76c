// Every text that ui/text can say about the samples, as one file that a human can read from top to bottom.

import type {Action} from '../../../../src/core/definition.ts';
import type {StepId} from '../../../../src/core/ids.ts';
import type {Advice, AdviceReason} from '../../../../src/core/rollback.ts';
import type {Locale} from '../../../../src/core/text.ts';
import {inboxNewsText} from '../../../../src/ui/text/approvals/inbox.ts';
import {adviceReasonText, adviceText, lossText} from '../../../../src/ui/text/advice.ts';
import {estimateText} from '../../../../src/ui/text/estimate.ts';
import {eventText} from '../../../../src/ui/text/event.ts';
import {exitCodes} from '../../../../src/ui/text/exit.ts';
import {factsText} from '../../../../src/ui/text/facts.ts';
import {failureText, type FailureText} from '../../../../src/ui/text/failure.ts';
import {faultText} from '../../../../src/ui/text/fault.ts';
import {progressText} from '../../../../src/ui/text/progress.ts';
import {reachOf, type Reach} from '../../../../src/ui/text/reach.ts';
import {refusalText} from '../../../../src/ui/text/refusal.ts';
import {stepTitles} from '../../../../src/ui/text/titles.ts';
import {
  actions,
  adviceReasons,
  advices,
  estimates,
  events,
  facts,
  failures,
  faults,
  inboxNews,
  losses,
  progresses,
  refusals,
  runbook,
} from './samples.ts';

const reaches: {readonly [R in Reach]: Action | 'none' | undefined} = {
  unknown: undefined,
  reads: actions.query[0],
  transaction: actions.migration[0],
  statements: actions.migration[1],
  alembic: actions.migration[2],
  restore: actions['restore-backup'][0],
  command: actions.command[0],
  none: 'none',
};

export const reachActions = Object.entries(reaches) as readonly (readonly [Reach, Action | 'none' | undefined])[];

export const allFailures = Object.values(failures).flat();

const partLines = ({what, where, database, now}: FailureText): readonly string[] => [
  what,
  ...(where === undefined ? [] : where.split('\n').map((line) => `    ${line}`)),
  `  ${database}`,
  `  ${now}`,
];

/** What the database's part says for the reaches for which it says something else than for the first. */
const failureSection = (locale: Locale): readonly string[] =>
  allFailures.flatMap((failure) => {
    const first = failureText(failure, locale);
    const others = reachActions
      .map(
        ([reach, action]) =>
          [reachOf(action) === reach ? reach : 'wrong', failureText(failure, locale, action).database] as const,
      )
      .filter(([, database]) => database !== first.database)
      .map(([reach, database]) => `  (${reach}) ${database}`);
    const {now} = failureText(failure, locale, 'none');
    const unbegun = now === first.now ? [] : [`  (none) ${now}`];
    return [`[${failure.code}]`, ...partLines(first), ...others, ...unbegun, ''];
  });

const titled = (locale: Locale): ((step: StepId) => string) => stepTitles(runbook, 'staging', locale);

/** Titles, one blank line between sections. */
export const allTexts = (locale: Locale): string => {
  const titleOf = titled(locale);
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['failures', failureSection(locale)],
    ['inbox', inboxNews.map((news) => inboxNewsText(news, locale, titleOf))],
    [
      'refusals',
      Object.values(refusals)
        .flat()
        .map((of) => `[${of.code}] ${refusalText(of, locale, titleOf)}`),
    ],
    [
      'progress',
      Object.values(progresses)
        .flat()
        .map((of) => `[${of.code}] ${progressText(of, locale)}`),
    ],
    [
      'facts',
      Object.values(facts)
        .flat()
        .flatMap((of) => [`[${of.kind}]`, ...factsText(of, locale).map((line) => `  ${line}`)]),
    ],
    [
      'events',
      Object.values(events)
        .flat()
        .map((of) => eventText(of, titleOf, locale, 'Asia/Seoul')),
    ],
    [
      'advice',
      [
        ...(Object.keys(advices) as readonly Advice[]).map((of) => `[${of}] ${adviceText(of, locale)}`),
        ...(Object.keys(adviceReasons) as readonly AdviceReason[]).map(
          (of) => `[${of}] ${adviceReasonText(of, locale)}`,
        ),
        ...losses.map((of) => `[${of.rows} ${of.exact ? 'exact' : 'counted'}] ${lossText(of, locale)}`),
      ],
    ],
    [
      'faults',
      Object.values(faults)
        .flat()
        .flatMap((of) => [`[${of.code}]`, ...partLines(faultText(of, locale))]),
    ],
    ['estimates', estimates.flatMap((of) => estimateText(of, locale))],
    ['exit codes', exitCodes.map(({code, meaning}) => `${code} ${meaning[locale]}`)],
  ];
  return sections.map(([name, lines]) => `== ${name} ==\n\n${lines.join('\n').trimEnd()}\n`).join('\n');
};
