// The words for a bundle of evidence that is written or checked on the screen, in two languages.

import type {Locale} from '../../core/text.ts';
import {formatBytes, formatCount} from './numbers.ts';

const en = {
  title: 'Evidence bundle',
  verifyTitle: 'Verify a bundle',
  ask: 'The archive that export wrote, or the directory that it unpacks to. It is checked offline: no network, no database.',
  label: 'Bundle:',
  phases: {
    copying: 'Copying and hashing the files',
    reporting: 'Making the reports',
    signing: 'Signing',
    packing: 'Packing the archive',
  },
  verifying: 'Reading every file and checking it',
  amount: (done: number, total: number) => `${formatBytes(done)} of ${formatBytes(total)}`,
  written: 'The evidence bundle is written.',
  writtenDamaged: 'The evidence bundle is written, and it is damaged.',
  archive: 'Archive',
  directory: 'Directory',
  files: 'Files',
  count: (files: number, bytes: number) => `${formatCount(files)}, ${formatBytes(bytes)} before packing`,
  incomplete: 'The run is not closed yet: the bundle says of itself that it is not complete.',
  unsigned: (archive: string) =>
    `It is not signed. attempt-runbook sign ${archive} --key KEY puts your name to it, after it was verified.`,
  stopped: 'Stopped. Nothing is left under the name of the bundle but an earlier one, if there was one.',
  checkStopped: 'Stopped. Nothing is claimed of the bundle.',
  failed: 'No bundle was written.',
  sound: 'The bundle is what it says.',
  unsound: 'The bundle is NOT what it says.',
  unreadable: 'The bundle cannot be read.',
  keys: {stop: 'stop', verify: 'verify it now', verifyKey: 'verify', close: 'close'},
  home: {
    entry: 'Verify a bundle',
    note: 'offline; x exports a run',
    exportKey: 'export',
  },
};

export type BundleText = typeof en;

const ko: BundleText = {
  title: '증적 묶음',
  verifyTitle: '증적 검증',
  ask: 'export 명령이 만든 압축 파일이나 그것을 푼 디렉터리를 지정합니다. 네트워크와 데이터베이스 없이 검증합니다.',
  label: '증적:',
  phases: {
    copying: '파일을 복사하고 해시를 계산하는 중',
    reporting: '보고서를 만드는 중',
    signing: '서명하는 중',
    packing: '압축하는 중',
  },
  verifying: '모든 파일을 읽고 검증하는 중',
  amount: (done, total) => `${formatBytes(total)} 중 ${formatBytes(done)}`,
  written: '증적을 내보냈습니다.',
  writtenDamaged: '증적을 내보냈으나 손상된 파일이 있습니다.',
  archive: '압축 파일',
  directory: '디렉터리',
  files: '파일',
  count: (files, bytes) => `${formatCount(files)}개, 압축 전 ${formatBytes(bytes)}`,
  incomplete: '실행이 아직 종료되지 않아, 증적에도 완결되지 않았다고 표시됩니다.',
  unsigned: (archive) =>
    `서명되지 않았습니다. attempt-runbook sign ${archive} --key KEY 명령은 검증한 다음 서명을 추가합니다.`,
  stopped: '중단했습니다. 이전에 내보낸 증적이 있으면 그대로이며, 그 외에 남은 파일은 없습니다.',
  checkStopped: '중단했습니다. 이 증적에 대해 판단한 것은 없습니다.',
  failed: '증적을 내보내지 못했습니다.',
  sound: '증적의 내용이 온전합니다.',
  unsound: '증적의 내용이 원래와 다릅니다.',
  unreadable: '증적을 읽을 수 없습니다.',
  keys: {stop: '중단', verify: '지금 검증', verifyKey: '검증', close: '닫기'},
  home: {
    entry: '증적 검증',
    note: '오프라인, x 키는 실행의 증적 내보내기',
    exportKey: '내보내기',
  },
};

const texts: Readonly<Record<Locale, BundleText>> = {en, ko};

export const bundleText = (locale: Locale): BundleText => texts[locale];
