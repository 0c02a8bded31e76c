// How the full-screen front starts and how it ends: in the alternate screen, which is left before anything is summed up.

import {render} from 'ink';
import {App, createAppDesk, type Suspend} from './App.tsx';
import type {TuiExit, TuiOptions} from './options.ts';

export type {Behind, TuiExit, TuiOptions} from './options.ts';

/**
 * Resolves when the operator has left, with the alternate screen already left; prints nothing itself. The effect that a
 * run may still be carrying out is the caller's to settle (`session.settled()`), as after any other way of leaving.
 */
export const startTui = async (options: TuiOptions): Promise<TuiExit> => {
  const {promise, resolve} = Promise.withResolvers<TuiExit['reason']>();
  const suspend: Suspend = {current: undefined};
  const desk = createAppDesk(options, suspend, resolve);
  const hangUp = (): void => resolve('hangup');
  const {hangup, stdin, stdout} = options;
  hangup?.addEventListener('abort', hangUp, {once: true});
  if (hangup?.aborted === true) hangUp();
  stdin?.once('end', hangUp);
  const instance = render(<App options={options} desk={desk} suspend={suspend} />, {
    alternateScreen: true,
    incrementalRendering: true,
    // Ctrl+C is a question here; Ink's own answer would end the process with code 0 in the middle of a step.
    exitOnCtrlC: false,
    // Whoever calls this has found a terminal; Ink's own guess takes CI="" for a build server and draws nothing.
    interactive: true,
    // A key that comes soon after another waits for no more than 17 ms; a flood of output is drawn far less often.
    maxFps: 60,
    kittyKeyboard: {mode: 'disabled'},
    ...(stdin === undefined ? {} : {stdin}),
    ...(stdout === undefined ? {} : {stdout}),
  });
  if (typeof options.behind === 'function') {
    const read = options.behind;
    // The first frame has been written when this comes: what is read next keeps the loop busy for a while.
    setImmediate(() => void read().then((behind) => (behind === undefined ? undefined : desk.arrive(behind))));
  }
  try {
    // An error while drawing ends the wait as a rejection: a bug, which the caller reports on the normal screen.
    const reason = await Promise.race([promise, instance.waitUntilExit().then((): TuiExit['reason'] => 'hangup')]);
    const {locale, place} = desk.store.get();
    const opened = place.kind === 'run' ? place.desk.session.view().state.opened : undefined;
    return {reason, locale, ...(opened === undefined ? {} : {run: opened.run})};
  } finally {
    hangup?.removeEventListener('abort', hangUp);
    stdin?.off('end', hangUp);
    instance.unmount();
    // Resolves once the terminal has been given back; the error that may end it was already thrown above.
    await instance.waitUntilExit().catch(() => undefined);
  }
};
