// Who acts on the keys of the first screen: the only place that asks for a run to be opened.

import type {Session} from '../../engine/session.ts';
import type {HomeModel, Opening} from './home-model.ts';
import {homeStateOf, respondAtHome, type HomeEffect, type HomeState} from './home-state.ts';
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
  enter: (session: Session, isReadOnly: boolean) => void;
  switchLanguage: () => void;
  quit: () => void;
  /** Epoch milliseconds. */
  now: () => number;
}>;

export const createHomeDesk = ({model, enter, switchLanguage, quit, now}: HomeDeskOptions): HomeDesk => {
  const store = createStore<HomeState, HomeState>(homeStateOf(model.entries()), (_, next) => next);
  const show = (overlay: HomeState['overlay']): void => store.dispatch({...store.get(), overlay});

  const open = async (opening: Opening): Promise<void> => {
    show({kind: 'opening', sinceMs: now()});
    const opened = await model.open(opening);
    if (opened.ok) enter(opened.session, opening.kind === 'view');
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
      const presses = store.get().overlay.kind === 'source' ? [press] : commandPresses(press);
      for (const one of presses) for (const effect of respondAtHome(store.get(), one)) carryOut(effect);
    },
  };
};
