// What does a scripted run answer, and does every answer fit a question of the runbook?

import {z} from 'zod';

import type {RunbookDefinition, StepDefinition} from '../core/definition.ts';
import {canBeByHand} from '../core/by-hand.ts';
import {isDangerous} from '../core/decide.ts';
import type {StepId} from '../core/ids.ts';
import {stepOf} from '../core/outline.ts';
import {idSchema} from '../steps/schema-parts.ts';
import {parseYaml, type ParsedDocument, type Path} from './parse.ts';
import {inReadingOrder, pathText, type Problem, type ProblemDetail} from './problems.ts';
import {shapeProblems} from './shape-problems.ts';

export type ApprovalAnswer = Readonly<{as: string; key?: string}> | Readonly<{signature: string}>;

export type StepAnswer =
  /** Ticks every item; `note` is used for the items that require one. */
  | Readonly<{answer: 'check-all'; note?: string}>
  | Readonly<{answer: 'check'; items: Readonly<Record<string, Readonly<{note?: string}>>>}>
  | Readonly<{answer: 'start'}>
  /** The target's name, as a human would type it. */
  | Readonly<{answer: 'confirm'; target: string}>
  /** Approvers, each at most once: a name, with the key to sign with or without one; or a signature made elsewhere. */
  | Readonly<{answer: 'approve'; approvals: readonly ApprovalAnswer[]}>
  | Readonly<{answer: 'waive'; reason: string}>;

export type Answers = Readonly<{
  steps: ReadonlyMap<StepId, StepAnswer>;
  rollback?: Readonly<{option: string; reason: string; confirm: string}>;
}>;

export type LoadedAnswers =
  | Readonly<{ok: true; answers: Answers}>
  | Readonly<{ok: false; problems: readonly Problem[]}>;

export type LoadAnswers = Readonly<{
  /** How the problems call the file. */
  file: string;
  bytes: Uint8Array;
  runbook: RunbookDefinition;
}>;

const maybe = z.exactOptional;
const text = z.string().regex(/\S/, 'text-blank');
const stepAnswer = z.strictObject({
  check: maybe(z.union([z.literal('all'), z.record(idSchema, z.strictObject({note: maybe(text)}))])),
  note: maybe(text),
  // There is no 'false': a question without an answer stays a question.
  start: maybe(z.literal(true)),
  confirm: maybe(text),
  waive: maybe(text),
  approve: maybe(
    z.array(z.union([z.strictObject({as: text, key: maybe(text)}), z.strictObject({signature: text})])).min(1),
  ),
});
type RawAnswer = z.infer<typeof stepAnswer>;

/** Of a step of the runbook, or of one that follows a way back. */
const stepIdSchema = z
  .string()
  .regex(/^(?:rollback\/[a-z][a-z0-9-]{0,39}\/)?[a-z][a-z0-9-]{0,39}$/, 'id-malformed');

export const answersSchema = z.strictObject({
  format: z.literal('attempt-runbook-answers/1'),
  steps: maybe(z.record(stepIdSchema, stepAnswer)),
  rollback: maybe(z.strictObject({option: idSchema, reason: text, confirm: text})),
});

const kindOf = (raw: RawAnswer): StepAnswer | undefined => {
  const kinds = (['check', 'start', 'confirm', 'approve', 'waive'] as const).filter((key) => key in raw);
  if (kinds.length !== 1 || (raw.note !== undefined && raw.check !== 'all')) return undefined;
  if (raw.check === 'all') return {answer: 'check-all', ...(raw.note === undefined ? {} : {note: raw.note})};
  if (raw.check !== undefined) return {answer: 'check', items: raw.check};
  if (raw.confirm !== undefined) return {answer: 'confirm', target: raw.confirm};
  if (raw.approve !== undefined) return {answer: 'approve', approvals: raw.approve};
  return raw.waive === undefined ? {answer: 'start'} : {answer: 'waive', reason: raw.waive};
};

type Fault = Readonly<{path: Path; detail: ProblemDetail}>;

