// Why the way to the database could not be opened, in words, and how a way that stands is named.

import type {LocalText, Locale} from '../../core/text.ts';
import type {TunnelProblem, ViaRecord} from '../../core/via.ts';

type Words = Readonly<{what: LocalText; now: LocalText}>;

const words = (name: string): Readonly<Record<TunnelProblem, Words>> => ({
  'program-missing': {
    what: {en: `${name}: the program was not found.`, ko: `${name}: 프로그램을 찾을 수 없습니다.`},
    now: {
      en: 'Install it (for ssh: apt-get install openssh-client), or correct PATH.',
      ko: '설치하거나(ssh의 경우 apt-get install openssh-client) PATH를 바로잡으십시오.',
    },
  },
  'host-key-unknown': {
    what: {
      en: `${name}: the host key of the bastion is not known here. It is never accepted without being looked at.`,
      ko: `${name}: 배스천의 호스트 키가 이 컴퓨터에 등록되어 있지 않습니다. 확인 없이 받아들이지 않습니다.`,
    },
    now: {
      en: `Connect once by hand (${name}), compare the fingerprint with the one your administrators publish, and accept it there.`,
      ko: `직접 한 번 접속하여(${name}) 지문을 관리자가 공지한 값과 비교한 뒤 등록하십시오.`,
    },
  },
  'host-key-changed': {
    what: {
      en: `${name}: the bastion shows another host key than the one that is known here. Somebody may be in between.`,
      ko: `${name}: 배스천의 호스트 키가 등록된 값과 다릅니다. 누군가 중간에서 가로채고 있을 수 있습니다.`,
    },
    now: {
      en: 'Ask those who run the bastion whether its key was replaced. Remove the old key (ssh-keygen -R HOST) only then.',
      ko: '배스천 담당자에게 키 교체 여부를 확인하십시오. 확인된 경우에만 이전 키를 삭제하십시오(ssh-keygen -R 호스트).',
    },
  },
  'login-refused': {
    what: {en: `${name}: the bastion refused the login.`, ko: `${name}: 배스천이 로그인을 거부했습니다.`},
    now: {
      en: 'Give the agent the right key (ssh-add KEY), or name it in ~/.ssh/config. Nothing is asked for here.',
      ko: '에이전트에 맞는 키를 등록하거나(ssh-add 키) ~/.ssh/config 에 지정하십시오. 이 도구는 암호를 묻지 않습니다.',
    },
  },
  'bastion-unreachable': {
    what: {en: `${name}: the bastion could not be reached.`, ko: `${name}: 배스천에 연결할 수 없습니다.`},
    now: {en: 'Check the name, the port and the VPN.', ko: '이름, 포트, VPN을 확인하십시오.'},
  },
  'forward-refused': {
    what: {
      en: `${name}: the bastion does not lead to the database: it may not forward there, or nobody answers.`,
      ko: `${name}: 배스천을 거쳐 데이터베이스에 연결되지 않습니다. 전달이 허용되지 않거나 응답이 없습니다.`,
    },
    now: {
      en: 'Check host and port in the connection URL as the bastion sees them, and its AllowTcpForwarding and PermitOpen.',
      ko: '연결 URL의 호스트와 포트(배스천에서 본 주소)와 배스천의 AllowTcpForwarding, PermitOpen 설정을 확인하십시오.',
    },
  },
  'port-taken': {
    what: {
      en: `${name}: another program listens on its port already. It was not used: it may lead to any database.`,
      ko: `${name}: 다른 프로그램이 이미 그 포트를 사용하고 있습니다. 어느 데이터베이스로 연결될지 알 수 없어 사용하지 않았습니다.`,
    },
    now: {en: 'End that program, or choose another port.', ko: '그 프로그램을 끝내거나 다른 포트를 지정하십시오.'},
  },
  'no-answer': {
    what: {
      en: `${name} runs, but no PostgreSQL server answered through it.`,
      ko: `${name}: 실행되었지만 PostgreSQL 서버의 응답이 없습니다.`,
    },
    now: {en: 'Check where it leads.', ko: '연결 대상을 확인하십시오.'},
  },
  'socket-impossible': {
    what: {
      en: `${name}: a Unix socket of this machine cannot be reached through a bastion.`,
      ko: `${name}: 이 컴퓨터의 Unix 소켓은 배스천을 거쳐 연결할 수 없습니다.`,
    },
    now: {
      en: 'Name host and port in the connection URL as the bastion sees them.',
      ko: '연결 URL에 배스천에서 본 호스트와 포트를 적으십시오.',
    },
  },
  ended: {
    what: {en: `${name} ended before it led anywhere.`, ko: `${name}: 연결되기 전에 끝났습니다.`},
    now: {en: 'Try it by hand.', ko: '직접 실행하여 확인하십시오.'},
  },
});

const quoted = (said: string): string => (said === '' ? '' : ` (${said})`);

export const tunnelWords = (name: string, problem: TunnelProblem, said: string): Words => {
  const {what, now} = words(name)[problem];
  return {what: {en: `${what.en}${quoted(said)}`, ko: `${what.ko}${quoted(said)}`}, now};
};

/** `ssh deploy@bastion:22 (ssh-ed25519 SHA256:…)` */
export const viaText = ({name, hostKey}: ViaRecord): string => `${name}${hostKey === undefined ? '' : ` (${hostKey})`}`;

/** Beside a connection that was lost or did not come about: the way there has ended, with its last words. */
export const brokenLineText = (line: Readonly<{name: string; said: string}> | undefined, locale: Locale): string => {
  if (line === undefined) return '';
  return locale === 'en'
    ? ` The way there, ${line.name}, has ended${quoted(line.said)}; it is opened again with the next connection.`
    : ` 연결 경로가 끊어졌습니다: ${line.name}${quoted(line.said)}. 다음 연결에서 다시 엽니다.`;
};
