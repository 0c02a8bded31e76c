// The words of the evidence tab, in two languages.

import type {Locale} from '../../core/text.ts';
import {formatCount} from './numbers.ts';

const en = {
  ofStep: (count: number) => `${formatCount(count)} ${count === 1 ? 'file' : 'files'} of this step`,
  ofRun: (count: number) => `${formatCount(count)} ${count === 1 ? 'file' : 'files'} of the whole run`,
  range: (from: number, to: number, of: number) => `${from}-${to} of ${of}`,
  recordOfStep: 'what was written down',
  recordOfRun: 'what the run began with',
  addedBy: (fileName: string, by: string) => `${fileName}, added by ${by}`,
  note: (note: string) => `Note: ${note}`,
  scanned: 'scanned for secrets',
  masked: (count: number) => `${formatCount(count)} masked`,
  notRead: 'Not read again here. h compares the file with its seal.',
  reading: 'Reading the file ...',
  equal: (at: string) => `read again at ${at}: equal to its seal`,
  differs: (sha256: string, bytes: string) => `DIFFERS from its seal: now ${bytes}, sha256 ${sha256}`,
  unreadable: (message: string) => `cannot be read: ${message}`,
  loading: 'Reading ...',
  notText: {
    picture: 'A picture is not shown in a terminal.',
    data: 'It holds the data itself and is not shown. It stays here; the bundle lists it by its hash.',
    bytes: 'It is no text and is not shown.',
  },
  leftOut: (bytes: string) => `-- ${bytes} are left out here; o opens all of it in $PAGER --`,
  nothingKept: 'It is empty.',
  checked: (equal: number, of: number) => `${formatCount(equal)} of ${formatCount(of)} files are equal to their seals.`,
  checkedBad: (bad: number, of: number) =>
    `${formatCount(bad)} of ${formatCount(of)} files are NOT what was sealed. They are marked in the list.`,
  checking: (done: number, of: number) => `Reading the files again: ${formatCount(done)} of ${formatCount(of)}`,
  attached: 'The file was copied, sealed and added to the evidence.',
  attachTitle: 'Attach a file to the evidence',
  attachPath: (most: string) =>
    `A copy is kept with the run and sealed, at most ${most}. Text is stored without the secrets that are known; pictures are not looked through. Tab completes the path.`,
  attachPathLabel: 'File:',
  attachNote: (file: string) => `What does ${file} show? The note goes into the evidence under your name.`,
  attachNoteLabel: 'Note:',
  attachStep: (step: string) => `It is added to: ${step}`,
  attachRun: 'It is added to the run as a whole.',
  keys: {
    open: 'show it',
    attach: 'attach',
    next: 'go on',
    pager: 'all of it in $PAGER',
    check: 'compare with its seal',
  },
};

export type EvidenceText = typeof en;

const ko: EvidenceText = {
  ofStep: (count) => `이 단계의 파일 ${formatCount(count)}개`,
  ofRun: (count) => `전체 실행의 파일 ${formatCount(count)}개`,
  range: (from, to, of) => `${of}개 중 ${from}-${to}`,
  recordOfStep: '기록된 내용',
  recordOfRun: '실행을 시작한 내용',
  addedBy: (fileName, by) => `${fileName}, 첨부한 사람 ${by}`,
  note: (note) => `메모: ${note}`,
  scanned: '비밀 정보 검사함',
  masked: (count) => `${formatCount(count)}개 가림`,
  notRead: '아직 다시 읽지 않았습니다. h 키로 파일과 봉인을 비교합니다.',
  reading: '파일을 읽는 중 ...',
  equal: (at) => `${at} 다시 읽음: 봉인과 같음`,
  differs: (sha256, bytes) => `봉인과 다름: 현재 ${bytes}, sha256 ${sha256}`,
  unreadable: (message) => `읽을 수 없음: ${message}`,
  loading: '읽는 중 ...',
  notText: {
    picture: '그림은 터미널에 표시하지 않습니다.',
    data: '데이터 자체가 들어 있어 표시하지 않습니다. 여기에 남으며, 증적에는 해시만 실립니다.',
    bytes: '텍스트가 아니어서 표시하지 않습니다.',
  },
  leftOut: (bytes) => `-- 여기서 ${bytes} 생략, o 키로 $PAGER에서 전체를 봅니다 --`,
  nothingKept: '비어 있습니다.',
  checked: (equal, of) => `파일 ${formatCount(of)}개 중 ${formatCount(equal)}개가 봉인과 같습니다.`,
  checkedBad: (bad, of) => `파일 ${formatCount(of)}개 중 ${formatCount(bad)}개가 봉인과 다릅니다. 목록에 표시했습니다.`,
  checking: (done, of) => `파일을 다시 읽는 중: ${formatCount(of)}개 중 ${formatCount(done)}개`,
  attached: '파일을 복사하고 봉인하여 증적에 추가했습니다.',
  attachTitle: '증적에 파일 첨부',
  attachPath: (most) =>
    `사본을 실행과 함께 보관하고 봉인합니다(최대 ${most}). 텍스트는 알려진 비밀 정보를 가리고 저장하며, 그림은 검사하지 않습니다. Tab 키로 경로를 완성합니다.`,
  attachPathLabel: '파일:',
  attachNote: (file) => `무엇을 보여 주는 파일입니까? ${file} 메모는 작업자 이름과 함께 증적에 남습니다.`,
  attachNoteLabel: '메모:',
  attachStep: (step) => `추가할 단계: ${step}`,
  attachRun: '실행 전체에 추가합니다.',
  keys: {open: '내용 보기', attach: '첨부', next: '다음', pager: '$PAGER에서 전체 보기', check: '봉인과 비교'},
};

const texts: Readonly<Record<Locale, EvidenceText>> = {en, ko};

export const evidenceText = (locale: Locale): EvidenceText => texts[locale];
