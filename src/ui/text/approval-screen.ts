// The words of an approval on the screen: what can be done, what is typed, and what is approved.

import type {Locale} from '../../core/text.ts';

const en = {
  approves: 'Is approved',
  wants: 'Wants',
  given: 'Approved so far',
  nobody: 'nobody yet',
  on: 'On what',
  run: (run: string, environment: string) => `run ${run}, ${environment}`,
  plan: (digest: string) => `plan ${digest}`,
  amber: 'Passed with a remark',
  waived: 'Waived',
  none: 'none',
  ahead: 'Ahead',
  asked: (operator: string) => `asked by ${operator}`,
  choice: {
    sign: 'Approve here, with an SSH key or agent',
    elsewhere: 'Write the text, to be signed elsewhere',
    import: 'Bring a signature from elsewhere',
    attest: 'Approve by name, without a signature',
    refuse: 'Refuse',
  },
  usual: {
    sign: 'approve with a key',
    elsewhere: 'write the text',
    import: 'bring a signature',
    attest: 'approve by name',
    refuse: 'refuse',
  },
  say: {
    sign: 'Whoever approves types his own name and names his own key: a private key without a passphrase, or a public one that an agent has. The operator cannot.',
    elsewhere: 'The text names this person. It is good until the run does something else.',
    import: 'The .sig file that ssh-keygen made over the text that was written here.',
    attest: 'Nothing will show that it was this person: the step will be marked for a look.',
    refuse: 'The run stops here until somebody asks again. The reason is kept in the evidence.',
  },
  name: 'Name of the approver:',
  key: 'File of the key:',
  signature: 'File of the signature:',
  reason: 'Reason:',
  statement: 'To be signed elsewhere',
  needed: 'A name, a file or a reason is needed here.',
};

const ko: typeof en = {
  approves: '승인 대상',
  wants: '승인 조건',
  given: '지금까지의 승인',
  nobody: '아직 없음',
  on: '승인 기준',
  run: (run, environment) => `실행 ${run}, ${environment}`,
  plan: (digest) => `실행 계획 ${digest}`,
  amber: '유의 사항이 있는 단계',
  waived: '생략한 단계',
  none: '없음',
  ahead: '앞으로 할 변경',
  asked: (operator) => `요청한 작업자 ${operator}`,
  choice: {
    sign: '여기에서 SSH 키 또는 에이전트로 승인',
    elsewhere: '다른 곳에서 서명할 승인문 작성',
    import: '다른 곳에서 만든 서명 가져오기',
    attest: '서명 없이 이름으로 승인',
    refuse: '거부',
  },
  usual: {
    sign: '키로 승인',
    elsewhere: '승인문 작성',
    import: '서명 가져오기',
    attest: '이름으로 승인',
    refuse: '거부',
  },
  say: {
    sign: '승인하는 사람이 자신의 이름과 자신의 키를 직접 입력합니다. 암호문 없는 개인 키, 또는 에이전트에 있는 키의 공개 키입니다. 작업자 본인은 승인할 수 없습니다.',
    elsewhere: '승인문에는 이 사람의 이름이 들어갑니다. 실행이 더 진행되기 전까지만 유효합니다.',
    import: '여기에서 작성한 승인문에 ssh-keygen으로 서명한 .sig 파일입니다.',
    attest: '본인이 승인했다는 증거가 남지 않으므로 이 단계에는 유의 표시가 붙습니다.',
    refuse: '다시 승인을 요청할 때까지 실행은 여기에서 멈춥니다. 사유는 증적에 남습니다.',
  },
  name: '승인자 이름:',
  key: '키 파일:',
  signature: '서명 파일:',
  reason: '사유:',
  statement: '다른 곳에서 서명할 승인문',
  needed: '이름, 파일 또는 사유를 입력해야 합니다.',
};

export const approvalScreen: Readonly<Record<Locale, typeof en>> = {en, ko};
