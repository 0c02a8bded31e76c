// What kept a command from starting, in words: what happened, what it means for the database, what to do now.

import type {LocalText, Locale} from '../../core/text.ts';
import type {
  DumpProblem,
  LockTrouble,
  ServerProblem,
  SignatureProblem,
  SourceProblem,
  TargetTrouble,
  Trouble,
} from '../../core/trouble.ts';
import {attachProblemText} from './attachment.ts';
import {failureText} from './failure.ts';
import {lockTroubleText} from './lock-trouble.ts';
import {targetTroubleText} from './target-trouble.ts';
import {tunnelWords} from './tunnel.ts';

const untouched: LocalText = {
  en: 'Nothing was sent to any database.',
  ko: '어떤 데이터베이스에도 아무것도 보내지 않았습니다.',
};
const onlyAsked: LocalText = {
  en: 'The database was only asked who it is. Nothing was changed.',
  ko: '데이터베이스에는 신원 확인만 요청했습니다. 변경된 것은 없습니다.',
};

type Words = Readonly<{what: LocalText; database: LocalText; now: LocalText}>;

const said = (what: LocalText, now: LocalText, database: LocalText = untouched): Words => ({what, database, now});

const forms: LocalText = {
  en: 'Give env:NAME (a variable that holds the URL), service:NAME (a section of ~/.pg_service.conf) or file:PATH (a file that holds the URL).',
  ko: 'env:이름(URL을 담은 환경 변수), service:이름(~/.pg_service.conf 의 구역), file:경로(URL을 담은 파일) 중 하나로 지정하십시오.',
};

const sourceWords = (problem: SourceProblem): Words => {
  switch (problem.code) {
    case 'source-unknown':
      return said(
        {
          en: `${problem.source} names no connection.`,
          ko: `${problem.source} 에 해당하는 연결이 없습니다.`,
        },
        forms,
      );
    case 'source-is-url':
      return said(
        {
          en: 'A URL was given on the command line. It is refused: it stays in the shell history and in the process list.',
          ko: '명령줄에 URL이 입력되었습니다. 셸 기록과 프로세스 목록에 남기 때문에 받지 않습니다.',
        },
        {
          en: `If it held a password, change that password. ${forms.en}`,
          ko: `비밀번호가 들어 있었다면 비밀번호를 변경하십시오. ${forms.ko}`,
        },
      );
    case 'variable-missing':
      return said(
        {en: `The environment variable ${problem.name} is not set.`, ko: `환경 변수 ${problem.name} 값이 없습니다.`},
        {
          en: `Set it without leaving it in the history: read -rs ${problem.name} && export ${problem.name}`,
          ko: `기록에 남지 않게 설정하십시오: read -rs ${problem.name} && export ${problem.name}`,
        },
      );
    case 'file-unreadable':
      return said(
        {
          en: `${problem.path} cannot be read: ${problem.message}.`,
          ko: `${problem.path} 파일을 읽을 수 없습니다: ${problem.message}.`,
        },
        {en: 'Check the path and its permissions.', ko: '경로와 권한을 확인하십시오.'},
      );
    case 'service-missing':
      return said(
        {
          en: `${problem.path} has no section [${problem.name}].`,
          ko: `${problem.path} 파일에 [${problem.name}] 구역이 없습니다.`,
        },
        {en: 'Check the name, or PGSERVICEFILE.', ko: '이름 또는 PGSERVICEFILE 값을 확인하십시오.'},
      );
    case 'url-invalid':
      return said(
        {
          en: `${problem.source} does not hold a URL that can be used (${problem.problem}).`,
          ko: `${problem.source} 에 있는 URL은 사용할 수 없습니다 (${problem.problem}).`,
        },
        {
          en: 'Write postgresql://user@host:port/database. A % in a user name or password is written %25.',
          ko: 'postgresql://user@host:port/database 형식으로 쓰십시오. 사용자 이름이나 비밀번호의 % 는 %25 로 씁니다.',
        },
      );
  }
};

