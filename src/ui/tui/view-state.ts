// What the run screen shows besides the run itself: where one looks, and what is being asked.

import type {ShellEnd} from '../../engine/session.ts';
import type {AttachProblem} from '../../core/attachment.ts';
import type {Refusal} from '../../core/command.ts';
import type {Failure} from '../../core/failure.ts';
import type {StepId} from '../../core/ids.ts';
import type {SessionQuery} from '../../core/ports.ts';
import type {InboxNews} from '../../core/inbox/inbox.ts';
import type {RankedOption} from '../../core/rollback.ts';
import type {SignersStanding} from '../../core/signers/standing.ts';
import type {Preview} from '../../engine/session.ts';
import type {BundleState} from './bundle.ts';
import type {ItemCheck, ItemPreview} from './item-preview.ts';
import type {PictureTaken} from '../text/picture.ts';
import type {Because} from './keys.ts';
import type {TextEdit} from './text-edit.ts';

export const tabs = ['step', 'output', 'evidence'] as const;
export type Tab = (typeof tabs)[number];

export type PreviewState =
  | Readonly<{status: 'loading'}>
  | Readonly<{status: 'loaded'; preview: Preview}>
  | Readonly<{status: 'failed'; message: string}>;

/** What the operator looks at: the step that the run stands at, or one of his choice. */
export type Shown = Readonly<{kind: 'current'}> | Readonly<{kind: 'step'; step: StepId}>;

export type WayBack =
  | Readonly<{stage: 'asking'}>
  | Readonly<{stage: 'unknown'; failure: Failure}>
  | Readonly<{
      stage: 'choice' | 'reason' | 'name';
      options: readonly RankedOption[];
      cursor: number;
      reason: TextEdit;
      name: TextEdit;
    }>;

/** What others run may hold personal data: it lives on the screen, for as long as somebody looks at it. */
export type QueriesState =
  | Readonly<{status: 'asking'}>
  | Readonly<{status: 'told'; queries: readonly SessionQuery[]}>
  | Readonly<{status: 'unknown'; failure: Failure}>;

export type ItemView = Readonly<{preview?: ItemPreview; check?: ItemCheck}>;

export type Settling = 'took-effect' | 'had-no-effect';

/** How an approval is given on the screen. */
export type ApprovalWay = 'sign' | 'elsewhere' | 'import' | 'attest' | 'refuse';

/** One thing is asked at a time. */
export type Overlay =
  | Readonly<{kind: 'none'}>
  | Readonly<{kind: 'help'; cursor: number}>
  | Readonly<{kind: 'sql'; step: StepId; offset: number; under?: Overlay}>
  | Readonly<{kind: 'plan'; offset: number}>
  | Readonly<{kind: 'confirm'; step: StepId; text: TextEdit}>
  | Readonly<{kind: 'note'; step: StepId; item: string; text: TextEdit}>
  | Readonly<{kind: 'approval'; step: StepId; way: ApprovalWay; answers: readonly string[]; text: TextEdit}>
  | Readonly<{kind: 'statement'; path: string; text: string; command: string; offset: number}>
  | Readonly<{kind: 'waive'; step: StepId; text: TextEdit}>
  | Readonly<{kind: 'settle'; step: StepId; verdict: Settling; text: TextEdit}>
  | Readonly<{kind: 'cancel-orphans'; step: StepId; text: TextEdit}>
  | Readonly<{kind: 'queries'; offset: number; at: QueriesState}>
  | Readonly<{kind: 'search'; text: TextEdit}>
  /** A kept file, as far as it is shown. */
  | Readonly<{kind: 'item'; path: string; offset: number}>
  | Readonly<{kind: 'bundle'; at: BundleState}>
  | Readonly<{kind: 'attach-path'; step?: StepId; text: TextEdit}>
  | Readonly<{kind: 'attach-note'; step?: StepId; path: string; text: TextEdit}>
  | Readonly<{kind: 'abandon'; text: TextEdit}>
  | Readonly<{kind: 'leaving'; cursor: number}>
  | Readonly<{kind: 'interrupt'; cursor: number}>
  | Readonly<{kind: 'way-back'; at: WayBack}>;

