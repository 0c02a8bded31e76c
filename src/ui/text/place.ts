// Where a failure happened: a place in a file with its source line and a caret, an address, or who stands in the way.

import {alembicTroubleText} from './alembic-trouble.ts';
import type {Meeting} from '../../core/script-effects.ts';
import type {Blocker, CatalogChange, Failure} from '../../core/failure.ts';
import type {Locale} from '../../core/text.ts';
import {findingLines} from './findings.ts';
import {formatCount, formatDuration} from './numbers.ts';
import {rightLines} from './rights.ts';
import {toolFindingLines} from './tool.ts';
import {missedPlaces} from './undone.ts';
import {displayWidth} from './width.ts';

/** More would push the reason off the screen; the rest is in the evidence. */
const mostLines = 10;

const state: Readonly<Record<Locale, Readonly<Record<string, string>>>> = {
  // pg_stat_activity's words stay: they are what a DBA searches for.
  en: {},
  ko: {
    active: '실행 중(active)',
    idle: '유휴(idle)',
    'idle in transaction': '트랜잭션을 연 채 유휴(idle in transaction)',
    'idle in transaction (aborted)': '실패한 트랜잭션을 연 채 유휴(idle in transaction (aborted))',
  },
};

const ours: Readonly<Record<Locale, string>> = {en: '(ours)', ko: '(이 도구의 세션)'};

/** A session of this tool, of whatever run. */
export const isOurs = ({application}: Blocker): boolean => application.startsWith('attempt-runbook/');

/** `in line for the lock` where that is what it does here; else what the server says it waits for, when that tells something. */
const waitText = ({role, waitsFor, prepared}: Blocker, locale: Locale): string => {
  if (prepared !== undefined)
    return {en: 'COMMIT PREPARED or ROLLBACK PREPARED ends it', ko: 'COMMIT PREPARED 또는 ROLLBACK PREPARED로 끝남'}[
      locale
    ];
  if (role === 'waits') return {en: 'in line for the lock', ko: '같은 잠금을 기다림'}[locale];
  // A session that waits for its client does nothing, which its state says already.
  if (waitsFor === undefined || waitsFor.startsWith('Client')) return '';
  return {en: `waits for ${waitsFor}`, ko: `대기: ${waitsFor}`}[locale];
};

/** What the server did not say came as nothing into older journals: no transaction is open for 0 ms in no state. */
const isHidden = ({ageMs, state: of, hiddenFrom, prepared}: Blocker): boolean =>
  hiddenFrom !== undefined || (prepared === undefined && ageMs === 0 && of === '');

const hiddenText = ({hiddenFrom}: Blocker, locale: Locale): string =>
  locale === 'en'
    ? `since when and in which state: not visible${hiddenFrom === undefined ? '' : ` to ${hiddenFrom}`} (needs pg_read_all_stats)`
    : `경과 시간과 상태는 ${hiddenFrom === undefined ? '' : `${hiddenFrom} 역할에 `}보이지 않음(pg_read_all_stats 필요)`;

const ageText = ({ageMs}: Blocker, locale: Locale): string => {
  if (ageMs === undefined) return '';
  return locale === 'en' ? `open ${formatDuration(ageMs, 'en')}` : `트랜잭션 ${formatDuration(ageMs, 'ko')} 경과`;
};

/** `pid 4711`; a prepared transaction has no session, and only whoever knows its name can end it. */
export const blockerName = ({pid, prepared}: Blocker, locale: Locale): string =>
  prepared === undefined
    ? `pid ${pid}`
    : {en: `prepared transaction '${prepared}'`, ko: `준비된 트랜잭션 '${prepared}'`}[locale];

/** `pid 4711  report_user  metabase  open 12 min  idle in transaction` */
export const blockerText = (blocker: Blocker, locale: Locale): string =>
  [
    blockerName(blocker, locale),
    blocker.user,
    blocker.application,
    isHidden(blocker) ? hiddenText(blocker, locale) : ageText(blocker, locale),
    state[locale][blocker.state] ?? blocker.state,
    waitText(blocker, locale),
    isOurs(blocker) ? ours[locale] : '',
  ]
    .filter((part) => part !== '')
    .join('  ');

/** 120: two lines of a narrow screen; the whole text of both sides is in the evidence. */
const longestSide = 120;

/** What of an object differs; an aspect without a word here stays as the catalog's comparison calls it. */
const aspects: Readonly<Record<Locale, Readonly<Record<string, string>>>> = {
  en: {},
  ko: {
    existence: '존재 여부',
    kind: '종류',
    owner: '소유자',
    options: '옵션',
    definition: '정의',
    columns: '컬럼',
    'column types': '컬럼 타입',
    comment: '주석',
    grants: '권한',
    'column grants': '컬럼 권한',
    'column comments': '컬럼 주석',
    'column defaults': '컬럼 기본값',
    'row columns': '행 타입의 컬럼',
    rules: '규칙',
    triggers: '트리거',
    indexes: '인덱스',
    populated: '데이터 적재 여부',
    settings: '설정',
    'row type comment': '행 타입의 주석',
    'row type grants': '행 타입의 권한',
    'extension dependencies': '확장 의존성',
    rows: '행',
  },
};