const signatureWords = (problem: SignatureProblem): Words => {
  const unsigned: LocalText = {
    en: 'No database was asked. The evidence is as it was, without a signature of this key.',
    ko: '데이터베이스에는 접속하지 않았습니다. 증적은 그대로이며, 이 키의 서명은 없습니다.',
  };
  switch (problem.code) {
    case 'ssh-keygen-missing':
      return said(
        {en: 'ssh-keygen was not found.', ko: 'ssh-keygen 프로그램을 찾을 수 없습니다.'},
        {en: 'Install the OpenSSH client, version 8.2 or newer.', ko: 'OpenSSH 클라이언트 8.2 이상을 설치하십시오.'},
        unsigned,
      );
    case 'key-unreadable':
      return said(
        {
          en: `The key ${problem.path} cannot be read: ${problem.message}.`,
          ko: `키 ${problem.path} 을(를) 읽을 수 없습니다: ${problem.message}.`,
        },
        {
          en: "Give a private key's file, or a public key whose private half your agent has.",
          ko: '개인 키 파일, 또는 개인 키가 에이전트에 있는 공개 키 파일을 지정하십시오.',
        },
        unsigned,
      );
    case 'key-locked':
      return said(
        {
          en: `The key ${problem.path} wants a passphrase, and it was not given.`,
          ko: `키 ${problem.path} 에 암호가 필요하지만 입력되지 않았습니다.`,
        },
        {
          en: `Sign in a terminal, or let the agent have the key first: ssh-add ${problem.path}`,
          ko: `터미널에서 서명하거나 먼저 에이전트에 키를 등록하십시오: ssh-add ${problem.path}`,
        },
        unsigned,
      );
    case 'key-not-in-agent':
      return said(
        {
          en: `No agent has the private half of ${problem.path}.`,
          ko: `${problem.path} 의 개인 키를 가진 에이전트가 없습니다.`,
        },
        {
          en: 'Add it with ssh-add, or give the private key itself.',
          ko: 'ssh-add 로 등록하거나 개인 키 파일을 지정하십시오.',
        },
        unsigned,
      );
    case 'key-missing':
      return said(
        {
          en: 'A timestamp is about a signature, and no key was given to make one.',
          ko: '시각 증명은 서명에 대한 것인데 서명할 키가 지정되지 않았습니다.',
        },
        {en: 'Give the key as well: --sign KEY.', ko: '키도 함께 지정하십시오: --sign 키.'},
        unsigned,
      );
    case 'timestamp-failed':
      return said(
        {
          en: `${problem.program} got no timestamp: ${problem.message}.`,
          ko: `${problem.program} 이(가) 시각 증명을 받지 못했습니다: ${problem.message}.`,
        },
        {
          en: 'Try it by hand: it gets a SHA-256 in hexadecimal and writes the answer (DER) to its standard output.',
          ko: '직접 시험해 보십시오: SHA-256(16진수)을 인수로 받아 응답(DER)을 표준 출력에 써야 합니다.',
        },
        unsigned,
      );
    case 'signing-failed':
      return said(
        {
          en: `ssh-keygen did not sign: ${problem.message}`,
          ko: `ssh-keygen 이 서명하지 못했습니다: ${problem.message}`,
        },
        {
          en: 'Try the key by hand: ssh-keygen -Y sign -n attempt-runbook -f KEY FILE',
          ko: '키를 직접 시험해 보십시오: ssh-keygen -Y sign -n attempt-runbook -f 키 파일',
        },
        unsigned,
      );
  }
};

