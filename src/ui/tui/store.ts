// How state lives outside of React, so that several keys of one chunk each see what the one before them did.

export type Store<S, A> = Readonly<{
  get: () => S;
  dispatch: (action: A) => void;
  subscribe: (listener: () => void) => () => void;
}>;

export const createStore = <S, A>(initial: S, reduce: (state: S, action: A) => S): Store<S, A> => {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    dispatch: (action) => {
      state = reduce(state, action);
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
