// The words for each failure, in Korean.

import {
  holdersOf,
  isLackOfRights,
  type Failure,
  type RestoreDoubt,
  type ScratchProblem,
  type ToolTrouble,
} from '../../core/failure.ts';
import {lockLossCure, lockLossText} from './locks/loss.ts';
import {alembicFailures} from './alembic.ts';
import type {DatabaseWords, FailureLexicon, FailureWords} from './failure.ts';
import {failing, rowsFoundBy} from './findings.ts';
import {formatBytes, formatCount, formatDuration} from './numbers.ts';
import type {Reach} from './reach.ts';
import {ended} from './sentence.ts';
import {notAsTheyMustBe} from './tool.ts';
import {brokenLineText} from './tunnel.ts';
import {wayBackMissed} from './undone.ts';
import {scratchWhereText} from './terms.ts';

/** After a statement failed on a connection that still works. */
const stopped: Readonly<Record<Reach, DatabaseWords>> = {
  none: '이 명령은 단계를 시작하지 않았으므로 무언가를 바꾸는 문장은 보내지 않았습니다.',
  reads: {unchanged: '이 단계는 읽기만 합니다.'},
  transaction: {unchanged: '트랜잭션 전체가 취소되었습니다.'},
  statements:
    '이미 커밋된 것은 그대로 남아 있습니다: 먼저 실행된 문장과, DO나 CALL이 스스로 커밋한 것. CONCURRENTLY로 만들던 인덱스는 INVALID 상태로 남을 수 있습니다.',
  restore: 'pg_restore는 트랜잭션 하나로 실행됩니다. 전부 복원되었거나 아무것도 바뀌지 않았습니다.',
  alembic: {unchanged: 'Alembic을 시작하지 않았거나, 버전 테이블과 카탈로그가 실행 전과 같음을 확인했습니다.'},
  command: '명령이 실패하기 전에 무엇을 바꿨는지 이 도구는 알 수 없습니다.',
  unknown: '실패한 문장은 아무것도 바꾸지 않았습니다. 트랜잭션 밖에서 먼저 실행된 문장은 그대로 남아 있습니다.',
};

/** What to do once more: a step that failed, or else whatever was asked for. */
const again = (reach: Reach): string => (reach === 'none' ? '다시 시도합니다' : '이 단계를 다시 시작합니다');

/** After something that ended without saying how far it had come. */
const unsure: Readonly<Record<Reach, DatabaseWords>> = {
  ...stopped,
  alembic: 'Alembic은 스스로 커밋합니다. 반영 여부는 버전 테이블과 카탈로그를 확인해야 알 수 있습니다.',
  transaction: '트랜잭션이 커밋되지 않았다면 바뀐 것은 없습니다. 결과는 서버에 물어보아야 알 수 있습니다.',
  statements:
    '이미 커밋된 것은 그대로 남아 있습니다: 끝난 문장과, DO나 CALL이 스스로 커밋한 것. CONCURRENTLY로 만들던 인덱스는 INVALID 상태로 남을 수 있습니다.',
  unknown: '이 시점까지 커밋된 내용은 그대로 남아 있고, 나머지는 반영되지 않았습니다.',
};

const joined = (first: string, rest: DatabaseWords): DatabaseWords =>
  typeof rest === 'string' ? `${first} ${rest}` : rest;

/** When the trouble is found before the action's first change. */
const before = (why: string): DatabaseWords => ({unchanged: why});

/** A query step says what it expects as a code of the runbook, and what came as a number of rows. */
const expectedWords = (expected: string): string =>
  expected === 'no-rows' ? '0행' : expected === 'rows' ? '1행 이상' : expected === 'absent' ? '없음' : expected;

const foundWords = (expected: string, actual: string): string =>
  expected === 'no-rows' || expected === 'rows' ? `${formatCount(Number(actual))}행` : actual;

const restoreDoubt: Readonly<Record<RestoreDoubt, (count: number) => string>> = {
  schema: (count) =>
    `백업에 든 스키마가 대상 DB와 다릅니다. 다른 줄: ${formatCount(count)}개. 파일이 손상되었거나 그사이 누군가 스키마를 바꿨습니다.`,
  restore: () => '임시 데이터베이스에 복원하지 못했습니다.',
  objects: (count) => `복원된 객체 중 ${formatCount(count)}개가 다릅니다.`,
  rows: (count) => `복원된 선언 테이블 중 ${formatCount(count)}개의 행 수가 다릅니다.`,
  catalog: (count) => `복원된 선언 객체가 원래와 다릅니다. 차이: ${formatCount(count)}건.`,
  alone: () => '선언 객체를 이 백업만으로는 복원하지 못했습니다.',
};

