// Each screen in each language, as it was looked at: one golden frame each, none wider than the terminal.

import {afterAll, describe, test} from 'vitest';
import type {RunbookDefinition} from '../../src/core/definition.ts';
import type {Impact} from '../../src/core/preview.ts';
import type {Locale} from '../../src/core/text.ts';
import {createFakeSession, withImpact, type FakeSession} from './support/fake-session.ts';
import {followedRunbook} from './support/fixture-runbook.ts';
import {expectGolden, expectWidth} from './support/golden.ts';
import {advanceTo, goBack, lockTimeout, migrationFacts, refusedQuery, rehearse, startApply} from './support/story.ts';
import {closeTerminals, keysOf, openTerminal, type TestTerminal} from './support/terminal.ts';

// What a failed test left open.
afterAll(closeTerminals);

type Drive = (terminal: TestTerminal, fake: FakeSession, locale: Locale) => Promise<unknown>;
type Scene = Readonly<{
  name: string;
  /** Undefined: the first screen. */
  prepare?: (fake: FakeSession) => void;
  drive?: Drive;
  /** What must be seen before the frame is kept, in each language. */
  until: Readonly<Record<Locale, string | RegExp>>;
  environment?: 'rehearsal' | 'staging' | 'production';
  columns?: number;
  rows?: number;
  ascii?: true;
  /** Beside what every change of the fixture shows. */
  impact?: Partial<Impact>;
  runbook?: RunbookDefinition;
}>;

const {enter, down, tab, ctrlC} = keysOf;

const leaveAtWork = (fake: FakeSession): void => {
  advanceTo(fake, 'apply');
  startApply(fake);
  fake.interrupt();
  fake.record({
    type: 'StepReconciled',
    step: 'apply',
    attempt: 1,
    verdict: 'still-running',
    by: 'probe',
    detail: 'xid 81734: in progress',
    found: {
      xid: '81734',
      status: 'in progress',
      catalog: {present: ['public.attempt'], asBefore: true, verify: 'fails'},
      sessions: [
        {
          pid: 991,
          user: 'app',
          application: 'attempt-runbook/r-0412/apply/1',
          state: 'active',
          ageMs: 65_000,
          waitsFor: 'Lock relation',
        },
      ],
    },
  });
};

