// What became of a step: what the probe found, what failed and what to do now, or what a human said.

import type {Facts} from '../../../core/facts.ts';
import type {Failure} from '../../../core/failure.ts';
import type {StepId} from '../../../core/ids.ts';
import {actionOf} from '../../../core/outline.ts';
import {earlierThan} from '../../../core/rollback.ts';
import type {Probe, StepState} from '../../../core/state.ts';
import {factsSummary, factsText} from '../../text/facts.ts';
import {failureText} from '../../text/failure.ts';
import {lostTranscriptText} from '../../text/lost-transcript.ts';
import {probeFacts} from '../../text/found.ts';
import {formatDuration, formatTime} from '../../text/numbers.ts';
import {verdictText} from '../../text/terms.ts';
import {visible, visibleLine} from '../../text/visible.ts';
import {checkLines} from './checks.ts';
import {blank, line, paragraph, span, type Line} from '../line.ts';
import type {Scene} from '../scene.ts';
import {signOf} from '../theme.ts';

const tookMs = (from: string, to: string): number => Date.parse(to) - Date.parse(from);

/** What happened, where, what it means for the database, what to do now: always these four, in this order. */
export const failureLines = (scene: Scene, failure: Failure, columns: number, step?: StepId): readonly Line[] => {
  const {text, locale, view} = scene;
  const action = step === undefined ? undefined : actionOf(view.runbook, step);
  const said = failureText(failure, locale, action, earlierThan(view.runbook, view.state, step));
  const block = (label: string, words: string): readonly Line[] => [
    line(label, 'strong'),
    ...visible(words)
      .split('\n')
      .flatMap((row) => paragraph(`  ${row}`, columns, 'plain', row.startsWith('  ') ? 0 : 2)),
  ];
  return [
    ...block(text.result.what, said.what),
    ...(said.where === undefined ? [] : block(text.result.where, said.where)),
    ...block(text.result.database, said.database),
    ...block(text.result.now, said.now),
  ];
};

export const probeLines = (scene: Scene, probe: Probe, columns: number): readonly Line[] => {
  const {text} = scene;
  const by = probe.by === 'probe' ? text.result.theDatabase : `${probe.by.name}@${probe.by.host}`;
  const said = text.result.said(by, verdictText(probe.verdict, scene.locale));
  return [
    ...paragraph(visibleLine(said), columns, 'strong', 2),
    ...probeFacts(probe, scene.locale).flatMap((fact) => paragraph(`  ${visibleLine(fact)}`, columns, 'plain', 4)),
  ];
};

/** Checks and samples in columns under their summary; everything else as its sentences. */
const foundLines = (scene: Scene, step: StepId, facts: Facts, columns: number): readonly Line[] => {
  const {view, locale} = scene;
  const rows = checkLines(scene, actionOf(view.runbook, step), facts, columns);
  const said = rows === undefined ? factsText(facts, locale) : [factsSummary(facts, locale)];
  return [
    ...said.flatMap((fact) => paragraph(`  ${visibleLine(fact)}`, columns, 'plain', 2)),
    ...(rows === undefined ? [] : [blank, ...rows]),
  ];
};

export const resultLines = (scene: Scene, step: StepId, state: StepState, columns: number): readonly Line[] => {
  const {text, locale, timeZone, view} = scene;
  switch (state.status) {
    case 'succeeded': {
      const isPass = state.verdict === 'pass';
      const head: Line = [
        span(`${signOf(isPass ? 'done' : 'amber')} `, isPass ? 'good' : 'warn'),
        span(
          (isPass ? text.result.succeeded : text.result.succeededAmber)(
            formatDuration(tookMs(state.startedAt, state.endedAt), locale),
            formatTime(state.endedAt, timeZone),
          ),
          'strong',
        ),
      ];
      return [
        head,
        blank,
        ...foundLines(scene, step, state.facts, columns),
        ...(state.probe === undefined ? [] : [blank, ...probeLines(scene, state.probe, columns)]),
        ...checkedLines(scene, step, columns),
        ...lostLines(scene, step, columns),
      ];
    }
    case 'failed':
      return [
        [
          span(`${signOf('failed')} `, 'bad'),
          span(text.result.failed(state.attempt, formatTime(state.endedAt, timeZone)), 'strong'),
        ],
        blank,
        ...failureLines(scene, state.failure, columns, step),
        ...lostLines(scene, step, columns),
      ];
    case 'blocked':
      return [
        [
          span(`${signOf('blocked')} `, 'warn'),
          span(text.result.blocked(state.attempt, formatTime(state.endedAt, timeZone)), 'strong'),
        ],
        blank,
        ...failureLines(scene, state.failure, columns, step),
      ];
    case 'waived':
      return [
        [
          span(`${signOf('waived')} `),
          span(text.result.waived(state.by.name, formatTime(state.at, timeZone)), 'strong'),
        ],
        ...paragraph(`  ${visibleLine(state.reason)}`, columns, 'plain', 2),
      ];
    case 'waiting':
    case 'running':
    case 'in-doubt': {
      const rollback = view.state.rollback;
      return rollback !== undefined && step === `rollback/${rollback.option}`
        ? paragraph(visibleLine(text.result.reason(rollback.reason)), columns, 'plain', 2)
        : [];
    }
  }
};

/** Output that could not be kept is said where the result stands: an approver would miss it. */
const lostLines = (scene: Scene, step: StepId, columns: number): readonly Line[] =>
  (scene.view.state.lostTranscripts ?? [])
    .filter((lost) => lost.step === step)
    .flatMap(({failure}) => [
      blank,
      ...paragraph(`${signOf('amber')} ${visibleLine(lostTranscriptText(failure, scene.locale))}`, columns, 'warn', 2),
    ]);

const checkedLines = (scene: Scene, step: StepId, columns: number): readonly Line[] => {
  const action = actionOf(scene.view.runbook, step);
  if (action?.kind !== 'checklist') return [];
  const checked = scene.view.state.items[step] ?? {};
  return [
    blank,
    ...action.items.flatMap((item): readonly Line[] => {
      const by = checked[item.id];
      if (by === undefined) return [];
      const note = by.note === undefined ? '' : `: ${by.note}`;
      const sign = signOf('done');
      return paragraph(
        visibleLine(`${sign} ${item.text[scene.locale]} (${by.by.name}, ${formatTime(by.at, scene.timeZone)})${note}`),
        columns,
        'plain',
        2,
      );
    }),
  ];
};
