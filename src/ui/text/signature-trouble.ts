// Why was evidence not signed, in words?

import type {LocalText} from '../../core/text.ts';
import type {SignatureProblem} from '../../core/trouble.ts';
import {said, type TroubleWords} from './trouble-words.ts';

export const signatureWords = (problem: SignatureProblem): TroubleWords => {
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
