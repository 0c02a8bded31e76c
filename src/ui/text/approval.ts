// The words of approvals: who approved with what, why a word was not taken, and what an approver reads before signing.

import type {ApprovalProof, Lapse, SignerList} from '../../core/approval.ts';
import type {ApprovalProblem} from '../../core/decide-approval.ts';
import type {ApprovalStep} from '../../core/definition.ts';
import type {Recorded} from '../../core/event.ts';
import type {FactsOf} from '../../core/facts.ts';
import type {LocalText, Locale} from '../../core/text.ts';
import type {FactsWords} from './facts.ts';
import {formatInstant, shortHash} from './numbers.ts';
import {ended} from './sentence.ts';
import {troubleText} from './trouble.ts';

type Why = ApprovalProblem['why'];
type Say<W extends Why> = (problem: Extract<ApprovalProblem, {why: W}>) => string;
type Lexicon = Readonly<{[W in Why]: Say<W>}>;
type OtherWhat = Extract<ApprovalProblem, {why: 'other'}>['what'];

const others: Readonly<Record<OtherWhat, LocalText>> = {
  run: {en: 'another run', ko: '다른 실행'},
  runbook: {en: 'another runbook', ko: '다른 런북'},
  environment: {en: 'another environment', ko: '다른 환경'},
  database: {en: 'another database', ko: '다른 데이터베이스'},
  'system-identifier': {en: 'a database on another server', ko: '다른 서버의 데이터베이스'},
  plan: {en: 'another plan', ko: '다른 실행 계획'},
  step: {en: 'another step', ko: '다른 단계'},
  attempt: {en: 'an earlier asking of this step', ko: '이 단계의 이전 요청'},
};

const en: Lexicon = {
  other: ({what, said, is}) =>
    `It was given for ${others[what].en} (${said}; this is ${is}). Have the statement written anew here, and signed.`,
  'head-differs': ({seq}) =>
    `Record ${seq} of this journal is not the one that was signed: it is another journal, or somebody has changed it. Have the statement written anew, and find out why before anybody signs it.`,
  'head-moved': ({seq, after}) =>
    `It was given on record ${seq}, and since then record ${after.seq} (${after.type}) has come. Have the statement written anew: what stands is not what was approved.`,
  'not-as-written': () =>
    'The text names this run and its plan, but is not word for word what the tool writes. Have the statement written anew.',
  'not-a-statement': () => 'The file is no statement of an approval. Have one written here, and signed as it stands.',
  'signature-bad': ({detail}) =>
    `The signature is not one over this statement, in the namespace attempt-runbook: ${ended(detail)} Sign the file as it was written: ssh-keygen -Y sign -f KEY -n attempt-runbook FILE`,
  'no-statement': () =>
    'No statement was written for this step yet. Write one, have that signed, and come back with the signature.',
  'name-malformed': () => 'A name is needed, of at most 100 visible characters, as the list of signers has it.',
  'own-approval': ({person, operator}) =>
    `${person} has had this run in hand (${operator}), and nobody approves his own run. Somebody else has to.`,
  'own-key': ({key}) =>
    `${key} is a key of the operator's own (it lies in this home's .ssh folder), and nobody approves his own run. Somebody else has to, with his own key.`,
  'same-person': ({person, seq}) =>
    `${person} has approved already (record ${seq}). This step needs different persons.`,
  'same-key': ({key, seq}) =>
    `This key has approved already (record ${seq}): ${key}. This step needs different persons.`,
  replayed: ({seq}) => `This very statement was counted already (record ${seq}). It counts once.`,
  expired: ({at}) => `It expired at ${at}. Have the statement written anew, and signed.`,
  'not-yet': ({at}) =>
    `It is dated ${at}, which is in the future. Look at the clock of this machine, then have it written anew.`,
  'not-signed': () =>
    'This step takes only a signature. Sign with your key, or have the statement signed where the key is, and import it.',
  'no-list': () =>
    'This step takes only signatures of keys that a list of signers has, and there is no list: the runbook names none. In an open run: leave it (q), export ATTEMPT_RUNBOOK_ALLOWED_SIGNERS=FILE, and continue it; to `attempt-runbook approve` on a run that nobody has open, give --allowed-signers FILE. The list is kept as evidence.',
  'not-listed': ({key}) => `The list of signers does not have this key: ${key}. Sign with a key that is on it.`,
  'key-not-valid': ({key, principals, detail}) =>
    `The list of signers has this key${principals.length === 0 ? '' : ` (${principals.join(', ')})`}, and it does not count: ${ended(detail)} ${key}`,
  'other-person': ({said, principals}) =>
    `The statement names ${said}, and the list gives the key to ${principals.join(', ')}. Write it for the person who signs.`,
  unreadable: ({path, message}) => `${path} cannot be read: ${ended(message)}`,
  'not-written': ({path, message}) => `${path} cannot be written: ${ended(message)} Free the disk, then try again.`,
  'not-made': ({problem}) => troubleText({code: 'signature', problem}, 'en').join(' '),
};

