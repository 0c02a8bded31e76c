// The words of the summary that goes into the evidence.

import type {RunState, StepState} from '../../core/state.ts';
import type {LocalText, Locale} from '../../core/text.ts';
import {factsText} from './facts.ts';
import {failureText} from './failure.ts';
import {trustText} from './target.ts';
import {environmentText} from './terms.ts';

const status: Readonly<Record<StepState['status'] | 'amber', LocalText>> = {
  waiting: {en: '◦ waiting', ko: '◦ 대기'},
  running: {en: '▸ running', ko: '▸ 진행 중'},
  'in-doubt': {en: '? in doubt', ko: '? 결과 불명'},
  succeeded: {en: '✓ passed', ko: '✓ 통과'},
  amber: {en: '! passed, with a remark', ko: '! 통과(유의 사항 있음)'},
  failed: {en: '✗ failed', ko: '✗ 실패'},
  blocked: {en: '! blocked by a lock', ko: '! 잠금으로 보류'},
  waived: {en: '- waived', ko: '- 면제'},
};

const rows = (state: RunState, locale: Locale): readonly (readonly [string, string])[] => {
  const {opened, closed} = state;
  if (opened === undefined) return [];
  const {target} = opened;
  const say = (en: string, ko: string): string => (locale === 'en' ? en : ko);
  const outcome = {
    completed: say('completed', '완료'),
    'rolled-back': say('rolled back', '원복 완료'),
    abandoned: say('abandoned', '중단'),
    open: say('not closed', '종료되지 않음'),
  }[closed?.outcome ?? 'open'];
  return [
    [say('Run', '실행'), opened.run],
    [say('Outcome', '결과'), outcome],
    [say('Environment', '환경'), environmentText(opened.environment, locale)],
    [
      say('Target', '대상 DB'),
      `${target.user}@${target.database} (${target.address}, PostgreSQL ${target.serverVersion})`,
    ],
    [
      say('System identifier', '시스템 식별자'),
      `${target.systemIdentifier}${opened.trust === undefined ? '' : ` (${trustText(opened.trust, locale)})`}`,
    ],
    [say('Plan digest', '실행 계획 다이제스트'), opened.plan],
    [say('Operator', '작업자'), `${opened.operator.name}@${opened.operator.host}`],
    [say('Opened (UTC)', '시작 (UTC)'), opened.at],
    [say('Closed (UTC)', '종료 (UTC)'), closed?.at ?? '-'],
  ];
};

export const summaryWords = (locale: Locale) => {
  const say = (en: string, ko: string): string => (locale === 'en' ? en : ko);
  return {
    headings: {
      run: say('Run', '실행'),
      steps: say('Steps', '단계'),
      items: say('Checklists', '체크리스트'),
      wayBack: say('Way back', '원복'),
      artifacts: say('Evidence files', '증적 파일'),
      policy: say('Policy', '고정 정책'),
    },
    rows: (state: RunState) => rows(state, locale),
    status: (step: StepState): string =>
      status[step.status === 'succeeded' && step.verdict === 'amber' ? 'amber' : step.status][locale],
    details: (step: StepState): readonly string[] => {
      switch (step.status) {
        case 'succeeded':
          return factsText(step.facts, locale);
        case 'failed':
        case 'blocked': {
          const {what, where, database, now} = failureText(step.failure, locale);
          return [what, ...(where === undefined ? [] : where.split('\n')), database, now];
        }
        case 'waived':
          return [`${step.reason} (${step.by.name})`];
        case 'waiting':
        case 'running':
        case 'in-doubt':
          return [];
      }
    },
  };
};
