// What is said about a rehearsal on a copy: of which file, and what is done before the run can begin.

import type {CopyOf} from '../../core/ids.ts';
import type {Locale} from '../../core/text.ts';
import {formatBytes, shortHash} from './numbers.ts';

type Words = Readonly<{
  reading: (path: string) => string;
  restoring: (file: string) => string;
  /** On one line of the plain front and of the evidence. */
  of: (copy: CopyOf) => string;
  /** Beside the database's name, where there is little room. */
  short: (copy: CopyOf, file: string) => string;
}>;

const day = ({dumpedAt}: CopyOf): string => dumpedAt.slice(0, 10);

const words: Readonly<Record<Locale, Words>> = {
  en: {
    reading: (path) => `Reading ${path} to its end, before anything is built on it.`,
    restoring: (file) => `Restoring ${file} into a server of its own.`,
    of: (copy) =>
      `a copy of ${copy.file} (${formatBytes(copy.bytes)}, sha256 ${shortHash(copy.sha256)}): database ${copy.database} of PostgreSQL ${copy.serverVersion}, dumped ${copy.dumpedAt} by the clock of the machine that dumped it`,
    short: (copy, file) => `copy of ${file}, ${day(copy)}, sha256 ${shortHash(copy.sha256)}`,
  },
  ko: {
    reading: (path) => `${path} 파일을 끝까지 읽어 온전한지 먼저 확인합니다.`,
    restoring: (file) => `예행 연습용 서버에 복원하고 있습니다: ${file}`,
    of: (copy) =>
      `사본: ${copy.file} (${formatBytes(copy.bytes)}, sha256 ${shortHash(copy.sha256)}), PostgreSQL ${copy.serverVersion}의 데이터베이스 ${copy.database}, 덤프 시각 ${copy.dumpedAt} (덤프한 장비의 시계 기준)`,
    short: (copy, file) => `사본: ${file}, ${day(copy)}, sha256 ${shortHash(copy.sha256)}`,
  },
};

export const copyText = (locale: Locale): Words => words[locale];
