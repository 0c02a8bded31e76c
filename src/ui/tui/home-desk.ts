// Who acts on the keys of the first screen: the only place that asks for a run to be opened.

import type {Session} from '../../engine/session.ts';
import type {Confirmation, HomeModel, Opening} from './home-model.ts';
import {
  asking,
  homeStateOf,
  isTyping,
  openingOf,
  respondAtHome,
  type HomeEffect,
  type HomeState,
} from './home-state.ts';
import {createBundleDesk} from './bundle-desk.ts';
import type {BundleState, BundleWork} from './bundle.ts';
import {plainPaths, type PathsOfOperator} from './evidence-desk.ts';
import {commandPresses} from './key-entry.ts';
import type {KeyPress} from './key-press.ts';
import {createStore, type Store} from './store.ts';

export type HomeDesk = Readonly<{
  model: HomeModel;
  store: Store<HomeState, HomeState>;
  press: (press: KeyPress, lastOffsetOf: (at: BundleState) => number) => void;
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
  bundles?: BundleWork | undefined;
  paths?: PathsOfOperator | undefined;
}>;

export const createHomeDesk = (options: HomeDeskOptions): HomeDesk => {
  const {model, asked, enter, switchLanguage, quit, now} = options;
  const first = homeStateOf(model.entries());
  const store = createStore<HomeState, HomeState>(
    asked === undefined ? first : {...first, overlay: asking(asked.opening, asked.ask)},
    (_, next) => next,
  );
  const show = (overlay: HomeState['overlay']): void => store.dispatch({...store.get(), overlay});

  const bundles =
    options.bundles === undefined
      ? undefined
      : createBundleDesk({
          work: options.bundles,
          shown: () => {
            const {overlay} = store.get();
            return overlay.kind === 'bundle' ? overlay.at : undefined;
          },
          show: (at) => show(at === undefined ? {kind: 'none'} : {kind: 'bundle', at}),
          // Nothing else can be opened here while a bundle is written or checked.
          ended: (at) => show({kind: 'bundle', at}),
          resolvePath: (options.paths ?? plainPaths).resolve,
          now,
        });

  /** A rejection is a bug of whoever was asked: its message is all there is, in whatever language it has. */
  const guarded = (work: Promise<void>): void => {
    work.catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      show({kind: 'failed', trouble: {because: {en: message, ko: message}}});
    });
  };

  const open = async (opening: Opening): Promise<void> => {
    show(openingOf(opening, now()));
    const opened = await model.open(opening);
    if (opened.ok) enter(opened.session, opening.kind === 'view');
    else if ('ask' in opened) {
      const {overlay} = store.get();
      show(asking(opening, opened.ask, overlay.kind === 'opening' ? overlay.ahead : undefined));
    } else show({kind: 'failed', trouble: 'failure' in opened ? {failure: opened.failure} : {because: opened.because}});
  };

  const carryOut = (effect: HomeEffect): void => {
    switch (effect.do) {
      case 'show':
        return store.dispatch(effect.state);
      case 'open':
        return guarded(open(effect.opening));
      case 'show-bundle':
      case 'export-bundle':
      case 'verify-bundle':
      case 'stop-bundle':
        return bundles === undefined ? undefined : guarded(bundles.carryOut(effect));
      case 'list-past-runs':
        return show({kind: 'past', runs: model.pastRuns(), cursor: 0});
      case 'examine': {
        show({kind: 'doctor', cursor: 0});
        // Whoever has left meanwhile, or opened something else, does not get it back.
        void model.doctor().then((checks) => {
          if (store.get().overlay.kind === 'doctor') show({kind: 'doctor', checks, cursor: 0});
        });
        return;
      }
      case 'switch-language':
        return switchLanguage();
      case 'quit':
        // Nobody would see it end.
        bundles?.close();
        return quit();
    }
  };

  return {
    model,
    store,
    press: (press, lastOffsetOf) => {
      const presses = isTyping(store.get()) ? [press] : commandPresses(press);
      for (const one of presses) for (const effect of respondAtHome(store.get(), one, lastOffsetOf)) carryOut(effect);
    },
  };
};
