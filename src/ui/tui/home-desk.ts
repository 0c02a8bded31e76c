// Who acts on the keys of the first screen: the only place that asks for a run to be opened.

import type {Session} from '../../engine/session.ts';
import type {Confirmation, HomeModel, Opening} from './home-model.ts';
import {asking, homeStateOf, isTyping, respondAtHome, type HomeEffect, type HomeState} from './home-state.ts';
import {commandPresses} from './key-entry.ts';
import type {KeyPress} from './key-press.ts';
import {createStore, type Store} from './store.ts';

export type HomeDesk = Readonly<{
  model: HomeModel;
  store: Store<HomeState, HomeState>;
  press: (press: KeyPress) => void;
}>;

export type HomeDeskOptions = Readonly<{
  model: HomeModel;
  /** Something that was asked for before the screen came up, and wants a confirmation first. */
  asked?: Readonly<{opening: Opening; ask: Confirmation}> | undefined;
  enter: (session: Session, isReadOnly: boolean) => void;
  switchLanguage: () => void;
  quit: () => void;
  /** Epoch milliseconds. */
  now: () => number;
}>;

export const createHomeDesk = ({model, asked, enter, switchLanguage, quit, now}: HomeDeskOptions): HomeDesk => {
  const first = homeStateOf(model.entries());
  const store = createStore<HomeState, HomeState>(
    asked === undefined ? first : {...first, overlay: asking(asked.opening, asked.ask)},
    (_, next) => next,
  );
  const show = (overlay: HomeState['overlay']): void => store.dispatch({...store.get(), overlay});

  const open = async (opening: Opening): Promise<void> => {
    show({kind: 'opening', sinceMs: now()});
    const opened = await model.open(opening);
    if (opened.ok) enter(opened.session, opening.kind === 'view');
    else if ('ask' in opened) show(asking(opening, opened.ask));
    else show({kind: 'failed', trouble: 'failure' in opened ? {failure: opened.failure} : {because: opened.because}});
  };

  const carryOut = (effect: HomeEffect): void => {
    switch (effect.do) {
      case 'show':
        return store.dispatch(effect.state);
      case 'open':
        // A rejection is a bug of the opener: its message is all there is, in whatever language it has.
        open(effect.opening).catch((error: unknown) => {
          const message = error instanceof Error ? error.message : String(error);
          show({kind: 'failed', trouble: {because: {en: message, ko: message}}});
        });
        return;
      case 'list-past-runs':
        return show({kind: 'past', runs: model.pastRuns(), cursor: 0});
      case 'switch-language':
        return switchLanguage();
      case 'quit':
        return quit();
    }
  };

  return {
    model,
    store,
    press: (press) => {
      const presses = isTyping(store.get()) ? [press] : commandPresses(press);
      for (const one of presses) for (const effect of respondAtHome(store.get(), one)) carryOut(effect);
    },
  };
};
