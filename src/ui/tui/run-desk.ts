// Who listens to a run and acts on the operator's keys: the only place of the screen that calls the session.

import type {Command} from '../../core/command.ts';
import {changesAhead} from '../../core/decide.ts';
import {rollbackStepId, type StepId} from '../../core/ids.ts';
import {actionOf} from '../../core/outline.ts';
import {approvalsAhead} from '../../core/signers/ahead.ts';
import {isInTheWay} from '../../core/signers/standing.ts';
import type {Locale} from '../../core/text.ts';
import {TRANSCRIPT_END_BYTES, transcriptLog} from '../../core/transcript.ts';
import type {Session, SessionMessage, StatementOrder} from '../../engine/session.ts';
import {approveCommand, nowhereElse, type Elsewhere} from '../text/approvals/command.ts';
import {screenText} from '../text/screen.ts';
import {visible} from '../text/visible.ts';
import {createBundleDesk} from './bundle-desk.ts';
import type {BundleWork} from './bundle.ts';
import type {Effect} from './effects.ts';
import {createEvidenceDesk, plainPaths, type PathsOfOperator} from './evidence-desk.ts';
import type {Frame} from './frame.ts';
import {screenPicture, type Camera} from './picture.ts';
import type {Recorder} from './recorder.ts';
import {commandPresses} from './key-entry.ts';
import type {KeyPress} from './key-press.ts';
import {createOutputStore, type OutputStore} from './output-store.ts';
import {respond} from './respond.ts';
import {takesText} from './respond-overlay.ts';
import {runningStep, shownOf, stateOf, type Scene, type Size} from './scene.ts';
import {createStore, type Store} from './store.ts';
import {recordable} from './unrecorded.ts';
import type {Theme} from './theme.ts';
import {emptyText} from './text-edit.ts';
import {
  initialViewState,
  viewed,
  type Overlay,
  type QueriesState,
  type RunViewState,
  type ViewAction,
} from './view-state.ts';

/** What surrounds a run on the screen and changes without it. */
export type Surroundings = Readonly<{locale: Locale; size: Size; theme: Theme; timeZone: string; nowMs: number}>;

export type RunDesk = Readonly<{
  session: Session;
  isReadOnly: boolean;
  ui: Store<RunViewState, ViewAction>;
  scene: (surroundings: Surroundings) => Scene;
  /** The store of the shown step's output; another one when another step is shown. */
  output: () => OutputStore;
  press: (press: KeyPress, surroundings: () => Surroundings) => void;
  /** Told of every frame that was drawn. */
  drawn: (frame: Frame, surroundings: Surroundings) => void;
  close: () => void;
}>;

export type DeskOptions = Readonly<{
  session: Session;
  isReadOnly: boolean;
  leave: (how?: 'interrupted') => void;
  switchLanguage: () => void;
  openPager?: (text: string | AsyncIterable<string>) => Promise<void>;
  /** Frees the terminal while the work goes on. */
  handOver?: (work: () => Promise<void>) => Promise<void>;
  paths?: PathsOfOperator;
  /** What an approver's command needs in another terminal; nothing when absent. */
  elsewhere?: Elsewhere;
  locale: () => Locale;
  /** Epoch milliseconds. */
  now: () => number;
  bundles?: BundleWork;
  recorder?: Recorder;
  camera?: Camera;
}>;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const emptyOutput = createOutputStore(1);

