// Which of the two screens is shown: the first one, or a run.

import {useApp} from 'ink';
import {useEffect, useSyncExternalStore, type ReactElement} from 'react';
import type {Session} from '../../engine/session.ts';
import {createHomeDesk, type HomeDesk} from './home-desk.ts';
import type {Behind, TuiExit, TuiOptions} from './options.ts';
import {createRecorder} from './recorder.ts';
import {createRunDesk, type RunDesk} from './run-desk.ts';
import {HomeScreen} from './screens/HomeScreen.tsx';
import {RunScreen} from './screens/RunScreen.tsx';
import {createStore, type Store} from './store.ts';
import type {Locale} from '../../core/text.ts';

export type AppState = Readonly<{
  locale: Locale;
  place: Readonly<{kind: 'home'; desk: HomeDesk}> | Readonly<{kind: 'run'; desk: RunDesk}>;
}>;

/** Hands the terminal over while the callback runs; set as soon as Ink has started. */
export type Suspend = {current: ((work: () => Promise<void>) => Promise<void>) | undefined};

export type AppDesk = Readonly<{
  store: Store<AppState, Partial<AppState>>;
  leaveRun: (how?: 'interrupted') => void;
  /** What is read behind the first frame has been read. */
  arrive: (behind: Behind) => void;
}>;

export const createAppDesk = (
  options: TuiOptions,
  suspend: Suspend,
  exit: (reason: TuiExit['reason']) => void,
): AppDesk => {
  let behind = typeof options.behind === 'function' ? undefined : options.behind;

  const switchLanguage = (): void => {
    const locale = store.get().locale === 'en' ? 'ko' : 'en';
    store.dispatch({locale});
    options.onLocale(locale);
  };

  const home = (of: Behind | undefined): AppState['place'] => ({
    kind: 'home',
    desk: createHomeDesk({behind: of, enter, switchLanguage, quit: () => exit('quit'), now: options.now}),
  });

  const run = (session: Session, isReadOnly: boolean): AppState['place'] => {
    const {openPager, bundles, record, camera, paths, elsewhere}: Partial<Behind> = behind ?? {};
    const {now} = options;
    const desk = createRunDesk({
      session,
      isReadOnly,
      leave: leaveRun,
      switchLanguage,
      locale: () => store.get().locale,
      now,
      ...(paths === undefined ? {} : {paths}),
      ...(elsewhere === undefined ? {} : {elsewhere}),
      ...(openPager === undefined
        ? {}
        : {
            openPager: (text: string | AsyncIterable<string>) =>
              suspend.current?.(() => openPager(text)) ?? openPager(text),
          }),
      ...(isReadOnly ? {} : {handOver: (work: () => Promise<void>) => suspend.current?.(work) ?? Promise.resolve()}),
      ...(bundles === undefined ? {} : {bundles}),
      ...(camera === undefined || isReadOnly ? {} : {camera}),
      ...(record === undefined || isReadOnly ? {} : {recorder: createRecorder(record)}),
    });
    return {kind: 'run', desk};
  };

  const enter = (session: Session, isReadOnly: boolean): void => store.dispatch({place: run(session, isReadOnly)});

  /** A past run leads back to where it was opened; any other run ends the screen. */
  const leaveRun = (how?: 'interrupted'): void => {
    const {place} = store.get();
    if (place.kind !== 'run') return;
    const {desk} = place;
    desk.close();
    if (desk.isReadOnly && behind !== undefined) {
      const {asked: _, ...again} = behind;
      store.dispatch({place: home(again)});
    } else exit(desk.session.view().state.closed === undefined ? (how ?? 'paused') : 'closed');
  };

  const store: Store<AppState, Partial<AppState>> = createStore<AppState, Partial<AppState>>(
    {locale: options.locale, place: behind?.session === undefined ? home(behind) : run(behind.session, false)},
    (state, change) => ({...state, ...change}),
  );
  const arrive = (of: Behind): void => {
    behind = of;
    const {place} = store.get();
    if (place.kind === 'home') place.desk.arrive(of);
  };

  return {store, leaveRun, arrive};
};

export const App = ({
  options,
  desk,
  suspend,
}: Readonly<{options: TuiOptions; desk: AppDesk; suspend: Suspend}>): ReactElement => {
  const {suspendTerminal} = useApp();
  useEffect(() => {
    // A box handed down on purpose: only Ink's own tree knows how to hand the terminal over.
    // oxlint-disable-next-line react/immutability
    suspend.current = (work) =>
      suspendTerminal(async () => {
        await options.letGoOfKeys?.();
        await work();
      });
    return () => {
      suspend.current = undefined;
    };
  }, [suspend, suspendTerminal, options]);
  const {locale, place} = useSyncExternalStore(desk.store.subscribe, desk.store.get);
  const theme = {ascii: options.ascii, colour: options.colour};
  return place.kind === 'home' ? (
    <HomeScreen
      desk={place.desk}
      tool={options.tool}
      locale={locale}
      theme={theme}
      timeZone={options.timeZone}
      now={options.now}
    />
  ) : (
    <RunScreen
      desk={place.desk}
      locale={locale}
      theme={theme}
      timeZone={options.timeZone}
      now={options.now}
      leave={desk.leaveRun}
    />
  );
};