export type Notice =
  | Readonly<{kind: 'refused'; refusal: Refusal}>
  /** A key that cannot act now. */
  | Readonly<{kind: 'impossible'; because: Because}>
  | Readonly<{kind: 'reason-missing' | 'note-missing' | 'answer-needed' | 'no-match' | 'stopping-step'}>
  | Readonly<{kind: 'bundle'; at: BundleState}>
  | Readonly<{kind: 'torn'; bytes: number}>
  | Readonly<{kind: 'inbox'; news: InboxNews}>
  /** At the start of a run: an approval ahead cannot be given with the list of signers that there is. */
  | Readonly<{kind: 'signers'; step: StepId; standing: SignersStanding}>
  | Readonly<{kind: 'attached'}>
  | Readonly<{kind: 'attach-refused'; problem: AttachProblem}>
  /** How many kept files were read again, and how many of them are what was sealed. */
  | Readonly<{kind: 'checking'; done: number; of: number}>
  | Readonly<{kind: 'checked'; equal: number; of: number}>
  | Readonly<{kind: 'slept'; ms: number; lockLostTo?: string}>
  | Readonly<{kind: 'pictured'; taken: PictureTaken}>
  | Readonly<{kind: 'shell'; end: ShellEnd}>
  /** A bug on the other side of the session: its message is all there is. */
  | Readonly<{kind: 'trouble'; message: string}>;

export type RunViewState = Readonly<{
  shown: Shown;
  tab: Tab;
  focus: 'tree' | 'pane';
  overlay: Overlay;
  notice?: Notice;
  /** A command was submitted and is not on disk yet: nothing else is submitted meanwhile. */
  isSubmitting: boolean;
  /** The operator leaves as soon as the running step has stopped. */
  isLeaving: boolean;
  /** The item or choice under the cursor of the step's pane. */
  choice: number;
  stepOffset: number;
  /** Where the list of the evidence stands, and whether it is of the shown step or of the whole run. */
  evidence: Readonly<{cursor: number; scope: 'step' | 'run'}>;
  /** What was seen of kept files, by their path. */
  items: Readonly<Record<string, ItemView>>;
  /** Undefined follows the end of the output; otherwise the number of the first line shown. */
  outputFrom?: number;
  search?: Readonly<{text: string; line?: number}>;
  previews: Readonly<Record<string, PreviewState>>;
}>;

export const initialViewState: RunViewState = {
  shown: {kind: 'current'},
  tab: 'step',
  focus: 'pane',
  overlay: {kind: 'none'},
  isSubmitting: false,
  isLeaving: false,
  choice: 0,
  stepOffset: 0,
  evidence: {cursor: 0, scope: 'step'},
  items: {},
  previews: {},
};

export type ViewAction =
  | Readonly<{type: 'show'; shown: Shown; focus?: 'tree' | 'pane'}>
  | Readonly<{type: 'choose-tab'; tab: Tab}>
  | Readonly<{type: 'focus'; focus: 'tree' | 'pane'}>
  | Readonly<{type: 'open'; overlay: Overlay}>
  | Readonly<{type: 'close'}>
  | Readonly<{type: 'notify'; notice: Notice}>
  | Readonly<{type: 'forget-notice'}>
  | Readonly<{type: 'submitting'}>
  /** `from`: what was open when it was submitted. What was opened since then stays, with what was typed into it. */
  | Readonly<{type: 'submitted'; from: Overlay['kind']; refusal?: Refusal}>
  /** A file is being copied; what it led to. */
  | Readonly<{type: 'attaching'}>
  | Readonly<{type: 'attached'; from: Overlay['kind']; problem?: AttachProblem}>
  | Readonly<{type: 'troubled'; message: string}>
  | Readonly<{type: 'leave'}>
  | Readonly<{type: 'choose'; choice: number}>
  | Readonly<{type: 'scroll'; pane: 'step'; offset: number}>
  | Readonly<{type: 'choose-item'; cursor: number}>
  | Readonly<{type: 'choose-scope'; scope: 'step' | 'run'}>
  | Readonly<{type: 'item'; path: string; seen: ItemView}>
  | Readonly<{type: 'scroll-output'; from: number | undefined}>
  | Readonly<{type: 'search'; text: string; line?: number}>
  | Readonly<{type: 'preview'; step: StepId; preview: PreviewState}>
  | Readonly<{type: 'forget-previews'}>;

