// Who acts on the keys of the first screen: the only place that asks for a run to be opened.

import type {Session} from '../../engine/session.ts';
import type {HomeModel, Opening} from './home-model.ts';
import {
  asking,
  homeStateOf,
  isTyping,
  openingOf,
  respondAtHome,
  unreadHome,
  type HomeEffect,
  type HomeState,
} from './home-state.ts';
import {createBundleDesk, type BundleDesk} from './bundle-desk.ts';
import type {BundleState} from './bundle.ts';
import {plainPaths} from './evidence-desk.ts';
import type {OpeningStage} from '../text/opening.ts';
import {commandPresses, entryOf} from './key-entry.ts';
import type {KeyPress} from './key-press.ts';
import type {Behind} from './options.ts';
import {createStore, type Store} from './store.ts';

export type HomeDesk = Readonly<{
  /** Undefined until it is read. */
  model: () => HomeModel | undefined;
  store: Store<HomeState, HomeState>;
  /** What was read; the keys that were typed meanwhile follow. */
  arrive: (behind: Behind) => void;
  press: (press: KeyPress, lastOffsetOf: (at: BundleState) => number) => void;
}>;

export type HomeDeskOptions = Readonly<{
  /** Undefined: it is still being read, and `arrive` brings it. */
  behind: Behind | undefined;
  enter: (session: Session, isReadOnly: boolean) => void;
  switchLanguage: () => void;
  quit: () => void;
  /** Epoch milliseconds. */
  now: () => number;
}>;

type Press = Parameters<HomeDesk['press']>;
type Here = Readonly<{model: HomeModel; bundles: BundleDesk | undefined}>;

/** Leaving and the language need nothing that is read. */
const needsNothing = (press: KeyPress): boolean => {
  const action = entryOf(press)?.entry.action;
  return action === 'language' || action === 'pause' || action === 'interrupt';
};

export const createHomeDesk = (options: HomeDeskOptions): HomeDesk => {
  const {enter, switchLanguage, quit, now} = options;
  const store = createStore<HomeState, HomeState>(unreadHome, (_, next) => next);
  const show = (overlay: HomeState['overlay']): void => store.dispatch({...store.get(), overlay});
  let here: Here | undefined;
  /** Typed before there was anything to obey. */
  const waiting: Press[] = [];

  const bundleDesk = (work: NonNullable<Behind['bundles']>, paths = plainPaths): BundleDesk =>
    createBundleDesk({
      work,
      shown: () => {
        const {overlay} = store.get();
        return overlay.kind === 'bundle' ? overlay.at : undefined;
      },
      show: (at) => show(at === undefined ? {kind: 'none'} : {kind: 'bundle', at}),
      // Nothing else can be opened here while a bundle is written or checked.
      ended: (at) => show({kind: 'bundle', at}),
      resolvePath: paths.resolve,
      now,
    });

  /** A rejection is a bug of whoever was asked: its message is all there is, in whatever language it has. */
  const guarded = (work: Promise<void>): void => {
    work.catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      show({kind: 'failed', trouble: {because: {en: message, ko: message}}});
    });
  };

  const tell = (stage: OpeningStage): void => {
    const {overlay} = store.get();
    if (overlay.kind === 'opening') show({...overlay, stage});
  };

  const open = async ({model}: Here, opening: Opening): Promise<void> => {
    show(openingOf(opening, now()));
    const opened = await model.open(opening, tell);
    if (opened.ok) enter(opened.session, opening.kind === 'view');
    else if ('ask' in opened) {
      const {overlay} = store.get();
      show(asking(opening, opened.ask, overlay.kind === 'opening' ? overlay.ahead : undefined));
    } else show({kind: 'failed', trouble: 'failure' in opened ? {failure: opened.failure} : {because: opened.because}});
  };

  const carryOut = (of: Here, effect: HomeEffect): void => {
    const {model, bundles} = of;
    switch (effect.do) {
      case 'show':
        return store.dispatch(effect.state);
      case 'open':
        return guarded(open(of, effect.opening));
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

  const obey = (of: Here, [press, lastOffsetOf]: Press): void => {
    const presses = isTyping(store.get()) ? [press] : commandPresses(press);
    for (const one of presses) for (const effect of respondAtHome(store.get(), one, lastOffsetOf)) carryOut(of, effect);
  };

  /** A key that nothing waits before acts at once; Ctrl+C acts whatever waits. */
  const beforeArrival = ([press, lastOffsetOf]: Press): void => {
    const isInterrupt = press.kind === 'key' && press.key === 'ctrl-c';
    if (!isInterrupt && (waiting.length > 0 || !commandPresses(press).every(needsNothing))) {
      waiting.push([press, lastOffsetOf]);
      return;
    }
    for (const one of commandPresses(press)) {
      if (entryOf(one)?.entry.action === 'language') switchLanguage();
      else quit();
    }
  };

  const arrive = ({home: model, asked, bundles, paths}: Behind): void => {
    const of: Here = {model, bundles: bundles === undefined ? undefined : bundleDesk(bundles, paths)};
    here = of;
    const first = homeStateOf(model.entries());
    store.dispatch(asked === undefined ? first : {...first, overlay: asking(asked.opening, asked.ask)});
    for (const press of waiting.splice(0)) obey(of, press);
  };

  if (options.behind !== undefined) arrive(options.behind);
  return {
    model: () => here?.model,
    store,
    arrive,
    press: (...press) => (here === undefined ? beforeArrival(press) : obey(here, press)),
  };
};
