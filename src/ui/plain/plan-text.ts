// What a run would do, in order, and which bytes decide it: the text that approvers read before they sign.

import {alembicArgv} from '../../core/alembic.ts';
import {isDangerous} from '../../core/decide.ts';
import type {Action, RunbookDefinition} from '../../core/definition.ts';
import type {Environment, Sha256} from '../../core/ids.ts';
import {afterStepsOf, outline} from '../../core/outline.ts';
import type {Locale} from '../../core/text.ts';
import {demandText} from '../text/approval.ts';
import {predictionSummary} from '../text/rehearsed.ts';
import {environmentText, kindText} from '../text/terms.ts';
import {visibleLine} from '../text/visible.ts';
import {filesOf} from './action-files.ts';

/** The part of a plan that is shown. */
export type ShownPlan = Readonly<{digest: Sha256; files: readonly Readonly<{path: string; sha256: Sha256}>[]}>;

const words = {
  en: {
    plan: 'plan',
    optional: 'optional',
    dangerous: "wants the target's name",
    application: "as the application's role",
    transaction: {
      whole: 'one transaction',
      none: 'no transaction, one statement a file',
      alembic: 'Alembic commits by itself',
    },
    items: (count: number) => `${count} ${count === 1 ? 'item' : 'items'}`,
    runs: 'runs',
    wayBack: 'Way back',
    after: 'then',
    files: 'Files, as sha256sum lists them',
    policy: 'Policy',
  },
  ko: {
    plan: '실행 계획',
    optional: '생략 가능',
    dangerous: '대상 DB 이름 입력 필요',
    application: '애플리케이션 역할로 실행',
    transaction: {
      whole: '트랜잭션 하나',
      none: '트랜잭션 없음, 파일마다 문장 하나',
      alembic: 'Alembic이 스스로 커밋함',
    },
    items: (count: number) => `항목 ${count}개`,
    runs: '실행',
    wayBack: '원복 방법',
    after: '이어서',
    files: '파일 (sha256sum 형식)',
    policy: '정책',
  },
} as const;

/** What a reader must know of an action beside its title: `migration, one transaction, wants the target's name`. */
const traits = (action: Action, locale: Locale): string => {
  const say = words[locale];
  return [
    kindText(action.kind, locale),
    ...(action.kind === 'checklist' ? [say.items(action.items.length)] : []),
    ...(action.kind === 'migration'
      ? [say.transaction[action.migrator === 'sql' ? action.transaction : 'alembic']]
      : []),
    ...('as' in action && action.as === 'application' ? [say.application] : []),
    ...('optional' in action && action.optional === true ? [say.optional] : []),
    // A plan is read before there is a run, and a rehearsal belongs to a run.
    ...(isDangerous(action) ? [say.dangerous, predictionSummary({status: 'not-rehearsed'}, locale)] : []),
  ].join(', ');
};

const contentOf = (action: Action, locale: Locale): readonly string[] => {
  switch (action.kind) {
    case 'command':
      return [
        `${words[locale].runs}:`,
        ...action.run
          .trimEnd()
          .split('\n')
          .map((line) => `  ${line}`),
      ];
    case 'approval':
      return [action.statement[locale], demandText(action, locale)];
    case 'checklist':
      return action.items.map(({text}) => `- ${text[locale]}`);
    case 'migration':
      return [
        ...(action.migrator === 'alembic'
          ? [alembicArgv(action.alembic, ['upgrade', action.alembic.revision]).join(' ')]
          : []),
        ...filesOf(action),
      ];
    case 'downgrade':
      return [`alembic downgrade ${action.revision}`];
    default:
      return filesOf(action);
  }
};

export const planText = (
  runbook: RunbookDefinition,
  environment: Environment,
  plan: ShownPlan,
  locale: Locale,
): readonly string[] => {
  const say = words[locale];
  const phases = outline(runbook, environment).flatMap(({number, phase, steps}) => [
    '',
    `${number} ${phase.title[locale]}`,
    ...steps.flatMap((of) => [
      `  ${of.number} ${of.step.title[locale]}  [${traits(of.step, locale)}]`,
      ...contentOf(of.step, locale).map((line) => `      ${line}`),
    ]),
  ]);
  const back = runbook.rollback.flatMap((option) => [
    `  ${option.title[locale]}  [${traits(option, locale)}]`,
    ...contentOf(option, locale).map((line) => `      ${line}`),
    ...afterStepsOf(option, environment).flatMap((step) => [
      `      ${say.after}: ${step.title[locale]}  [${traits(step, locale)}]`,
      ...contentOf(step, locale).map((line) => `          ${line}`),
    ]),
  ]);
  const policy = (runbook.policy ?? []).map((rule) => `  - ${rule[locale]}`);
  return [
    `${runbook.title[locale]}  (${runbook.id})  ${environmentText(environment, locale)}`,
    `${say.plan} ${plan.digest}`,
    ...phases,
    ...(back.length === 0 ? [] : ['', say.wayBack, ...back]),
    ...(policy.length === 0 ? [] : ['', say.policy, ...policy]),
    '',
    say.files,
    ...plan.files.map(({path, sha256}) => `${sha256}  ${path}`),
  ].map(visibleLine);
};
