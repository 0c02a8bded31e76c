// What a change takes, puts back, alters and lets go, in words: the same in every front.

import type {Acceptance} from '../../core/acceptance.ts';
import type {CatalogChange} from '../../core/failure.ts';
import type {PlannedView, ReplacePrediction} from '../../core/planned-view.ts';
import type {Impact} from '../../core/preview.ts';
import type {Locale} from '../../core/text.ts';
import {formatCount, formatDuration} from './numbers.ts';
import {meetingText} from './place.ts';
import {rightLines} from './rights.ts';

/** 'warn' is what an approver must not overlook; 'bad' keeps the change from beginning. */
export type ImpactLine = Readonly<{sign: 'good' | 'warn' | 'note' | 'bad'; text: string}>;

type Barrier = Extract<ReplacePrediction, {possible: false}>;

const words = {
  en: {
    columnChange: (position: number, before: string, after: string) =>
      before === ''
        ? `new column ${formatCount(position)}: ${after}`
        : after === ''
          ? `column ${formatCount(position)} goes: ${before}`
          : `column ${formatCount(position)}: ${before} -> ${after}`,
    more: (count: number) => `and ${formatCount(count)} more columns`,
    barrier: ({because, column, position, before, after}: Barrier) =>
      because === 'dropped'
        ? `${column} is left out, column ${position}`
        : `${column} ${before} -> ${after}, column ${position}`,
    willFail: (why: string) => `CREATE OR REPLACE will be refused: ${why}`,
    needsDrop: (why: string) => `CREATE OR REPLACE impossible: ${why}`,
    canReplace: 'CREATE OR REPLACE is possible',
    unknown: 'its new columns cannot be told before the change',
    hold: (about: string, statements: number, limit: string) =>
      `held for about ${about} and the script (${formatCount(statements)} statements), cancelled after ${limit}`,
    holdTooLong: (about: string, statements: number, limit: string) =>
      `held for about ${about} (${formatCount(statements)} statements): it will be cancelled after ${limit}. Choose a longer holdMs, or fewer objects at a time`,
    kept: (options: string) => `${options} is set again`,
    unread: (place: string, text: string) =>
      `cannot be read beforehand, what it changes beside is set back: ${place}  ${text}`,
    refilled: (object: string) => `${object}: filled anew while the lock is held; other rows than now stop the change`,
    meets: (what: string) => `will be refused: ${what}`,
    left: 'does not come back',
    leftAspect: (aspect: string) => `${aspect}: not put back`,
    absent: 'not there, nothing to lose',
  },
  ko: {
    columnChange: (position: number, before: string, after: string) =>
      before === ''
        ? `새 컬럼 ${formatCount(position)}: ${after}`
        : after === ''
          ? `없어지는 컬럼 ${formatCount(position)}: ${before}`
          : `컬럼 ${formatCount(position)}: ${before} -> ${after}`,
    more: (count: number) => `외 컬럼 ${formatCount(count)}개`,
    barrier: ({because, column, position, before, after}: Barrier) =>
      because === 'dropped' ? `${column} 없음, 컬럼 ${position}` : `${column} ${before} -> ${after}, 컬럼 ${position}`,
    willFail: (why: string) => `CREATE OR REPLACE가 거부됨: ${why}`,
    needsDrop: (why: string) => `CREATE OR REPLACE 불가: ${why}`,
    canReplace: 'CREATE OR REPLACE 가능',
    unknown: '변경 전에는 새 컬럼을 알 수 없음',
    hold: (about: string, statements: number, limit: string) =>
      `약 ${about}에 스크립트 시간을 더한 만큼 유지(문장 ${formatCount(statements)}개), ${limit}를 넘으면 취소`,
    holdTooLong: (about: string, statements: number, limit: string) =>
      `약 ${about} 유지(문장 ${formatCount(statements)}개): ${limit}를 넘어 취소됨. holdMs를 늘리거나 한 번에 다루는 객체를 줄임`,
    kept: (options: string) => `${options} 다시 설정`,
    unread: (place: string, text: string) => `미리 읽을 수 없어 그 밖에 바꾼 것은 되돌림: ${place}  ${text}`,
    refilled: (object: string) => `${object}: 잠금을 잡은 채 다시 채움. 지금과 행이 다르면 변경을 멈춤`,
    meets: (what: string) => `거부될 변경: ${what}`,
    left: '복원하지 않음',
    leftAspect: (aspect: string) => `${aspect}: 복원하지 않음`,
    absent: '대상이 없어 잃을 것도 없음',
  },
} as const satisfies Record<Locale, unknown>;

