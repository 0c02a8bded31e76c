// The words for each problem, in Korean.

import {formatBytes, formatCount} from './numbers.ts';
import type {ProblemLexicon} from './problem.ts';
import {ended} from './sentence.ts';

const listed = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(', ');

const duplicates = {
  step: '단계 ID가 겹칩니다',
  phase: '구간 ID가 겹칩니다',
  item: '이 점검 목록의 항목 ID가 겹칩니다',
  check: '이 단계의 점검 ID가 겹칩니다',
  read: '이 단계의 공유 쿼리 ID가 겹칩니다',
  sample: '이 단계의 샘플 쿼리 ID가 겹칩니다',
  option: '원복 방법 ID가 겹칩니다',
  object: '객체 목록에 같은 이름이 두 번 있습니다',
  table: '테이블 목록에 같은 이름이 두 번 있습니다',
  environment: '이 목록에 같은 환경이 두 번 있습니다',
} as const;

const quotes = {
  comment: '주석',
  string: '문자열',
  identifier: '따옴표로 묶은 이름',
  'dollar-string': '달러 인용 문자열',
} as const;

const types: Readonly<Record<string, string>> = {
  text: '텍스트',
  mapping: '매핑(key: value)',
  list: '목록',
  number: '숫자',
  'whole number': '정수',
  boolean: 'true 또는 false',
  nothing: '빈 값',
};

const type = (name: string): string => types[name] ?? name;

const excepted = ['sql-cascade', 'sql-index-blocks-writes', 'sql-name-not-qualified'];

const exceptionKo = (rule: string): string =>
  `의도한 것이면 문장 바로 위에 적습니다: -- lint: allow ${rule} because <이유>`;

const bareNames = {relation: '테이블·뷰', function: '함수', type: '타입'} as const;