const serverWords = (problem: ServerProblem): Words => {
  const report: LocalText = {
    en: 'A rehearsal can also run on a server of your own: attempt-runbook run --env staging --url env:NAME',
    ko: '직접 준비한 서버에서도 실행할 수 있습니다: attempt-runbook run --env staging --url env:이름',
  };
  switch (problem.code) {
    case 'platform-unsupported':
      return said(
        {
          en: `A rehearsal's own server does not run on ${problem.platform}.`,
          ko: `${problem.platform} 에서는 예행 연습용 서버를 실행할 수 없습니다.`,
        },
        report,
      );
    case 'no-unprivileged-user':
      return said(
        {
          en: 'PostgreSQL does not run as root, and this system has no user nobody.',
          ko: 'PostgreSQL은 root로 실행되지 않으며, 이 시스템에는 nobody 사용자가 없습니다.',
        },
        {en: 'Start the tool as an ordinary user.', ko: '일반 사용자로 실행하십시오.'},
      );
    case 'socket-path-too-long':
      return said(
        {
          en: `The path ${problem.path} is longer than the ${problem.limitBytes} bytes a socket may have.`,
          ko: `소켓 경로 ${problem.path} 가 허용 길이 ${problem.limitBytes}바이트보다 깁니다.`,
        },
        {en: 'Set TMPDIR to a shorter path.', ko: 'TMPDIR를 더 짧은 경로로 지정하십시오.'},
      );
    case 'directory-unusable':
      return said(
        {
          en: `${problem.path} cannot be used (${problem.reason}).`,
          ko: `${problem.path} 디렉터리를 사용할 수 없습니다 (${problem.reason}).`,
        },
        {
          en: 'Free some space there, or set TMPDIR to another directory.',
          ko: '공간을 확보하거나 TMPDIR를 다른 디렉터리로 지정하십시오.',
        },
      );
    case 'initdb-failed':
      return said({en: `initdb failed: ${problem.output.trim()}`, ko: `initdb 실패: ${problem.output.trim()}`}, report);
    case 'server-did-not-start':
      return said(
        {
          en: `The rehearsal's server did not start: ${problem.log.trim()}`,
          ko: `예행 연습용 서버가 시작되지 않았습니다: ${problem.log.trim()}`,
        },
        report,
      );
    case 'gone':
      return said(
        {en: 'The server of this rehearsal is gone.', ko: '이 예행 연습의 서버는 남아 있지 않습니다.'},
        {
          en: 'Start a new rehearsal: attempt-runbook rehearse',
          ko: '새 예행 연습을 시작하십시오: attempt-runbook rehearse',
        },
      );
    case 'in-use':
      return said(
        {
          en: `Another process (pid ${problem.pid}) works with this rehearsal's server.`,
          ko: `다른 프로세스(pid ${problem.pid})가 이 예행 연습의 서버를 사용하고 있습니다.`,
        },
        {en: 'End that process first, or wait for it.', ko: '그 프로세스를 먼저 종료하거나 끝날 때까지 기다리십시오.'},
      );
  }
};

const onlyTheCopy: LocalText = {
  en: 'Only the unfinished copy was written to, and it was removed. The database that was dumped was not touched.',
  ko: '만들던 사본에만 썼으며 그 사본은 지웠습니다. 원본 데이터베이스에는 손대지 않았습니다.',
};

