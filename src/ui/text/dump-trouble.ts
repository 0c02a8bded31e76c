// Why can a rehearsal not begin from this backup, in words?

import type {LocalText} from '../../core/text.ts';
import type {DumpProblem} from '../../core/trouble.ts';
import {nameList, said, type TroubleWords} from './trouble-words.ts';

const onlyTheCopy: LocalText = {
  en: 'Only the unfinished copy was written to, and it was removed. The database that was dumped was not touched.',
  ko: '만들던 사본에만 썼으며 그 사본은 지웠습니다. 원본 데이터베이스에는 손대지 않았습니다.',
};

export const dumpWords = (path: string, problem: DumpProblem): TroubleWords => {
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
          en: `The backup ${path} needs extensions that the rehearsal's server does not have: ${nameList(problem.extensions)}.`,
          ko: `백업 ${path} 에 필요한 확장이 예행 연습용 서버에 없습니다: ${nameList(problem.extensions)}.`,
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
          en: `The backup ${path} names roles that the server does not have: ${nameList(problem.roles)}.`,
          ko: `백업 ${path} 에 나오는 역할이 서버에 없습니다: ${nameList(problem.roles)}.`,
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
