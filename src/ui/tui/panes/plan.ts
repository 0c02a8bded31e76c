// What the plan is: its digest, all its steps in order, its ways back, and the policy that approvers sign.

import {isDangerous} from '../../../core/decide.ts';
import {outline} from '../../../core/outline.ts';
import {visibleLine} from '../../text/visible.ts';
import {blank, line, paragraph, span, type Line} from '../line.ts';
import type {Scene} from '../scene.ts';

export const planLines = (scene: Scene, columns: number): readonly Line[] => {
  const {view, text, locale} = scene;
  const {opened} = view.state;
  if (opened === undefined) return [];
  const {runbook} = view;
  const phases = outline(runbook, opened.environment).flatMap(({number, phase, steps}): readonly Line[] => [
    blank,
    line(visibleLine(`${number} ${phase.title[locale]}`), 'strong'),
    ...steps.map(({number: at, step}): Line => {
      const words = [step.optional === true ? text.plan.optional : '', isDangerous(step) ? text.plan.changes : ''];
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
    ...phases,
    ...(runbook.rollback.length === 0 ? [] : [blank, line(text.plan.rollback, 'strong')]),
    ...runbook.rollback.map((option) => line(`  ${visibleLine(option.title[locale])}`)),
    ...(policy.length === 0 ? [] : [blank, line(text.plan.policy, 'strong')]),
    ...policy.flatMap((rule) => paragraph(`  ${visibleLine(rule[locale])}`, columns, 'plain', 2)),
  ];
};
