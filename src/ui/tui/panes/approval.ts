// What an approver sees: what is approved and by whom so far, what can be done about it, and what it rests on.

import {operatorsOf, standingApprovals} from '../../../core/approval.ts';
import {changesAhead} from '../../../core/decide.ts';
import type {ApprovalStep} from '../../../core/definition.ts';
import type {StepId} from '../../../core/ids.ts';
import {stepsOf} from '../../../core/outline.ts';
import {isInTheWay} from '../../../core/signers/standing.ts';
import {predictionOf} from '../../../core/rehearsed.ts';
import {demandText, proofText} from '../../text/approval.ts';
import {approvalScreen} from '../../text/approval-screen.ts';
import {signCommand} from '../../text/approvals/command.ts';
import {signersText} from '../../text/approvals/signers.ts';
import {impactText} from '../../text/impact.ts';
import {shortHash} from '../../text/numbers.ts';
import {predictionSummary} from '../../text/rehearsed.ts';
import {identityText} from '../../text/target.ts';
import {environmentText} from '../../text/terms.ts';
import {visibleLine} from '../../text/visible.ts';
import {approvalWays, chosenWay} from '../approval-ways.ts';
import {blank, line, paragraph, span, type Line} from '../line.ts';
import {nameOf, type Scene} from '../scene.ts';
import {signOf} from '../theme.ts';

const givenLines = ({view, locale}: Scene, step: ApprovalStep, columns: number): readonly Line[] => {
  const say = approvalScreen[locale];
  const given = standingApprovals(view.state, step.id);
  return [
    line(say.given, 'strong'),
    ...(given.length === 0
      ? [line(`  ${say.nobody}`, 'dim')]
      : given.flatMap(({by, proof}) => {
          const isListed = proof.how === 'signed' && proof.list === 'plan';
          const words = `  ${signOf(isListed ? 'done' : 'amber')} ${by}: ${proofText(proof, locale)}`;
          return paragraph(visibleLine(words), columns, isListed ? 'plain' : 'warn', 4);
        })),
  ];
};

export const choiceLines = (scene: Scene, step: ApprovalStep, columns: number): readonly Line[] => {
  const say = approvalScreen[scene.locale];
  const chosen = chosenWay(scene, step);
  return approvalWays(step).flatMap((way, at) => {
    const [first = [], ...rest] = paragraph(
      `${at + 1} ${say.choice[way]}`,
      columns - 2,
      way === chosen ? 'strong' : 'plain',
      2,
    );
    const mark = span(way === chosen && !scene.isReadOnly ? `${signOf('now')} ` : '  ', 'strong');
    return [[mark, ...first], ...rest.map((row): Line => [span('  '), ...row])];
  });
};

/** Whose keys count, as the session would find now; what is in the way of a demanded signature is marked. */
const signersLines = ({ui, locale}: Scene, step: ApprovalStep, columns: number): readonly Line[] => {
  const preview = ui.previews[step.id];
  const signers = preview?.status === 'loaded' ? preview.preview.signers : undefined;
  // Without a list a typed name is taken: nothing is missing.
  if (signers === undefined || (step.signature === 'optional' && signers.code === 'none')) return [];
  const isBad = isInTheWay(step, signers);
  const words = `${approvalScreen[locale].signers}: ${signersText(signers, locale)}`;
  return paragraph(visibleLine(isBad ? `! ${words}` : words), columns, isBad ? 'warn' : 'plain', 2);
};

/** The session stands here meanwhile: it takes what is signed there. */
const elsewhereLines = ({view, elsewhere, locale, isReadOnly}: Scene, step: ApprovalStep, columns: number) => {
  const {opened} = view.state;
  if (opened === undefined || isReadOnly || step.self === 'allowed') return [];
  return [
    blank,
    ...paragraph(`${approvalScreen[locale].elsewhere}:`, columns, 'strong'),
    ...paragraph(visibleLine(`  ${signCommand(opened.run, step, elsewhere)}`), columns, 'plain', 4),
  ];
};

const stepsThat = (scene: Scene, is: (id: StepId) => boolean): string => {
  const {opened} = scene.view.state;
  const names = opened === undefined ? [] : stepsOf(scene.view.runbook, opened.environment).map(({id}) => id);
  return names
    .filter(is)
    .map((id) => nameOf(scene, id))
    .join('; ');
};

/** What stands below the approval: target, plan, what passed with a remark, what was left out. */
const groundLines = (scene: Scene, columns: number): readonly Line[] => {
  const {view, locale} = scene;
  const say = approvalScreen[locale];
  const {opened, steps} = view.state;
  if (opened === undefined) return [];
  const {target, trust} = opened;
  const said = (words: string): readonly Line[] => paragraph(visibleLine(`  ${words}`), columns, 'plain', 4);
  const amber = stepsThat(scene, (id) => {
    const of = Object.hasOwn(steps, id) ? steps[id] : undefined;
    return of?.status === 'succeeded' && of.verdict === 'amber';
  });
  const waived = stepsThat(scene, (id) => Object.hasOwn(steps, id) && steps[id]?.status === 'waived');
  return [
    line(say.on, 'strong'),
    ...said(say.run(opened.run, environmentText(opened.environment, locale))),
    ...said(say.asked(operatorsOf(view.state).join(', '))),
    ...said(`${target.database} @ ${target.address}, ${identityText(target, trust, locale)}`),
    ...said(say.plan(shortHash(opened.plan))),
    ...said(`${say.amber}: ${amber === '' ? say.none : amber}`),
    ...said(`${say.waived}: ${waived === '' ? say.none : waived}`),
  ];
};

const aheadLines = (scene: Scene, step: ApprovalStep, columns: number): readonly Line[] => {
  const {view, locale, ui} = scene;
  const ahead = changesAhead(view.runbook, view.state, step.id);
  if (ahead.length === 0) return [];
  return [
    line(approvalScreen[locale].ahead, 'strong'),
    ...ahead.flatMap((id) => {
      const preview = ui.previews[id];
      const impact = preview?.status === 'loaded' ? preview.preview.impact : undefined;
      return [
        ...paragraph(visibleLine(`  ${nameOf(scene, id)}`), columns, 'plain', 4),
        ...paragraph(visibleLine(`    ${predictionSummary(predictionOf(view.state, id), locale)}`), columns, 'dim', 4),
        ...(impact === undefined ? [] : impactText(impact, locale)).flatMap((words) =>
          paragraph(visibleLine(`    ${words}`), columns, 'plain', 6),
        ),
      ];
    }),
  ];
};

export const approvalLines = (scene: Scene, step: ApprovalStep, columns: number): readonly Line[] => {
  const {locale} = scene;
  const say = approvalScreen[locale];
  return [
    ...paragraph(visibleLine(`${say.approves}: ${step.statement[locale]}`), columns, 'strong'),
    ...paragraph(visibleLine(`${say.wants}: ${demandText(step, locale)}`), columns),
    ...signersLines(scene, step, columns),
    ...givenLines(scene, step, columns),
    blank,
    ...choiceLines(scene, step, columns),
    ...elsewhereLines(scene, step, columns),
    blank,
    ...groundLines(scene, columns),
    ...aheadLines(scene, step, columns),
  ];
};