const toolTrouble: Readonly<Record<ToolTrouble, (tool: string) => string>> = {
  missing: () => '이 컴퓨터에 설치되어 있지 않음',
  login: (tool) => `로그인되어 있지 않거나 로그인이 유효하지 않음(${tool} auth login)`,
  network: () => '상대 서버에 연결할 수 없음',
  'no-answer': () => '읽을 수 있는 응답이 없음',
};

const scratchProblem: Readonly<Record<ScratchProblem, (message: string) => string>> = {
  'no-server-programs': (version) => `PostgreSQL ${version} 덤프를 받을 서버 프로그램이 이 컴퓨터에 없습니다.`,
  'server-did-not-start': (message) => `이 컴퓨터에서 서버가 시작되지 않았습니다(${message}).`,
  'server-too-old': (version) => `서버 버전이 대상 DB보다 낮습니다: ${version}.`,
  'source-unusable': (source) => `지금 ${source} 에 해당하는 연결이 없습니다.`,
};

const fixFile =
  '파일이 잘못되었으면 고칩니다. 파일이 바뀌면 실행 계획도 바뀌므로 승인을 다시 받고 새로 실행해야 합니다. 대상 DB의 상태가 원인이면 바로잡은 뒤 이 단계를 다시 시작합니다.';

const heldBy = (holders: number, isUnseen: true | undefined): string => {
  if (holders > 0) return `잠금을 쥔 세션: ${formatCount(holders)}개.`;
  return isUnseen === true
    ? '누가 잠금을 쥐었는지는 기다리는 동안 확인하지 못했습니다.'
    : '잠금을 쥔 세션은 보이지 않았습니다.';
};

/** By SQLSTATE: what keeps a session out of a server that answers. */
const admission: Readonly<Record<string, (database: string, user: string) => string>> = {
  '3D000': (database) => `데이터베이스 이름을 확인한 뒤(이 서버에 없음: ${database})`,
  '42501': (database, user) =>
    `데이터베이스 소유자에게 GRANT CONNECT ON DATABASE ${database} TO ${user} 실행을 요청하거나 다른 역할로 접속한 뒤`,
  '53300': () => '서버 또는 이 역할의 연결 수가 한도에 이르렀습니다. 자리가 나면',
  '57P03': () => '서버가 시작, 종료 또는 복구 중입니다. 세션을 받기 시작하면',
};

