// What the plain front prints: a line an event, the output of children indented, and why it stopped.

import type {Recorded} from '../../core/event.ts';
import {verdictOf} from '../../core/facts.ts';
import type {StepId} from '../../core/ids.ts';
import type {Progress} from '../../core/ports.ts';
import {actionOf} from '../../core/outline.ts';
import {earlierThan} from '../../core/rollback.ts';
import {stepState} from '../../core/state.ts';
import type {Locale} from '../../core/text.ts';
import type {Impact, Session, SessionMessage, SessionView} from '../../engine/session.ts';
import {amberLines} from '../text/amber.ts';
import {inboxNewsText} from '../text/approvals/inbox.ts';
import {eventText} from '../text/event.ts';
import type {RunEnd} from '../text/exit.ts';
import {faultText} from '../text/fault.ts';
import {impactText} from '../text/impact.ts';
import {progressText} from '../text/progress.ts';
import {refusalText} from '../text/refusal.ts';
import {stepTitles} from '../text/titles.ts';
import {visibleLine} from '../text/visible.ts';
import {blockerLines, queryTextLines} from './blocker-lines.ts';
import {doubtLines} from './doubt-lines.ts';
import {failureDetailLines, failureLines} from './failure-lines.ts';
import {jsonLine} from './json-line.ts';
import {outputLines} from './output-lines.ts';

export type Printer = Readonly<{
  message: (message: SessionMessage) => void;
  /** What a change would do, before it is answered whether it shall. */
  impact: (impact: Impact) => void;
  end: (end: RunEnd) => void;
}>;

export type PrinterOptions = Readonly<{
  /** Options that a next command needs in order to find the same run, with a space before them. */
  sameRuns?: string;
  view: () => SessionView;
  locale: Locale;
  timeZone: string;
  write: (line: string) => void;
  /** Present when the operator wants to see what the sessions in the way run. */
  queriesOf?: Session['blockerQueries'];
}>;

/** Events and nothing else, so that a program can read every line. */
export const jsonPrinter = (write: (line: string) => void): Printer => ({
  message: (message) => {
    if (message.type === 'event') write(jsonLine(message.event));
  },
  impact: () => undefined,
  end: () => undefined,
});

/** As wide as `02:31:07 `, for lines that have no time of their own. */
const indent = ' '.repeat(9);

const TOLD_EVERY_MS = 30_000;

/** Which line of a long effect a progress belongs to; undefined for what is over in a moment. */
const partOf = (progress: Progress): string | undefined => {
  switch (progress.code) {
    case 'dumping':
      return `dumping ${Math.floor((progress.elapsedMs ?? 0) / TOLD_EVERY_MS)}`;
    case 'held-up':
      return `held up by ${progress.blockers.map(({pid}) => pid).join(' ')}`;
    case 'restoring-into-scratch':
      return `${progress.code} ${progress.name}`;
    case 'verifying-backup':
    case 'comparing-backup':
      return progress.code;
    default:
      return undefined;
  }
};

