// What is wrong with an Alembic project, one line a trouble, in both languages.

import type {AlembicTrouble, AlembicTroubleCode} from '../../core/alembic.ts';
import type {Locale} from '../../core/text.ts';
import {shortHash} from './numbers.ts';

type Words = {readonly [C in AlembicTroubleCode]: (of: AlembicTrouble) => string};

const side = (text: string | undefined): string => (text === undefined || text === '' ? '-' : text);

const words: Readonly<Record<Locale, Words>> = {
  en: {
    'several-heads': ({subject}) => `the history has several heads, so 'alembic upgrade head' would fail: ${subject}`,
    'parent-missing': ({subject, actual}) => `no file has the revision ${subject}, which comes before ${side(actual)}`,
    'revision-unknown': ({subject}) => `no file has the revision ${subject}`,
    'revision-twice': ({subject}) => `two files have the revision ${subject}`,
    'id-too-long': ({subject, expected, actual}) =>
      `${subject} has ${side(actual)} characters, and the version table takes ${side(expected)}`,
    'not-an-ancestor': ({subject, expected}) => `${subject} is not on the way to ${side(expected)}`,
    'current-differs': ({subject, expected, actual}) =>
      `${subject} says ${side(actual)}; the runbook expects ${side(expected)}`,
    'not-the-head': ({subject, actual}) =>
      `${subject} is not the newest revision: 'alembic upgrade head' would go on to ${side(actual)}`,
    'other-target': ({expected, actual}) =>
      `env.py reads another URL: it connected to ${side(actual)}; the target is ${side(expected)}`,
    'setting-lost': ({subject, expected, actual}) =>
      `${subject} is ${side(actual)} in the session of Alembic; it was given ${side(expected)}`,
    'version-table-differs': ({subject, actual}) => `the version table is ${side(actual)}; the runbook says ${subject}`,
    'file-differs': ({subject, expected = '', actual = ''}) =>
      `${subject} is not the file of the plan: ${shortHash(expected)} was approved, ${shortHash(actual)} would run`,
    'file-not-planned': ({subject}) => `${subject} would run and is not in the plan`,
    'percent-in-url': () =>
      'the URL holds a % that the ini file takes for its own: set urlPercentDoubled, or have env.py double it',
    'driver-unknown': ({subject, actual}) =>
      `the driver ${subject} cannot be used here${actual === undefined ? ': it does not read what libpq reads' : `: ${actual}`}`,
    'not-answered': ({subject, actual}) =>
      `${subject} could not be asked: ${side(actual)}${subject === 'python' ? '. Name the interpreter of this Alembic: alembic.python' : ''}`,
  },
  ko: {
    'several-heads': ({subject}) => `리비전 이력의 head가 여러 개여서 'alembic upgrade head'는 실패함: ${subject}`,
    'parent-missing': ({subject, actual}) => `앞선 리비전의 파일이 없음: ${subject} (다음 리비전: ${side(actual)})`,
    'revision-unknown': ({subject}) => `리비전 파일이 없음: ${subject}`,
    'revision-twice': ({subject}) => `두 파일이 같은 리비전을 가짐: ${subject}`,
    'id-too-long': ({subject, expected, actual}) =>
      `리비전 ID가 버전 테이블 컬럼보다 김: ${subject} (${side(actual)}자, 최대 ${side(expected)}자)`,
    'not-an-ancestor': ({subject, expected}) => `${side(expected)} 리비전의 앞선 이력에 없음: ${subject}`,
    'current-differs': ({subject, expected, actual}) => `${subject} 값: ${side(actual)}, 런북의 값: ${side(expected)}`,
    'not-the-head': ({subject, actual}) =>
      `최신 리비전이 아님: ${subject}. 'alembic upgrade head'를 실행하면 여기까지 진행됨: ${side(actual)}`,
    'other-target': ({expected, actual}) =>
      `env.py가 다른 URL을 읽음. 연결된 곳: ${side(actual)}, 대상 DB: ${side(expected)}`,
    'setting-lost': ({subject, expected, actual}) =>
      `Alembic 세션에 설정이 전달되지 않음: ${subject} (지정: ${side(expected)}, 실제: ${side(actual)})`,
    'version-table-differs': ({subject, actual}) => `버전 테이블: ${side(actual)}, 런북의 값: ${subject}`,
    'file-differs': ({subject, expected = '', actual = ''}) =>
      `승인된 파일과 다름: ${subject} (승인: ${shortHash(expected)}, 실행될 파일: ${shortHash(actual)})`,
    'file-not-planned': ({subject}) => `실행 계획에 없는 파일이 실행됨: ${subject}`,
    'percent-in-url': () =>
      'URL에 있는 %를 ini 파일이 치환 문자로 읽음. urlPercentDoubled를 지정하거나 env.py에서 %를 두 번 적어야 함',
    'driver-unknown': ({subject, actual}) =>
      `쓸 수 없는 드라이버: ${subject} (${actual ?? 'libpq 환경 변수를 읽지 않음'})`,
    'not-answered': ({subject, actual}) =>
      `확인할 수 없음: ${subject} (${side(actual)})${subject === 'python' ? '. 이 Alembic의 인터프리터를 alembic.python에 적어야 함' : ''}`,
  },
};

export const alembicTroubleText = (trouble: AlembicTrouble, locale: Locale): string =>
  words[locale][trouble.code](trouble);
