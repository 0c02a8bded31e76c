// Which database this is, which plan, who acts and for how long: the two rows at the top.

import {copyText} from '../../text/copy.ts';
import {visibleLine} from '../../text/visible.ts';
import {shortHash} from '../../text/numbers.ts';
import {windowText} from '../../text/window.ts';
import {cut, displayWidth} from '../../text/width.ts';
import {ends, fit, line, lineWidth, span, toned, type Line} from '../line.ts';
import {windowOf, type Scene} from '../scene.ts';
import {stepsOf} from '../../../core/outline.ts';
import {stepState} from '../../../core/state.ts';

const pad2 = (value: number): string => `${value}`.padStart(2, '0');

/** `00:14:32`; always eight columns below a hundred hours, so that nothing beside it moves. */
export const clock = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${pad2(Math.floor(seconds / 3600))}:${pad2(Math.floor(seconds / 60) % 60)}:${pad2(seconds % 60)}`;
};

const shortIdentifier = (id: string): string => (id.length > 10 ? `${id.slice(0, 4)}..${id.slice(-4)}` : id);

const progressOf = ({view, text}: Scene): string => {
  const {opened} = view.state;
  if (opened === undefined) return '';
  const steps = stepsOf(view.runbook, opened.environment);
  const done = steps.filter(({id}) => {
    const {status} = stepState(view.state, id);
    return status === 'succeeded' || status === 'waived';
  }).length;
  return text.head.steps(done, steps.length);
};

export const headLines = (scene: Scene): readonly Line[] => {
  const {view, text, nowMs, size, isReadOnly} = scene;
  const {opened, closed} = view.state;
  if (opened === undefined) return [line(''), line('')];
  const {target, environment, operator, plan, run} = opened;
  const isProduction = environment === 'production';
  const name = isProduction ? text.head.production : text.head.environment[environment];
  const end = closed === undefined ? nowMs : Date.parse(closed.at);
  const elapsed = clock(end - Date.parse(opened.at));
  const right: Line = isProduction ? [span(`  ${text.head.production} `)] : [];
  const before = visibleLine(`${target.database} @ `);
  const {copyOf} = opened;
  const address = target.via === undefined ? target.address : `${target.address} via ${target.via.name}`;
  // The server of a copy is of no interest; what it is a copy of is.
  const after = visibleLine(
    copyOf === undefined
      ? ` (PG ${target.serverVersion}, id ${shortIdentifier(target.systemIdentifier)})`
      : ` ${copyText(scene.locale).short(copyOf, cut(copyOf.file, 24))}`,
  );
  const room = size.columns - displayWidth(name) - displayWidth(before + after) - lineWidth(right) - 4;
  // A long address gives way, not the identifier: that decides whether this is the right database.
  const where = before + cut(visibleLine(address), Math.max(8, room)) + after;
  const left: Line = [span(` ${name}  `, isProduction ? 'plain' : 'strong'), span(where)];
  const first = ends(left, right, size.columns);
  const at = windowOf(scene);
  const words = [
    ...(at === undefined ? [] : [windowText(at.standing, scene.locale)]),
    ...(isReadOnly ? [text.head.readOnly] : []),
    ...(view.state.rollback === undefined || view.state.closed !== undefined ? [] : [text.head.rollingBack]),
  ];
  const who = line(
    visibleLine(
      ` ${isProduction ? text.head.productionNote : ''}${text.head.plan} ${shortHash(plan)}   ${run}   ${operator.name}@${operator.host}`,
    ),
    'dim',
  );
  const ending = (of: readonly string[]): Line => line(` ${of.join('   ')}   ${elapsed} `, 'dim');
  const whole = ending([...words, progressOf(scene)]);
  // Beside a window there may be no room: the tree counts the steps as well, and nothing else names the plan.
  const isTight = at !== undefined && lineWidth(who) + lineWidth(whole) > size.columns;
  const second = ends(who, isTight ? ending(words) : whole, size.columns);
  // Production looks different at a glance, without a colour: reversed, and its name at both ends.
  return isProduction ? [toned(first, 'inverse'), toned(second, 'inverse')] : [first, fit(second, size.columns)];
};