const side = (text: string, locale: Locale): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const lines = text.split('\n').length;
  // A definition is read in the snapshot, not in a result; here it matters that it changed, and how much there is of it.
  return lines > 1
    ? locale === 'en'
      ? `(${lines} lines)`
      : `(${lines}줄)`
    : line.length > longestSide
      ? `${line.slice(0, longestSide)} ...`
      : line;
};

/** Only the entries that differ: of eleven `name type` pairs usually one. */
const differing = (before: string, after: string): readonly [string, string] => {
  const [was, is] = [before.split(', '), after.split(', ')];
  const [gone, come] = [was.filter((entry) => !is.includes(entry)), is.filter((entry) => !was.includes(entry))];
  // The same entries in another order differ as a whole.
  return gone.length + come.length === 0 ? [before, after] : [gone.join(', '), come.join(', ')];
};

const rowsText = (before: string, after: string, locale: Locale): string => {
  if (before === '') return locale === 'en' ? 'could not be read, so not compared' : '읽을 수 없어 비교하지 못함';
  if (before !== after) return `${before} -> ${after}`;
  return locale === 'en' ? `${before} as before, with other content` : `${before}건 그대로이나 내용이 다름`;
};

/** 2: few enough to be read where the difference is told; more of them are a new definition, not another spelling. */
const mostDifferingLines = 2;

/** The lines of a definition that differ, when the server spells a few of them otherwise. */
const respelt = (before: string, after: string): readonly [string, string] => {
  const lines = (text: string): readonly string[] => text.split('\n').map((line) => line.trim());
  const [was, is] = [lines(before), lines(after)];
  const [gone, come] = [was.filter((line) => !is.includes(line)), is.filter((line) => !was.includes(line))];
  const isFew = [gone, come].every(({length}) => length > 0 && length <= mostDifferingLines);
  return isFew ? [gone.join(' '), come.join(' ')] : [before, after];
};

/** `public.attempt  column types: attempt_no bigint -> attempt_no integer` */
export const changeText = ({object, aspect, before, after}: CatalogChange, locale: Locale): string => {
  if (aspect === 'rows') return `${object}  ${aspects[locale][aspect] ?? aspect}: ${rowsText(before, after, locale)}`;
  const [was, is] = aspect === 'definition' ? respelt(before, after) : differing(before, after);
  return `${object}  ${aspects[locale][aspect] ?? aspect}: ${side(was, locale)} -> ${side(is, locale)}`;
};

/** `s.mid  is read by s.top` */
export const meetingText = ({object, because, by}: Meeting, locale: Locale): string => {
  if (because === 'said-of')
    return locale === 'en'
      ? `${object}  the script speaks of it at ${by}`
      : `${object}  스크립트의 ${by}에서 이 객체를 다룸`;
  return locale === 'en' ? `${object}  is read by ${by}` : `${object}  ${by}에서 읽음`;
};

const limited = (lines: readonly string[], locale: Locale): string | undefined => {
  if (lines.length === 0) return undefined;
  const rest = lines.length - mostLines;
  const more = locale === 'en' ? `and ${rest} more` : `외 ${rest}건`;
  return [...lines.slice(0, mostLines), ...(rest > 0 ? [more] : [])].join('\n');
};

/** Tabs of the source line are copied: a caret after spaces would otherwise stand anywhere. */
const caretLine = (sourceLine: string, column: number): string => {
  const before = [...sourceLine].slice(0, Math.max(0, column - 1));
  return `${before.map((character) => (character === '\t' ? '\t' : ' '.repeat(displayWidth(character)))).join('')}^`;
};

/** `apply/010.sql:14:9`, then the source line and a caret under the column when the server named one. */
const sourcePlace = (failure: Extract<Failure, {code: 'query-refused'}>): string | undefined => {
  const {file, line, column, sourceLine} = failure;
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  if (sourceLine === undefined) return place === '' ? undefined : place;
  const caret = column === undefined ? [] : [`  ${caretLine(sourceLine, column)}`];
  return [...(place === '' ? [] : [place]), `  ${sourceLine}`, ...caret].join('\n');
};

/** `✗ grants  app_reader lost SELECT  (12,000 rows)` */
const failedChecks = ({failed, checks}: Extract<Failure, {code: 'checks-failed'}>, locale: Locale): readonly string[] =>
  failed.map((id) => {
    const check = checks.find((of) => of.id === id);
    if (check === undefined) return `✗ ${id}`;
    const rows = locale === 'en' ? `${formatCount(check.rows)} rows` : `${formatCount(check.rows)}행`;
    return `✗ ${id}  ${check.observed}  (${rows})`;
  });

