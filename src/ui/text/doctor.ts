// What the doctor found, in words: a row a subject, worst first, and under each red one the command that mends it.

import {
  doctorSubjects,
  type DoctorCheck,
  type DoctorLevel,
  type DoctorNote,
  type DoctorSubject,
} from '../../core/doctor.ts';
import type {LocalText, Locale} from '../../core/text.ts';
import {formatBytes} from './numbers.ts';
import {rightText, wayBackRightText} from './rights.ts';

const labels: Readonly<Record<DoctorSubject, LocalText>> = {
  target: {en: 'target', ko: '대상 DB'},
  rights: {en: 'rights of the login', ko: '로그인 권한'},
  pg_dump: {en: 'pg_dump', ko: 'pg_dump'},
  pg_restore: {en: 'pg_restore', ko: 'pg_restore'},
  psql: {en: 'psql', ko: 'psql'},
  server: {en: 'server programs', ko: '서버 프로그램'},
  node: {en: 'Node', ko: 'Node'},
  runs: {en: 'runs folder', ko: '실행 폴더'},
  temporary: {en: 'temporary folder', ko: '임시 폴더'},
  locale: {en: 'locale', ko: '로캘'},
  terminal: {en: 'terminal', ko: '터미널'},
  hangul: {en: 'width of Hangul', ko: '한글 너비'},
  fonts: {en: 'Korean fonts', ko: '한글 글꼴'},
  pgpass: {en: 'password file', ko: '암호 파일'},
  signers: {en: 'list of signers', ko: '서명자 목록'},
  'known-targets': {en: 'known targets', ko: '확인된 대상'},
  bash: {en: 'bash', ko: 'bash'},
  git: {en: 'git', ko: 'git'},
  ssh: {en: 'ssh', ko: 'ssh'},
  'ssh-keygen': {en: 'ssh-keygen', ko: 'ssh-keygen'},
  'ssh-agent': {en: 'ssh agent', ko: 'ssh 에이전트'},
  alembic: {en: 'alembic', ko: 'alembic'},
  pytest: {en: 'pytest', ko: 'pytest'},
  gh: {en: 'gh', ko: 'gh'},
  aws: {en: 'aws', ko: 'aws'},
  gcloud: {en: 'gcloud', ko: 'gcloud'},
  kubectl: {en: 'kubectl', ko: 'kubectl'},
  pager: {en: 'pager', ko: '페이저'},
  program: {en: 'program', ko: '프로그램'},
};

const levels: Readonly<Record<DoctorLevel, Readonly<{sign: string; word: LocalText}>>> = {
  red: {sign: '✗', word: {en: 'red', ko: '해결 필요'}},
  amber: {sign: '!', word: {en: 'amber', ko: '주의'}},
  green: {sign: '✓', word: {en: 'green', ko: '정상'}},
  dim: {sign: '-', word: {en: 'off', ko: '제외'}},
};

/** Only what was asked: an object that is not there yet was not. */
const heldText = ({objects, dependants, applicationRole}: Extract<DoctorNote, {code: 'rights-held'}>): LocalText => {
  const names = objects.join(', ');
  const [en, ko] = [
    [
      ...(objects.length === 0
        ? []
        : [`may drop and put back ${names}${dependants === 0 ? '' : ` and ${dependants} on it`}`]),
      ...(applicationRole === undefined ? [] : [`may take on ${applicationRole}`]),
    ],
    [
      ...(objects.length === 0
        ? []
        : [`삭제와 복원 가능: ${names}${dependants === 0 ? '' : ` 및 종속 객체 ${dependants}개`}`]),
      ...(applicationRole === undefined ? [] : [`전환 가능한 역할: ${applicationRole}`]),
    ],
  ].map((parts) => parts.join('; '));
  return en === undefined || en === '' || ko === undefined
    ? {en: 'nothing here needs one that could be asked for', ko: '확인할 수 있는 필요 권한 없음'}
    : {en, ko};
};

