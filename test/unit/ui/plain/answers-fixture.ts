// Whether a text is an answers file that the real loader takes; its types are the front's as well.

import type {RunbookDefinition} from '../../../../src/core/definition.ts';
import {loadAnswers} from '../../../../src/runbook/answers.ts';
import type {Answers} from '../../../../src/ui/plain/answers.ts';

export const parseAnswersFixture = (text: string, runbook: RunbookDefinition): unknown => {
  const loaded = loadAnswers({file: 'answers.yaml', bytes: new TextEncoder().encode(`${text}\n`), runbook});
  if (!loaded.ok) return loaded.problems;
  // Does not compile when the loader's answers are not the front's.
  const answers: Answers = loaded.answers;
  return answers.steps.size > 0 ? 'ok' : 'empty';
};
