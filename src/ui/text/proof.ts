// How far a backup was proven, in words: 'proven' only when it was restored and compared.

import type {BackupProof, ProofGap} from '../../core/facts.ts';
import type {Locale} from '../../core/text.ts';
import {failureText} from './failure.ts';
import {formatBytes, formatCount, formatDuration} from './numbers.ts';
import {scratchWhereText} from './terms.ts';

const gapText: Readonly<Record<Locale, (gap: ProofGap) => string>> = {
  en: (gap) => {
    switch (gap.because) {
      case 'no-scratch':
        return failureText(gap.failure, 'en').what;
      case 'roles-missing':
        return `the scratch server lacks roles, and the tool makes none there: ${gap.names.join(', ')}.`;
      case 'extensions-missing':
        return `the scratch server cannot have these extensions: ${gap.names.join(', ')}.`;
      case 'no-room':
        return gap.neededBytes === undefined
          ? 'the disk of the scratch server is full.'
          : `restoring it needs about ${formatBytes(gap.neededBytes)}, ${formatBytes(gap.freeBytes ?? 0)} are free.`;
      case 'client-older-than-scratch':
        return 'pg_dump here is older than the scratch server, so the objects cannot be compared.';
    }
  },
  ko: (gap) => {
    switch (gap.because) {
      case 'no-scratch':
        return failureText(gap.failure, 'ko').what;
      case 'roles-missing':
        return `임시 서버에 역할이 없고, 이 도구는 그곳에 역할을 만들지 않음: ${gap.names.join(', ')}.`;
      case 'extensions-missing':
        return `임시 서버에 설치할 수 없는 확장: ${gap.names.join(', ')}.`;
      case 'no-room':
        return gap.neededBytes === undefined
          ? '임시 서버의 디스크가 가득 참.'
          : `복원에 필요한 공간 약 ${formatBytes(gap.neededBytes)}, 여유 공간 ${formatBytes(gap.freeBytes ?? 0)}.`;
      case 'client-older-than-scratch':
        return '이 컴퓨터의 pg_dump가 임시 서버보다 낮은 버전이어서 객체를 비교할 수 없음.';
    }
  },
};

/** For the line that sums the backup up; nothing in a journal that is older than the proof. */
export const proofSummary = (proof: BackupProof | undefined, locale: Locale): string | undefined => {
  if (proof === undefined) return undefined;
  if (locale === 'en') return proof.level === 'restored' ? 'proven by a restore' : 'read, not restored';
  return proof.level === 'restored' ? '복원으로 증명됨' : '읽기만 확인, 복원하지 않음';
};

export const proofLines = (proof: BackupProof | undefined, locale: Locale): readonly string[] => {
  if (proof === undefined) return [];
  if (proof.level === 'read') {
    return [
      locale === 'en'
        ? `! read to its end, not restored: ${gapText.en(proof)}`
        : `! 끝까지 읽었지만 복원하지 않음: ${gapText.ko(proof)}`,
    ];
  }
  const {where, serverVersion, objects, tables, alone, leftOut = 0, restoreMs, durationMs} = proof;
  const [took, restoring] = [formatDuration(durationMs, locale), formatDuration(restoreMs, locale)];
  return locale === 'en'
    ? [
        `proven: restored ${scratchWhereText(where, 'en')} (PostgreSQL ${serverVersion}) in ${took}, of which pg_restore ${restoring}`,
        `equal there: ${formatCount(objects)} objects with owners and grants, rows of ${formatCount(tables)} declared ${tables === 1 ? 'table' : 'tables'}, the declared objects`,
        ...alone.map((name) => `restored from this backup alone: ${name}`),
        ...(leftOut === 0
          ? []
          : [
              `! not proven: ${formatCount(leftOut)} foreign ${leftOut === 1 ? 'key' : 'keys'} to tables outside of the backup`,
            ]),
      ]
    : [
        `증명됨: 복원 위치 ${scratchWhereText(where, 'ko')}(PostgreSQL ${serverVersion}), ${took}, 그중 pg_restore ${restoring}`,
        `복원 결과 일치: 소유자와 권한을 포함한 객체 ${formatCount(objects)}개, 선언 테이블 ${formatCount(tables)}개의 행 수, 선언 객체`,
        ...alone.map((name) => `이 백업만으로 복원됨: ${name}`),
        ...(leftOut === 0 ? [] : [`! 증명하지 못함: 백업에 없는 테이블을 가리키는 외래 키 ${formatCount(leftOut)}개`]),
      ];
};