/** `! data-contract (preflight/010.sql) finds 1 row:` and the rows. */
const foundLines = ({found}: Extract<Failure, {code: 'checks-failed'}>, locale: Locale): string | undefined => {
  const lines = (found ?? []).flatMap(({step, sql, rows, findings, message}) => {
    const name = `${step} (${sql})`;
    if (message !== undefined)
      return [locale === 'en' ? `! ${name} could not be asked: ${message}` : `! ${name} 질의 실패: ${message}`];
    if (rows === 0) return [locale === 'en' ? `- ${name} finds no row` : `- ${name}: 찾은 행 없음`];
    const head =
      locale === 'en'
        ? `! ${name} finds ${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}:`
        : `! ${name}: ${formatCount(rows)}행 발견`;
    return [head, ...findingLines(findings, locale).map((line) => `    ${line}`)];
  });
  return lines.length === 0 ? undefined : lines.join('\n');
};

/** One or more lines, or undefined when the failure has no place of its own. */
export const placeOf = (failure: Failure, locale: Locale): string | undefined => {
  switch (failure.code) {
    case 'query-refused':
      return sourcePlace(failure);
    case 'privilege-missing':
    case 'statement-timeout':
      return failure.file;
    case 'rights-missing':
      // Each with the statement that mends it: what is cut off would have to be found out once more.
      return failure.missing.flatMap((right) => rightLines(right, locale)).join('\n');
    case 'lock-timeout':
      return limited(
        failure.blockers.map((blocker) => blockerText(blocker, locale)),
        locale,
      );
    case 'target-unreachable':
    case 'target-read-only':
      return failure.address;
    case 'session-unguarded':
      return limited(failure.missing, locale);
    case 'authentication-refused':
    case 'identity-hidden':
      return `${failure.user} @ ${failure.address}`;
    case 'session-refused':
      return `${failure.user} @ ${failure.database}, ${failure.address}`;
    case 'process-failed':
      return limited(failure.lastLines.slice(-mostLines), locale);
    case 'disk-full':
    case 'directory-missing':
    case 'artifact-unreadable':
      return failure.path;
    case 'checks-failed':
      return [limited(failedChecks(failure, locale), locale), foundLines(failure, locale)]
        .filter((part) => part !== undefined)
        .join('\n');
    case 'expectation-missed':
      // The rows say what differs; without them there is only a number.
      return failure.findings.length === 0
        ? undefined
        : findingLines(failure.findings, locale)
            .map((line) => `- ${line}`)
            .join('\n');
    case 'tool-findings':
      return limited(toolFindingLines(failure.findings, locale), locale);
    case 'report-unreadable':
      return failure.path;
    case 'backup-not-restorable':
      return limited(failure.lines, locale);
    case 'scratch-roles-missing':
      return limited(failure.roles, locale);
    case 'scratch-role-limited':
      return failure.message;
    case 'partly-applied':
      return failure.cause === undefined ? undefined : placeOf(failure.cause, locale);
    case 'rehearsal-failed':
      return placeOf(failure.failure, locale);
    case 'alembic-unfit':
      return limited(
        failure.troubles.map((trouble) => alembicTroubleText(trouble, locale)),
        locale,
      );
    case 'alembic-failed':
      return limited(failure.lines, locale);
    case 'alembic-incomplete':
      return limited([...failure.lines, ...failure.changes.map((change) => changeText(change, locale))], locale);
    case 'scratch-not-ours':
      return failure.name;
    case 'script-meets-dependants':
      return limited(
        failure.meetings.map((meeting) => meetingText(meeting, locale)),
        locale,
      );
    case 'dependants-not-replayable':
      return limited(failure.objects, locale);
    case 'snapshot-stale':
    case 'catalog-differs':
      return limited(
        failure.changes.map((change) => changeText(change, locale)),
        locale,
      );
    case 'way-back-missed':
      return limited(missedPlaces(failure, locale), locale);
    case 'locks-too-few':
    case 'connection-lost':
    case 'hold-exceeded':
    case 'target-lock-lost':
    case 'not-recordable':
    case 'application-role-missing':
    case 'program-missing':
    case 'tool-unavailable':
    case 'program-too-old':
    case 'backup-unreadable':
    case 'backup-changed':
    case 'index-invalid':
    case 'snapshot-missing':
    case 'backup-missing':
    case 'transaction-lost':
    case 'server-toolchain-missing':
    case 'scratch-unavailable':
    case 'approval-refused':
    case 'timed-out':
    case 'cancelled':
      return undefined;
  }
};