export const linePrinter = ({view, locale, timeZone, write, queriesOf, sameRuns = ''}: PrinterOptions): Printer => {
  let output = outputLines();
  let lastTry = 0;
  let lastPart: string | undefined;
  let lastBlockers: ReadonlySet<number> = new Set();
  const explained = new Set<StepId>();

  // A line of ours has no newline in it: one that is there came with a foreign string, which must not start a line.
  const print = (lines: readonly string[]): void => {
    for (const line of lines) write(visibleLine(line).trimEnd());
  };

  const titleOf = (step: StepId): string => {
    const {runbook, state} = view();
    return state.opened === undefined ? step : stepTitles(runbook, state.opened.environment, locale)(step);
  };

  const printEvent = (event: Recorded): void => {
    print(output.rest().map((line) => `  | ${line}`));
    output = outputLines();
    lastTry = 0;
    lastPart = undefined;
    print([eventText(event, titleOf, locale, timeZone)]);
    if ((event.type === 'StepSucceeded' || event.type === 'StepReconciled') && event.facts !== undefined) {
      const {facts} = event;
      if (verdictOf(facts) === 'amber') print(amberLines(facts, locale).map((line) => `${indent}  ${line}`));
    }
    if (event.type === 'StepFailed') {
      explained.add(event.step);
      const {runbook, state} = view();
      const earlier = earlierThan(runbook, state, event.step);
      print(failureDetailLines(event.failure, locale, actionOf(runbook, event.step), earlier));
    }
  };

  /** A backup may take hours: each part of it is told once, and how far the dump is every half minute. */
  const printLong = (): void => {
    const {progress} = view();
    const part = progress === undefined ? undefined : partOf(progress);
    if (progress === undefined || part === undefined || part === lastPart) return;
    lastPart = part;
    print([`${indent}- ${progressText(progress, locale)}`]);
  };

  const printWait = (): void => {
    const {progress} = view();
    if (progress?.code !== 'waiting-for-lock' || progress.tries === lastTry) return;
    lastTry = progress.tries;
    print([`${indent}! ${progressText(progress, locale)}`]);
    const {blockers} = progress;
    const isSame = blockers.every(({pid}) => lastBlockers.has(pid)) && blockers.length === lastBlockers.size;
    if (isSame) return;
    lastBlockers = new Set(blockers.map(({pid}) => pid));
    print(blockerLines(blockers, locale).map((line) => `${indent}  ${line}`));
    void queriesOf?.([...lastBlockers]).then(
      (told) => {
        if (told.ok) print(queryTextLines(told.value, locale).map((line) => `${indent}  ${line}`));
      },
      // Whoever cannot be asked is not told about; the wait goes on all the same.
      () => undefined,
    );
  };

  return {
    message: (message) => {
      switch (message.type) {
        case 'event':
          return printEvent(message.event);
        case 'view':
          printLong();
          return printWait();
        case 'inbox':
          // What was taken has its own line already, as an event.
          return message.news.was === 'taken'
            ? undefined
            : print([`! ${inboxNewsText(message.news, locale, titleOf)}`]);
        case 'output':
          return print(output.add(message.stream, message.text).map((line) => `  | ${line}`));
      }
    },
    impact: (impact) => print(impactText(impact, locale).map((line) => `${indent}${line}`)),
    end: (end) => {
      print(output.rest().map((line) => `  | ${line}`));
      print(endLines(end, view(), locale, titleOf, explained, sameRuns));
    },
  };
};

const endLines = (
  end: RunEnd,
  {runbook, state}: SessionView,
  locale: Locale,
  titleOf: (step: StepId) => string,
  explained: ReadonlySet<StepId>,
  sameRuns: string,
): readonly string[] => {
  switch (end.status) {
    case 'closed':
    case 'stopped':
      return [];
    case 'waiting':
      return [
        locale === 'en'
          ? `${titleOf(end.step)}: waits for an answer. These lines in the answers file would give it:`
          : `${titleOf(end.step)}: 응답을 기다립니다. 응답 파일에 다음 내용을 적으면 진행합니다:`,
        ...end.needed.map((line) => `    ${line}`),
      ];
    case 'failed':
    case 'blocked':
      if (explained.has(end.step)) return [];
      return [
        `${titleOf(end.step)}:`,
        ...failureLines(end.failure, locale, actionOf(runbook, end.step), earlierThan(runbook, state, end.step)).map(
          (line) => `  ${line}`,
        ),
      ];
    case 'in-doubt': {
      const of = stepState(state, end.step);
      return doubtLines(titleOf(end.step), of.status === 'in-doubt' ? of.probe : undefined, state, locale, sameRuns);
    }
    case 'refused':
      return [refusalText(end.refusal, locale, titleOf)];
    case 'faulted': {
      const {what, database, now} = faultText(end.fault, locale);
      return [what, `    ${database}`, `    ${now}`];
    }
  }
};
