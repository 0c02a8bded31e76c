// Is everything that the doctor can find said in both languages, worst first, and each red line with its command?

import {expect, test} from 'vitest';
import {doctorSubjects, type DoctorCheck, type DoctorNote} from '../../../../src/core/doctor.ts';
import {doctorText} from '../../../../src/ui/plain/doctor-text.ts';
import {doctorRows} from '../../../../src/ui/text/doctor.ts';
import {fakeChecks} from '../../../component/support/fake-home.ts';

const notes: Readonly<Record<DoctorNote['code'], DoctorNote>> = {
  missing: {code: 'missing'},
  'not-needed': {code: 'not-needed'},
  'not-compared': {code: 'not-compared'},
  'not-asked': {code: 'not-asked'},
  'no-answer': {code: 'no-answer'},
  'too-old': {code: 'too-old'},
  'not-logged-in': {code: 'not-logged-in'},
  'not-utf8': {code: 'not-utf8'},
  'no-terminal': {code: 'no-terminal'},
  'no-hangul-font': {code: 'no-hangul-font'},
  'agent-none': {code: 'agent-none'},
  'agent-empty': {code: 'agent-empty'},
  unwritable: {code: 'unwritable'},
  'older-than-server': {code: 'older-than-server', server: 16},
  'smaller-than': {code: 'smaller-than', columns: 80, rows: 24},
  'narrow-hangul': {code: 'narrow-hangul', width: 1},
  'little-space': {code: 'little-space', freeBytes: 10, neededBytes: 20_000_000},
  'readable-by-others': {code: 'readable-by-others'},
  keys: {code: 'keys', count: 2},
  'right-missing': {
    code: 'right-missing',
    right: {
      need: 'application-role',
      who: 'deploy',
      what: 'app_reader',
      objects: [],
      cure: 'GRANT app_reader TO deploy',
    },
  },
  'way-back-right-missing': {
    code: 'way-back-right-missing',
    option: 'restore-objects',
    right: {need: 'owner', who: 'deploy', what: 'reporting', objects: ['reporting.daily']},
  },
  'rights-held': {code: 'rights-held', objects: ['public.attempt'], dependants: 2, applicationRole: 'app_reader'},
  'stats-hidden': {code: 'stats-hidden', login: 'deploy'},
  said: {code: 'said', text: {en: 'gone', ko: '끊어짐'}},
};

test('every note and every subject has words in both languages', () => {
  const checks: readonly DoctorCheck[] = [
    ...Object.values(notes).map((note): DoctorCheck => ({subject: 'gh', level: 'dim', note})),
    ...doctorSubjects.map((subject): DoctorCheck => ({subject, level: 'green', value: '1'})),
  ];
  const english = doctorRows(checks, 'en');
  const korean = doctorRows(checks, 'ko');
  for (const [at, row] of english.entries()) {
    expect(row.found).not.toBe('');
    expect(row.label).not.toBe('');
    expect(row.found).not.toMatch(/[가-힣]/);
    if (row.level === 'dim') expect(korean[at]?.found).toMatch(/[가-힣]/);
  }
});

test('what is red comes first, with sign, word and command', () => {
  const lines = doctorText(fakeChecks, 'en');
  expect(lines[0]).toMatch(/^✗ red {4}pg_dump +older than the server \(15\).* 14\.9 /);
  expect(lines[1]?.trim()).toBe('$ apt-get install postgresql-client-15');
  expect(lines.at(-1)).toMatch(/^✗ red 1 {3}! amber 2 .* Mend what is red before a run\.$/);
});

test('a target that was not asked is not said to be ready', () => {
  const unasked = {subject: 'target', level: 'dim', note: {code: 'not-asked'}} as const;
  const asked = {subject: 'target', level: 'green', value: 'shop'} as const;
  expect(doctorText([unasked], 'en').at(-1)).toContain('The target was not asked');
  expect(doctorText([unasked], 'ko').at(-1)).toContain('대상 DB는 확인하지 않았습니다');
  for (const said of [doctorText([asked], 'en'), doctorText([asked], 'ko')]) {
    expect(said.at(-1)).not.toMatch(/not asked|확인하지 않았습니다/);
  }
});