const ko: Lexicon = {
  other: ({what, said, is}) =>
    `${others[what].ko}에 대한 승인입니다(서명된 값 ${said}, 현재 값 ${is}). 여기에서 승인문을 새로 만들어 서명을 받습니다.`,
  'head-differs': ({seq}) =>
    `이 저널의 ${seq}번 기록이 서명된 기록과 다릅니다. 다른 저널이거나 누군가 바꾼 것입니다. 승인문을 새로 만들되, 서명하기 전에 원인을 먼저 확인합니다.`,
  'head-moved': ({seq, after}) =>
    `${seq}번 기록을 기준으로 한 승인인데 그 뒤에 ${after.seq}번 기록(${after.type})이 추가되었습니다. 지금 상태는 승인된 상태가 아니므로 승인문을 새로 만듭니다.`,
  'not-as-written': () =>
    '이 실행과 실행 계획을 가리키지만 도구가 만든 문구와 정확히 일치하지 않습니다. 승인문을 새로 만듭니다.',
  'not-a-statement': () => '승인문 파일이 아닙니다. 여기에서 승인문을 만들어 그대로 서명을 받습니다.',
  'signature-bad': ({detail}) =>
    `attempt-runbook 네임스페이스로 이 승인문에 한 서명이 아닙니다: ${ended(detail)} 만들어진 파일 그대로 서명합니다: ssh-keygen -Y sign -f KEY -n attempt-runbook FILE`,
  'no-statement': () => '이 단계의 승인문이 아직 없습니다. 승인문을 만들어 서명을 받은 뒤 서명 파일을 가져옵니다.',
  'name-malformed': () => '서명자 목록에 있는 대로 이름을 적습니다. 보이는 문자로 100자까지입니다.',
  'own-approval': ({person, operator}) =>
    `${person} 님은 이 실행을 맡았던 작업자(${operator})이므로 자신의 실행을 승인할 수 없습니다. 다른 사람의 승인이 필요합니다.`,
  'own-key': ({key}) =>
    `${key} 키는 작업자 본인의 키입니다(이 계정의 .ssh 폴더에 있음). 자신의 실행은 승인할 수 없으므로 다른 사람이 자신의 키로 승인해야 합니다.`,
  'same-person': ({person, seq}) =>
    `${person} 님은 이미 승인했습니다(${seq}번 기록). 이 단계에는 서로 다른 사람의 승인이 필요합니다.`,
  'same-key': ({key, seq}) =>
    `이 키로 이미 승인했습니다(${seq}번 기록): ${key}. 이 단계에는 서로 다른 사람의 승인이 필요합니다.`,
  replayed: ({seq}) => `이미 반영된 승인문입니다(${seq}번 기록). 한 번만 인정합니다.`,
  expired: ({at}) => `${at}에 만료된 승인입니다. 승인문을 새로 만들어 서명을 받습니다.`,
  'not-yet': ({at}) => `날짜가 ${at}로 미래입니다. 이 컴퓨터의 시계를 확인한 뒤 승인문을 새로 만듭니다.`,
  'not-signed': () =>
    '서명으로만 승인하는 단계입니다. 자신의 키로 서명하거나, 키가 있는 곳에서 승인문에 서명을 받아 가져옵니다.',
  'no-list': () =>
    '서명자 목록에 있는 키의 서명만 인정하는 단계인데 목록이 없습니다(런북에 지정되지 않음). 열려 있는 실행이라면 나가서(q) export ATTEMPT_RUNBOOK_ALLOWED_SIGNERS=FILE 후 이어서 진행합니다. 열려 있지 않은 실행에 `attempt-runbook approve`를 쓸 때는 --allowed-signers FILE을 붙입니다. 지정한 목록은 증적에 남습니다.',
  'not-listed': ({key}) => `서명자 목록에 없는 키입니다: ${key}. 목록에 있는 키로 서명합니다.`,
  'key-not-valid': ({key, principals, detail}) =>
    `서명자 목록에 있지만${principals.length === 0 ? '' : `(${principals.join(', ')})`} 인정되지 않는 키입니다: ${ended(detail)} ${key}`,
  'other-person': ({said, principals}) =>
    `승인문의 승인자는 ${said}인데 목록에서 이 키의 소유자는 ${principals.join(', ')}입니다. 서명하는 사람의 이름으로 승인문을 만듭니다.`,
  unreadable: ({path, message}) => `${path} 파일을 읽을 수 없습니다: ${ended(message)}`,
  'not-written': ({path, message}) =>
    `${path} 파일을 쓸 수 없습니다: ${ended(message)} 디스크 공간을 확보한 뒤 다시 시도합니다.`,
  'not-made': ({problem}) => troubleText({code: 'signature', problem}, 'ko').join(' '),
};

