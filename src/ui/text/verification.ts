// What the check of a bundle found, in words: what was proven, what was not, and the first thing that is wrong.

import type {LocalText, Locale} from '../../core/text.ts';
import type {BundleFault} from '../../evidence/verify.ts';
import {approvalFaultText} from './approval-evidence.ts';
import {newerText, newerVersionText} from './newer.ts';
import {formatCount} from './numbers.ts';

type Unsafe = Extract<BundleFault, {code: 'archive-unsafe'}>['because'];
type Broken = Extract<BundleFault, {code: 'journal-broken'}>['because'];

const unsafe: Readonly<Record<Unsafe, LocalText>> = {
  name: {
    en: 'its name leads out of its folder, or reads differently elsewhere',
    ko: '이름이 폴더 밖을 가리키거나 시스템에 따라 다르게 읽힘',
  },
  'not-a-file': {en: 'it is a link, a folder or a device', ko: '링크, 폴더 또는 장치임'},
  duplicate: {en: 'another entry has the same name', ko: '같은 이름의 항목이 또 있음'},
  encrypted: {en: 'it is encrypted', ko: '암호화되어 있음'},
  method: {en: 'it is packed in a way that is not used here', ko: '사용하지 않는 압축 방식임'},
  size: {en: 'it has another size than it says', ko: '표시된 크기와 실제 크기가 다름'},
  'too-many': {en: 'the archive has too many entries', ko: '항목이 너무 많음'},
  'too-big': {en: 'the archive unpacks to too much', ko: '풀었을 때의 크기가 너무 큼'},
  bomb: {en: 'it unpacks to far more than text does', ko: '텍스트로는 나올 수 없는 비율로 풀림'},
  outside: {en: 'it lies outside the folder that all others are in', ko: '다른 항목이 모두 들어 있는 폴더 밖에 있음'},
};

const broken: Readonly<Record<Broken, LocalText>> = {
  'not-json': {en: 'it is no record', ko: '기록 형식이 아님'},
  version: {en: 'its version is unknown', ko: '알 수 없는 버전임'},
  sequence: {en: 'its number does not follow the one before', ko: '번호가 앞 기록에 이어지지 않음'},
  chain: {en: 'it does not name the hash of the record before', ko: '앞 기록의 해시와 맞지 않음'},
  time: {en: 'its time is none', ko: '시각 형식이 아님'},
  'not-an-event': {
    en: 'its event is none of the version that wrote it',
    ko: '기록을 쓴 버전에 없는 이벤트임',
  },
  empty: {en: 'the journal does not begin with the opening of a run', ko: '저널이 실행 시작 기록으로 시작하지 않음'},
};

const faultText = (fault: BundleFault, locale: Locale): string => {
  const say = (en: string, ko: string): string => (locale === 'en' ? en : ko);
  switch (fault.code) {
    case 'archive-unreadable':
      return say(`The archive cannot be read: ${fault.detail}`, `압축 파일을 읽을 수 없음: ${fault.detail}`);
    case 'archive-unsafe':
      return `${fault.entry}: ${unsafe[fault.because][locale]}`;
    case 'journal-broken':
      return say(
        `data/journal.ndjson: record ${fault.record}: ${broken[fault.because].en}`,
        `data/journal.ndjson: ${fault.record}번째 기록: ${broken[fault.because].ko}`,
      );
    case 'journal-newer':
      return newerText(fault)[locale];
    case 'file-missing':
      return say(`${fault.file}: is missing`, `${fault.file}: 없음`);
    case 'file-unlisted':
      return say(`${fault.file}: is in no list`, `${fault.file}: 목록에 없는 파일`);
    case 'hash-differs':
      return say(
        `${fault.file}: SHA-256 is ${fault.actual}, the list says ${fault.expected}`,
        `${fault.file}: SHA-256 값이 ${fault.actual}, 목록의 값은 ${fault.expected}`,
      );
    case 'description-differs':
      return say(`${fault.file}: is not what its files give`, `${fault.file}: 실제 파일들과 맞지 않음`);
    case 'plan-differs':
      return say(
        `${fault.file}: is not what the run was opened with`,
        `${fault.file}: 실행을 시작할 때의 실행 계획과 다름`,
      );
    case 'artifact-differs':
      return say(
        `${fault.file}: is not what record ${fault.record} of the journal sealed`,
        `${fault.file}: 저널 ${fault.record}번째 기록이 봉인한 내용과 다름`,
      );
    case 'report-differs':
      return say(
        `${fault.file}: is not what journal and plan give`,
        `${fault.file}: 저널과 실행 계획에서 다시 만든 내용과 다름`,
      );
    case 'signature-bad':
      return say(
        `${fault.file}: is no signature over this bundle (${fault.detail})`,
        `${fault.file}: 이 증적에 대한 서명이 아님 (${fault.detail})`,
      );
    case 'not-signed':
      return fault.signatures === 0
        ? say('The bundle has no signature.', '증적에 서명이 없음')
        : say(
            `None of its ${formatCount(fault.signatures)} signatures is by a key on the list of signers.`,
            `서명 ${formatCount(fault.signatures)}개 중 서명자 목록에 있는 키의 서명이 없음`,
          );
    case 'approval-broken':
    case 'approval-missing':
      return approvalFaultText(fault, locale);
    case 'container-differs':
      return say(
        'The archive holds more than its files: packed again, they give other bytes',
        '압축 파일에 목록의 파일 외의 내용이 있음: 다시 압축하면 바이트가 달라짐',
      );
  }
};

