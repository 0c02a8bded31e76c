// What kept a command from starting, in words: what happened, what it means for the database, what to do now.

import type {LocalText, Locale} from '../../core/text.ts';
import type {LockTrouble, TargetTrouble, Trouble} from '../../core/trouble.ts';
import {attachProblemText} from './attachment.ts';
import {dumpWords} from './dump-trouble.ts';
import {failureText} from './failure.ts';
import {lockTroubleText} from './lock-trouble.ts';
import {newerText, newerVersionText} from './newer.ts';
import {serverWords} from './server-trouble.ts';
import {signatureWords} from './signature-trouble.ts';
import {sourceForms, sourceWords} from './source-trouble.ts';
import {targetTroubleText} from './target-trouble.ts';
import {nameList, said, type TroubleWords} from './trouble-words.ts';
import {tunnelWords} from './tunnel.ts';

const onlyAsked: LocalText = {
  en: 'The database was only asked who it is. This command changed nothing.',
  ko: '데이터베이스에는 신원 확인만 요청했습니다. 이 명령은 아무것도 바꾸지 않았습니다.',
};

const ownOnly: LocalText = {
  en: "Statements were sent only for the rehearsal's own database. No other database was changed, and no run was begun.",
  ko: '예행 연습용 데이터베이스에만 문장을 보냈습니다. 다른 데이터베이스는 바뀌지 않았으며, 시작된 실행은 없습니다.',
};

const wordsOf = (
  trouble: Exclude<Trouble, TargetTrouble | LockTrouble | Readonly<{code: 'attachment'}>>,
): TroubleWords => {
  switch (trouble.code) {
    case 'runbook-unknown':
      return said(
        {en: `There is no runbook ${trouble.name}.`, ko: `런북 ${trouble.name} 을(를) 찾을 수 없습니다.`},
        {en: `Known here: ${nameList(trouble.known)}.`, ko: `사용할 수 있는 런북: ${nameList(trouble.known)}.`},
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
        sourceForms,
      );
    case 'failure': {
      const [en, ko] = [failureText(trouble.failure, 'en', 'none'), failureText(trouble.failure, 'ko', 'none')];
      return said({en: en.what, ko: ko.what}, {en: en.now, ko: ko.now}, {en: en.database, ko: ko.database});
    }
    case 'not-filled': {
      const [en, ko] = [failureText(trouble.failure, 'en', 'none'), failureText(trouble.failure, 'ko', 'none')];
      return said({en: en.what, ko: ko.what}, {en: en.now, ko: ko.now}, ownOnly);
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
    case 'run-newer': {
      const by = newerVersionText(trouble);
      return said(
        {en: `The run ${trouble.run}: ${newerText(trouble).en}`, ko: `실행 ${trouble.run}: ${newerText(trouble).ko}`},
        {
          en: `Use ${by.en}. Here 'attempt-runbook status ${trouble.run}' shows the run up to that record.`,
          ko: `${by.ko}을 사용하십시오. 여기에서는 'attempt-runbook status ${trouble.run}'로 그 앞까지만 볼 수 있습니다.`,
        },
      );
    }
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
        {en: `Steps: ${nameList(trouble.known)}.`, ko: `단계 목록: ${nameList(trouble.known)}.`},
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
  const where =
    trouble.code === 'failure' || trouble.code === 'not-filled'
      ? failureText(trouble.failure, locale).where
      : undefined;
  return [what[locale], ...(where === undefined ? [] : where.split('\n')), database[locale], now[locale]];
};