// 3: the eleven columns of a view that changes them all would push the lock out of the pane.
const MOST_COLUMNS = 3;

const plannedLines = ({object, replaces, prediction, columns}: PlannedView, locale: Locale): readonly ImpactLine[] => {
  const say = words[locale];
  if (prediction === undefined) return [{sign: 'warn', text: `${object}: ${say.unknown}`}];
  // The one column that changes is named by what it stands in the way of.
  const isBarrierAlone = !prediction.possible && columns.length === 1 && columns[0]?.position === prediction.position;
  const shown = isBarrierAlone ? [] : columns.length > MOST_COLUMNS + 1 ? columns.slice(0, MOST_COLUMNS) : columns;
  const rest = isBarrierAlone ? 0 : columns.length - shown.length;
  const outcome = prediction.possible
    ? {sign: 'good' as const, text: say.canReplace}
    : replaces
      ? {sign: 'warn' as const, text: say.willFail(say.barrier(prediction))}
      : {sign: 'note' as const, text: say.needsDrop(say.barrier(prediction))};
  return [
    ...shown.map(({position, before, after}) => ({
      sign: 'note' as const,
      text: `${object}: ${say.columnChange(position, before, after)}`,
    })),
    ...(rest > 0 ? [{sign: 'note' as const, text: `${object}: ${say.more(rest)}`}] : []),
    {...outcome, text: `${object}: ${outcome.text}`},
  ];
};

/** How long the tool itself will keep others out; a warning when that is more than is allowed. */
export const holdLine = ({hold}: Impact, locale: Locale): ImpactLine | undefined => {
  if (hold === undefined) return undefined;
  const [about, limit] = [formatDuration(hold.aboutMs, locale), formatDuration(hold.limitMs, locale)];
  const say = words[locale];
  return hold.aboutMs > hold.limitMs
    ? {sign: 'warn', text: say.holdTooLong(about, hold.statements, limit)}
    : {sign: 'note', text: say.hold(about, hold.statements, limit)};
};

/** What falls and comes back; a cross where the login cannot drop it or put it back. */
export const fallingLines = ({takenAndPutBack}: Impact): readonly ImpactLine[] =>
  takenAndPutBack.map(({kind, name, owner, isBarred}) => ({
    sign: isBarred === true ? 'bad' : 'good',
    text: `${kind} ${name} (${owner})`,
  }));

/** What the login lacks, and the statement that gives it. */
export const unmetLines = ({unmet = []}: Impact, locale: Locale): readonly ImpactLine[] =>
  unmet.flatMap((right) =>
    rightLines(right, locale).map((text, at): ImpactLine => ({sign: at === 0 ? 'bad' : 'note', text})),
  );

/** What the tool sets again although nobody would have noticed its loss. */
export const keptLines = ({kept}: Impact, locale: Locale): readonly ImpactLine[] =>
  kept.map(({object, options}) => ({sign: 'good', text: `${object}: ${words[locale].kept(options.join(', '))}`}));

/** What becomes of the columns of the declared views, and whether CREATE OR REPLACE could do it. */
export const changeLines = ({planned, said = [], unread = []}: Impact, locale: Locale): readonly ImpactLine[] => [
  ...planned.flatMap((view) => plannedLines(view, locale)),
  ...said.map(({text}): ImpactLine => ({sign: 'note', text})),
  ...unread.map(
    ({file, line, text}): ImpactLine => ({sign: 'warn', text: words[locale].unread(`${file}:${line}`, text)}),
  ),
];

/** What of that which is taken comes back otherwise than it was, or stands in the way. */
export const takenLines = ({meetings = [], refilled = []}: Impact, locale: Locale): readonly ImpactLine[] => [
  ...refilled.map((object): ImpactLine => ({sign: 'warn', text: words[locale].refilled(object)})),
  ...meetings.map((meeting): ImpactLine => ({sign: 'warn', text: words[locale].meets(meetingText(meeting, locale))})),
];

const acceptedText = (
  {object, aspect, reason, found}: Acceptance & Readonly<{found: boolean}>,
  locale: Locale,
): string => {
  const say = words[locale];
  const what = found ? (aspect === undefined ? say.left : say.leftAspect(aspect)) : say.absent;
  return `${object}: ${what} (${reason[locale]})`;
};

