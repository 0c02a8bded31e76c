// The words for what each kind of step found out, in Korean.

import {rehearsedRightsLines} from './rehearsed-rights.ts';
import type {FactsOf, PutBack, RehearsedPart, TableCount} from '../../core/facts.ts';
import {smokeTime, type SmokeTime} from '../../core/smoke-time.ts';
import {approvalFacts} from './approval.ts';
import {alembicFacts, alembicLines} from './alembic.ts';
import {catalogAfterLines} from './catalog-after.ts';
import type {FactsLexicon} from './facts.ts';
import {findingLines} from './findings.ts';
import {formatBytes, formatCount, formatDuration, formatMs, shortHash} from './numbers.ts';
import {lackingBackLines, rightLines} from './rights.ts';
import {changeText} from './place.ts';
import {proofLines, proofSummary} from './proof.ts';
import {rehearsedPartText} from './rehearsed.ts';
import {toolFactsWords} from './tool.ts';
import {verdictCounts, verdictSign} from './verdict-sign.ts';

const took = (ms: number): string => formatDuration(ms, 'ko');
/** A success that was learned from the server after a crash has no time of its own; the facts say 0. */
const inTime = (ms: number): string => (ms === 0 ? ', 중단된 뒤 서버에 물어 확인함' : `, ${took(ms)}`);
const catalogLine = (digest: string): readonly string[] =>
  digest === '' ? [] : [`카탈로그 sha256 ${shortHash(digest)}`];
const rowCount = (rows: number): string => `${formatCount(rows)}행`;
const tableLine = ({table, rows}: TableCount): string => `${table}  ${rowCount(rows)}`;

const scopeText = {'schema-only': '스키마만, 행 없음', tables: '일부 테이블만, 데이터베이스 전체가 아님'};

const putBackLines = ({dependants, grants, comments, options, owners}: PutBack): readonly string[] => [
  `되돌려 놓음: 종속 객체 ${formatCount(dependants.length)}개, 소유자 ${formatCount(owners)}건, 권한 ${formatCount(grants)}건, 주석 ${formatCount(comments)}건, 옵션 ${formatCount(options)}건`,
  ...dependants.map((name) => `되돌려 놓음: ${name}`),
];

const changeLines = (changes: FactsOf<'migration'>['changes']): readonly string[] =>
  changes.map((change) => `의도한 변경: ${changeText(change, 'ko')}`);

const smokeTimeText = ({durationMs, checks}: SmokeTime): string =>
  checks === 1 ? took(durationMs) : `점검 ${formatCount(checks)}건에 ${took(durationMs)}`;

const smokeLine = (facts: FactsOf<'smoke'>, check: FactsOf<'smoke'>['checks'][number]): string => {
  const {id, verdict, rows, observed} = check;
  return [
    `${verdictSign[verdict]} ${id}`,
    observed,
    verdict === 'amber' && rows === 0 ? '0행으로 통과: 증명된 것이 없음' : rowCount(rows),
    smokeTimeText(smokeTime(facts, check)),
  ]
    .filter((part) => part !== '')
    .join('  ');
};

const sampleLine = (sample: FactsOf<'downstream'>['samples'][number]): string => {
  const {id, verdict, rows, medianMs, runsMs, budgetMs, estimatedCost} = sample;
  const sign = `${verdictSign[verdict]} ${id}`;
  if (runsMs.length === 0)
    return `${sign}  실행하지 않음, 예상 비용 ${formatCount(estimatedCost)} 초과: 증명된 것이 없음`;
  const time = `중앙값 ${formatMs(medianMs)}, 허용 ${formatMs(budgetMs)}${medianMs > budgetMs ? ': 허용 시간 초과' : ''}`;
  return `${sign}  ${time}  ${rows === 0 ? '0행: 증명된 것이 없음' : rowCount(rows)}  ${formatCount(runsMs.length)}회 실행`;
};

const partLine = (part: RehearsedPart): string => rehearsedPartText(part, 'ko');