const dumpWords = (path: string, problem: DumpProblem): Words => {
  switch (problem.code) {
    case 'missing':
      return said(
        {
          en: `The backup ${path} cannot be opened: ${problem.message}.`,
          ko: `백업 ${path} 을(를) 열 수 없습니다: ${problem.message}.`,
        },
        {en: 'Check the path and its permissions.', ko: '경로와 권한을 확인하십시오.'},
      );
    case 'unreadable':
      return said(
        {
          en: `The backup ${path} cannot be read to its end: ${problem.message}.`,
          ko: `백업 ${path} 을(를) 끝까지 읽을 수 없습니다: ${problem.message}.`,
        },
        {
          en: 'Do not rely on this file. Copy it again from where it was taken, or take a new backup.',
          ko: '이 파일은 믿을 수 없습니다. 원래 위치에서 다시 복사하거나 백업을 새로 만드십시오.',
        },
      );
    case 'plain-text':
      return said(
        {
          en: `${path} is SQL text for psql, which cannot be checked before it runs.`,
          ko: `${path} 은(는) psql용 SQL 텍스트이므로 실행하기 전에 확인할 수 없습니다.`,
        },
        {
          en: 'Dump again in a format that pg_restore reads: pg_dump --format=custom, or --format=directory.',
          ko: 'pg_restore로 읽을 수 있는 형식으로 다시 덤프하십시오: pg_dump --format=custom 또는 --format=directory.',
        },
      );
    case 'too-new':
      return said(
        {
          en: `The backup ${path} is newer than what is installed here: made by ${problem.made}, here is ${problem.here}.`,
          ko: `백업 ${path} 이(가) 이 장비에 설치된 것보다 새 버전입니다. 백업: ${problem.made}, 이 장비: ${problem.here}.`,
        },
        {
          en: 'Install PostgreSQL, server and client, of the major version that was dumped, or newer.',
          ko: '덤프한 서버와 같거나 더 새로운 메이저 버전의 PostgreSQL 서버와 클라이언트를 설치하십시오.',
        },
      );
    case 'extension-missing':
      return said(
        {
          en: `The backup ${path} needs extensions that the rehearsal's server does not have: ${list(problem.extensions)}.`,
          ko: `백업 ${path} 에 필요한 확장이 예행 연습용 서버에 없습니다: ${list(problem.extensions)}.`,
        },
        {
          en: 'Install the packages of these extensions for the local PostgreSQL, then start again.',
          ko: '로컬 PostgreSQL에 해당 확장 패키지를 설치한 뒤 다시 시작하십시오.',
        },
        {
          en: 'Nothing was restored. The database that was dumped was not touched.',
          ko: '아무것도 복원하지 않았습니다. 원본 데이터베이스에는 손대지 않았습니다.',
        },
      );
    case 'roles-missing':
      return said(
        {
          en: `The backup ${path} names roles that the server does not have: ${list(problem.roles)}.`,
          ko: `백업 ${path} 에 나오는 역할이 서버에 없습니다: ${list(problem.roles)}.`,
        },
        {
          en: 'Have them created there without a login, or leave out --scratch-url: on a server of its own the tool makes them.',
          ko: '그 서버에 로그인 없는 역할로 만들거나 --scratch-url 없이 실행하십시오. 자체 서버에서는 이 도구가 만듭니다.',
        },
        onlyTheCopy,
      );
    case 'restore-failed':
      return said(
        {
          en: `The backup ${path} could not be restored: ${problem.message}.`,
          ko: `백업 ${path} 을(를) 복원하지 못했습니다: ${problem.message}.`,
        },
        {
          en: 'A backup that does not restore is no way back. Find out why before the change goes to production.',
          ko: '복원되지 않는 백업으로는 되돌릴 수 없습니다. 프로덕션에 적용하기 전에 원인을 찾으십시오.',
        },
        onlyTheCopy,
      );
    case 'program-missing':
      return said(
        {en: 'pg_restore was not found on this machine.', ko: '이 장비에 pg_restore가 없습니다.'},
        {en: `Install it, then start again: ${problem.install}`, ko: `설치한 뒤 다시 시작하십시오: ${problem.install}`},
      );
    case 'cancelled':
      return said(
        {en: 'Interrupted.', ko: '중단되었습니다.'},
        {en: 'Start again.', ko: '다시 시작하십시오.'},
        onlyTheCopy,
      );
  }
};

const list = (names: readonly string[]): string => (names.length === 0 ? '-' : names.join(', '));