const nothing: LocalText = {
  en: 'Nothing was approved, and nothing was sent to the database.',
  ko: '승인된 것은 없으며 데이터베이스에 보낸 것도 없습니다.',
};

export const approvalProblemText = (problem: ApprovalProblem, locale: Locale): string => {
  // TypeScript cannot see that the entry under `problem.why` takes exactly this problem.
  const say = {en, ko}[locale][problem.why] as (of: ApprovalProblem) => string;
  return `${say(problem)} ${nothing[locale]}`;
};

export const lapseText = (lapse: Lapse, locale: Locale): string => {
  switch (lapse.because) {
    case 'expired':
      return {en: `expired at ${lapse.at}`, ko: `${lapse.at}에 만료됨`}[locale];
    case 'operates':
      return {
        en: `was given by ${lapse.person}, who operates the run now`,
        ko: `승인자 ${lapse.person} 님이 지금은 작업자임`,
      }[locale];
  }
};

const lists: Readonly<Record<SignerList, LocalText>> = {
  plan: {en: 'on the list of the plan', ko: '실행 계획의 서명자 목록에 있음'},
  operator: {
    en: "on the operator's list, which is not part of the plan",
    ko: '작업자가 지정한 목록에 있음(실행 계획에는 없음)',
  },
  none: {en: 'on no list', ko: '목록에 없음'},
};

const typed: LocalText = {en: 'attested, not signed', ko: '서명 없이 확인만 함'};

export const proofText = (proof: ApprovalProof, locale: Locale): string =>
  proof.how === 'attested' ? typed[locale] : `${proof.key}, ${lists[proof.list][locale]}`;

type Decided = Extract<Recorded, {type: 'ApprovalGranted'} | {type: 'ApprovalRefused'}>;

/** Who decided what, on which record, with what proof; for a line of the plain front. */
export const decidedText = (event: Decided, locale: Locale, timeZone: string): string => {
  const {by, head, plan, expires, reason, proof} = event;
  const until =
    expires === undefined
      ? ''
      : {en: `, until ${formatInstant(expires, timeZone)}`, ko: `, ${formatInstant(expires, timeZone)}까지`}[locale];
  const why = reason === undefined ? '' : `: ${reason}`;
  return event.type === 'ApprovalGranted'
    ? {
        en: `approved by ${by} on record ${head.seq}, plan ${shortHash(plan)}${until} (${proofText(proof, 'en')})`,
        ko: `승인: ${by}, 기준 기록 ${head.seq}번, 실행 계획 ${shortHash(plan)}${until} (${proofText(proof, 'ko')})`,
      }[locale]
    : {
        en: `refused by ${by} on record ${head.seq}${why} (${proofText(proof, 'en')})`,
        ko: `거부: ${by}, 기준 기록 ${head.seq}번${why} (${proofText(proof, 'ko')})`,
      }[locale];
};

export const approvalFacts = ({approvals}: FactsOf<'approval'>, locale: Locale): FactsWords => {
  const lines = approvals.flatMap(({by, key, list, expires, also = []}) => {
    const until = expires === undefined ? '' : {en: `, until ${expires}`, ko: `, ${expires}까지`}[locale];
    const steps = also.join(', ');
    return [
      `${list === 'plan' ? '' : '! '}${by}: ${key === undefined ? typed[locale] : `${key}, ${lists[list][locale]}`}${until}`,
      // Two signatures, and one person: nobody should count them as two.
      ...(steps === ''
        ? []
        : [
            {
              en: `${by} has also approved ${steps}: that is one person`,
              ko: `${by} 님은 ${steps} 단계도 승인했습니다. 같은 사람입니다`,
            }[locale],
          ]),
    ];
  });
  const names = approvals.map(({by}) => by).join(', ');
  return {summary: {en: `approved by ${names}`, ko: `승인: ${names}`}[locale], lines};
};

/** What the step demands, in one sentence. */
export const demandText = ({approvers = 1, signature, self, validForMs}: ApprovalStep, locale: Locale): string => {
  const hours = validForMs === undefined ? undefined : Math.round(validForMs / 360_000) / 10;
  const say = {
    en: [
      `${approvers} ${approvers === 1 ? 'person' : 'different persons'}${self === 'allowed' ? '' : ' other than the operator'}`,
      signature === 'required'
        ? 'signed with a key on a list of signers'
        : 'signed, or attested without a signature (amber)',
      ...(hours === undefined ? [] : [`good for ${hours} h`]),
    ],
    ko: [
      `${self === 'allowed' ? '' : '작업자가 아닌 '}${approvers}명${approvers === 1 ? '' : '(서로 다른 사람)'}`,
      signature === 'required' ? '서명자 목록에 있는 키의 서명 필요' : '서명 또는 서명 없는 확인(유의 표시)',
      ...(hours === undefined ? [] : [`${hours}시간 유효`]),
    ],
  }[locale];
  return say.join(', ');
};
