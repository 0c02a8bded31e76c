// Can a tired person walk the whole rehearsal by keys, in Korean, on the smallest terminal, to its end and back again?

import {existsSync} from 'node:fs';
import {expect, test} from 'vitest';
import {createPlace, onlySteps, openTerminal} from '../support/terminal.ts';
import {answer, enter, titled, walkTo, walkToEnd, type Walk} from '../support/terminal-walk.ts';

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);

type Course = Readonly<{
  what: string;
  alter?: (yaml: string) => string;
  /** The numbers of the steps, since phases without steps are not counted. */
  apply: string;
  steps: number;
}>;

const courses: readonly Course[] = [
  {
    what: 'a short one',
    alter: onlySteps('ci-green', 'snapshot', 'backup', 'apply-v1', 'smoke'),
    apply: '3.1',
    steps: 5,
  },
  {what: 'the shipped one', apply: '4.1', steps: 24},
];

test.each(courses)(
  'a rehearsal is walked to its end and back, and leaves nothing but its evidence: $what',
  async (course) => {
    const {alter, steps} = course;
    await using place = createPlace(alter === undefined ? {} : {alter});
    const apply = `${course.apply} V1 뷰 적용`;
    const smoke = `${Number(course.apply.slice(0, 1)) + 1}.1 `;
    await using terminal = openTerminal({place, args: ['--lang', 'ko'], columns: 80, rows: 24});
    const {screen} = terminal;
    const walk: Walk = {terminal, locale: 'ko', target: 'seedtest'};
    await screen.shows('▸ 예행 연습');
    terminal.press('Enter');

    await screen.shows('┌ 1.1 CI 녹색 확인', '▸ [ ] 1 Code Quality Check 통과');
    await enter(walk);
    await screen.shows('[✓] 1 Code Quality Check 통과', '▸ [ ] 2 Unit Tests 통과');

    await walkTo(walk, apply);
    terminal.press('Enter');
    await screen.shows(titled('시작하기 전에'), '변경 대상: seedtest');
    terminal.type('seedtes');
    await screen.shows('대상 DB 이름 입력: seedtes');
    terminal.press('Enter');
    await screen.shows(' ! 시작하지 않았습니다.');
    expect(
      place
        .journal(place.runNames()[0] ?? '')
        .some((event) => event.type === 'StepStarted' && event.step === 'apply-v1'),
    ).toBe(false);
    terminal.type('t');
    await screen.shows('대상 DB 이름 입력: seedtest');
    terminal.press('Enter');
    await screen.shows(`< ${apply}`, '✓ 완료, 소요', 'Enter 현재 단계로');

    await walkTo(walk, smoke);
    await enter(walk);
    await screen.shows(`< ${smoke}`, /[✓!] 완료, 소요/);
    if (alter === undefined) {
      await walkTo(walk, '6.1 ');
      await enter(walk);
      await screen.shows('< 6.1 ', /[✓!] 완료, 소요/);
    }
    await walkToEnd(walk);
    await screen.shows('✓ 실행을 완료했습니다.');

    terminal.press('b');
    await screen.shows(titled('원복'), '▸ 1 스냅샷 상태로 객체 복원', '권장');
    terminal.press('Enter');
    await screen.shows('사유:');
    terminal.press('Enter');
    await screen.shows('사유가 필요합니다');
    terminal.type('예행 연습을 되돌립니다');
    await screen.shows('사유: 예행 연습을 되돌립니다');
    terminal.press('Enter');
    await screen.shows('대상 DB 이름 입력:');
    await answer(walk, '원복', 'seedtest');
    await screen.shows('< 스냅샷 상태로 객체', '✓ 완료, 소요', 'Enter 현재 단계로');
    await enter(walk);
    // What is left to do stands behind the way back, in the tree as well, and the run closes when it is done.
    await screen.shows('┌ 커넥션 풀', '    ▸ 커넥션 풀 재시작', '    ◦ Alembic 버전 확인', 'Enter 이 항목 확인');
    await walkToEnd(walk);
    await screen.shows('✓ 원복을 완료했습니다.', 'Enter 나가기');

    const [run = ''] = place.runNames();
    const server = place.server(run);
    expect(isAlive(server.postmasterPid)).toBe(true);
    terminal.press('Enter');
    expect(await terminal.ends()).toEqual({exitCode: 0});

    expect(screen.isAlternate()).toBe(false);
    expect(screen.cursor().isShown).toBe(true);
    expect(terminal.isCooked()).toBe(true);
    // The terminal breaks long lines wherever they end.
    const summary = screen.text().replaceAll('\n', '');
    for (const part of [
      `${run}  예행 연습`,
      `전체 ${steps}단계 중 ${steps}단계 완료`,
      '원복을 완료했습니다.',
      `attempt-runbook export ${run}`,
    ]) {
      expect(summary).toContain(part);
    }
    expect(isAlive(server.postmasterPid)).toBe(false);
    expect(place.leftovers()).toEqual([]);
    expect(
      place
        .journal(run)
        .filter(({type}) => type === 'RunClosed')
        .map((event) => 'outcome' in event && event.outcome),
    ).toEqual(['completed', 'rolled-back']);
  },
);