export const factsKo: FactsLexicon = {
  checklist: ({items}) => ({summary: `항목 ${formatCount(items)}개 확인`, lines: []}),
  query: ({rows, findings, kept, durationMs}) => ({
    summary: `${rowCount(rows)}, ${took(durationMs)}${findings.length > 0 ? ', 확인 필요' : ''}`,
    lines: findingLines(findings.length > 0 ? findings : kept, 'ko'),
  }),
  snapshot: ({
    objects,
    missing,
    dependants,
    notReplayable,
    grants,
    comments,
    options,
    digest,
    unmet = [],
    unmetBack = [],
  }) => ({
    summary: `객체 ${formatCount(objects.length)}개, 종속 객체 ${formatCount(dependants.length)}개의 스냅샷`,
    lines: [
      ...objects.map((name) => `객체: ${name}`),
      ...dependants.map((name) => `종속 객체: ${name}`),
      `권한 ${formatCount(grants)}건, 주석 ${formatCount(comments)}건, 옵션 ${formatCount(options)}건`,
      ...missing.map((name) => `! 존재하지 않음: ${name}`),
      ...notReplayable.map((name) => `! 손실 없이 다시 만들 수 없음: ${name}`),
      ...unmet.flatMap((right) => rightLines(right, 'ko').map((said, at) => (at === 0 ? `! ${said}` : said))),
      ...lackingBackLines(unmetBack, 'ko'),
      `sha256 ${shortHash(digest)}`,
    ],
  }),
  backup: ({
    method,
    path,
    bytes,
    sha256,
    entries,
    durationMs,
    clientVersion,
    tables,
    scope,
    lacks = [],
    proof,
    isUnseen,
    rowSecurity = [],
  }) => ({
    summary: [
      `${formatBytes(bytes)}, 항목 ${formatCount(entries)}개, sha256 ${shortHash(sha256)}, ${took(durationMs)}`,
      proofSummary(proof, 'ko'),
    ]
      .filter(Boolean)
      .join(', '),
    lines: [
      ...(method === 'stand-in'
        ? ['! pg_dump 없이 만든 대체 백업: 복원할 수 없으며, 운영 환경에 대해 증명하는 것이 없음']
        : [`pg_dump ${clientVersion}`]),
      ...(isUnseen === true
        ? [
            '! pg_dump 세션이 대상 DB에서 이 시도의 이름으로 보이지 않았습니다. 대상에서 찾거나 종료할 수 없었을 것입니다',
          ]
        : []),
      ...(scope === undefined ? [] : [scopeText[scope]]),
      ...lacks.map((name) => `! 백업에 없거나 행이 빠진 대상: ${name}`),
      ...proofLines(proof, 'ko'),
      ...rowSecurity.map(
        (name) =>
          `pg_restore에 --enable-row-security 필요: ${name} 을(를) 채울 때 소유자에게 행 수준 보안 정책이 적용됨`,
      ),
      path,
      ...tables.map(tableLine),
    ],
  }),
  rehearse: ({where, serverVersion, tables, isFaithful, rights, restoreMs, durationMs, parts}) => {
    const failing = parts.filter(({verdict}) => verdict === 'fail').length;
    const notRun = parts.filter(({verdict}) => verdict === 'not-run').length;
    return {
      summary: `사본에서 ${parts.length - notRun}건 예행 연습, ${took(durationMs)}${failing === 0 ? '' : `, 실패 ${failing}건`}${notRun === 0 ? '' : `, 실행하지 않음 ${notRun}건`}`,
      lines: [
        ...parts.map(partLine),
        `사본 위치: ${{'target-server': '예행 연습 서버', embedded: '이 장비의 서버', declared: '--scratch로 지정한 서버'}[where]}, PostgreSQL ${serverVersion}, 복원 ${took(restoreMs)}`,
        ...tables.map(tableLine),
        ...rehearsedRightsLines({rights, where}, 'ko'),
        ...(isFaithful ? [] : ['! 사본의 카탈로그가 스냅샷과 다름: 그 사이에 누군가 변경함']),
      ],
    };
  },
  migration: ({
    xid,
    durationMs,
    lockHeldMs,
    lockTries,
    putBack,
    changes,
    accepted,
    notNeeded,
    unread,
    reconciled,
    alembic,
    catalogAfter,
  }) => ({
    summary:
      reconciled === true
        ? `반영됨${inTime(0)}`
        : [
            took(durationMs),
            ...(lockHeldMs === undefined ? [] : [`잠금 유지 ${took(lockHeldMs)}`]),
            `시도 ${formatCount(lockTries)}회`,
          ].join(', '),
    lines: [
      ...(xid === undefined ? [] : [`트랜잭션 ${xid}`]),
      ...alembicLines(alembic, 'ko'),
      ...(putBack === undefined ? [] : putBackLines(putBack)),
      ...changeLines(changes),
      ...catalogAfterLines(catalogAfter, 'ko'),
      ...(accepted ?? []).map((change) => `승인된 손실: ${changeText(change, 'ko')} (${change.reason.ko})`),
      ...(unread ?? []).map(
        ({file, line, text}) =>
          `! 읽을 수 없는 문장이어서, 이 문장이 객체에 한 일도 삭제로 잃은 것과 같이 되돌림: ${file}:${line}  ${text}`,
      ),
      ...(notNeeded ?? []).map(
        ({object, aspect}) => `! 승인했으나 발생하지 않음: ${object}${aspect === undefined ? '' : ` ${aspect}`}`,
      ),
    ],
  }),
  smoke: (facts) => ({
    summary: `점검 ${formatCount(facts.checks.length)}건: ${verdictCounts(facts.checks)}`,
    lines: facts.checks.map((check) => smokeLine(facts, check)),
  }),
  downstream: ({samples}) => ({
    summary: `표본 쿼리 ${formatCount(samples.length)}건: ${verdictCounts(samples)}`,
    lines: samples.map(sampleLine),
  }),
  approval: (facts) => approvalFacts(facts, 'ko'),
  command: ({exitCode, durationMs, lines}) => ({
    summary: `종료 코드 ${exitCode}, ${took(durationMs)}, 출력 ${formatCount(lines)}줄`,
    lines: [],
  }),
  ...toolFactsWords('ko'),
  'restore-objects': ({statements, durationMs, digest, catalogAfter}) => ({
    summary: `복원 완료${statements === 0 ? '' : `, SQL 문 ${formatCount(statements)}개`}${inTime(durationMs)}`,
    lines: [...catalogAfterLines(catalogAfter, 'ko'), ...catalogLine(digest)],
  }),
  revert: ({durationMs, putBack, changes, digest, catalogAfter}) => ({
    summary: `원복 완료${inTime(durationMs)}`,
    lines: [
      ...putBackLines(putBack),
      ...changeLines(changes),
      ...catalogAfterLines(catalogAfter, 'ko'),
      ...catalogLine(digest),
    ],
  }),
  ...alembicFacts.ko,
  downgrade: (facts) => {
    const {summary, lines} = alembicFacts.ko.downgrade(facts);
    return {summary, lines: [...lines, ...catalogAfterLines(facts.catalogAfter, 'ko')]};
  },
  'drop-object': ({dropped, durationMs, catalogAfter}) => ({
    summary: `객체 ${formatCount(dropped.length)}개 삭제${inTime(durationMs)}`,
    lines: [...dropped.map((name) => `삭제: ${name}`), ...catalogAfterLines(catalogAfter, 'ko')],
  }),
  'restore-backup': ({durationMs, tables, digest, catalogAfter}) => ({
    summary: `백업 복원 완료${inTime(durationMs)}`,
    lines: [...tables.map(tableLine), ...catalogAfterLines(catalogAfter, 'ko'), ...catalogLine(digest)],
  }),
  settled: ({note, by}) => ({
    summary:
      by === undefined
        ? '데이터베이스가 아니라 사람이 확정함'
        : `프로그램이 아니라 ${by.name}@${by.host} 작업자가 직접 확인함`,
    lines: [note],
  }),
};
