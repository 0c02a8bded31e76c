// Why is there no server of a rehearsal's own, in words?

import type {LocalText} from '../../core/text.ts';
import type {ServerProblem} from '../../core/trouble.ts';
import {said, type TroubleWords} from './trouble-words.ts';

export const serverWords = (problem: ServerProblem): TroubleWords => {
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
