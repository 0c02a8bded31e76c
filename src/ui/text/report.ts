// How the report speaks: every word and number of it, in the language and the zone that are asked for.

import type {RunbookDefinition} from '../../core/definition.ts';
import type {Environment, Instant} from '../../core/ids.ts';
import type {Locale} from '../../core/text.ts';
import type {ReportText} from '../../evidence/report/words.ts';
import {adviceReasonText, adviceText, lossClaimText} from './advice.ts';
import {proofText} from './approval.ts';
import {scannedText} from './attachment.ts';
import {copyText} from './copy.ts';
import {eventText} from './event.ts';
import {amberLines} from './amber.ts';
import {factsText} from './facts.ts';
import {failureText} from './failure.ts';
import {goneBack, goneBackLabels} from './gone-back.ts';
import {acceptedLines, changeLines, keptLines, opaqueLines, takenLines} from './impact.ts';
import {maskedText} from './masked.ts';
import {formatBytes, formatCount, formatDuration, formatInstant, formatMs, formatTime} from './numbers.ts';
import {rehearsedPartText} from './rehearsed.ts';
import {labelsEn, sentencesEn} from './report-en.ts';
import {labelsKo, sentencesKo} from './report-ko.ts';
import {trustText} from './target.ts';
import {environmentText, statusText, stepSign, verdictText} from './terms.ts';
import {stepTitles} from './titles.ts';
import {verdictSign} from './verdict-sign.ts';
import {visible} from './visible.ts';

/** The operator's own time stands beside UTC where it differs; a zone that means nothing here is left out. */
const momentOf = (at: Instant, timeZone: string): Readonly<{utc: string; local?: string}> => {
  const utc = formatInstant(at, 'UTC');
  try {
    const local = formatInstant(at, timeZone);
    return local === utc ? {utc} : {utc, local};
  } catch {
    // RangeError: the journal names a zone that this machine does not know.
    return {utc};
  }
};

const amber = {en: 'passed, with a remark', ko: '통과 (유의 사항 있음)'} as const;
const decisions = {approved: {en: 'approved', ko: '승인'}, refused: {en: 'refused', ko: '거부'}} as const;
const passed = {en: 'passed', ko: '통과'} as const;

export type ReportContext = Readonly<{runbook: RunbookDefinition; environment: Environment; timeZone: string}>;

export const reportText = (locale: Locale, {runbook, environment, timeZone}: ReportContext): ReportText => {
  const say = locale === 'en' ? labelsEn : labelsKo;
  const sentences = locale === 'en' ? sentencesEn : sentencesKo;
  const titleOf = stepTitles(runbook, environment, locale);
  const moment = (at: Instant) => momentOf(at, timeZone);
  const instant = (at: Instant): string => {
    const {utc, local} = moment(at);
    return local === undefined ? utc : `${utc} (${local})`;
  };
  const who = ({name, host}: Readonly<{name: string; host: string}>): string => `${name}@${host}`;
  return {
    ...sentences,
    locale,
    say,
    visible,
    titleOf,
    instant,
    moment,
    who,
    environment: (of) => environmentText(of, locale),
    trust: (trust) => trustText(trust, locale),
    target: ({user, database, address, serverVersion, sslmode}) =>
      `${user}@${database} (${address}, PostgreSQL ${serverVersion}, sslmode ${sslmode})`,
    copyOf: (copy) => copyText(locale).of(copy),
    timeOfDay: (at) => formatTime(at, 'UTC'),
    duration: (ms) => formatDuration(ms, locale),
    ms: formatMs,
    count: formatCount,
    records: (of) => (locale === 'en' ? `${formatCount(of)} records` : `기록 ${formatCount(of)}건`),
    bytes: formatBytes,
    status: (state) =>
      state.status === 'succeeded'
        ? (state.verdict === 'amber' ? amber : passed)[locale]
        : statusText(state.status, locale),
    sign: stepSign,
    verdictSign,
    verdict: (verdict, by) =>
      by === 'probe'
        ? `${locale === 'en' ? 'the database was asked' : '데이터베이스 확인 결과'}: ${verdictText(verdict, locale)}`
        : `${who(by)}: ${verdictText(verdict, locale)}`,
    counts: (counts) =>
      Object.entries(counts)
        .filter(([, of]) => of > 0)
        .map(([name, of]) => (locale === 'en' ? `${formatCount(of)} ${name}` : `${name} ${formatCount(of)}`))
        .join(' · '),
    facts: (facts) => factsText(facts, locale),
    doubts: (facts) => amberLines(facts, locale),
    goneBack: (of, state) => {
      const said = goneBack(of, state, locale, titleOf);
      return said === undefined ? undefined : {...said, label: goneBackLabels(locale)};
    },
    failure: (failure, action, earlier) => failureText(failure, locale, action, earlier),
    // Without its time of day and its sign: the report has columns for both.
    event: (event) => eventText(event, titleOf, locale, 'UTC').replace(/^\S+ (?:\S | {2})/, ''),
    masked: (artifact) => maskedText(artifact, locale).replace(/^, /, ''),
    impact: (impact) => ({
      opaque: opaqueLines(impact, locale).map(({text}) => text),
      changes: changeLines(impact, locale).map(({text}) => text),
      kept: [...keptLines(impact, locale), ...takenLines(impact, locale)].map(({text}) => text),
      accepted: acceptedLines(impact, locale).map(({text}) => text),
      privileges: privilegesText(impact, locale),
      lock:
        impact.lock === 'none'
          ? say.noLock
          : locale === 'en'
            ? `${impact.lock} on ${(impact.locked ?? impact.objects).join(', ')}, waits at most ${formatMs(impact.lockTimeoutMs)} a try`
            : `${(impact.locked ?? impact.objects).join(', ')}에 ${impact.lock}, 시도마다 최대 ${formatMs(impact.lockTimeoutMs)} 대기`,
    }),
    decision: (of) => decisions[of][locale],
    proof: (of) => proofText(of, locale),
    until: (at) => (locale === 'en' ? `until ${instant(at)}` : `${instant(at)}까지`),
    scanned: (of) => scannedText(of, locale),
    advice: (of) => adviceText(of, locale),
    adviceReason: (of) => adviceReasonText(of, locale),
    rehearsedPart: (part) => rehearsedPartText(part, locale).replace(/^\S+ \S+ {2}/, ''),
    lossClaim: (claim) => lossClaimText(claim, locale) ?? '-',
    lossSince: (at) =>
      locale === 'en' ? `since ${instant(at)}: ${say.lossUnknown}` : `${instant(at)} 이후: ${say.lossUnknown}`,
  };
};

const privilegesText = (
  {grants, comments, options}: Readonly<{grants: number; comments: number; options: number}>,
  locale: Locale,
): string => {
  const parts =
    locale === 'en'
      ? ([
          [grants, 'grant', 'grants'],
          [comments, 'comment', 'comments'],
          [options, 'option', 'options'],
        ] as const)
      : ([
          [grants, '권한', '권한'],
          [comments, '주석', '주석'],
          [options, '옵션', '옵션'],
        ] as const);
  return parts
    .filter(([of]) => of > 0)
    .map(([of, one, many]) =>
      locale === 'en' ? `${formatCount(of)} ${of === 1 ? one : many}` : `${one} ${formatCount(of)}개`,
    )
    .join(', ');
};