export const createRunDesk = (options: DeskOptions): RunDesk => {
  const {session, isReadOnly, elsewhere = nowhereElse} = options;
  const ui = createStore(initialViewState, viewed);
  const outputs = new Map<string, OutputStore>();
  // Counts what makes earlier previews wrong: an answer to an older question is dropped.
  let previewAge = 0;
  let shownLast: Readonly<{frame: Frame; surroundings: Surroundings}> | undefined;

  /** Where the screen meets the world: trouble that nobody has words for is shown as it is, never swallowed. */
  const guarded = (work: Promise<void>): void => {
    work.catch((error: unknown) => {
      const message = messageOf(error);
      ui.dispatch({type: 'troubled', message: options.camera?.redact(message) ?? message});
    });
  };

  const scene = (surroundings: Surroundings): Scene => ({
    ...surroundings,
    view: session.view(),
    ui: ui.get(),
    text: screenText(surroundings.locale),
    output: output().snapshot(),
    isReadOnly,
    elsewhere,
    bundlePlace: options.bundles?.placeOf(session.view().state.opened?.run ?? '') ?? '',
    can: {
      bundles: options.bundles !== undefined,
      openPager: options.openPager !== undefined,
      takePicture: options.camera !== undefined,
      shell: options.handOver !== undefined,
    },
  });

  const place = () => ({view: session.view(), ui: ui.get()});

  const evidence = createEvidenceDesk({
    session,
    ui,
    locale: options.locale,
    now: options.now,
    paths: options.paths ?? plainPaths,
  });

  const bundles =
    options.bundles === undefined
      ? undefined
      : createBundleDesk({
          work: options.bundles,
          shown: () => {
            const {overlay} = ui.get();
            return overlay.kind === 'bundle' ? overlay.at : undefined;
          },
          show: (at) => ui.dispatch(at === undefined ? {type: 'close'} : {type: 'open', overlay: {kind: 'bundle', at}}),
          ended: (at) => ui.dispatch({type: 'notify', notice: {kind: 'bundle', at}}),
          resolvePath: (options.paths ?? plainPaths).resolve,
          now: options.now,
        });

  const outputKey = (step: StepId, attempt: number): string => `${step}\n${attempt}`;

  const outputOf = (step: StepId, attempt: number): OutputStore => {
    const key = outputKey(step, attempt);
    const known = outputs.get(key);
    if (known !== undefined) return known;
    const created = createOutputStore();
    outputs.set(key, created);
    return created;
  };

  const output = (): OutputStore => {
    const shown = shownOf(place());
    if (shown === undefined) return emptyOutput;
    const {attempt} = stateOf(place(), shown);
    return attempt === 0 ? emptyOutput : (outputs.get(outputKey(shown, attempt)) ?? emptyOutput);
  };

  /** Output of an attempt that this process has not seen: from the transcript, once. */
  const loadTranscript = (): void => {
    const shown = shownOf(place());
    if (shown === undefined || ui.get().tab !== 'output') return;
    const {attempt, status} = stateOf(place(), shown);
    if (attempt === 0 || status === 'running' || outputs.has(outputKey(shown, attempt))) return;
    const store = outputOf(shown, attempt);
    const isCut = session
      .view()
      .state.artifacts.some(
        ({artifact}) => artifact.path === transcriptLog(shown, attempt) && artifact.bytes > TRANSCRIPT_END_BYTES,
      );
    if (isCut) store.push('note', `${screenText(options.locale()).output.earlier}\n`);
    guarded(session.transcript(shown, attempt).then((text) => store.push('stdout', text)));
  };

  const wanted = (): readonly StepId[] => {
    const {overlay} = ui.get();
    const shown = shownOf(place());
    const option =
      overlay.kind === 'way-back' && 'options' in overlay.at
        ? overlay.at.options[overlay.at.cursor]?.option.id
        : undefined;
    const isApproval = shown !== undefined && actionOf(session.view().runbook, shown)?.kind === 'approval';
    return [
      ...(shown === undefined ? [] : [shown]),
      // Whoever approves reads what the changes after it would do.
      ...(isApproval ? changesAhead(session.view().runbook, session.view().state, shown) : []),
      ...(option === undefined ? [] : [rollbackStepId(option)]),
      ...(overlay.kind === 'sql' ? [overlay.step] : []),
    ];
  };

  const loadPreviews = (): void => {
    for (const step of wanted()) {
      const action = actionOf(session.view().runbook, step);
      if (action === undefined || action.kind === 'checklist' || ui.get().previews[step] !== undefined) continue;
      const age = previewAge;
      ui.dispatch({type: 'preview', step, preview: {status: 'loading'}});
      session.preview(step).then(
        (preview) => {
          if (age === previewAge) ui.dispatch({type: 'preview', step, preview: {status: 'loaded', preview}});
        },
        (error: unknown) => {
          if (age === previewAge)
            ui.dispatch({type: 'preview', step, preview: {status: 'failed', message: messageOf(error)}});
        },
      );
    }
  };

  const submit = async (command: Command): Promise<void> => {
    if (ui.get().isSubmitting) return;
    const from = ui.get().overlay.kind;
    ui.dispatch({type: 'submitting'});
    const refusal = await session.submit(command);
    ui.dispatch({type: 'submitted', from, ...(refusal === undefined ? {} : {refusal})});
    if (refusal === undefined && command.type === 'CancelEffect')
      ui.dispatch({type: 'notify', notice: {kind: 'stopping-step'}});
  };

  const writeStatement = async (order: StatementOrder): Promise<void> => {
    if (ui.get().isSubmitting) return;
    const from = ui.get().overlay.kind;
    ui.dispatch({type: 'submitting'});
    const written = await session.writeStatement(order);
    ui.dispatch({type: 'submitted', from, ...(written.ok ? {} : {refusal: written.refusal})});
    if (!written.ok) return;
    const {run} = session.view().state.opened ?? {run: ''};
    const step = actionOf(session.view().runbook, order.step);
    const list = step?.kind === 'approval' ? step : {id: order.step};
    const command = `${approveCommand(run, list, elsewhere)} --signature ${written.place}.sig`;
    const {place: path, text} = written;
    ui.dispatch({type: 'open', overlay: {kind: 'statement', path, text, command, offset: 0}});
  };

  const rankWaysBack = async (): Promise<void> => {
    const ranked = await session.rollbackOptions();
    // The operator may have closed the list meanwhile.
    const {overlay} = ui.get();
    if (overlay.kind !== 'way-back' || overlay.at.stage !== 'asking') return;
    const answer: Overlay = ranked.ok
      ? {
          kind: 'way-back',
          at: {stage: 'choice', options: ranked.options, cursor: 0, reason: emptyText, name: emptyText},
        }
      : {kind: 'way-back', at: {stage: 'unknown', failure: ranked.failure}};
    ui.dispatch({type: 'open', overlay: answer});
  };

  const readQueries = async (pids: readonly number[]): Promise<void> => {
    const told = await session.blockerQueries(pids);
    const {overlay} = ui.get();
    if (overlay.kind !== 'queries' || overlay.at.status !== 'asking') return;
    const at: QueriesState = told.ok
      ? {status: 'told', queries: told.value}
      : {status: 'unknown', failure: told.failure};
    ui.dispatch({type: 'open', overlay: {...overlay, at}});
  };

  const openPager = async (step: StepId, what: 'sql' | 'transcript'): Promise<void> => {
    if (options.openPager === undefined) return;
    if (what === 'transcript') {
      const {attempt} = stateOf(place(), step);
      return options.openPager(attempt === 0 ? '' : evidence.pieces(transcriptLog(step, attempt)));
    }
    const {parts} = await session.preview(step);
    return options.openPager(visible(parts.map(({title, text}) => `-- ${title}\n${text}`).join('\n\n')));
  };

  /** What was on the screen when the key was pressed. */
  const takePicture = async (step: StepId): Promise<void> => {
    const {camera} = options;
    if (camera === undefined || shownLast === undefined) return;
    const {frame, surroundings} = shownLast;
    const {attempt} = stateOf(place(), step);
    const picture = screenPicture(frame, {step, attempt, locale: surroundings.locale}, surroundings, camera.redact);
    ui.dispatch({type: 'notify', notice: {kind: 'pictured', taken: await camera.take(picture)}});
  };

  const openShell = async (): Promise<void> => {
    await options.handOver?.(async () => {
      ui.dispatch({type: 'notify', notice: {kind: 'shell', end: await session.openShell()}});
    });
  };

  const stopAndLeave = async (): Promise<void> => {
    ui.dispatch({type: 'leave'});
    await session.submit({type: 'CancelEffect'});
    leaveWhenStopped();
  };

  const leaveWhenStopped = (): void => {
    if (ui.get().isLeaving && runningStep(place()) === undefined) options.leave('interrupted');
  };

  const carryOut = (effect: Effect): void => {
    switch (effect.do) {
      case 'view':
        return ui.dispatch(effect.action);
      case 'submit':
        return guarded(submit(effect.command));
      case 'rank-ways-back':
        return guarded(rankWaysBack());
      case 'read-queries':
        return guarded(readQueries(effect.pids));
      case 'write-statement':
        return guarded(writeStatement(effect.order));
      case 'leave':
        return options.leave(effect.how);
      case 'stop-and-leave':
        return guarded(stopAndLeave());
      case 'switch-language':
        return options.switchLanguage();
      case 'open-pager':
        return guarded(openPager(effect.step, effect.what));
      case 'open-item':
        return options.openPager === undefined ? undefined : guarded(options.openPager(evidence.pieces(effect.path)));
      case 'compare-items':
        return guarded(evidence.compare(effect.paths));
      case 'attach':
        return guarded(evidence.attach(effect));
      case 'complete-path':
        return guarded(evidence.complete(effect.text));
      case 'open-shell':
        return guarded(openShell());
      case 'take-picture':
        return guarded(takePicture(effect.step));
      case 'show-bundle':
      case 'export-bundle':
      case 'verify-bundle':
      case 'stop-bundle':
        return bundles === undefined ? undefined : guarded(bundles.carryOut(effect));
    }
  };

  const pressOne = (press: KeyPress, surroundings: () => Surroundings): void => {
    // While the running step is being stopped, only a second Ctrl+C says something new: leave at once.
    if (ui.get().isLeaving) {
      if (press.kind === 'key' && press.key === 'ctrl-c') options.leave('interrupted');
      return;
    }
    ui.dispatch({type: 'forget-notice'});
    for (const effect of respond(scene(surroundings()), press)) {
      if (effect.do === 'submit') options.recorder?.key(press, effect.command.type);
      else if (effect.do === 'stop-and-leave') options.recorder?.key(press, 'CancelEffect');
      else if (effect.do === 'leave') options.recorder?.key(press, effect.do);
      else if (effect.do === 'export-bundle') options.recorder?.key(press, 'export-evidence');
      carryOut(effect);
    }
  };

  const heard = (message: SessionMessage): void => {
    if (message.type === 'output') {
      outputOf(message.step, message.attempt).push(message.stream, message.text);
      return;
    }
    if (message.type === 'inbox') ui.dispatch({type: 'notify', notice: {kind: 'inbox', news: message.news}});
    if (message.type === 'event') {
      const {event} = message;
      // It is there before its first line: what the screen does not listen to yet is seen when the clock next ticks.
      if (event.type === 'StepStarted') outputOf(event.step, event.attempt);
      if (event.type === 'StepFailed' || event.type === 'StepInterrupted') {
        // Trouble is shown wherever one was looking.
        ui.dispatch({type: 'show', shown: {kind: 'current'}});
        ui.dispatch({type: 'choose-tab', tab: 'step'});
      }
      if (event.type === 'RunClosed') {
        // How it ended is what is looked for now; what the last step found is still shown first.
        if (event.outcome === 'abandoned') ui.dispatch({type: 'show', shown: {kind: 'current'}});
        ui.dispatch({type: 'choose-tab', tab: 'step'});
      }
      if (event.type === 'SleepNoticed') {
        const lost = event.lockLostTo === undefined ? {} : {lockLostTo: event.lockLostTo};
        ui.dispatch({type: 'notify', notice: {kind: 'slept', ms: event.sleptMs, ...lost}});
      }
      const isFound =
        event.type === 'StepSucceeded' || (event.type === 'StepReconciled' && event.verdict === 'took-effect');
      if (isFound) {
        // Given from another terminal while it was being given here: there is nothing left to ask.
        const {overlay} = ui.get();
        if (overlay.kind === 'approval' && overlay.step === event.step) ui.dispatch({type: 'close'});
        previewAge += 1;
        ui.dispatch({type: 'forget-previews'});
        // What was found stays on the screen until Enter: the next step does not push it away.
        const isChecklist = actionOf(session.view().runbook, event.step)?.kind === 'checklist';
        if (!isChecklist && ui.get().shown.kind === 'current') {
          ui.dispatch({type: 'show', shown: {kind: 'step', step: event.step}});
        }
        // After the last tick another step is asked for at once, and what is asked stands on its Step tab.
        if (isChecklist && ui.get().shown.kind === 'current' && ui.get().tab !== 'step') {
          ui.dispatch({type: 'choose-tab', tab: 'step'});
        }
      }
    }
    leaveWhenStopped();
    loadPreviews();
    loadTranscript();
    guarded(evidence.look());
  };

  const unsubscribe = [
    session.subscribe(heard),
    ui.subscribe(() => {
      loadPreviews();
      loadTranscript();
      guarded(evidence.look());
    }),
  ];
  // What was learned while the run was being opened is shown first: that a step took effect before a crash.
  const {state, droppedBytes} = session.view();
  const learned = Object.entries(state.steps).find(
    ([, step]) => step.status === 'succeeded' && step.probe !== undefined && step.probe.at === state.at,
  );
  if (learned !== undefined) ui.dispatch({type: 'show', shown: {kind: 'step', step: learned[0]}});
  if (droppedBytes > 0) ui.dispatch({type: 'notify', notice: {kind: 'torn', bytes: droppedBytes}});
  loadPreviews();
  /** Now, and not when name and key were typed: that an approval ahead cannot be given as things are. */
  const warnOfSigners = async (): Promise<void> => {
    const {runbook, state: now} = session.view();
    for (const step of approvalsAhead(runbook, now)) {
      const {signers: standing} = await session.preview(step.id);
      if (standing === undefined || !isInTheWay(step, standing)) continue;
      if (ui.get().notice === undefined)
        ui.dispatch({type: 'notify', notice: {kind: 'signers', step: step.id, standing}});
      return;
    }
  };
  if (!isReadOnly) guarded(warnOfSigners());

  return {
    session,
    isReadOnly,
    ui,
    scene,
    output,
    press: (press, surroundings) => {
      const presses = takesText(ui.get().overlay) ? [press] : commandPresses(press);
      for (const one of presses) pressOne(one, surroundings);
    },
    drawn: (frame, surroundings) => {
      const kept = recordable(frame, ui.get(), surroundings.locale);
      shownLast = {frame: kept, surroundings};
      options.recorder?.frame(kept, surroundings.size, surroundings.theme);
    },
    close: () => {
      bundles?.close();
      for (const end of unsubscribe) end();
    },
  };
};