const checkFaults = (step: StepDefinition, answer: StepAnswer): readonly Fault[] => {
  const unfit = (key: string): readonly Fault[] => [
    {path: [key], detail: {code: 'answer-does-not-fit', step: step.id, kind: step.kind, key}},
  ];
  switch (answer.answer) {
    case 'waive':
      return step.optional === true || canBeByHand(step) ? [] : unfit('waive');
    case 'confirm':
      return isDangerous(step) ? [] : unfit('confirm');
    case 'start':
      return step.kind === 'checklist' || step.kind === 'approval' || isDangerous(step) ? unfit('start') : [];
    case 'approve':
      return step.kind === 'approval' ? [] : unfit('approve');
    case 'check-all': {
      if (step.kind !== 'checklist') return unfit('check');
      const needy = step.items.find(({note}) => note === 'required');
      return needy === undefined || answer.note !== undefined
        ? []
        : [{path: ['check'], detail: {code: 'answer-note-missing', step: step.id, item: needy.id}}];
    }
    case 'check': {
      if (step.kind !== 'checklist') return unfit('check');
      return Object.entries(answer.items).flatMap(([item, {note}]): readonly Fault[] => {
        const asked = step.items.find(({id}) => id === item);
        const path = ['check', item];
        if (asked === undefined) return [{path, detail: {code: 'answer-item-unknown', step: step.id, item}}];
        return asked.note === 'required' && note === undefined
          ? [{path, detail: {code: 'answer-note-missing', step: step.id, item}}]
          : [];
      });
    }
  }
};

/** A misspelt step would otherwise be found out half-way, when the run stops and waits for a human. */
const stepFaults = (runbook: RunbookDefinition, id: StepId, raw: RawAnswer): readonly Fault[] => {
  const step = stepOf(runbook, id);
  if (step === undefined) return [{path: [], detail: {code: 'answer-step-unknown', step: id}}];
  const answer = kindOf(raw);
  return answer === undefined
    ? [{path: [], detail: {code: 'answer-ambiguous', keys: Object.keys(raw)}}]
    : checkFaults(step, answer);
};

const crossFaults = (
  runbook: RunbookDefinition,
  {steps = {}, rollback}: z.infer<typeof answersSchema>,
): readonly Fault[] => [
  ...Object.entries(steps).flatMap(([id, raw]) =>
    stepFaults(runbook, id, raw).map(({path, detail}) => ({path: ['steps', id, ...path], detail})),
  ),
  ...(rollback !== undefined && !runbook.rollback.some(({id}) => id === rollback.option)
    ? [{path: ['rollback', 'option'], detail: {code: 'answer-option-unknown', option: rollback.option} as const}]
    : []),
];

const atKey = (document: ParsedDocument, {path, detail}: Fault): Problem => ({
  ...detail,
  ...document.keyPositionOf(path),
  file: document.file,
  path: pathText(path),
});

/** Reads an answers file and holds it against its runbook. All problems at once. */
export const loadAnswers = ({file, bytes, runbook}: LoadAnswers): LoadedAnswers => {
  const {document, problems: reading} = parseYaml(file, bytes);
  if (document === undefined) return {ok: false, problems: inReadingOrder(reading)};
  const parsed = answersSchema.safeParse(document.value);
  const problems = [
    ...reading,
    ...(parsed.success
      ? crossFaults(runbook, parsed.data).map((fault) => atKey(document, fault))
      : shapeProblems(document, parsed.error)),
  ];
  if (problems.length > 0 || !parsed.success) return {ok: false, problems: inReadingOrder(problems)};

  const {steps = {}, rollback} = parsed.data;
  const answers = Object.entries(steps).flatMap(([id, raw]): readonly (readonly [StepId, StepAnswer])[] => {
    const answer = kindOf(raw);
    return answer === undefined ? [] : [[id, answer]];
  });
  return {ok: true, answers: {steps: new Map(answers), ...(rollback === undefined ? {} : {rollback})}};
};