const none: Overlay = {kind: 'none'};

const answered = (overlay: Overlay, from: Overlay['kind']): Overlay => (overlay.kind === from ? none : overlay);

const withoutNotice = ({notice: _, ...state}: RunViewState): RunViewState => state;
const withoutFrom = ({outputFrom: _, ...state}: RunViewState): RunViewState => state;

export const viewed = (state: RunViewState, action: ViewAction): RunViewState => {
  switch (action.type) {
    case 'show': {
      // Another step has another output and another text: their places mean nothing there.
      const {search: _, ...rest} = withoutFrom(withoutNotice(state));
      const focus = action.focus ?? state.focus;
      const evidence = {...state.evidence, cursor: 0};
      return {...rest, shown: action.shown, focus, choice: 0, stepOffset: 0, evidence};
    }
    case 'choose-tab':
      return {...withoutNotice(state), tab: action.tab, focus: 'pane'};
    case 'focus':
      return {...state, focus: action.focus};
    case 'open':
      return {...withoutNotice(state), overlay: action.overlay};
    case 'close':
      return {...withoutNotice(state), overlay: none};
    case 'notify':
      return {...state, notice: action.notice};
    case 'forget-notice':
      return state.notice === undefined ? state : withoutNotice(state);
    case 'submitting':
      // Whatever was looked at: what is asked for now is what comes next.
      return {...withoutNotice(state), shown: {kind: 'current'}, focus: 'pane', isSubmitting: true};
    case 'submitted':
      return action.refusal === undefined
        ? {...withoutNotice(state), isSubmitting: false, overlay: answered(state.overlay, action.from)}
        : {...state, isSubmitting: false, notice: {kind: 'refused', refusal: action.refusal}};
    case 'attaching':
      return {...withoutNotice(state), isSubmitting: true};
    case 'attached':
      return action.problem === undefined
        ? {...state, isSubmitting: false, overlay: answered(state.overlay, action.from), notice: {kind: 'attached'}}
        : {...state, isSubmitting: false, notice: {kind: 'attach-refused', problem: action.problem}};
    case 'troubled':
      return {...state, isSubmitting: false, notice: {kind: 'trouble', message: action.message}};
    case 'leave':
      return {...withoutNotice(state), overlay: none, isLeaving: true};
    case 'choose':
      return {...state, choice: Math.max(0, action.choice)};
    case 'scroll':
      return {...state, stepOffset: Math.max(0, action.offset)};
    case 'choose-item':
      return {...state, evidence: {...state.evidence, cursor: Math.max(0, action.cursor)}};
    case 'choose-scope':
      return {...withoutNotice(state), evidence: {scope: action.scope, cursor: 0}};
    case 'item':
      return {...state, items: {...state.items, [action.path]: {...state.items[action.path], ...action.seen}}};
    case 'scroll-output':
      return action.from === undefined ? withoutFrom(state) : {...state, outputFrom: Math.max(0, action.from)};
    case 'search': {
      const search = {text: action.text, ...(action.line === undefined ? {} : {line: action.line})};
      return {...withoutNotice(state), overlay: none, search};
    }
    case 'preview':
      return {...state, previews: {...state.previews, [action.step]: action.preview}};
    case 'forget-previews':
      return {...state, previews: {}};
  }
};
