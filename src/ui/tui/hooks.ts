// How the screen follows what changes outside of React: a clock that ticks, and output that is drawn at 30 frames a second.

import {useEffect, useState, useSyncExternalStore} from 'react';
import type {OutputSnapshot, OutputStore} from './output-store.ts';

const frameMs = 33;

const everyFrame =
  (subscribe: (listener: () => void) => () => void) =>
  (listener: () => void): (() => void) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = subscribe(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        listener();
      }, frameMs);
    });
    return () => {
      end();
      clearTimeout(timer);
    };
  };

const throttled = new WeakMap<OutputStore, (listener: () => void) => () => void>();

/** The same function for the same store: otherwise React would subscribe anew with every frame. */
const subscriptionOf = (store: OutputStore) => {
  const known = throttled.get(store);
  if (known !== undefined) return known;
  const created = everyFrame(store.subscribe);
  throttled.set(store, created);
  return created;
};

export const useOutput = (store: OutputStore): OutputSnapshot =>
  useSyncExternalStore(subscriptionOf(store), store.snapshot);

/** Epoch milliseconds, new every second. */
export const useNow = (now: () => number): number => {
  const [ms, setMs] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setMs(now()), 1000);
    return () => clearInterval(timer);
  }, [now]);
  return ms;
};
