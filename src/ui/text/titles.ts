// What a step or a way back is called on the screen: its number and its title.

import type {RunbookDefinition} from '../../core/definition.ts';
import {rollbackStepId, type Environment, type StepId} from '../../core/ids.ts';
import {afterStepsOf, outline} from '../../core/outline.ts';
import type {Locale} from '../../core/text.ts';

/** `3.1 Apply the V1 view`, `Way back: Restore objects`; a step that this environment does not have is called by its id. */
export const stepTitles = (
  runbook: RunbookDefinition,
  environment: Environment,
  locale: Locale,
): ((step: StepId) => string) => {
  const steps = outline(runbook, environment).flatMap(({steps: of}) => of);
  const wayBack = locale === 'en' ? 'Way back' : '원복';
  const after = locale === 'en' ? 'After the way back' : '원복 후속 작업';
  const titles = new Map<StepId, string>([
    // The operator's own session, which is sealed when the run is left.
    ['session', locale === 'en' ? 'Session' : '작업 화면'],
    ...steps.map(({number, step}) => [step.id, `${number} ${step.title[locale]}`] as const),
    ...runbook.rollback.flatMap((option) => [
      [rollbackStepId(option.id), `${wayBack}: ${option.title[locale]}`] as const,
      ...afterStepsOf(option).map((step) => [step.id, `${after}: ${step.title[locale]}`] as const),
    ]),
  ]);
  return (step) => titles.get(step) ?? step;
};
