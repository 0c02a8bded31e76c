// What the plan is: its digest, all its steps in order, its ways back, and the policy that approvers sign.

import {isDangerous} from '../../../core/decide.ts';
import {rollbackStepId, type StepId} from '../../../core/ids.ts';
import {afterStepsOf, outline} from '../../../core/outline.ts';
import {predictionOf} from '../../../core/rehearsed.ts';
import {predictionSummary} from '../../text/rehearsed.ts';
import {identityText, tlsAdvice} from '../../text/target.ts';
import {visibleLine} from '../../text/visible.ts';
import {blank, line, paragraph, span, type Line} from '../line.ts';
import type {Scene} from '../scene.ts';

const predicted = ({view, locale}: Scene, step: StepId): string =>
  visibleLine(predictionSummary(predictionOf(view.state, step), locale));

export const planLines = (scene: Scene, columns: number): readonly Line[] => {
  const {view, text, locale} = scene;
  const {opened} = view.state;
  if (opened === undefined) return [];
  const {runbook} = view;
  const {target, trust} = opened;
  const advice = tlsAdvice(target, locale);
  const phases = outline(runbook, opened.environment).flatMap(({number, phase, steps}): readonly Line[] => [
    blank,
    line(visibleLine(`${number} ${phase.title[locale]}`), 'strong'),
    ...steps.map(({number: at, step}): Line => {
      const words = [
        step.optional === true ? text.plan.optional : '',
        isDangerous(step) ? `${text.plan.changes}, ${predicted(scene, step.id)}` : '',
      ];
      const marks = words.filter((word) => word !== '').join(', ');
      return [
        span(`  ${visibleLine(`${at} ${step.title[locale]}`)}`),
        ...(marks === '' ? [] : [span(`  ${marks}`, 'dim')]),
      ];
    }),
  ]);
  const policy = runbook.policy ?? [];
  return [
    line(visibleLine(runbook.title[locale]), 'strong'),
    ...paragraph(visibleLine(runbook.summary[locale]), columns),
    line(text.plan.digest(opened.plan), 'dim'),
    ...paragraph(
      visibleLine(`${target.database} @ ${target.address}, ${identityText(target, trust, locale)}`),
      columns,
    ),
    ...(advice === undefined ? [] : paragraph(`! ${visibleLine(advice)}`, columns, 'warn', 2)),
    ...phases,
    ...(runbook.rollback.length === 0 ? [] : [blank, line(text.plan.rollback, 'strong')]),
    ...runbook.rollback.flatMap((option): readonly Line[] => [
      [span(`  ${visibleLine(option.title[locale])}`), span(`  ${predicted(scene, rollbackStepId(option.id))}`, 'dim')],
      ...afterStepsOf(option, opened.environment).map((step) =>
        line(`    ${text.plan.after}: ${visibleLine(step.title[locale])}`, 'dim'),
      ),
    ]),
    ...(policy.length === 0 ? [] : [blank, line(text.plan.policy, 'strong')]),
    ...policy.flatMap((rule) => paragraph(`  ${visibleLine(rule[locale])}`, columns, 'plain', 2)),
  ];
};