const wordsOf = (trouble: Exclude<Trouble, TargetTrouble | LockTrouble | Readonly<{code: 'attachment'}>>): Words => {
  switch (trouble.code) {
    case 'runbook-unknown':
      return said(
        {en: `There is no runbook ${trouble.name}.`, ko: `런북 ${trouble.name} 을(를) 찾을 수 없습니다.`},
        {en: `Known here: ${list(trouble.known)}.`, ko: `사용할 수 있는 런북: ${list(trouble.known)}.`},
      );
    case 'answers-missing':
      return said(
        {en: `The answers file ${trouble.path} does not exist.`, ko: `응답 파일 ${trouble.path} 이(가) 없습니다.`},
        {en: 'Check the path.', ko: '경로를 확인하십시오.'},
      );
    case 'source':
      return sourceWords(trouble.problem);
    case 'source-needed':
      return said(
        {
          en: `How to reach the target of ${trouble.run} is not known here.`,
          ko: `실행 ${trouble.run} 의 대상에 연결하는 방법을 알 수 없습니다.`,
        },
        forms,
      );
    case 'failure': {
      const [en, ko] = [failureText(trouble.failure, 'en'), failureText(trouble.failure, 'ko')];
      return said({en: en.what, ko: ko.what}, {en: en.now, ko: ko.now}, {en: en.database, ko: ko.database});
    }
    case 'server':
      return serverWords(trouble.problem);
    case 'dump':
      return dumpWords(trouble.path, trouble.problem);
    case 'sample-missing':
      return said(
        {
          en: `The runbook ${trouble.runbook} has no sample data to rehearse on.`,
          ko: `런북 ${trouble.runbook} 에는 예행 연습용 표본 데이터가 없습니다.`,
        },
        {
          en: 'Add a sample section to it, or run it against a staging database.',
          ko: 'sample 항목을 추가하거나 스테이징 데이터베이스에서 실행하십시오.',
        },
      );
    case 'environment-missing':
      return said(
        {
          en: `The runbook ${trouble.runbook} does not declare the environment ${trouble.environment}.`,
          ko: `런북 ${trouble.runbook} 에 환경 ${trouble.environment} 이(가) 선언되어 있지 않습니다.`,
        },
        {
          en: 'Choose another environment, or declare it in runbook.yaml.',
          ko: '다른 환경을 선택하거나 runbook.yaml에 선언하십시오.',
        },
      );
    case 'run-unknown':
      return trouble.run === undefined
        ? said(
            {en: 'There is no run yet.', ko: '아직 실행 기록이 없습니다.'},
            {en: 'Start one: attempt-runbook rehearse', ko: '먼저 시작하십시오: attempt-runbook rehearse'},
          )
        : said(
            {en: `There is no run ${trouble.run}.`, ko: `실행 ${trouble.run} 을(를) 찾을 수 없습니다.`},
            {
              en: 'attempt-runbook runs lists them; --runs-dir says where to look.',
              ko: 'attempt-runbook runs 로 목록을 확인하고, --runs-dir 로 위치를 지정하십시오.',
            },
          );
    case 'run-unreadable':
      return said(
        {
          en: `The run ${trouble.run} cannot be read: ${trouble.message}.`,
          ko: `실행 ${trouble.run} 을(를) 읽을 수 없습니다: ${trouble.message}.`,
        },
        {
          en: 'Leave its folder as it is; it is evidence. Start a new run.',
          ko: '증적이므로 폴더를 그대로 두고 새로 시작하십시오.',
        },
      );
    case 'run-not-written':
      return said(
        {
          en: `The run ${trouble.run} cannot be written to: ${trouble.message}.`,
          ko: `실행 ${trouble.run} 에 기록할 수 없습니다: ${trouble.message}.`,
        },
        {
          en: 'Free the disk or make the directory writable, then continue this run. A step that was running before stays in doubt until then; do not run it by hand.',
          ko: '디스크 공간을 확보하거나 디렉터리를 쓸 수 있게 한 뒤 이 실행을 이어서 진행하십시오. 진행 중이던 단계가 있었다면 그때까지 결과 불명이므로 직접 실행하지 마십시오.',
        },
        {
          en: 'Nothing was started. The database was at most asked who it is.',
          ko: '아무것도 시작하지 않았습니다. 데이터베이스에는 기껏해야 신원 확인만 요청했습니다.',
        },
      );
    case 'other-target':
      return said(
        {
          en: `This is another database than the one the run was opened on. Expected ${trouble.expected}, found ${trouble.actual}.`,
          ko: `실행을 시작한 데이터베이스가 아닙니다. 예상: ${trouble.expected}, 실제: ${trouble.actual}.`,
        },
        {en: "Give the URL of the run's own target.", ko: '이 실행의 대상 URL을 지정하십시오.'},
        onlyAsked,
      );
    case 'pooler-detected':
      return said(
        {
          en: `${trouble.address} is a connection pooler, not the server itself.`,
          ko: `${trouble.address} 은(는) 서버가 아니라 연결 풀러입니다.`,
        },
        {
          en: "Give the server's own address. Behind a pooler, locks and timeouts belong to sessions that come and go.",
          ko: '서버의 주소를 직접 지정하십시오. 풀러 뒤에서는 잠금과 제한 시간이 수시로 바뀌는 세션에 속합니다.',
        },
        onlyAsked,
      );
    case 'tunnel': {
      const {what, now} = tunnelWords(trouble.name, trouble.problem, trouble.said);
      return said(what, now);
    }
    case 'via-malformed':
      return said(
        {en: `${trouble.text} is no destination for ssh.`, ko: `ssh 접속 대상이 아닙니다: ${trouble.text}`},
        {
          en: 'Write user@host, user@host:port, or a name of ~/.ssh/config.',
          ko: '사용자@호스트, 사용자@호스트:포트, 또는 ~/.ssh/config 의 이름을 적으십시오.',
        },
      );
    case 'runs-directory':
      return said(
        {
          en: `Runs cannot be kept in ${trouble.path}: ${trouble.message}.`,
          ko: `${trouble.path} 에 실행 기록을 저장할 수 없습니다: ${trouble.message}.`,
        },
        {
          en: 'Free some space there, or give another directory with --runs-dir. No run was begun.',
          ko: '공간을 확보하거나 --runs-dir 로 다른 디렉터리를 지정하십시오. 시작된 실행은 없습니다.',
        },
        onlyAsked,
      );
    case 'file-not-written':
      return said(
        {
          en: `${trouble.path} was not written: ${trouble.message}.`,
          ko: `${trouble.path} 을(를) 쓰지 못했습니다: ${trouble.message}.`,
        },
        {
          en: 'Give another place, or free some space. The run itself is complete.',
          ko: '다른 위치를 지정하거나 공간을 확보하십시오. 실행 기록 자체는 온전합니다.',
        },
      );
    case 'signature':
      return signatureWords(trouble.problem);
    case 'not-a-bundle':
      return said(
        {
          en: `${trouble.path} is there already, and is no evidence of this tool. It was not replaced.`,
          ko: `${trouble.path} 폴더가 이미 있으며 이 도구의 증적이 아닙니다. 덮어쓰지 않았습니다.`,
        },
        {
          en: 'Give another name with -o. The run itself is complete.',
          ko: '-o 로 다른 이름을 지정하십시오. 실행 기록 자체는 온전합니다.',
        },
      );
    case 'evidence-unreadable':
      return said(
        {
          en: `${trouble.path} cannot be read: ${trouble.message}.`,
          ko: `${trouble.path} 을(를) 읽을 수 없습니다: ${trouble.message}.`,
        },
        {
          en: 'Give the archive that export wrote, or the directory that it unpacks to.',
          ko: 'export 명령이 만든 압축 파일이나 그것을 푼 디렉터리를 지정하십시오.',
        },
      );
    case 'step-unknown':
      return said(
        {en: `There is no step ${trouble.step} here.`, ko: `단계 ${trouble.step} 이(가) 없습니다.`},
        {en: `Steps: ${list(trouble.known)}.`, ko: `단계 목록: ${list(trouble.known)}.`},
      );
  }
};

const isLockTrouble = (trouble: Trouble): trouble is LockTrouble => {
  switch (trouble.code) {
    case 'run-locked':
    case 'target-locked':
    case 'take-over-at-work':
    case 'take-over-other':
      return true;
    default:
      return false;
  }
};

const isTargetTrouble = (trouble: Trouble): trouble is TargetTrouble => {
  switch (trouble.code) {
    case 'target-unconfirmed':
    case 'target-differs':
    case 'target-shared':
    case 'pin-differs':
    case 'known-targets-unreadable':
      return true;
    default:
      return false;
  }
};

/** Three or four sentences, each on its own line. */
export const troubleText = (trouble: Trouble, locale: Locale): readonly string[] => {
  if (isTargetTrouble(trouble)) return targetTroubleText(trouble, locale);
  if (isLockTrouble(trouble)) return lockTroubleText(trouble, locale);
  if (trouble.code === 'attachment') return attachProblemText(trouble.problem, locale);
  const {what, database, now} = wordsOf(trouble);
  const where = trouble.code === 'failure' ? failureText(trouble.failure, locale).where : undefined;
  return [what[locale], ...(where === undefined ? [] : where.split('\n')), database[locale], now[locale]];
};