export const acceptedLines = ({accepted}: Impact, locale: Locale): readonly ImpactLine[] =>
  accepted.map((one) => ({sign: one.found ? 'warn' : 'note', text: acceptedText(one, locale)}));

/** What the copy has shown of a migration of Alembic's: every loss by its name, before anything is applied. */
export const opaqueLines = ({alembic}: Impact, locale: Locale): readonly ImpactLine[] => {
  if (alembic === undefined) return [];
  const say = opaque[locale];
  if (alembic.taken === undefined) return [{sign: 'warn', text: say.unknown}];
  return [
    ...alembic.taken.map((change): ImpactLine => ({sign: 'warn', text: lossText(change, locale)})),
    ...(alembic.taken.length === 0 ? [{sign: 'good' as const, text: say.nothing}] : []),
    {sign: 'note', text: say.gap},
    ...(alembic.statements === undefined
      ? []
      : [{sign: 'note' as const, text: say.statements(alembic.statements.count, alembic.statements.path)}]),
  ];
};

const opaque = {
  en: {
    unknown: 'not rehearsed: nobody knows yet what it takes along',
    nothing: 'takes nothing along',
    gap: 'put back right after the COMMIT of Alembic, not in its transaction: readers see the gap',
    statements: (count: number, path: string) => `${formatCount(count)} statements were sent to the copy: ${path}`,
    dropped: (object: string, kind: string) => `${kind} ${object} is dropped`,
    lost: (object: string, aspect: string, before: string, after: string) =>
      `${object} ${aspect}: ${before === '' ? '-' : before} -> ${after === '' ? '-' : after}`,
  },
  ko: {
    unknown: '예행 연습하지 않음: 무엇이 함께 없어지는지 아직 알 수 없음',
    nothing: '함께 없어지는 것이 없음',
    gap: 'Alembic이 커밋한 직후에 되돌려 놓으며 같은 트랜잭션이 아님: 그사이 읽는 쪽에 공백이 보임',
    statements: (count: number, path: string) => `사본에서 실행된 문장 ${formatCount(count)}개: ${path}`,
    dropped: (object: string, kind: string) => `삭제됨: ${kind} ${object}`,
    lost: (object: string, aspect: string, before: string, after: string) =>
      `${object} ${aspect}: ${before === '' ? '-' : before} -> ${after === '' ? '-' : after}`,
  },
} as const satisfies Record<Locale, unknown>;

const lossText = ({object, aspect, before, after}: CatalogChange, locale: Locale): string =>
  aspect === 'existence' && after === ''
    ? opaque[locale].dropped(object, before)
    : opaque[locale].lost(object, aspect, before, after);

export const impactHeadings = {
  en: {
    unmet: 'Rights that are missing: the change will not be begun',
    opaque: 'What Alembic took on the copy',
    taken: 'Will be taken and put back',
    changes: 'Will change',
    accepted: 'Accepted losses',
    hold: 'Lock',
  },
  ko: {
    unmet: '없는 권한: 이대로는 변경을 시작하지 않음',
    opaque: '사본에서 Alembic으로 없어진 것',
    taken: '내려갔다가 다시 복원되는 것',
    changes: '바뀌는 것',
    accepted: '승인된 손실',
    hold: '잠금',
  },
} as const satisfies Record<Locale, unknown>;

/** All of it as lines, for a front without panes. */
export const impactText = (impact: Impact, locale: Locale): readonly string[] => {
  const signs = {good: '✓', warn: '!', note: '-', bad: '✗'} as const;
  const headings = impactHeadings[locale];
  const taken: readonly ImpactLine[] = [
    ...fallingLines(impact),
    ...keptLines(impact, locale),
    ...takenLines(impact, locale),
    ...impact.notReplayable.map((text) => ({sign: 'warn' as const, text})),
  ];
  const section = (heading: string, lines: readonly ImpactLine[]): readonly string[] =>
    lines.length === 0 ? [] : [heading, ...lines.map(({sign, text}) => `  ${signs[sign]} ${text}`)];
  return [
    ...section(headings.unmet, unmetLines(impact, locale)),
    ...section(headings.opaque, opaqueLines(impact, locale)),
    ...section(headings.taken, taken),
    ...section(headings.changes, changeLines(impact, locale)),
    ...section(headings.accepted, acceptedLines(impact, locale)),
    ...section(headings.hold, [holdLine(impact, locale) ?? []].flat()),
  ];
};