const noteText = (note: DoctorNote): LocalText => {
  switch (note.code) {
    case 'missing':
      return {en: 'not found', ko: '없음'};
    case 'not-needed':
      return {en: 'not needed here', ko: '여기서는 필요 없음'};
    case 'not-compared':
      return {
        en: 'not compared with a server: none was asked',
        ko: '서버를 확인하지 않아 버전을 비교하지 않음',
      };
    case 'not-asked':
      return {en: 'not asked', ko: '확인하지 않음'};
    case 'no-answer':
      return {en: 'did not answer in time', ko: '제한 시간 안에 응답 없음'};
    case 'too-old':
      return {en: 'too old', ko: '너무 오래된 버전'};
    case 'not-logged-in':
      return {en: 'not logged in', ko: '로그인되어 있지 않음'};
    case 'not-utf8':
      return {en: 'not UTF-8: Korean text cannot be shown', ko: 'UTF-8이 아니어서 한글이 표시되지 않음'};
    case 'no-terminal':
      return {en: 'no terminal here: lines instead of a screen', ko: '터미널이 아니어서 화면 대신 줄 단위로 출력'};
    case 'no-hangul-font':
      return {en: 'none found: pictures would show boxes', ko: '없음: 그림에서 한글이 네모로 나옴'};
    case 'agent-none':
      return {en: 'no agent is running', ko: '실행 중인 에이전트 없음'};
    case 'agent-empty':
      return {en: 'the agent has no keys', ko: '에이전트에 등록된 키 없음'};
    case 'unwritable':
      return {en: 'cannot be written', ko: '쓸 수 없음'};
    case 'older-than-server':
      return {
        en: `older than the server (${note.server}): it refuses to dump it`,
        ko: `서버(${note.server})보다 오래되어 덤프할 수 없음`,
      };
    case 'smaller-than':
      return {
        en: `smaller than ${note.columns}x${note.rows}: enlarge the window`,
        ko: `${note.columns}x${note.rows}보다 작음: 창을 키우십시오`,
      };
    case 'narrow-hangul':
      return {
        en: `${note.width} column(s), and not 2: the columns will not line up`,
        ko: `2칸이 아닌 ${note.width}칸: 열이 맞지 않음`,
      };
    case 'little-space':
      return {
        en: `${formatBytes(note.freeBytes)} free, ${formatBytes(note.neededBytes)} wanted`,
        ko: `여유 ${formatBytes(note.freeBytes)}, 필요 ${formatBytes(note.neededBytes)}`,
      };
    case 'readable-by-others':
      return {en: 'others can read it', ko: '다른 사용자가 읽을 수 있음'};
    case 'keys':
      return {en: `${note.count} key(s)`, ko: `키 ${note.count}개`};
    case 'right-missing':
      return {en: rightText(note.right, 'en'), ko: rightText(note.right, 'ko')};
    case 'way-back-right-missing':
      return {
        en: wayBackRightText(note.option, note.right, 'en'),
        ko: wayBackRightText(note.option, note.right, 'ko'),
      };
    case 'rights-held':
      return heldText(note);
    case 'stats-hidden':
      return {
        en: `since when and in which state others hold a lock is not visible to ${note.login} (needs pg_read_all_stats)`,
        ko: `다른 세션이 잠금을 쥔 시간과 상태가 ${note.login} 역할에 보이지 않음(pg_read_all_stats 필요)`,
      };
    case 'said':
      return note.text;
  }
};

export type DoctorRow = Readonly<{
  level: DoctorLevel;
  sign: string;
  word: string;
  label: string;
  found: string;
  fix?: string;
}>;

const RANK: readonly DoctorLevel[] = ['red', 'amber', 'green', 'dim'];

/** Worst first; among equals in the order in which they are looked at. */
export const doctorRows = (checks: readonly DoctorCheck[], locale: Locale): readonly DoctorRow[] => {
  const said = (note: DoctorNote | undefined): string | undefined =>
    note === undefined ? undefined : noteText(note)[locale];
  return checks
    .toSorted(
      (a, b) =>
        RANK.indexOf(a.level) - RANK.indexOf(b.level) ||
        doctorSubjects.indexOf(a.subject) - doctorSubjects.indexOf(b.subject),
    )
    .map(({subject, level, value, note, fix}) => ({
      level,
      sign: levels[level].sign,
      word: levels[level].word[locale],
      label: labels[subject][locale],
      // What is wrong before where it is: the end of a long line is cut off on a screen.
      found: (level === 'red' || level === 'amber' ? [said(note), value] : [value, said(note)])
        .filter((of) => of !== undefined)
        .join('  '),
      ...(fix === undefined ? {} : {fix}),
    }));
};

export const doctorSummary = (checks: readonly DoctorCheck[], locale: Locale): string => {
  const count = (level: DoctorLevel): number => checks.filter((of) => of.level === level).length;
  const counted = RANK.map((level) => `${levels[level].sign} ${levels[level].word[locale]} ${count(level)}`).join(
    '   ',
  );
  const red = count('red') > 0;
  // Of a database that nobody asked, nobody knows whether a run may begin there.
  const isAsked = checks.some(({subject, note}) => subject === 'target' && note?.code !== 'not-asked');
  const verdict: LocalText = red
    ? {en: 'Mend what is red before a run.', ko: '해결이 필요한 항목을 먼저 처리하십시오.'}
    : isAsked
      ? {en: 'Nothing that was looked at is in the way of a run.', ko: '확인한 항목 중 실행을 막는 것이 없습니다.'}
      : {
          en: 'Nothing on this machine is in the way of a run. The target was not asked.',
          ko: '이 컴퓨터에는 실행을 막는 항목이 없습니다. 대상 DB는 확인하지 않았습니다.',
        };
  return `${counted}   ${verdict[locale]}`;
};