/** What a newer version wrote was not found to be wrong; it was not checked to its end either. */
const newerLines = (fault: Extract<BundleFault, {code: 'journal-newer'}>, locale: Locale): readonly string[] => {
  const by = newerVersionText(fault)[locale];
  return locale === 'en'
    ? [
        'The evidence was NOT verified: it needs a newer version of the tool.',
        `  ${newerText(fault).en}`,
        `  Its files are those of its lists. What the run did, its signatures and approvals were not checked. Verify it with ${by}.`,
      ]
    : [
        '증적을 검증하지 못했습니다. 더 새로운 버전의 도구가 필요합니다.',
        `  ${newerText(fault).ko}`,
        `  파일은 목록과 일치합니다. 실행 내용과 서명, 승인은 확인하지 않았습니다. ${by}으로 검증하십시오.`,
      ];
};

const isNewer = (fault: BundleFault): fault is Extract<BundleFault, {code: 'journal-newer'}> =>
  fault.code === 'journal-newer';

/** 2: nothing is known to be wrong, and nothing was proven. */
export const faultExitCode = (fault: BundleFault): 2 | 65 => (isNewer(fault) ? 2 : 65);

/** Lines without control over their strings: whoever prints them makes them visible first. */
export const faultLines = (fault: BundleFault, locale: Locale): readonly string[] =>
  isNewer(fault) ? newerLines(fault, locale) : wrongLines(fault, locale);

const wrongLines = (fault: BundleFault, locale: Locale): readonly string[] => [
  locale === 'en'
    ? 'The evidence is NOT what it was. First thing that is wrong:'
    : '증적이 원래 내용과 다릅니다. 처음 발견된 문제:',
  `  ${faultText(fault, locale)}`,
  locale === 'en'
    ? '  No database was asked. Ask whoever made the bundle for another copy; do not decide by this one.'
    : '  데이터베이스에는 접속하지 않았습니다. 만든 사람에게 다시 요청하고, 이 증적으로 판단하지 마십시오.',
];

/** Whose key made a signature, as far as that could be told. */
export type SignedBy = Readonly<{
  /** Of an RFC 3161 answer beside the signature; unchecked without the authority's certificates, or openssl. */
  timestamp?: 'good' | 'unchecked';
}> &
  Signer;

type Signer =
  | Readonly<{file: string; status: 'good'; principal: string; key: string}>
  | Readonly<{file: string; status: 'unknown-key'; key: string}>
  /** This machine has no ssh-keygen. */
  | Readonly<{file: string; status: 'unchecked'}>;

const signerText = (by: SignedBy, locale: Locale): string => {
  const say = (en: string, ko: string): string => (locale === 'en' ? en : ko);
  switch (by.status) {
    case 'good':
      return `✓ ${say(`signed by ${by.principal}`, `서명자 ${by.principal}`)}  ${by.key}`;
    case 'unknown-key':
      return `! ${say('signed by a key that no list of signers was asked about, or has', '서명자 목록으로 확인되지 않은 키의 서명')}  ${by.key}`;
    case 'unchecked':
      return `! ${by.file}: ${say('not checked, ssh-keygen was not found', '확인하지 않음, ssh-keygen 없음')}`;
  }
};

const stampLines = ({timestamp}: SignedBy, locale: Locale): readonly string[] => {
  const say = (en: string, ko: string): string => (locale === 'en' ? en : ko);
  if (timestamp === undefined) return [];
  switch (timestamp) {
    case 'good':
      return [`  ✓ ${say('its timestamp is by the authority that was named', '지정한 인증 기관의 시각 증명 확인됨')}`];
    case 'unchecked':
      return [
        `  ! ${say('has a timestamp that was not checked (--tsa-ca FILE)', '시각 증명이 있으나 확인하지 않음 (--tsa-ca 파일)')}`,
      ];
  }
};

/** A chain proves that nothing was changed by itself; only a key says who stands by it. */
export const signatureLines = (signedBy: readonly SignedBy[], locale: Locale): readonly string[] =>
  signedBy.length === 0
    ? [
        locale === 'en'
          ? 'Not signed: this shows that nothing was damaged or changed by itself, not who made it. Compare the journal hash with one that you have from elsewhere.'
          : '서명 없음: 손상되거나 일부만 바뀐 것이 없음을 보여 줄 뿐, 누가 만들었는지는 증명하지 않습니다. 다른 경로로 받은 저널 해시와 비교하십시오.',
      ]
    : signedBy.flatMap((by) => [signerText(by, locale), ...stampLines(by, locale)]);

export const signedText = (name: string, signatures: number, locale: Locale): string =>
  locale === 'en'
    ? `${name}: verified and signed, ${formatCount(signatures)} ${signatures === 1 ? 'signature' : 'signatures'}`
    : `${name}: 확인 후 서명함, 서명 ${formatCount(signatures)}개`;
