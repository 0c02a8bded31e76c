// In which ways an approval can be given on the screen, what each asks for, and what its last answer leads to.

import type {ApprovalStep} from '../../core/definition.ts';
import type {StepId} from '../../core/ids.ts';
import {notify, nothing, open, submit, type Effect} from './effects.ts';
import type {Scene} from './scene.ts';
import {emptyText} from './text-edit.ts';
import type {ApprovalWay, Overlay} from './view-state.ts';

/** The unsigned one last but no: it proves the least. In a rehearsal, where nobody else is there, it is the usual one. */
export const approvalWays = ({signature, self}: ApprovalStep): readonly ApprovalWay[] => {
  const ways = ['sign', 'elsewhere', 'import'] as const;
  if (signature === 'required') return [...ways, 'refuse'];
  return self === 'allowed' ? ['attest', ...ways, 'refuse'] : [...ways, 'attest', 'refuse'];
};

export const chosenWay = ({ui}: Pick<Scene, 'ui'>, step: ApprovalStep): ApprovalWay => {
  const ways = approvalWays(step);
  return ways[Math.min(ui.choice, ways.length - 1)] ?? 'sign';
};

type Asked = 'name' | 'key' | 'signature' | 'reason';

const questions: Readonly<Record<ApprovalWay, readonly Asked[]>> = {
  sign: ['name', 'key'],
  elsewhere: ['name'],
  import: ['signature'],
  attest: ['name'],
  refuse: ['name', 'reason'],
};

type ApprovalOverlay = Extract<Overlay, {kind: 'approval'}>;

export const askedNow = ({way, answers}: ApprovalOverlay): Asked => questions[way][answers.length] ?? 'name';

export const openWay = (step: StepId, way: ApprovalWay): readonly Effect[] =>
  open({kind: 'approval', step, way, answers: [], text: emptyText});

/** The path as a shell would read it: nobody types his whole home. */
const done = (step: StepId, way: ApprovalWay, [first = '', second = '']: readonly string[]): readonly Effect[] => {
  const approved = {type: 'GiveApproval', step, decision: 'approved', approver: first} as const;
  switch (way) {
    case 'sign':
      return submit({...approved, key: second});
    case 'attest':
      return submit(approved);
    case 'refuse':
      return submit({type: 'GiveApproval', step, decision: 'refused', approver: first, reason: second});
    case 'import':
      return submit({type: 'ImportApproval', step, signature: first});
    case 'elsewhere':
      return [{do: 'write-statement', order: {step, decision: 'approved', approver: first}}];
  }
};

/** One answer more: the next question, or the end of them. */
export const answered = (overlay: ApprovalOverlay, value: string): readonly Effect[] => {
  if (value === '') return notify({kind: 'answer-needed'});
  const {step, way} = overlay;
  const answers = [...overlay.answers, value];
  return answers.length < questions[way].length
    ? open({...overlay, answers, text: emptyText})
    : done(step, way, answers);
};

export const actOnApproval = (scene: Scene, step: ApprovalStep): readonly Effect[] =>
  scene.isReadOnly ? nothing : openWay(step.id, chosenWay(scene, step));