export const failureKo: FailureLexicon = {
  'query-refused': ({message, sqlState, hint}, reach) => ({
    what: `서버가 SQL 문을 거부했습니다: ${message} (${sqlState}).${hint === undefined ? '' : ` 서버의 힌트: ${ended(hint)}`}`,
    database: stopped[reach],
    now: fixFile,
  }),
  'privilege-missing': ({message, sqlState}, reach) => ({
    what: `권한이 없습니다: ${message} (${sqlState}).`,
    database: stopped[reach],
    now:
      reach === 'none'
        ? '이 로그인에 필요한 권한을 부여하거나, 권한이 있는 역할로 접속합니다. 그런 다음 다시 시도합니다.'
        : '이 단계를 실행하는 역할에 필요한 권한을 부여하거나, 권한이 있는 역할로 접속합니다. 그런 다음 이 단계를 다시 시작합니다.',
  }),
  'lock-timeout': ({tries, blockers, isUnseen}, reach) => ({
    what: `${formatCount(tries)}번 시도했지만 잠금을 얻지 못했습니다. ${heldBy(holdersOf(blockers).length, isUnseen)}`,
    database:
      reach === 'statements' || reach === 'command'
        ? stopped[reach]
        : before('잠금을 기다리던 문장은 물러나 취소되었고, 지금은 다른 세션을 막지 않습니다.'),
    now:
      blockers.length === 0
        ? '이 단계를 다시 시작합니다. 또 잠금을 얻지 못하면 pg_locks를 확인합니다. 잠금을 잠깐씩 쥐는 세션일 수 있습니다.'
        : '위의 세션이 끝나기를 기다리거나 담당자에게 종료를 요청한 뒤, 이 단계를 다시 시작합니다. 이 도구는 다른 사람의 세션을 끝내지 않습니다.',
  }),
  'hold-exceeded': ({holdMs}, reach) => ({
    what: `변경이 잠금을 ${formatDuration(holdMs, 'ko')}보다 오래 유지하여 다른 세션이 기다리게 되어 취소했습니다.`,
    database: reach === 'transaction' ? before('COMMIT 전이어서 트랜잭션 전체를 되돌렸습니다.') : stopped[reach],
    now: '대상 DB가 한가할 때 이 단계를 다시 시작하거나, 한 트랜잭션에서 하는 일을 줄입니다. 더 긴 한도(runbook.yaml의 holdMs)를 쓰면 실행 계획이 바뀝니다.',
  }),
  'statement-timeout': ({afterMs}, reach) => ({
    what: `SQL 문이 제한 시간 ${formatDuration(afterMs, 'ko')} 안에 끝나지 않아 서버가 취소했습니다.`,
    database: stopped[reach],
    now: '서버의 부하를 확인하고, 안정되면 이 단계를 다시 시작합니다. 제한 시간은 런북에서 늘리며, 그러면 실행 계획이 바뀝니다.',
  }),
  'target-unreachable': ({message, line}, reach) => ({
    what: `대상 DB에 연결할 수 없습니다: ${ended(message)}${brokenLineText(line, 'ko')}`,
    database:
      reach === 'reads'
        ? before('이 단계는 읽기만 하며, 연결되지도 않았습니다.')
        : '연결이 열리지 않았으므로 이 연결로 보낸 문장은 없습니다.',
    now: `주소, VPN 또는 프록시, 서버의 가동 여부를 확인한 뒤 ${again(reach)}.`,
  }),
  'session-refused': ({message, sqlState, database, user}, reach) => ({
    what: `서버에 연결되었으나 서버가 세션을 거부했습니다: ${ended(message).replace(/\.$/, '')} (${sqlState}).`,
    database:
      reach === 'reads'
        ? before('이 단계는 읽기만 하며, 세션도 열리지 않았습니다.')
        : '세션이 열리지 않았으므로 이 세션으로 보낸 문장은 없습니다.',
    now: `${admission[sqlState]?.(database, user) ?? '서버가 알린 원인을 바로잡은 뒤'} ${again(reach)}.`,
  }),
  'authentication-refused': ({message, ignoredPassfile}, reach) => ({
    what: `서버가 로그인을 거부했습니다: ${ended(message)}${ignoredPassfile === undefined ? '' : ` 다른 사용자가 읽을 수 있는 파일이므로 ${ignoredPassfile} 의 암호는 사용하지 않았습니다(chmod 600 ${ignoredPassfile}).`}`,
    database:
      reach === 'reads'
        ? before('이 단계는 읽기만 하며, 로그인되지도 않았습니다.')
        : '연결이 열리지 않았으므로 이 연결로 보낸 문장은 없습니다.',
    now: `사용자, 암호 파일 또는 서비스 설정, 서버의 pg_hba.conf를 확인한 뒤 ${again(reach)}.`,
  }),
  'connection-lost': ({message, line}, reach) => ({
    what: `대상 DB와의 연결이 끊어졌습니다: ${ended(message)}${brokenLineText(line, 'ko')}`,
    database:
      reach === 'reads'
        ? stopped.reads
        : reach === 'command'
          ? stopped.command
          : reach === 'none'
            ? stopped.none
            : '결과를 아직 알 수 없습니다. 추측하지 않고, 변경이 어떻게 되었는지 서버에 물어봅니다.',
    now:
      reach === 'none'
        ? '서버에 다시 연결되면 다시 시도합니다.'
        : '변경을 직접 실행하지 마십시오. 서버에 다시 연결되면 이 실행을 이어서 진행합니다. 먼저 결과를 확인하고 그에 따라 계속합니다.',
  }),
  'target-read-only': (_, reach) => ({
    what: '대상 DB가 대기 서버(standby)이거나 쓰기를 받지 않습니다.',
    database: before('이 상태의 서버는 변경을 받지 않습니다.'),
    now: `주 서버(primary)에 연결합니다. 방금 장애 조치가 있었다면 새 주 서버가 확정된 뒤 ${again(reach)}.`,
  }),
  'identity-hidden': ({user}) => ({
    what: `이 역할은 서버의 시스템 식별자를 볼 수 없습니다(pg_control_system() 권한 없음): ${user}.`,
    database: before('시스템 식별자 없이는 다른 데이터베이스로 착각할 수 있습니다.'),
    now: `슈퍼유저가 GRANT EXECUTE ON FUNCTION pg_control_system() TO ${user} 를 실행하거나, 다른 역할로 연결합니다.`,
  }),
  'session-unguarded': (_, reach) => ({
    what: 'lock_timeout 같은 보호 설정이 세션에 남아 있지 않습니다.',
    database: before('이 설정 없이는 어떤 문장도 보내지 않습니다.'),
    now: `이 장비와 서버 사이에서 여러 세션을 대신 처리하는 것이 있습니다(예: statement 풀러). 서버에 직접 연결한 뒤 ${again(reach)}.`,
  }),
  'application-role-missing': ({role}) => ({
    what: `애플리케이션 역할이 없거나, 이 로그인으로는 그 역할을 쓸 수 없습니다: ${role}.`,
    database: before('다른 역할로 대신 점검하지 않았습니다.'),
    now: `역할을 만들거나 이 로그인에 부여한 뒤 이 단계를 다시 시작합니다: ${role}. 소유자로 점검하면 사라진 GRANT를 발견하지 못합니다.`,
  }),
  'rights-missing': ({missing}) => ({
    what: `변경을 시작하지 않았습니다. 변경, 롤백 또는 이후 단계에 필요한 권한이 ${formatCount(missing.length)}건 없습니다.`,
    database: before('카탈로그만 읽었습니다.'),
    now: '각 줄 아래의 문장을 실행할 수 있는 역할에 실행을 요청하거나, 이 권한이 있는 역할로 접속합니다. 그런 다음 이 단계를 다시 시작합니다.',
  }),
  'program-missing': ({program, install}) => ({
    what: `이 컴퓨터에 필요한 프로그램이 없습니다: ${program}.`,
    database: before('프로그램은 시작되지 않았습니다.'),
    now: `프로그램을 설치한 뒤 이 단계를 다시 시작합니다. 설치 명령: ${install}`,
  }),
  'directory-missing': ({path}) => ({
    what: `이 컴퓨터에 폴더가 없습니다: ${path}.`,
    database: before('그 폴더에서 실행할 프로그램은 시작되지 않았습니다.'),
    now: '단계의 폴더는 이 도구를 시작한 위치를 기준으로 찾습니다. 실행에서 나가 그 위치에서 이어서 진행하거나, 폴더를 준비한 뒤 이 단계를 다시 시작합니다.',
  }),
  'program-too-old': ({program, version, serverVersion, install}) => ({
    what: `프로그램이 서버보다 오래되었습니다: ${program} ${version}, 서버 ${serverVersion}.`,
    database: before('프로그램은 시작되지 않았습니다.'),
    now: `서버와 주 버전이 같거나 더 새로운 프로그램을 설치한 뒤 이 단계를 다시 시작합니다. 설치 명령: ${install}`,
  }),
  'process-failed': ({program, exitCode, signal}, reach) => ({
    what: `프로그램이 실패했습니다: ${program}${signal === undefined ? (exitCode === undefined ? '' : `, 종료 코드 ${exitCode}`) : `, 종료 신호 ${signal}`}.`,
    database: stopped[program === 'pg_dump' ? 'reads' : reach === 'unknown' ? 'command' : reach],
    now: '이 단계의 출력을 확인합니다. 원인을 바로잡은 뒤 이 단계를 다시 시작합니다.',
  }),
  'disk-full': ({neededBytes, freeBytes}, reach) => ({
    what: `이 컴퓨터의 디스크 공간이 부족합니다${neededBytes === undefined ? '' : `. 필요: ${formatBytes(neededBytes)}`}${freeBytes === undefined ? '' : `${neededBytes === undefined ? '.' : ','} 남음: ${formatBytes(freeBytes)}`}.`,
    database:
      reach === 'reads' || reach === 'unknown'
        ? before('데이터베이스는 읽기만 했습니다.')
        : joined('데이터베이스 서버의 디스크가 아닙니다.', unsure[reach]),
    now: '이 컴퓨터의 디스크를 비우거나 실행 디렉터리를 더 큰 디스크에 둡니다. 그런 다음 이 단계를 다시 시작합니다.',
  }),
  'not-recordable': ({path, message}) => ({
    what: `${path} 파일을 만들 수 없어 이 단계의 출력을 남길 수 없습니다: ${ended(message)}`,
    database: '단계를 시작하지 않았습니다. 데이터베이스에는 아무것도 요청하지 않았습니다.',
    now: '디스크 공간을 확보하거나 실행 디렉터리를 쓸 수 있게 합니다. 그런 다음 이 단계를 다시 시작합니다.',
  }),
  'backup-unreadable': ({message}) => ({
    what: `백업 파일을 끝까지 읽을 수 없습니다: ${ended(message)}`,
    database: before('파일은 복원보다 먼저 끝까지 읽으며, 읽는 동안 데이터베이스를 건드리지 않습니다.'),
    now: '이 백업은 믿을 수 없습니다. 디스크를 확인하고 백업을 새로 받거나, 다른 원복 방법을 씁니다.',
  }),
  'backup-not-restorable': ({what, where, count}) => ({
    what: `백업을 끝까지 읽을 수는 있지만 증명되지 않았습니다. ${restoreDoubt[what](count)}${where === undefined ? '' : ` 복원 위치: ${scratchWhereText(where, 'ko')}.`}`,
    database: before('대상 DB는 읽기만 했고, 증명에 실패한 백업은 삭제했습니다.'),
    now: '이 백업을 믿지 않습니다. 실제로 복원할 때도 같은 문제가 생깁니다. 발견된 내용을 확인하고 원인을 바로잡은 뒤 이 단계를 다시 시작합니다.',
  }),
  'backup-changed': ({expected, actual}) => ({
    what: `처음 받은 백업 파일과 다릅니다. 기록된 SHA-256: ${expected}, 현재: ${ended(actual)}`,
    database: before('해시 비교는 복원보다 먼저 이루어집니다.'),
    now: '누가 파일에 썼는지 확인합니다. 다른 원복 방법을 쓰거나, 보관해 둔 원본 파일을 되돌려 놓습니다.',
  }),
  'artifact-unreadable': ({message}, reach) => ({
    what: `이 실행의 파일을 기록된 그대로 읽거나 쓸 수 없습니다: ${ended(message)}`,
    database:
      reach === 'reads'
        ? stopped.reads
        : reach === 'transaction'
          ? before('실행의 파일은 변경을 시작하기 전에 읽습니다.')
          : unsure[reach],
    now: '실행 디렉터리와 디스크, 파일 권한을 확인합니다. 바뀐 파일은 증적이 되지 못하므로, 가능하면 다시 만듭니다.',
  }),
  'expectation-missed': ({what, expected, actual, findings}, reach) => ({
    what:
      expected === 'verdict'
        ? `${what}: ${actual === '0' ? '결과가 0행이므로 통과한 것이 없습니다' : `${formatCount(Number(actual))}행 중 ${failing(findings)}행이 통과하지 못했습니다`}.`
        : `기대한 결과가 아닙니다 (${what}). 예상: ${expectedWords(expected)}, 실제: ${ended(foundWords(expected, actual))}`,
    database:
      reach === 'unknown'
        ? '이를 발견한 쿼리는 읽기만 합니다. 트랜잭션으로 진행 중이던 변경은 취소되었습니다.'
        : reach === 'restore'
          ? '복원은 실행되었습니다. 발견된 내용이 데이터베이스의 현재 상태입니다.'
          : stopped[reach],
    now: '발견된 내용을 확인합니다. 원인을 바로잡아 이 단계를 다시 시작하거나, 여기서 멈춥니다.',
  }),
  'index-invalid': ({indexes}) => ({
    what: `인덱스가 INVALID 상태입니다: ${indexes.join(', ')}. 만들다가 중단되었거나 아직 만드는 중이며, 조회에 쓰이지 않으며 유일성을 어기는 행이 있을 수 있습니다.`,
    database: '이 단계의 문장이 한 일은 그대로 남아 있습니다. INVALID 인덱스도 쓰기마다 비용이 듭니다.',
    now: `지금 만들고 있는 세션이 없는지 확인합니다. INVALID 인덱스를 삭제하고(${indexes.map((index) => `DROP INDEX CONCURRENTLY ${index};`).join(' ')}) 중단된 원인을 해결한 뒤 단계를 다시 시작합니다.`,
  }),
  'partly-applied': ({files, verify, cause}, reach) => {
    const of = files.join(', ');
    const say =
      cause === undefined ? undefined : (failureKo[cause.code] as (inner: Failure, reach: Reach) => FailureWords);
    return {
      what:
        cause === undefined || say === undefined
          ? `${of}: ${verify}로 확인한 결과 변경이 완료되지 않았으며, 어디까지 반영되었는지는 알 수 없습니다.`
          : `${of}: ${say(cause, reach).what}`,
      database:
        '그때까지 커밋된 것은 그대로 남아 있으며, 얼마나 되는지는 확인하지 않았습니다. 이 단계는 저절로 다시 시작되지 않습니다.',
      now: '무엇이 반영되어 있는지 확인합니다. 두 번째 실행이 이미 된 것을 건너뛰는 경우에만 화면에서(터미널에서 --answers 없이 resume) 단계를 다시 시작합니다. 그렇지 않으면 직접 마무리하거나 원복합니다.',
    };
  },
  'checks-failed': ({failed, total, found}) => ({
    what: `점검 ${formatCount(total)}건 중 ${formatCount(failed.length)}건이 실패했습니다.`,
    database: before('점검은 읽기만 합니다.'),
    now:
      rowsFoundBy(found) !== ''
        ? `점검이 실패한 원인일 수 있으므로 다음 질의가 찾은 행을 확인합니다: ${rowsFoundBy(found)}. 원인을 바로잡아 이 단계를 다시 시작하거나, 원복합니다.`
        : '실패한 점검의 결과를 확인합니다. 원인을 바로잡아 이 단계를 다시 시작하거나, 원복합니다.',
  }),
  'tool-findings': ({tool, findings}, reach) => ({
    what: `${tool} 확인 결과 중 기준에 맞지 않는 것이 ${formatCount(notAsTheyMustBe(findings))}건 있습니다.`,
    database: stopped[reach],
    now: '확인 결과와 이 단계의 출력을 읽습니다. 원인을 바로잡아 이 단계를 다시 시작하거나, 원복합니다.',
  }),
  'tool-unavailable': ({tool, why, message}) => ({
    what: `${tool}에 확인할 수 없습니다: ${toolTrouble[why](tool)}.${message === '' ? '' : ` 프로그램의 메시지: ${ended(message)}`}`,
    database: before('데이터베이스에 대한 확인이 아니었습니다.'),
    now: '원인을 바로잡아 이 단계를 다시 시작합니다. 또는 직접 확인한 뒤 w 키(응답 파일에서는 waive)로 무엇을 어디에서 확인했는지 적습니다. 작업자 이름으로 직접 확인한 것으로 기록되며, 주의 이상으로 판정되지 않습니다.',
  }),
  'report-unreadable': ({tool, message}, reach) => ({
    what: `${tool} 결과 보고서를 읽을 수 없습니다: ${ended(message)}`,
    database: stopped[reach],
    now: '이 단계의 출력을 읽습니다. 보고서가 없으면 확인된 것이 없습니다. 원인을 바로잡은 뒤 이 단계를 다시 시작합니다.',
  }),
  'snapshot-missing': () => ({
    what: '이 실행에는 선언된 객체의 스냅샷이 없습니다.',
    database: before('스냅샷 없이는 아무것도 삭제하거나 되돌리지 않습니다.'),
    now: '스냅샷 단계를 먼저 실행합니다.',
  }),
  'backup-missing': () => ({
    what: '이 실행에는 백업이 없습니다.',
    database: before('복원할 파일이 없었습니다.'),
    now: '다른 원복 방법을 쓰거나, 백업 단계를 먼저 실행합니다.',
  }),
  'snapshot-stale': ({changes}) => ({
    what: `스냅샷을 만든 뒤 카탈로그가 바뀌었습니다. 차이: ${formatCount(changes.length)}건.`,
    database: before('카탈로그 비교는 변경의 첫 문장보다 먼저 이루어집니다.'),
    now: '누가 바꿨는지 확인합니다. 그런 다음 스냅샷을 다시 만들고(화면에서는 d, 그 밖에는 resume --snapshot-again) 영향도를 비교합니다. 승인자는 이전 영향도를 보고 승인했습니다.',
  }),
  'dependants-not-replayable': ({objects}) => ({
    what: `손실 없이 다시 만들 수 없는 종속 객체가 있습니다: ${formatCount(objects.length)}개.`,
    database: before('변경은 첫 문장을 실행하기 전에 거부되었습니다.'),
    now: '담당자의 동의를 받아 먼저 제거합니다. 함수나 집계 함수는 스크립트에서 직접 삭제하고 다시 만들어도 됩니다. CASCADE는 쓰지 않습니다.',
  }),
  'script-meets-dependants': ({meetings}) => ({
    what: `스크립트보다 먼저 삭제되고 나중에 다시 만들어질 객체를 스크립트가 필요로 합니다: ${formatCount(meetings.length)}개.`,
    database: before('변경은 첫 문장을 실행하기 전에 거부되었습니다.'),
    now: 'runbook.yaml의 objects에 이 객체를 추가하고, 스크립트에서도 삭제하고 다시 만듭니다. 그런 다음 실행 계획을 새로 만듭니다.',
  }),
  'catalog-differs': ({changes}, reach) => ({
    what: `카탈로그가 예상과 다릅니다. 차이: ${formatCount(changes.length)}건.`,
    database:
      reach === 'transaction'
        ? before('COMMIT 전에 차이를 발견하여 트랜잭션 전체를 취소했습니다.')
        : reach === 'unknown'
          ? '트랜잭션으로 진행하던 변경은 COMMIT 전에 취소되었습니다. 복원 뒤라면 위의 차이가 데이터베이스의 현재 상태입니다.'
          : reach === 'restore'
            ? '복원은 실행되었습니다. 위의 차이가 데이터베이스의 현재 상태입니다.'
            : stopped[reach],
    now: '차이가 의도한 것인지 확인합니다. 스크립트를 고쳐 실행 계획을 새로 만들거나, 다른 원복 방법을 씁니다.',
  }),
  'target-lock-lost': ({holder, because}, reach) => ({
    what:
      because === undefined
        ? `단계를 실행하는 동안 다른 실행을 막는 대상 잠금을 잃었습니다${holder === '' ? '' : ` (현재 점유: ${holder})`}.`
        : lockLossText({holder, because}, 'ko'),
    database: reach === 'transaction' ? '변경된 것은 없습니다. 반영되기 전에 트랜잭션을 되돌렸습니다.' : unsure[reach],
    now:
      because === undefined
        ? '이 대상에서 다른 실행이 진행 중인지 확인합니다. 비어 있으면 이 단계를 다시 시작합니다.'
        : lockLossCure({holder, because}, 'ko'),
  }),
  'transaction-lost': ({xid}) => ({
    what: `스크립트가 자체 COMMIT 또는 ROLLBACK으로 트랜잭션을 끝냈습니다: ${xid}.`,
    database:
      '스크립트가 커밋한 내용은 반영되었고, 취소한 내용은 반영되지 않았습니다. COMMIT 전의 점검은 실행되지 않았습니다.',
    now: '먼저 객체를 스냅샷과 비교합니다. 그런 다음 원복하거나, 스크립트에서 COMMIT과 ROLLBACK을 빼고 실행 계획을 새로 만듭니다.',
  }),
  'server-toolchain-missing': ({install}) => ({
    what: '예행 연습에 필요한 PostgreSQL 서버 프로그램이 이 컴퓨터에 없습니다.',
    database: before('서버는 시작되지 않았습니다.'),
    now: `서버 프로그램을 설치한 뒤 다시 시작합니다. 설치 명령: ${install}`,
  }),
  'scratch-unavailable': ({problem, message}) => ({
    what: `시험용 임시 데이터베이스를 쓸 수 없습니다. ${scratchProblem[problem](message)}`,
    database: before('대상 DB는 사용하지 않았습니다.'),
    now: '--scratch env:이름, service:이름, file:경로 중 하나로 서버를 지정하거나, 대상 DB와 같은 주 버전의 PostgreSQL 서버 프로그램을 이 컴퓨터에 설치합니다. 그런 다음 이 단계를 다시 시작합니다.',
  }),
  'scratch-not-ours': ({name}) => ({
    what: `같은 이름의 데이터베이스가 이미 있고, 이 실행의 표시가 없습니다: ${name}.`,
    database: before('이 도구는 스스로 만든 데이터베이스만 삭제합니다.'),
    now: '누구의 데이터베이스인지 확인합니다. 삭제하거나 이름을 바꾼 뒤 이 단계를 다시 시작합니다.',
  }),
  'scratch-roles-missing': ({roles}) => ({
    what: `백업에 나오는 역할 ${formatCount(roles.length)}개가 사본용 서버에 없습니다. 이 도구는 자체 서버에서만 역할을 만듭니다.`,
    database: before('대상 DB가 아닌 곳에 빈 사본만 만들었습니다.'),
    now: '그 서버에 로그인 없는 역할로 만들어 달라고 요청하거나, --scratch 없이 이 장비의 서버를 사용합니다. 그런 다음 이 단계를 다시 시작합니다.',
  }),
  'scratch-role-limited': ({role, message}) => ({
    what: `임시 서버의 역할 ${role}에 복원에 필요한 권한(소유자 지정, 확장 생성, 다른 역할로 권한 부여)이 없습니다: ${ended(message)}`,
    database: before('백업에서 잘못된 점을 찾은 것이 아닙니다. 끝까지 시험하지 못했습니다.'),
    now: '--scratch에 슈퍼유저 역할인 서버를 지정하거나, --scratch 없이 이 장비의 서버를 사용합니다. 그런 다음 이 단계를 다시 시작합니다.',
  }),
  'locks-too-few': ({tables, room, setting}, reach) => ({
    what:
      tables === undefined || room === undefined
        ? '테이블 수만큼의 잠금을 담을 공간이 서버에 없습니다. 서버가 공유 메모리 부족을 알렸습니다.'
        : `덤프에 필요한 잠금을 담을 공간이 서버에 없습니다. 테이블 ${formatCount(tables)}개를 한꺼번에 잠가야 하는데 max_locks_per_transaction(${setting})으로 마련되는 공간은 모두 약 ${formatCount(room)}개분입니다.`,
    database: stopped[reach],
    now: `max_locks_per_transaction 값을 올려 달라고 요청합니다${tables === undefined || room === undefined || setting === undefined ? '' : `(최소 ${formatCount(Math.ceil((setting * tables * 1.2) / Math.max(1, room)))})`}. 서버를 재시작해야 적용됩니다. 또는 'scope: {tables: [...]}'로 필요한 테이블만 백업합니다. 그런 다음 이 단계를 다시 시작합니다.`,
  }),
  'rehearsal-failed': ({part, failure}, reach) => {
    const say = failureKo[failure.code] as (inner: Failure, reach: Reach) => FailureWords;
    return {
      what: `사본에서 실패한 단계: ${part}. ${say(failure, reach).what}`,
      database: before('모두 사본에서 일어난 일입니다.'),
      now: isLackOfRights(failure)
        ? '사본에서 실패하면 대상 DB에서도 실패합니다. 대상 DB에서 권한을 부여한 뒤 이 단계를 다시 시작합니다. 객체나 스키마에 대한 권한은 백업을 통해 사본에 들어오므로, 이때는 스냅샷을 다시 만들고(화면에서는 d, 그 밖에는 resume --snapshot-again) 백업도 다시 받습니다.'
        : '사본에서 실패하면 대상 DB에서도 실패합니다. 원인을 바로잡은 뒤 이 단계를 다시 시작합니다. 파일을 고치면 실행 계획이 바뀝니다.',
    };
  },
  ...alembicFailures.ko,
  'way-back-missed': wayBackMissed.ko,
  'timed-out': ({afterMs}, reach) => ({
    what: `단계가 제한 시간 ${formatDuration(afterMs, 'ko')} 안에 끝나지 않아 중단되었습니다.`,
    database: unsure[reach],
    now: '이 단계의 출력에서 어디까지 진행되었는지 확인합니다. 원인이 사라지면 다시 시작합니다. 제한 시간은 런북에서 늘립니다.',
  }),
  'approval-refused': ({by, reason}) => ({
    what: `${by} 님이 거부했습니다: ${ended(reason)}`,
    database: '거부로 데이터베이스가 바뀌지는 않습니다. 앞 단계까지의 상태 그대로입니다.',
    now: '거부한 사람과 상의합니다. 문제를 바로잡은 뒤 여기에서 다시 승인을 요청하거나, 원복하거나, 실행을 끝냅니다.',
  }),
  cancelled: (_, reach) => ({
    what: '요청에 따라 단계를 중단했습니다.',
    database: reach === 'transaction' || reach === 'alembic' ? stopped[reach] : unsure[reach],
    now: '준비되면 이 단계를 다시 시작하거나, 여기서 멈춥니다.',
  }),
};
