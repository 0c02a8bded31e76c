// How the screen follows what changes outside of React: a clock that ticks, and output whose frames do not grow with it.

import {useEffect, useState, useSyncExternalStore} from 'react';
import type {OutputSnapshot, OutputStore} from './output-store.ts';

/** 33 ms: what comes after a silence is there at once. */
const firstFrameMs = 33;
/** 100 ms: nobody reads a flood faster, and what its frames do not take the recording has. */
const nextFrameMs = 100;

const everyFrame =
  (subscribe: (listener: () => void) => () => void) =>
  (listener: () => void): (() => void) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isDue = false;
    const wait = (ms: number): void => {
      timer = setTimeout(() => {
        timer = undefined;
        if (!isDue) return;
        isDue = false;
        listener();
        wait(nextFrameMs);
      }, ms);
    };
    const end = subscribe(() => {
      isDue = true;
      if (timer === undefined) wait(firstFrameMs);
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
