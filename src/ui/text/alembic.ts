// What is said of Alembic: how it failed, what it found and took, and what is missing in a runbook that uses it.

import type {AlembicFacts} from '../../core/alembic.ts';

import type {Locale} from '../../core/text.ts';
import {alembicTroubleText} from './alembic-trouble.ts';
import type {FactsLexicon} from './facts.ts';
import type {FailureLexicon} from './failure.ts';
import {formatCount, formatDuration, shortHash} from './numbers.ts';
import {changeText} from './place.ts';

type Failures = Pick<FailureLexicon, 'alembic-unfit' | 'alembic-failed' | 'alembic-incomplete'>;

const exitOf = ({exitCode, signal}: Readonly<{exitCode?: number; signal?: string}>): string =>
  signal ?? (exitCode === undefined ? '' : `${exitCode}`);

export const alembicFailures: Readonly<Record<Locale, Failures>> = {
  en: {
    'alembic-unfit': ({troubles}) => ({
      what: `The Alembic project is not as the runbook says: ${formatCount(troubles.length)} ${troubles.length === 1 ? 'finding' : 'findings'}.`,
      database: {unchanged: 'Alembic was only asked, in read-only sessions'},
      now: 'Put each finding right, or correct the runbook: a changed file is a new plan, which needs its approvals again. Then start the step again.',
    }),
    'alembic-failed': ({command, exitCode, signal}) => ({
      what:
        exitCode === 0
          ? `'alembic ${command}' ended with exit code 0 and did nothing.`
          : `'alembic ${command}' failed (${exitOf({...(exitCode === undefined ? {} : {exitCode}), ...(signal === undefined ? {} : {signal})}) || 'ended early'}).`,
      database: {unchanged: 'the version table and the declared objects are as they were before'},
      now: 'Read the lines above; the whole output is in the transcript. Put the cause right and start the step again.',
    }),
    'alembic-incomplete': ({exitCode, expected, versions, missing, changes}) => ({
      what: [
        `Alembic ${exitCode === undefined ? 'ended' : `ended with exit code ${exitCode}`}, and what it left is not what was promised:`,
        ...(versions.includes(expected)
          ? []
          : [`the version table says ${versions.join(', ') || 'nothing'}, not ${expected};`]),
        ...(missing.length === 0 ? [] : [`${missing.join(', ')} ${missing.length === 1 ? 'does' : 'do'} not exist;`]),
        ...(changes.length === 0
          ? []
          : [`${formatCount(changes.length)} ${changes.length === 1 ? 'loss is' : 'losses are'} not put back;`]),
        'this is why the step counts as failed.',
      ].join(' '),
      database: 'The database was changed. What is listed is how it differs now from what it should be.',
      now: 'Take a way back: restoring the objects brings them and the version table back as captured. If only something was not put back, starting the step again puts it back and does not run Alembic a second time.',
    }),
  },
  ko: {
    'alembic-unfit': ({troubles}) => ({
      what: `Alembic 프로젝트가 런북의 내용과 다릅니다. 발견: ${formatCount(troubles.length)}건.`,
      database: {unchanged: '읽기 전용 세션으로 확인만 했습니다.'},
      now: '발견된 문제를 바로잡거나 런북을 고칩니다. 파일이 바뀌면 새 실행 계획이 되어 다시 승인받아야 합니다. 그다음 이 단계를 다시 시작합니다.',
    }),
    'alembic-failed': ({command, exitCode, signal}) => ({
      what:
        exitCode === 0
          ? `'alembic ${command}' 명령이 종료 코드 0으로 끝났으나 아무것도 하지 않았습니다.`
          : `'alembic ${command}' 명령이 실패했습니다 (${exitOf({...(exitCode === undefined ? {} : {exitCode}), ...(signal === undefined ? {} : {signal})}) || '도중에 끝남'}).`,
      database: {unchanged: '버전 테이블과 선언된 객체가 이전과 같습니다.'},
      now: '위의 줄을 확인합니다. 전체 출력은 터미널 기록에 있습니다. 원인을 바로잡고 이 단계를 다시 시작합니다.',
    }),
    'alembic-incomplete': ({exitCode, expected, versions, missing, changes}) => ({
      what: [
        `Alembic이 끝났으나${exitCode === undefined ? '' : ` (종료 코드 ${exitCode})`} 약속한 상태가 아닙니다.`,
        ...(versions.includes(expected)
          ? []
          : [`버전 테이블의 값: ${versions.join(', ') || '없음'}, 기대한 값: ${expected}.`]),
        ...(missing.length === 0 ? [] : [`존재하지 않음: ${missing.join(', ')}.`]),
        ...(changes.length === 0 ? [] : [`되돌려 놓지 못한 손실: ${formatCount(changes.length)}건.`]),
      ].join(' '),
      database: '데이터베이스가 바뀌었습니다. 아래 목록은 지금 상태와 기대한 상태의 차이입니다.',
      now: '원복 방법을 택합니다. 객체 복원은 객체와 버전 테이블을 스냅샷 그대로 되돌립니다. 되돌려 놓지 못한 것만 남았다면 이 단계를 다시 시작합니다. 그때는 Alembic을 다시 실행하지 않고 되돌려 놓기만 합니다.',
    }),
  },
};

type Facts = Pick<FactsLexicon, 'alembic-check' | 'downgrade'>;

const lacking = {en: 'missing', ko: '없음'} as const;