const scenes: readonly Scene[] = [
  {name: 'home', until: {en: 'Past runs (2)', ko: '지난 실행 (2)'}},
  {
    name: 'home-source',
    drive: (t, _, locale) =>
      t.waitFor('r-0412').then(() => t.pressUntil(down + down + enter, locale === 'en' ? 'Source:' : '위치:')),
    until: {en: 'env:STAGING_URL', ko: 'env:STAGING_URL'},
  },
  {
    name: 'home-pin',
    drive: async (t, _, locale) => {
      await t.waitFor('r-0412');
      await t.pressUntil(down + down + enter, locale === 'en' ? 'Source:' : '위치:');
      await t.pressUntil(enter, locale === 'en' ? 'Database:' : '데이터베이스:');
      t.press('seed' + enter);
    },
    until: {en: 'Expected: seedtest', ko: '필요한 입력: seedtest'},
  },
  {
    name: 'home-take-over',
    drive: async (t, _, locale) => {
      await t.waitFor('r-0412');
      await t.pressUntil(down + down + enter, locale === 'en' ? 'Source:' : '위치:');
      await t.pressUntil(enter, locale === 'en' ? 'Database:' : '데이터베이스:');
      t.press('seedtest' + enter);
    },
    until: {en: 'Take over (r-2abcd):', ko: '인계 (r-2abcd):'},
  },
  {
    name: 'home-past',
    drive: async (t) => {
      await t.waitFor('r-0412');
      t.press(down.repeat(4) + enter);
    },
    until: {en: 'r-0397', ko: 'r-0397'},
  },
  {
    name: 'home-doctor',
    drive: async (t) => {
      await t.waitFor('r-0412');
      t.press(down.repeat(6) + enter);
    },
    until: {en: '$ apt-get install postgresql-client-15', ko: '$ apt-get install postgresql-client-15'},
  },
  {name: 'checklist', prepare: () => undefined, until: {en: '[ ] 3', ko: '[ ] 3'}},
  {
    name: 'checklist-note',
    prepare: () => undefined,
    drive: async (t) => {
      await t.waitFor('[ ] 1');
      await t.pressUntil(enter, '[✓] 1');
      t.press(enter);
    },
    until: {en: 'Note:', ko: '메모:'},
  },
  {name: 'step-before', prepare: (fake) => advanceTo(fake, 'apply'), until: {en: 'all 49 lines', ko: '전체 49줄'}},
  {
    name: 'step-before-wide',
    columns: 120,
    rows: 40,
    prepare: (fake) => advanceTo(fake, 'apply'),
    until: {en: 'lines)', ko: '보기)'},
  },
  {
    name: 'step-before-impact',
    columns: 100,
    rows: 36,
    prepare: (fake) => advanceTo(fake, 'apply'),
    impact: {
      kept: [{object: 'public.attempt', options: ['security_barrier=true']}],
      accepted: [
        {
          object: 'public.attempt_monthly',
          reason: {en: 'no dashboard reads it since May', ko: '5월부터 읽는 대시보드가 없음'},
          found: true,
        },
        {object: 'public.attempt_old', aspect: 'grants', reason: {en: 'retired', ko: '사용 중단'}, found: false},
      ],
      planned: [
        {
          object: 'public.attempt',
          file: 'apply/010_attempt_v1.sql',
          replaces: true,
          prediction: {
            possible: false,
            because: 'type',
            column: 'attempt_no',
            position: 7,
            before: 'bigint',
            after: 'integer',
          },
          columns: [
            {position: 7, before: 'attempt_no bigint', after: 'attempt_no integer'},
            {position: 12, before: '', after: 'org_id integer'},
          ],
        },
      ],
    },
    until: {en: 'lines)', ko: '보기)'},
  },
  {
    name: 'step-before-ascii',
    ascii: true,
    prepare: (fake) => advanceTo(fake, 'apply'),
    until: {en: 'all 49 lines', ko: '전체 49줄'},
  },
  {
    name: 'production',
    environment: 'production',
    prepare: (fake) => advanceTo(fake, 'apply'),
    until: {en: 'all 49 lines', ko: '전체 49줄'},
  },
  {
    name: 'rehearsal',
    environment: 'rehearsal',
    prepare: (fake) => advanceTo(fake, 'columns'),
    until: {en: 'information_schema', ko: 'information_schema'},
  },
  {
    name: 'confirm',
    prepare: (fake) => advanceTo(fake, 'apply'),
    drive: async (t) => {
      await t.waitFor('drop view');
      t.press(enter);
      t.press('seed');
    },
    until: {en: 'name: seed', ko: '입력: seed'},
  },
  {
    name: 'running',
    prepare: (fake) => {
      advanceTo(fake, 'apply');
      startApply(fake);
      fake.progress({code: 'applying', file: 'apply/010_attempt_v1.sql'});
    },
    drive: async (t, fake) => {
      await t.waitFor('010_attempt_v1.sql');
      fake.output('DROP VIEW\nCREATE VIEW\n');
    },
    until: {en: 'CREATE VIEW', ko: 'CREATE VIEW'},
  },
  {
    name: 'waiting-for-lock',
    prepare: (fake) => {
      advanceTo(fake, 'apply');
      startApply(fake);
      fake.progress({code: 'waiting-for-lock', tries: 4, of: 20, nextInMs: 700, blockers: lockTimeout.blockers});
    },
    until: {en: 'pid 4802', ko: 'pid 4802'},
  },
  {
    name: 'found',
    prepare: (fake) => {
      advanceTo(fake, 'apply');
      startApply(fake);
    },
    drive: async (t, fake, locale) => {
      await t.waitFor(locale === 'en' ? 'starting' : '시작하는 중');
      fake.succeed(migrationFacts);
    },
    until: {en: 'Next: 4.1', ko: '다음 단계: 4.1'},
  },
  {
    name: 'failed',
    prepare: (fake) => {
      advanceTo(fake, 'apply');
      startApply(fake);
      fake.fail(refusedQuery);
    },
    until: {en: 'What to do now', ko: '지금 할 일'},
  },
  {
    name: 'blocked',
    prepare: (fake) => {
      advanceTo(fake, 'apply');
      startApply(fake);
      fake.fail(lockTimeout);
    },
    until: {en: 'pid 4802', ko: 'pid 4802'},
  },
  {
    name: 'settle',
    prepare: (fake) => {
      advanceTo(fake, 'apply');
      startApply(fake);
      fake.interrupt();
      fake.record({
        type: 'StepReconciled',
        step: 'apply',
        attempt: 1,
        verdict: 'cannot-tell',
        by: 'probe',
        detail: 'pg_xact_status(81734) is null: too old',
      });
    },
    drive: (t) => t.waitFor('3 '),
    until: {en: '3 It had no effect', ko: '3 반영되지 않음'},
  },
  {
    name: 'settle-history',
    prepare: (fake) => {
      advanceTo(fake, 'apply');
      startApply(fake);
      fake.interrupt();
      fake.record({
        type: 'StepReconciled',
        step: 'apply',
        attempt: 1,
        verdict: 'cannot-tell',
        by: 'probe',
        detail: 'xid 81734: committed',
        found: {
          xid: '81734',
          status: 'committed',
          history: [{what: 'timeline', before: '1', now: '2'}],
          catalog: {present: ['public.attempt'], asBefore: false, verify: 'holds'},
        },
      });
    },
    until: {en: '2 It took effect', ko: '2 반영됨'},
  },
  {
    name: 'settle-at-work',
    prepare: leaveAtWork,
    until: {en: '2 End the sessions', ko: '2 이 시도의'},
  },
  {
    name: 'cancel-orphans',
    prepare: leaveAtWork,
    drive: async (t, _, locale) => {
      await t.pressUntil('2', locale === 'en' ? '▸ 2 End' : '▸ 2 이');
      await t.pressUntil('\r', locale === 'en' ? "Type the target's name:" : '대상 DB 이름 입력:');
    },
    until: {en: 'are cancelled', ko: '강제 종료'},
  },
  {
    name: 'queries',
    prepare: (fake) => {
      advanceTo(fake, 'apply');
      startApply(fake);
      fake.fail(lockTimeout);
    },
    drive: async (t) => {
      await t.waitFor('pid 4802');
      await t.pressUntil('t', 'FROM student');
    },
    until: {en: 'personal data', ko: '개인정보'},
  },
  {
    name: 'way-back',
    prepare: (fake) => advanceTo(fake, 'answers'),
    drive: async (t) => {
      await t.waitFor('4.1');
      t.press('b');
    },
    until: {en: 'create view public.attempt', ko: 'create view public.attempt'},
  },
  {
    // The phase that had failed says so, the change is taken back, and what is left stands under the way back.
    name: 'way-back-after',
    runbook: followedRunbook,
    prepare: (fake) => {
      advanceTo(fake, 'answers');
      goBack(fake);
    },
    until: {en: 'The pools were recycled', ko: '재시작함'},
  },
  {
    name: 'way-back-abandoned',
    runbook: followedRunbook,
    prepare: (fake) => {
      advanceTo(fake, 'answers');
      goBack(fake);
      fake.record({type: 'RunClosed', outcome: 'abandoned', by: {name: 'min', host: 'ops-1'}, reason: 'day shift'});
    },
    until: {en: 'Left to do', ko: '남은 일'},
  },
  {
    name: 'way-back-name',
    prepare: (fake) => advanceTo(fake, 'answers'),
    drive: async (t, _, locale) => {
      await t.waitFor('4.1');
      await t.pressUntil('b', 'create view public.attempt');
      t.press(enter);
      await t.waitFor(locale === 'en' ? 'Why go back' : '원복하는 사유');
      t.press('grants of app_reader are missing' + enter);
      t.press('seed');
    },
    until: {en: 'name: seed', ko: '입력: seed'},
  },
  {
    name: 'step-rehearsed',
    prepare: (fake) => {
      advanceTo(fake, 'apply');
      rehearse(fake);
    },
    until: {en: 'lock held 6 ms', ko: '잠금 6 ms'},
  },
  {
    name: 'way-back-rehearsed',
    columns: 120,
    rows: 40,
    prepare: (fake) => {
      advanceTo(fake, 'answers');
      rehearse(fake);
    },
    drive: (t) => t.waitFor('4.1').then(() => t.pressUntil('b', 'create view public.attempt')),
    until: {en: 'lock held 5 ms', ko: '잠금 5 ms'},
  },
  {
    name: 'way-back-whole-backup',
    prepare: (fake) => {
      advanceTo(fake, 'answers');
      rehearse(fake);
    },
    drive: async (t, _, locale) => {
      await t.waitFor('4.1');
      await t.pressUntil('b', 'drop view public.attempt');
      await t.pressUntil(down + down, locale === 'en' ? 'loses 1,204' : '1,204행을 잃음');
      t.press(enter);
      await t.waitFor(locale === 'en' ? 'Why go back' : '원복하는 사유');
      t.press('rows are damaged' + enter);
      t.press('seed');
    },
    until: {en: 'name: seed', ko: '입력: seed'},
  },
  {
    name: 'output',
    prepare: (fake) => {
      advanceTo(fake, 'apply');
      startApply(fake);
    },
    drive: async (t, fake) => {
      await t.waitFor('3.1');
      t.press(tab);
      fake.output(Array.from({length: 60}, (_, at) => `line ${at + 1} 가나다라마바사 ${'x'.repeat(60)}\n`).join(''));
      fake.output('\u001b]0;owned\u0007 title\n', 'stderr');
    },
    until: {en: 'title', ko: 'title'},
  },
  {
    name: 'evidence',
    prepare: (fake) => advanceTo(fake, 'apply'),
    drive: async (t) => {
      await t.waitFor('3.1');
      t.press(keysOf.left + keysOf.up + 'e');
    },
    until: {en: 'snapshot.json', ko: 'snapshot.json'},
  },
  {
    name: 'help',
    prepare: () => undefined,
    drive: async (t) => t.waitFor('[ ] 1').then(() => t.press('?')),
    until: {en: 'press this key', ko: '이 키 실행'},
  },
  {
    name: 'plan',
    prepare: () => undefined,
    drive: async (t) => t.waitFor('[ ] 1').then(() => t.press('p')),
    until: {en: 'sha256', ko: 'sha256'},
  },
  {
    name: 'sql',
    prepare: (fake) => advanceTo(fake, 'apply'),
    drive: async (t) => t.waitFor('drop view').then(() => t.press('s')),
    until: {en: 'line_15', ko: 'line_15'},
  },
  {
    name: 'leaving',
    prepare: () => undefined,
    drive: async (t) => t.waitFor('[ ] 1').then(() => t.press('q')),
    until: {en: 'Leave this run', ko: '나가시겠습니까'},
  },
  {
    name: 'interrupt',
    prepare: (fake) => {
      advanceTo(fake, 'apply');
      startApply(fake);
    },
    drive: async (t) => t.waitFor('3.1').then(() => t.press(ctrlC)),
    until: {en: 'next safe point, and leave', ko: '멈추고 나가기'},
  },
  {
    name: 'waive',
    prepare: (fake) => advanceTo(fake, 'answers'),
    drive: async (t) => t.waitFor('4.1').then(() => t.press('w')),
    until: {en: 'Reason:', ko: '사유:'},
  },
  {
    name: 'closed',
    prepare: (fake) => advanceTo(fake, 'end'),
    until: {en: 'The run is completed', ko: '실행을 완료했습니다'},
  },
  {
    name: 'fault',
    prepare: (fake) => {
      advanceTo(fake, 'apply');
      fake.fault({code: 'journal-failed', message: 'ENOSPC: no space left on device'});
    },
    until: {en: 'ENOSPC', ko: 'ENOSPC'},
  },
  {name: 'too-small', columns: 60, rows: 12, prepare: () => undefined, until: {en: '80 x 24', ko: '80 x 24'}},
];

// Beside each other: a frame stands still for a third of a second before it is believed.
describe.each(['en', 'ko'] as const)('in %s', (locale) => {
  test.concurrent.each(scenes)('$name', async (scene) => {
    const {columns = 80, rows = 24, environment = 'staging'} = scene;
    const fake = createFakeSession({
      environment,
      ...(scene.runbook === undefined ? {} : {runbook: scene.runbook}),
      ...(scene.impact === undefined ? {} : {previews: withImpact(scene.impact)}),
    });
    scene.prepare?.(fake);
    const terminal = openTerminal({
      locale,
      columns,
      rows,
      ascii: scene.ascii ?? false,
      ...(scene.prepare === undefined ? {} : {session: fake.session}),
    });
    await scene.drive?.(terminal, fake, locale);
    await terminal.waitFor(scene.until[locale]);
    const frame = await terminal.settled();
    expectWidth(frame, columns);
    expectGolden(`${scene.name}.${locale}`, frame);
    await terminal.close();
  });
});