export const problemKo: ProblemLexicon = {
  'file-missing': () => ({
    what: '파일이 없습니다.',
    hint: '런북은 runbook/<id>/runbook.yaml, SQL 파일은 sql/<id>/ 아래에 둡니다.',
  }),
  'file-too-big': ({bytes, limit}) => ({
    what: `파일이 너무 큽니다. 크기: ${formatBytes(bytes)}, 한도: ${formatBytes(limit)}.`,
    hint: '파일을 나누거나, 올바른 파일인지 확인합니다. 이 크기는 사람이 검토할 수 없습니다.',
  }),
  'not-utf8': () => ({what: 'UTF-8이 아닌 바이트가 있습니다.', hint: '파일을 UTF-8로 저장합니다.'}),
  'byte-order-mark': () => ({
    what: '파일이 BOM(byte order mark)으로 시작합니다.',
    hint: "'UTF-8 with BOM'이 아니라 'UTF-8'로 저장합니다.",
  }),
  'carriage-return': () => ({
    what: '줄 끝이 CR LF입니다.',
    hint: '줄 끝을 LF로 바꿉니다. 그대로 두면 같은 내용이라도 컴퓨터마다 다이제스트가 달라집니다.',
  }),
  tab: () => ({
    what: '파일에 탭 문자가 있습니다.',
    hint: '공백으로 바꿉니다. YAML에서 탭은 너비가 정해져 있지 않습니다.',
  }),
  'hidden-character': ({character}) => ({
    what: `보이지 않는 문자가 있습니다: ${character}.`,
    hint: '지웁니다. 검토자가 볼 수 없는 것에는 승인자도 서명할 수 없습니다.',
  }),
  'not-nfc': () => ({
    what: '자모가 분리된 텍스트(NFC 아님)가 있습니다.',
    hint: '파일을 NFC로 변환합니다. 예: uconv -x nfc. macOS에서 입력하거나 붙여 넣은 한글에 흔히 생깁니다.',
  }),
  'yaml-syntax': ({message}) => ({
    what: `YAML 문법에 맞지 않습니다: ${ended(message)}`,
    hint: '이 줄과 바로 앞줄의 들여쓰기, 따옴표, 콜론을 확인합니다.',
  }),
  'yaml-directive': () => ({
    what: '문서에 지시자(%로 시작하는 줄)가 있습니다.',
    hint: '지웁니다. 문서는 언제나 YAML 1.2입니다.',
  }),
  'yaml-several-documents': () => ({
    what: '여기에서 두 번째 문서가 시작됩니다.',
    hint: "파일 하나에 문서 하나만 두고 '---'는 지웁니다.",
  }),
  'yaml-too-deep': () => ({what: '중첩이 너무 깊습니다.', hint: '런북은 여섯 단계면 충분합니다. 괄호를 확인합니다.'}),
  'yaml-anchor': ({name}) => ({
    what: `앵커는 쓸 수 없습니다: &${name}`,
    hint: '값을 필요한 자리에 그대로 적습니다. 검토자가 다른 곳을 찾아보지 않아도 되게 합니다.',
  }),
  'yaml-alias': ({name}) => ({
    what: `별칭은 쓸 수 없습니다: *${name}`,
    hint: '값을 필요한 자리에 그대로 적습니다. 검토자가 다른 곳을 찾아보지 않아도 되게 합니다.',
  }),
  'yaml-tag': ({tag}) => ({
    what: `태그는 쓸 수 없습니다: ${tag}`,
    hint: '태그를 지웁니다. 텍스트라면 따옴표로 묶습니다.',
  }),
  'yaml-merge-key': () => ({what: "병합 키('<<')는 쓸 수 없습니다.", hint: '키를 하나씩 그대로 적습니다.'}),
  'yaml-key-not-text': () => ({what: '키는 일반 텍스트여야 합니다.', hint: "'key: value' 형태로 적습니다."}),
  'key-duplicate': ({key}) => ({what: `같은 매핑에 키가 두 번 있습니다: '${key}'.`, hint: '둘 중 하나를 지웁니다.'}),
  'key-unknown': ({key}) => ({
    what: `여기에서 쓸 수 없는 키입니다: '${key}'.`,
    hint: '철자와 들여쓰기를 확인합니다. 종류별로 쓸 수 있는 키는 runbook.schema.json에 있습니다.',
  }),
  'key-missing': ({key}) => ({what: `키가 빠졌습니다: '${key}'.`, hint: `이 매핑에 '${key}:'를 추가합니다.`}),
  'type-wrong': ({expected, actual}) => ({
    what: `값의 형식이 다릅니다. 필요한 형식: ${type(expected)}, 적힌 형식: ${type(actual)}.`,
    hint: expected === 'text' ? '값을 따옴표로 묶습니다.' : '값과 들여쓰기를 확인합니다.',
  }),
  'value-wrong': ({expected, actual}) => ({
    what: `여기에서 쓸 수 없는 값입니다: '${actual}'.`,
    hint: `쓸 수 있는 값: ${listed(expected)}.`,
  }),
  'number-out-of-range': ({minimum, maximum}) => ({
    what: '숫자가 허용 범위를 벗어났습니다.',
    hint: minimum === undefined ? `최댓값: ${formatCount(maximum ?? 0)}.` : `최솟값: ${formatCount(minimum)}.`,
  }),
  'list-empty': () => ({what: '목록이 비어 있습니다.', hint: '하나 이상 적습니다.'}),
  'text-blank': () => ({
    what: '텍스트가 비어 있습니다.',
    hint: '내용을 적습니다. 모든 텍스트는 영어와 한국어가 모두 있어야 합니다. 당직자는 둘 중 하나로 읽습니다.',
  }),
  'id-malformed': ({value}) => ({
    what: `ID로 쓸 수 없습니다: '${value}'.`,
    hint: '영문 소문자, 숫자, 하이픈만 쓰고 영문자로 시작합니다. 최대 40자입니다.',
  }),
  'name-malformed': ({value}) => ({
    what: `여기에서 이름으로 쓸 수 없습니다: '${value}'.`,
    hint: '영문 소문자, 숫자, 밑줄만 쓰고 따옴표는 쓰지 않습니다.',
  }),
  'backup-method-incomplete': ({method, key}) => ({
    what: `관리형 백업 방식 ${method}에 필요한 키가 없습니다: '${key}'`,
    hint: "'rds-snapshot'과 'cloud-sql'에는 'instance'를, 'command'에는 'create'와 'find'를 적습니다.",
  }),
  'pattern-malformed': ({value}) => ({
    what: `여기에 쓸 수 있는 정규식이 아닙니다: '${value}'`,
    hint: "JavaScript 정규식으로 적습니다. 숫자가 필요한 곳은 괄호로 묶습니다. 예: '(\\d+) rows'",
  }),
  'commit-malformed': ({value}) => ({
    what: `커밋으로 볼 수 없습니다: '${value}'`,
    hint: "소문자 16진수 7~40자리를 따옴표로 감싸 적습니다. 예: '279d6aa1a'",
  }),
  'system-identifier-malformed': ({value}) => ({
    what: `시스템 식별자가 아닙니다: '${value}'.`,
    hint: '서버에서 확인합니다: SELECT system_identifier FROM pg_control_system(). 숫자를 따옴표로 감쌉니다.',
  }),
  'name-not-qualified': ({value}) => ({
    what: `어느 객체인지 분명하지 않습니다: '${value}'.`,
    hint: "카탈로그에 있는 그대로, 따옴표 없이 schema.name 형태로 적습니다. 예: 'public.attempt'.",
  }),
  'revision-malformed': ({value}) => ({
    what: `리비전 하나를 가리키지 않습니다: '${value}'.`,
    hint: '파일에 적힌 리비전 ID 전체를 적습니다. head, base, 상대 지정은 쓸 수 없습니다.',
  }),
  'path-malformed': ({value}) => ({
    what: `폴더 아래의 경로가 아닙니다: '${value}'.`,
    hint: "슬래시로 구분하며, 맨 앞의 슬래시와 '..'는 쓸 수 없습니다.",
  }),
  'variable-malformed': ({value}) => ({
    what: `환경 변수 이름이 아닙니다: '${value}'.`,
    hint: '영문자, 숫자, 밑줄만 쓰고 영문자로 시작합니다.',
  }),
  'time-malformed': ({value}) => ({
    what: `시각이 아닙니다: '${value}'.`,
    hint: "24시간제의 시와 분을 따옴표로 묶어 적습니다. 예: '02:00'.",
  }),
  'zone-unknown': ({value}) => ({
    what: `알 수 없는 시간대 이름입니다: '${value}'.`,
    hint: "IANA 이름으로 적습니다. 예: 'Asia/Seoul'.",
  }),
  'ssh-destination-malformed': ({value}) => ({
    what: `ssh 접속 대상이 아닙니다: '${value}'.`,
    hint: "사용자@호스트, 사용자@호스트:포트, 또는 ~/.ssh/config 의 이름을 적습니다. 예: 'deploy@bastion.example:22'.",
  }),
  'sql-path-malformed': ({value}) => ({
    what: `SQL 파일 경로가 아닙니다: '${value}'.`,
    hint: "sql/<runbook>/ 기준의 상대 경로를 슬래시(/)로 적습니다. 예: 'apply/010_change.sql'.",
  }),
  'signers-malformed': ({value}) => ({
    what: `서명자 목록의 파일 이름이 아닙니다: '${value}'.`,
    hint: "runbook/<runbook>/signers/ 안에 있는 파일의 이름만 적습니다. 예: 'approvers'.",
  }),
  'signers-missing': ({signers}) => ({
    what: `파일이 없거나 비어 있습니다: runbook/<runbook>/signers/${signers}`,
    hint: 'ssh-keygen(1)의 allowed signers 형식으로 목록을 만듭니다. 한 줄에 이름과 공개 키를 차례로 적습니다.',
  }),
  'approval-by-operator-only': () => ({
    what: '승인자가 여러 명이어야 하는데 작업자 본인도 승인할 수 있게 되어 있습니다. 한 사람이 두 사람을 대신하게 됩니다.',
    hint: "'self: allowed'를 없애거나 승인자를 1명으로 합니다.",
  }),
  'sql-path-outside': ({value}) => ({
    what: `이 런북의 SQL 폴더를 벗어나는 경로입니다: '${value}'.`,
    hint: '파일을 sql/<runbook>/ 아래로 옮깁니다. 승인자가 서명하는 실행 계획에는 그 아래의 파일만 들어갑니다.',
  }),
  'id-differs-from-folder': ({id, folder}) => ({
    what: `런북 ID와 폴더 이름이 다릅니다. ID: '${id}', 폴더: '${folder}'.`,
    hint: '두 이름을 같게 합니다. SQL 파일은 폴더 이름으로 찾습니다.',
  }),
  duplicate: ({what, id, firstLine}) => ({
    what: `${duplicates[what]}: '${id}'. 처음 나온 줄: ${firstLine}.`,
    hint: '하나의 이름을 바꾸거나 지웁니다. 실행 기록과 증적은 이 이름으로 구분합니다.',
  }),
  'phase-unknown': ({phase}) => ({
    what: `없는 구간입니다: '${phase}'.`,
    hint: "'phases' 목록에 있는 구간 ID를 쓰거나, 목록에 구간을 추가합니다.",
  }),
  'phase-without-steps': ({phase}) => ({
    what: `단계가 하나도 없는 구간입니다: '${phase}'.`,
    hint: '구간을 지우거나 단계를 추가합니다.',
  }),
  'environment-undeclared': ({environment}) => ({
    what: `런북에 선언되지 않은 환경입니다: '${environment}'.`,
    hint: `'environments' 아래에 '${environment}:'를 추가하거나 이 목록에서 뺍니다.`,
  }),
  'step-outside-phase': ({phase, environment}) => ({
    what: `이 단계의 환경이 구간에는 없어 그 환경에서는 실행되지 않습니다. 환경: '${environment}', 구간: '${phase}'.`,
    hint: '구간에 그 환경을 추가하거나 단계에서 뺍니다.',
  }),
  'sql-file-missing': ({sql}) => ({
    what: `SQL 파일이 없습니다: sql/<runbook>/${sql}`,
    hint: '경로를 한 글자씩 확인합니다. 대소문자를 구분합니다.',
  }),
  'verify-missing': () => ({
    what: "'transaction: none'인 변경에는 'verify'가 필요합니다.",
    hint: '변경이 반영되었으면 0행을 돌려주는 SQL 파일을 지정합니다. 비정상 종료 뒤에 결과를 알 수 있는 다른 방법이 없습니다.',
  }),
  'file-not-repeatable': ({sql}) => ({
    what: `다시 실행할 수 없는 파일이 마지막이 아닌 자리에 있습니다. 'transaction: none'인 단계는 재시도할 때 첫 파일부터 실행합니다: sql/<runbook>/${sql}`,
    hint: '뒤따르는 파일을 별도의 변경 단계로 나누거나, IF EXISTS 또는 IF NOT EXISTS로 다시 실행할 수 있게 합니다.',
  }),
  'read-unknown': ({read}) => ({
    what: `점검의 'shares'가 가리키는 공유 쿼리가 이 단계에 없습니다: '${read}'.`,
    hint: "'shared' 아래에 WITH 쿼리 이름과 함께 적거나, 점검에서 'shares'를 뺍니다.",
  }),
  'read-not-shared': ({read}) => ({
    what: `공유 쿼리를 쓰는 점검이 두 개 미만입니다: '${read}'.`,
    hint: "파일이 이 WITH 쿼리로 시작하는 점검에 'shares'를 적거나, 공유 쿼리를 뺍니다.",
  }),
  'read-missing': ({read, wanted, found}) => ({
    what: `공유 쿼리 '${read}'를 쓰는 점검인데 파일이 WITH ${wanted} 순서로 시작하지 않습니다.${found === '' ? '' : ` 파일의 첫 WITH 쿼리: ${found}.`}`,
    hint: '같은 공유 쿼리를 쓰는 다른 파일과 마찬가지로 이 WITH 쿼리들로, 같은 순서로, RECURSIVE 없이 시작해야 합니다.',
  }),
  'read-differs': ({read, sql}) => ({
    what: `여기부터 공유 쿼리 '${read}'의 내용이 다른 파일과 다릅니다: sql/<runbook>/${sql}`,
    hint: '주석과 공백까지 한 글자도 다르지 않게 적습니다. 이 쿼리는 공유하는 점검 전체에 한 번만 전송됩니다.',
  }),
  'application-role-missing': ({environment}) => ({
    what: `애플리케이션 역할로 실행하는 단계인데 '${environment}' 환경에 applicationRole이 없습니다.`,
    hint: `environments.${environment} 아래에 추가하거나, 단계에서 'as: application'을 뺍니다.`,
  }),
  'migration-without-snapshot': ({environment}) => ({
    what: `'${environment}' 환경에서 이 변경보다 앞선 필수 스냅샷 단계가 없습니다.`,
    hint: '변경 앞에 추가합니다. 스냅샷이 없으면 변경으로 사라지는 권한, 소유자, 종속 객체를 되돌릴 수 없습니다.',
  }),
  'jobs-without-directory': () => ({
    what: 'pg_dump의 병렬 작업은 `format: directory`에서만 쓸 수 있습니다.',
    hint: '`format: directory`를 추가하거나 `jobs`를 뺍니다.',
  }),
  'migration-without-backup': ({environment}) => ({
    what: `'${environment}' 환경에서 이 변경보다 앞선 필수 백업 단계가 없습니다.`,
    hint: '변경 앞에 추가합니다. 백업은 마지막 원복 방법입니다.',
  }),
  'target-shared': ({environment}) => ({
    what: `'${environment}' 환경에 선언한 데이터베이스와 같을 수 있습니다. 두 환경이 한 데이터베이스일 수는 없습니다.`,
    hint: '시스템 식별자를 다르게 선언합니다. 한 서버를 같이 쓴다면 두 환경 모두 database를 선언합니다.',
  }),
  'accept-in-vain': () => ({
    what: "여기서는 복원하는 것이 없어 손실을 승인할 수 없습니다. 'accept'에는 'transaction: whole'과 선언된 객체가 필요합니다.",
    hint: "'accept'를 빼거나, 객체를 'objects'에 적고 트랜잭션 하나로 변경합니다.",
  }),
  'no-way-back': () => ({
    what: "데이터베이스를 변경하는 런북인데 'rollback'에 원복 방법이 없습니다.",
    hint: "하나 이상 추가합니다. 예: 'restore-objects', 'revert'.",
  }),
  'alembic-step-unknown': ({step}) => ({
    what: `이 런북에 없는 Alembic 마이그레이션입니다: '${step}'.`,
    hint: "'migrator: alembic'인 단계의 id를 적습니다.",
  }),
  'find-by-unknown': ({step}) => ({
    what: `'expect: no-rows'인 질의 단계가 이 런북에 없습니다: '${step}'.`,
    hint: '점검이 실패하게 만드는 행을 찾는 질의 단계의 id를 적습니다.',
  }),
  'after-kind-wrong': ({kind}) => ({
    what: `원복 방법 뒤에는 checklist와 query만 둘 수 있습니다: '${kind}'.`,
    hint: "데이터베이스를 바꾸는 일은 원복 방법 자체에 넣거나 별도의 원복 방법으로 만듭니다. 여기에는 사람이 확인하는 'checklist'나 데이터베이스에 묻는 'query'를 적습니다.",
  }),
  'confirms-unknown': ({step}) => ({
    what: `이 질의를 실행하는 모든 환경에서 그보다 앞에 있는 checklist가 아닙니다: '${step}'.`,
    hint: "같은 목록과 같은 환경에서 앞에 있는 checklist의 id를 적습니다. 'confirms'를 빼면 사본에서도 이 질의를 실행합니다.",
  }),
  'alembic-without-rehearsal': ({environment}) => ({
    what: `'${environment}' 환경에서는 Alembic이 무엇을 함께 없애는지 미리 알 수 없습니다. 마이그레이션 앞에 필수 사본 예행 연습이 없습니다.`,
    hint: "앞에 'rehearse' 단계를 추가합니다. 데이터베이스 사본에서 모든 손실과 실행 문장을 확인합니다.",
  }),
  'alembic-file-missing': ({path}) => ({
    what: `Alembic 프로젝트에 파일이 없습니다: ${path}.`,
    hint: "'directory', 'config', 'scripts'는 runbook/ 폴더와 sql/ 폴더가 있는 곳을 기준으로 찾습니다.",
  }),
  'option-without-objects': ({option}) => ({
    what: `선언된 객체를 다루는 원복 방법인데 선언된 객체가 없습니다: '${option}'.`,
    hint: "변경하는 객체를 'objects'에 적거나, 이 원복 방법을 뺍니다.",
  }),
  'option-without-snapshot': ({option, environment}) => ({
    what: `'${environment}' 환경에서는 쓸 수 없는 원복 방법입니다: '${option}'. 변경 앞에 필수 스냅샷 단계가 없습니다.`,
    hint: '첫 변경 앞에 스냅샷 단계를 추가합니다.',
  }),
  'sql-empty': () => ({what: '파일에 SQL 문이 없습니다.', hint: 'SQL 문을 작성하거나 런북에서 이 파일을 뺍니다.'}),
  'sql-unterminated': ({what, opened}) => ({
    what: `여기에서 시작한 ${quotes[what]}(${opened})의 끝이 없습니다.`,
    hint: '닫아 줍니다. 닫기 전에는 그 뒤의 내용을 판단할 수 없습니다.',
  }),
  'sql-meta-command': ({command}) => ({
    what: `SQL이 아니라 psql 명령입니다: ${command}`,
    hint: '지웁니다. 파일은 psql을 거치지 않고 서버로 그대로 보냅니다.',
  }),
  'sql-transaction-control': ({statement}) => ({
    what: `트랜잭션을 시작하거나 끝내거나 바꾸는 문장입니다: ${statement.toUpperCase()}.`,
    hint: '지웁니다. 트랜잭션은 도구가 열고, 그 번호를 먼저 기록하고, 점검을 마친 뒤 커밋합니다.',
  }),
  'sql-cascade': () => ({
    what: 'CASCADE는 목록에 없는 것까지 지웁니다. 뷰, 권한, 주석이 알림 없이 사라집니다.',
    hint: `RESTRICT를 쓰고, 지울 것은 이름으로 적습니다. 선언된 객체와 그 종속 객체는 도구가 되돌려 놓습니다. ${exceptionKo('sql-cascade')}`,
  }),
  'sql-several-statements': ({statements}) => ({
    what: `트랜잭션 밖에서 실행되는 파일에 문장이 ${formatCount(statements)}개 있습니다.`,
    hint: '문장마다 파일을 나눕니다. 그래야 실패했을 때 어느 문장까지 반영되었는지 분명합니다.',
  }),
  'sql-syntax': ({message}) => ({
    what: `PostgreSQL이 읽을 수 없는 문장입니다: ${ended(message)}`,
    hint: '이 위치나 바로 앞을 고칩니다. 그대로 두면 서버가 파일 전체를 거부하고 아무것도 실행되지 않습니다.',
  }),
  'sql-several-answers': ({statements}) => ({
    what: `질문 하나를 하는 파일에 문장이 ${formatCount(statements)}개 있습니다. 결과는 하나만 확인합니다.`,
    hint: '문장 하나만 남기고, 다른 질문은 별도의 단계나 점검으로 나눕니다.',
  }),
  'sql-not-in-transaction': ({statement}) => ({
    what: `트랜잭션 안에서 실행되는 파일인데, PostgreSQL이 트랜잭션 안에서 거부하는 문장이 있습니다: ${statement}.`,
    hint: "'transaction: none'인 변경 단계의 별도 파일로 옮깁니다.",
  }),
  'sql-write-in-reader': ({statement}) => ({
    what: `읽기만 하는 파일인데 쓰거나 잠그는 문장이 있습니다: ${statement}.`,
    hint: 'SELECT로만 확인합니다. 데이터베이스를 바꾸는 문장은 변경 단계에 둡니다.',
  }),
  'sql-lifts-limit': ({setting}) => ({
    what: `세션의 제한(${setting})을 바꾸는 문장으로, 시작하기 전에 화면에서 약속한 값이 지켜지지 않게 됩니다.`,
    hint: "지웁니다. 단계의 'timeoutMs'와 변경 단계의 'lockTimeoutMs'는 화면에 표시되고 승인 대상이 됩니다. 나머지 제한은 도구가 정합니다.",
  }),
  'sql-not-declared': ({object, key}) => ({
    what: `런북에 선언하지 않은 객체를 스크립트가 변경합니다: ${object}. 이 객체는 비교, 복구, 원복의 대상이 되지 않습니다.`,
    hint:
      key === 'objects'
        ? `runbook.yaml에 추가합니다. objects: [..., ${object}]`
        : `runbook.yaml에 추가합니다. tables: [..., {name: ${object}}]`,
  }),
  'sql-view-alone': ({view}) => ({
    what: `트랜잭션 밖에서 뷰를 변경하면 옵션과 권한이 사라지고 되돌릴 수 없습니다: ${view}.`,
    hint: "뷰에는 'transaction: none'이 필요하지 않습니다. 'transaction: whole'인 별도의 변경 단계로 옮깁니다.",
  }),
  'sql-copy-over-line': ({statement}) => ({
    what: `연결로 행을 주고받는 문장입니다: ${statement}. 이 도구는 문장을 보내고 그 결과만 기록하므로 행이 오가지 않습니다.`,
    hint: '행은 INSERT … VALUES로 쓰거나 서버에 있는 파일에서 읽습니다. 행을 조회하려면 query 단계에서 SELECT를 씁니다.',
  }),
  'sql-index-on-view': ({view}) => ({
    what: `뷰에는 인덱스를 만들 수 없습니다: ${view}. 뷰에는 저장된 행이 없습니다.`,
    hint: '뷰가 읽는 테이블에 같은 식으로 인덱스를 만들거나, 새 버전에서 구체화 뷰를 만듭니다.',
  }),
  'sql-lock-on-view': ({view}) => ({
    what: `뷰에 LOCK TABLE을 쓰면 뷰가 읽는 모든 테이블까지 잠겨 조회와 쓰기가 모두 대기합니다: ${view}.`,
    hint: '지웁니다. 선언된 객체만, 변경하는 순간에만 도구가 잠급니다.',
  }),
  'sql-index-blocks-writes': ({table}) => ({
    what: `이 인덱스를 만드는 동안에는 테이블에 쓸 수 없습니다: ${table}.`,
    hint: `'transaction: none'인 변경 단계에서 CREATE INDEX CONCURRENTLY를 씁니다. ${exceptionKo('sql-index-blocks-writes')}`,
  }),
  'sql-commits-inside': ({statement}) => ({
    what: `스스로 커밋하는 문장입니다: ${statement}. 도중에 끊기면 일부만 남고, 다시 실행하면 그 부분이 두 번 반영됩니다.`,
    hint: `배치마다 같은 트랜잭션에 표시를 남겨 다시 실행할 때 건너뛰게 합니다. ${exceptionKo('sql-commits-inside')}`,
  }),
  'sql-index-may-be-broken': ({index}) => ({
    what: `생성이 중단된 인덱스는 INVALID 상태로 남는데, IF NOT EXISTS는 그것을 계속 건너뜁니다: ${index}.`,
    hint: `IF NOT EXISTS를 지우고, 이 파일보다 먼저 실행되는 파일에 DROP INDEX CONCURRENTLY IF EXISTS를 둡니다. ${exceptionKo('sql-index-may-be-broken')}`,
  }),
  'sql-name-not-qualified': ({what, name}) => ({
    what: `스키마가 없는 ${bareNames[what]} 이름입니다: ${name}. 세션은 pg_catalog만 찾으므로 찾지 못합니다.`,
    hint: `스키마를 붙입니다. 예: public.${name}. ${exceptionKo('sql-name-not-qualified')}`,
  }),
  'sql-allow-malformed': ({comment}) => ({
    what: `예외를 읽을 수 없습니다: ${comment}`,
    hint: '이렇게 적습니다: -- lint: allow sql-cascade because <이유>',
  }),
  'sql-allow-impossible': ({rule}) => ({
    what: `이유를 적어도 예외로 둘 수 없는 규칙입니다: '${rule}'.`,
    hint: `예외로 둘 수 있는 규칙: ${listed(excepted)}. 나머지는 이유와 관계없이 서버가 거부합니다.`,
  }),
  'sql-allow-unused': ({rule}) => ({
    what: `이 주석이 예외로 두는 규칙을 다음 문장은 어기지 않습니다: '${rule}'.`,
    hint: '주석을 지우거나, 해당하는 문장 바로 위로 옮깁니다. 예외는 하나하나 승인자가 서명합니다.',
  }),
  'answer-step-unknown': ({step}) => ({
    what: `런북에 없는 단계입니다: '${step}'.`,
    hint: '런북에 있는 단계 ID를 씁니다.',
  }),
  'answer-item-unknown': ({step, item}) => ({
    what: `단계 '${step}'에 없는 항목입니다: '${item}'.`,
    hint: '이 점검 목록에 있는 항목 ID를 씁니다.',
  }),
  'answer-option-unknown': ({option}) => ({
    what: `런북에 없는 원복 방법입니다: '${option}'.`,
    hint: "'rollback' 목록에 있는 ID를 씁니다.",
  }),
  'answer-ambiguous': ({keys}) => ({
    what: keys.length === 0 ? '답이 비어 있습니다.' : `답이 둘 이상입니다: ${listed(keys)}.`,
    hint: "'check', 'start', 'confirm', 'waive' 가운데 하나만 적습니다. 'note'는 'check: all'과 함께 씁니다.",
  }),
  'answer-does-not-fit': ({step, kind, key}) => ({
    what: `단계 '${step}'(${kind})에 맞지 않는 답입니다: '${key}'.`,
    hint: "점검 목록에는 'check', 데이터베이스를 바꾸는 단계에는 'confirm', 그 밖에는 'start'를 씁니다. 'waive'는 선택 단계에만 씁니다.",
  }),
  'answer-note-missing': ({step, item}) => ({
    what: `단계 '${step}'의 항목 '${item}'에는 메모가 필요합니다.`,
    hint: "링크, 이름, 티켓 번호 등을 'note'에 적습니다.",
  }),
};
