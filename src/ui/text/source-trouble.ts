// Why is a connection not found where the operator said, and in which forms is it given?

import type {LocalText} from '../../core/text.ts';
import type {SourceProblem} from '../../core/trouble.ts';
import {said, type TroubleWords} from './trouble-words.ts';

/** In which forms the place of a connection is given. */
export const sourceForms: LocalText = {
  en: 'Give env:NAME (a variable that holds the URL), service:NAME (a section of ~/.pg_service.conf) or file:PATH (a file that holds the URL).',
  ko: 'env:이름(URL을 담은 환경 변수), service:이름(~/.pg_service.conf 의 구역), file:경로(URL을 담은 파일) 중 하나로 지정하십시오.',
};

export const sourceWords = (problem: SourceProblem): TroubleWords => {
  switch (problem.code) {
    case 'source-unknown':
      return said(
        {
          en: `${problem.source} names no connection.`,
          ko: `${problem.source} 에 해당하는 연결이 없습니다.`,
        },
        sourceForms,
      );
    case 'source-is-url':
      return said(
        {
          en: 'A URL was given on the command line. It is refused: it stays in the shell history and in the process list.',
          ko: '명령줄에 URL이 입력되었습니다. 셸 기록과 프로세스 목록에 남기 때문에 받지 않습니다.',
        },
        {
          en: `If it held a password, change that password. ${sourceForms.en}`,
          ko: `비밀번호가 들어 있었다면 비밀번호를 변경하십시오. ${sourceForms.ko}`,
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
