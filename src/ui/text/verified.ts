// What a bundle that holds proves, in words: of which run it is, what was found whole, and what it does not prove.

import type {ApprovalEvidence} from '../../core/approval-evidence.ts';
import type {RunState} from '../../core/state.ts';
import type {LocalText, Locale} from '../../core/text.ts';
import type {Verified} from '../../evidence/verify.ts';
import {approvalEvidenceLines} from './approval-evidence.ts';
import {evidenceKindOf} from './evidence-kind.ts';
import {formatBytes, formatCount} from './numbers.ts';
import {environmentText} from './terms.ts';
import {signatureLines, type SignedBy} from './verification.ts';
import {displayWidth} from './width.ts';

const outcomeText = ({closed}: RunState, locale: Locale): string => {
  const say = (en: string, ko: string): string => (locale === 'en' ? en : ko);
  switch (closed?.outcome) {
    case 'completed':
      return say('completed', '완료');
    case 'rolled-back':
      return say('rolled back', '원복 완료');
    case 'abandoned':
      return say('abandoned', '중단');
    case undefined:
      return say('not closed: this evidence is not complete', '종료되지 않음: 완결된 증적이 아님');
  }
};

/**
 * Whoever exports from an open screen finds the recording of his own session here; a session or an attempt that was cut
 * off leaves the same, and the bytes alone do not tell them apart.
 */
const whyUnsealed = (path: string): LocalText =>
  evidenceKindOf({path, mediaType: ''}) === 'session'
    ? {
        en: 'of a session that was still open when this was exported, or had been cut off; sealed by no record',
        ko: '내보낼 당시 열려 있었거나 중간에 끊긴 세션의 기록, 봉인 기록 없음',
      }
    : {
        en: 'of an attempt that was still running when this was exported, or had been interrupted; sealed by no record',
        ko: '내보낼 당시 실행 중이었거나 중단된 시도의 파일, 봉인 기록 없음',
      };

/** What was found whole and still proves less than a reader might think. */
const reservations = ({unsealed, tornBytes, reportsRemade}: Verified, locale: Locale): readonly string[] => {
  const say = (en: string, ko: string): string => (locale === 'en' ? en : ko);
  return [
    ...unsealed.map((path) => `! ${path}: ${whyUnsealed(path)[locale]}`),
    ...(tornBytes === 0
      ? []
      : [
          `! ${say(
            `the journal ends in ${formatCount(tornBytes)} bytes of a record that is not whole`,
            `저널 끝에 온전하지 않은 기록 ${formatCount(tornBytes)}바이트가 있음`,
          )}`,
        ]),
    ...(reportsRemade
      ? []
      : [
          `! ${say(
            'the reports are of another version and were not made again; only their hashes were checked',
            '보고서는 다른 버전이 만든 것이라 다시 만들지 않았고 해시만 확인함',
          )}`,
        ]),
  ];
};

/** A sentence, or a label with words that stand beside it: each front sets them in its own columns. */
export type VerifiedLine = string | Readonly<{label: string; words: readonly string[]}>;

const padded = (label: string, width: number): string =>
  `${label}${' '.repeat(Math.max(1, width - displayWidth(label)))}`;

/** On one row, however long it is: what is printed is copied and compared. */
export const onOneRow = (of: VerifiedLine): string =>
  typeof of === 'string' ? of : `  ${padded(of.label, 10)}${of.words.join('  ')}`;

/** Lines without control over their strings: whoever prints them makes them visible first. */
export const verifiedLines = (
  of: Verified,
  signedBy: readonly SignedBy[],
  approvals: readonly ApprovalEvidence[] | undefined,
  locale: Locale,
): readonly VerifiedLine[] => {
  const say = (en: string, ko: string): string => (locale === 'en' ? en : ko);
  const {opened} = of.state;
  if (opened === undefined) return [];
  const {target} = opened;
  const count = formatCount;
  const row = (label: LocalText, ...words: readonly string[]): VerifiedLine => ({label: label[locale], words});
  return [
    say(
      'Every file is what the bundle lists, and the journal is whole.',
      '모든 파일이 목록과 일치하고, 저널이 온전합니다.',
    ),
    row(
      {en: 'run', ko: '실행'},
      opened.run,
      environmentText(opened.environment, locale),
      outcomeText(of.state, locale),
    ),
    row(
      {en: 'target', ko: '대상'},
      `${target.user}@${target.database}`,
      target.address,
      `PostgreSQL ${target.serverVersion}`,
      `id ${target.systemIdentifier}`,
    ),
    row({en: 'operator', ko: '작업자'}, `${opened.operator.name}@${opened.operator.host}`, opened.at),
    row({en: 'plan', ko: '계획'}, opened.plan),
    row(
      {en: 'journal', ko: '저널'},
      say(`${count(of.events)} ${of.events === 1 ? 'record' : 'records'}`, `${count(of.events)}건`),
      of.head,
    ),
    row({en: 'files', ko: '파일'}, say(`${count(of.files)} checked`, `${count(of.files)}개 확인`)),
    ...of.byHashOnly.map(({path, bytes, sha256}) =>
      row({en: 'by hash', ko: '해시만'}, path, formatBytes(bytes), sha256, say('not in the bundle', '증적에 없음')),
    ),
    ...approvalEvidenceLines(approvals, of.state, locale),
    ...reservations(of, locale),
    ...signatureLines(signedBy, locale),
  ];
};