export const alembicFacts: Readonly<Record<Locale, Facts>> = {
  en: {
    'alembic-check': ({
      alembic,
      driver,
      current,
      heads,
      pending,
      url,
      files,
      offline,
      lines,
      warnings,
      durationMs,
    }) => ({
      summary: `${formatCount(pending.length)} ${pending.length === 1 ? 'revision' : 'revisions'} to run, in ${formatDuration(durationMs, 'en')}`,
      lines: [
        ...warnings.map((trouble) => `! ${alembicTroubleText(trouble, 'en')}`),
        `now: ${current.join(', ') || 'nothing'}; will run: ${pending.join(', ')}; newest: ${heads.join(', ')}`,
        `env.py connects to the target: ${url} (Alembic ${alembic}, ${driver})`,
        `${formatCount(files)} files are those of the plan`,
        ...(offline === 'printed'
          ? ['upgrade --sql printed its statements, see the output']
          : [
              'upgrade --sql crashed, which says nothing about the migration: it asks the database. The rehearsal on a copy shows what it runs',
              ...lines.map((line) => `  ${line}`),
            ]),
      ],
    }),
    downgrade: ({from, revision, durationMs, missing, changes, digest, exitCode}) => ({
      summary: `${from} -> ${revision}${durationMs === 0 ? '' : ` in ${formatDuration(durationMs, 'en')}`}${missing.length === 0 ? '' : ', and leaves nothing in its place'}`,
      lines: [
        ...(exitCode === undefined || exitCode === 0 ? [] : [`! exit code ${exitCode}, although it took effect`]),
        ...missing.map((name) => `! ${lacking.en}: ${name}`),
        ...changes.map((change) => `! not as before: ${changeText(change, 'en')}`),
        `catalog sha256 ${shortHash(digest)}`,
      ],
    }),
  },
  ko: {
    'alembic-check': ({
      alembic,
      driver,
      current,
      heads,
      pending,
      url,
      files,
      offline,
      lines,
      warnings,
      durationMs,
    }) => ({
      summary: `실행할 리비전 ${formatCount(pending.length)}개, ${formatDuration(durationMs, 'ko')}`,
      lines: [
        ...warnings.map((trouble) => `! ${alembicTroubleText(trouble, 'ko')}`),
        `현재: ${current.join(', ') || '없음'}, 실행할 리비전: ${pending.join(', ')}, 최신: ${heads.join(', ')}`,
        `env.py가 대상 DB에 연결됨: ${url} (Alembic ${alembic}, ${driver})`,
        `실행 계획과 같은 파일: ${formatCount(files)}개`,
        ...(offline === 'printed'
          ? ['upgrade --sql 출력 완료, 출력 탭 참고']
          : [
              'upgrade --sql 도중 오류 발생. 데이터베이스에 질의하는 마이그레이션이어서 생기는 오류이며 결함은 아님. 실행될 문장은 사본 예행 연습에서 확인함',
              ...lines.map((line) => `  ${line}`),
            ]),
      ],
    }),
    downgrade: ({from, revision, durationMs, missing, changes, digest, exitCode}) => ({
      summary: `${from} -> ${revision}${durationMs === 0 ? '' : `, ${formatDuration(durationMs, 'ko')}`}${missing.length === 0 ? '' : ', 그 자리에 아무것도 남지 않음'}`,
      lines: [
        ...(exitCode === undefined || exitCode === 0 ? [] : [`! 반영되었으나 종료 코드 ${exitCode}`]),
        ...missing.map((name) => `! ${lacking.ko}: ${name}`),
        ...changes.map((change) => `! 이전과 다름: ${changeText(change, 'ko')}`),
        `카탈로그 sha256 ${shortHash(digest)}`,
      ],
    }),
  },
};

const migrationWords = {
  en: {
    revision: (from: string, to: string) => `Alembic ${from} -> ${to}`,
    exit: (code: number) => `! exit code ${code}, although it took effect`,
    taken: (what: string) => `taken by the migration: ${what}`,
    gap: (time: string) => `gap: for at most ${time} after the COMMIT of Alembic this was not there yet`,
    refilled: (what: string) => `! filled anew by the put-back, and cannot be brought back: ${what}`,
    unseen: '! no session of Alembic was seen in the target under the name of this attempt',
  },
  ko: {
    revision: (from: string, to: string) => `Alembic ${from} -> ${to}`,
    exit: (code: number) => `! 반영되었으나 종료 코드 ${code}`,
    taken: (what: string) => `마이그레이션으로 없어졌던 것: ${what}`,
    gap: (time: string) => `공백: Alembic이 커밋한 뒤 최대 ${time} 동안은 되돌려 놓이지 않은 상태였음`,
    refilled: (what: string) => `! 되돌려 놓으며 다시 채워짐. 이전 행은 되살릴 수 없음: ${what}`,
    unseen: '! 대상 DB에서 이 시도 이름의 Alembic 세션이 보이지 않았음',
  },
} as const satisfies Record<Locale, unknown>;

/** What Alembic's part in a migration was; nothing for one that the tool runs itself. */
export const alembicLines = (of: AlembicFacts | undefined, locale: Locale): readonly string[] => {
  if (of === undefined) return [];
  const say = migrationWords[locale];
  return [
    say.revision(of.from, of.revision),
    ...(of.exitCode === undefined || of.exitCode === 0 ? [] : [say.exit(of.exitCode)]),
    ...(of.isUnseen === true ? [say.unseen] : []),
    ...(of.refilled ?? []).map((change) => say.refilled(changeText(change, locale))),
    ...of.taken.map((change) => say.taken(changeText(change, locale))),
    ...(of.gapMs === undefined || of.taken.length === 0 ? [] : [say.gap(formatDuration(of.gapMs, locale))]),
  ];
};
