// What the check of a bundle found of its approvals: who approved what, with which key, and what does not hold.

import type {RunState} from '../../core/state.ts';
import type {LocalText, Locale} from '../../core/text.ts';
import type {ApprovalEvidence, ApprovalFault} from '../../core/approval-evidence.ts';
import {proofText} from './approval.ts';

type Because = Extract<ApprovalFault, {code: 'approval-broken'}>['because'];

const signed: LocalText = {en: 'it was given for something else', ko: '다른 대상에 대한 승인임'};
const journal: LocalText = {
  en: 'the journal before it is not the one that was signed',
  ko: '앞부분의 저널이 서명된 저널과 다름',
};
const words: LocalText = {en: 'its text is not what was to be signed', ko: '서명할 내용과 문구가 다름'};
const key: LocalText = {en: 'its key does not count', ko: '인정되지 않는 키임'};
const person: LocalText = {
  en: 'it is not by somebody else, or by somebody new',
  ko: '다른 사람이거나 새로운 승인자가 아님',
};
const time: LocalText = {en: 'it did not count at that time', ko: '그 시각에 유효하지 않음'};

const because: Readonly<Record<Because, LocalText>> = {
  'statement-missing': {en: 'the text that was signed is missing, or another', ko: '서명된 승인문이 없거나 다름'},
  'signature-missing': {en: 'the signature is missing, or another', ko: '서명 파일이 없거나 다름'},
  'signature-bad': {en: 'the signature is not over its text', ko: '승인문에 대한 서명이 아님'},
  'recorded-otherwise': {en: 'the record says something else than the signed text', ko: '기록이 서명된 내용과 다름'},
  'head-differs': journal,
  'head-moved': {
    en: 'something had happened between what was signed and the record',
    ko: '서명한 뒤 기록될 때까지 다른 일이 있었음',
  },
  other: signed,
  'not-as-written': words,
  'not-a-statement': words,
  'no-statement': words,
  'name-malformed': words,
  'own-approval': person,
  'own-key': person,
  'same-person': person,
  'same-key': person,
  replayed: person,
  expired: time,
  'not-yet': time,
  'not-signed': key,
  'no-list': key,
  'not-listed': key,
  'key-not-valid': key,
  'other-person': {en: 'its key belongs to somebody else than it names', ko: '승인자와 키의 소유자가 다름'},
  unreadable: words,
  'not-written': words,
  'not-made': words,
};

export const approvalFaultText = (fault: ApprovalFault, locale: Locale): string => {
  switch (fault.code) {
    case 'approval-broken':
      return {
        en: `data/journal.ndjson: record ${fault.record}: the approval of ${fault.step} by ${fault.by} does not hold: ${because[fault.because].en}`,
        ko: `data/journal.ndjson: ${fault.record}번째 기록: ${fault.step} 단계에 대한 ${fault.by}의 승인이 성립하지 않음: ${because[fault.because].ko}`,
      }[locale];
    case 'approval-missing':
      return {
        en: `data/journal.ndjson: record ${fault.record}: the plan wants the approval of ${fault.step} before it, and there is none`,
        ko: `data/journal.ndjson: ${fault.record}번째 기록: 실행 계획에 따르면 그 전에 ${fault.step} 단계의 승인이 있어야 하지만 없음`,
      }[locale];
  }
};

const evidenceLine = (of: ApprovalEvidence, locale: Locale): string => {
  const {step, by, decision, head, proof, checked} = of;
  const isSound = decision === 'approved' && checked && proof.how === 'signed' && proof.list === 'plan';
  const said = {
    approved: {en: 'approved by', ko: '승인'},
    refused: {en: 'refused by', ko: '거부'},
  }[decision][locale];
  const unchecked = checked
    ? ''
    : {en: '; not checked, ssh-keygen was not found', ko: '; ssh-keygen이 없어 확인하지 않음'}[locale];
  return {
    en: `${isSound ? '✓' : '!'} ${step}: ${said} ${by} on record ${head.seq}  ${proofText(proof, 'en')}${unchecked}`,
    ko: `${isSound ? '✓' : '!'} ${step}: ${said} ${by}, 기준 기록 ${head.seq}번  ${proofText(proof, 'ko')}${unchecked}`,
  }[locale];
};

export const approvalEvidenceLines = (
  approvals: readonly ApprovalEvidence[] | undefined,
  {approvals: recorded}: Pick<RunState, 'approvals'>,
  locale: Locale,
): readonly string[] => {
  if (approvals !== undefined) return approvals.map((of) => evidenceLine(of, locale));
  return recorded === undefined
    ? []
    : [
        {
          en: '! the approvals were not checked: the runbook is of another version',
          ko: '! 다른 버전의 런북이라 승인을 확인하지 않음',
        }[locale],
      ];
};
