// What is said when a statement was written to be signed elsewhere: its text, how it is signed, and how it comes back.

import type {Locale} from '../../core/text.ts';

const words = {
  en: {
    read: 'The approver reads this, and signs the file as it stands, where the key is:',
    back: 'Then, with the signature brought back:',
    until: 'Whatever the run does before that makes it worthless: nothing was approved yet.',
  },
  ko: {
    read: '승인자는 다음 내용을 읽고, 키가 있는 곳에서 파일 그대로 서명합니다:',
    back: '서명 파일을 가져온 뒤:',
    until: '그 전에 실행이 더 진행되면 이 승인문은 쓸 수 없습니다. 아직 승인된 것은 없습니다.',
  },
} as const satisfies Record<Locale, unknown>;

export const statementLines = (
  {path, text}: Readonly<{path: string; text: string}>,
  command: string,
  locale: Locale,
): readonly string[] => {
  const say = words[locale];
  return [
    ...text.trimEnd().split('\n'),
    '',
    say.read,
    `    ssh-keygen -Y sign -f KEY -n attempt-runbook ${path}`,
    say.back,
    `    ${command}`,
    say.until,
  ];
};
