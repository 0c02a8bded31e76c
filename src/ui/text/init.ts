// What is asked before a new runbook is written, what was wrong with an answer, and what to do with what was written.

import type {LocalText, Locale} from '../../core/text.ts';

type Field =
  | 'object'
  | 'change'
  | 'migrator'
  | 'environments'
  | 'id'
  | 'applicationRole'
  | 'alembicDirectory'
  | 'alembicScripts'
  | 'alembicFrom'
  | 'alembicRevision';

type Words = Readonly<{question: LocalText; rule: LocalText; flag: string}>;

const fields: Readonly<Record<Field, Words>> = {
  object: {
    question: {en: 'Which object changes (schema.name)?', ko: '변경할 객체 (schema.name)?'},
    rule: {
      en: 'schema.name as the catalog has them, without quotes, each up to 63 bytes, no hidden characters',
      ko: '카탈로그에 있는 대로 따옴표 없이 schema.name, 각각 63바이트 이하, 보이지 않는 문자 제외',
    },
    flag: '--object',
  },
  change: {
    question: {en: 'What is it (view, function, table)?', ko: '객체 종류 (view, function, table)?'},
    rule: {en: 'view, function or table', ko: 'view, function, table 중 하나'},
    flag: '--change',
  },
  migrator: {
    question: {en: 'What applies it (sql, alembic)?', ko: '적용 방법 (sql, alembic)?'},
    rule: {en: 'sql or alembic', ko: 'sql, alembic 중 하나'},
    flag: '--migrator',
  },
  environments: {
    question: {en: 'Where will it run (staging,production)?', ko: '적용할 환경 (staging,production)?'},
    rule: {en: 'staging, production, or both with a comma', ko: 'staging, production 또는 쉼표로 둘 다'},
    flag: '--environments',
  },
  id: {
    question: {en: "The runbook's name?", ko: '런북 이름?'},
    rule: {en: 'lower-case letters, digits and hyphens, 40 at most', ko: '소문자, 숫자, 하이픈 40자 이하'},
    flag: '--id',
  },
  applicationRole: {
    question: {
      en: 'Which role does the application use (empty: none is declared)?',
      ko: '애플리케이션이 사용하는 역할 (비우면 지정하지 않음)?',
    },
    rule: {en: 'a role name in lower case', ko: '소문자 역할 이름'},
    flag: '--application-role',
  },
  alembicDirectory: {
    question: {en: 'In which folder is the Alembic project?', ko: 'Alembic 프로젝트 폴더?'},
    rule: {en: 'a folder below this one, or .', ko: '이 폴더 아래의 폴더 또는 .'},
    flag: '--alembic-directory',
  },
  alembicScripts: {
    question: {en: 'In which folder of it are its scripts?', ko: '프로젝트 안의 스크립트 폴더?'},
    rule: {en: "a folder below the project's", ko: '프로젝트 아래의 폴더'},
    flag: '--alembic-scripts',
  },
  alembicFrom: {
    question: {en: 'From which revision?', ko: '변경 전 리비전?'},
    rule: {en: 'the whole id of one revision', ko: '리비전 ID 전체'},
    flag: '--alembic-from',
  },
  alembicRevision: {
    question: {en: 'To which revision?', ko: '변경 후 리비전?'},
    rule: {en: 'the whole id of one revision, never head', ko: '리비전 ID 전체, head 제외'},
    flag: '--alembic-revision',
  },
};

export const initQuestion = (field: Field, suggestion: string, locale: Locale): string =>
  `${fields[field].question[locale]}${suggestion === '' ? '' : ` [${suggestion}]`} `;

export const titleQuestion = (language: Locale, suggestion: string, locale: Locale): string => {
  const words: Readonly<Record<Locale, LocalText>> = {
    en: {en: 'Its title in English?', ko: '영어 제목?'},
    ko: {en: 'Its title in Korean?', ko: '한국어 제목?'},
  };
  return `${words[language][locale]} [${suggestion}] `;
};

export const initProblem = (
  {
    field,
    value,
    isMissing,
    lacks,
  }: Readonly<{field: Field; value: string | undefined; isMissing: boolean; lacks?: string}>,
  locale: Locale,
): string => {
  const {rule, flag} = fields[field];
  if (lacks !== undefined)
    return locale === 'en'
      ? `${flag}: '${value ?? ''}' cannot be taken: there is no ${lacks} here. Nothing was written.`
      : `${flag}: '${value ?? ''}' 값은 사용할 수 없습니다: 여기에 ${lacks} 파일이 없습니다. 아무것도 쓰지 않았습니다.`;
  if (isMissing) return locale === 'en' ? `${flag} is missing: ${rule.en}.` : `${flag} 값이 없습니다: ${rule.ko}.`;
  return locale === 'en'
    ? `${flag}: '${value ?? ''}' cannot be taken: ${rule.en}.`
    : `${flag}: '${value ?? ''}' 값은 사용할 수 없습니다: ${rule.ko}.`;
};

export const initRefused = (path: string, message: string | undefined, locale: Locale): string => {
  if (message !== undefined) {
    return locale === 'en'
      ? `${path} cannot be written: ${message}. Nothing was left there.`
      : `${path}: 쓸 수 없습니다(${message}). 남긴 것은 없습니다.`;
  }
  return locale === 'en'
    ? `${path} is there already. Nothing was written. Choose another name: --id NAME.`
    : `${path}: 이미 있습니다. 아무것도 쓰지 않았습니다. 다른 이름을 지정하십시오: --id 이름.`;
};

export const initAnswersRefused = (path: string, message: string, locale: Locale): string =>
  locale === 'en' ? `${path} cannot be used: ${message}.` : `${path}: 사용할 수 없습니다(${message}).`;

export const initDone = (
  paths: readonly string[],
  commands: Readonly<{lint: string; rehearse: string}>,
  locale: Locale,
  isAlembic = false,
): readonly string[] => {
  const words =
    locale === 'en'
      ? {
          written: 'Written:',
          next: isAlembic
            ? 'It lints clean. Whether its checks and its sample fit your revision nobody has tried: replace its SQL with yours, file by file, and after each:'
            : 'It lints clean and can be rehearsed as it is. Replace its SQL with yours, file by file, and after each:',
        }
      : {
          written: '작성한 파일:',
          next: isAlembic
            ? '지금 상태로 점검을 통과합니다. 점검과 표본이 리비전과 맞는지는 확인하지 않았습니다. SQL을 파일별로 바꾸고, 바꿀 때마다 실행하십시오:'
            : '지금 상태로 점검을 통과하고 예행 연습이 됩니다. SQL을 파일별로 바꾸고, 바꿀 때마다 실행하십시오:',
        };
  return [
    words.written,
    ...paths.map((path) => `  ${path}`),
    '',
    words.next,
    `  ${commands.lint}`,
    `  ${commands.rehearse}`,
  ];
};
