// Who has bundles written and checked on behalf of a screen, and shows how far that is.

import type {RunId} from '../../core/ids.ts';
import type {BundleEffect, BundleState, BundleWork} from './bundle.ts';

export type BundleDeskOptions = Readonly<{
  work: BundleWork;
  /** What is shown of a bundle now; undefined when something else, or nothing, is open. */
  shown: () => BundleState | undefined;
  show: (at: BundleState | undefined) => void;
  /** Told instead when the operator has gone on to something else meanwhile. */
  ended: (at: BundleState) => void;
  resolvePath: (typed: string) => string;
  /** Epoch milliseconds. */
  now: () => number;
}>;

export type BundleDesk = Readonly<{
  carryOut: (effect: BundleEffect) => Promise<void>;
  /** Ends what is being done, when its screen is left. */
  close: () => void;
}>;

/** 100 ms: the eye sees no more, and a bundle is made of thousands of pieces. */
const APART_MS = 100;

export const createBundleDesk = (options: BundleDeskOptions): BundleDesk => {
  const {work, shown, show, ended, resolvePath, now} = options;
  let stop: AbortController | undefined;

  const isBusy = (): boolean => {
    const stage = shown()?.stage;
    return stage === 'exporting' || stage === 'verifying';
  };

  /** Shows the first state at once, and later ones only while they are still looked at. */
  const telling = (): ((at: BundleState) => void) => {
    let lastMs = Number.NEGATIVE_INFINITY;
    return (at) => {
      if (now() - lastMs < APART_MS || !isBusy()) return;
      lastMs = now();
      show(at);
    };
  };

  const finish = (at: BundleState): void => {
    stop = undefined;
    if (isBusy()) show(at);
    else ended(at);
  };

  const exportRun = async (run: RunId): Promise<void> => {
    if (stop !== undefined) return;
    stop = new AbortController();
    show({stage: 'exporting', phase: 'copying', done: 0, total: 0});
    const tell = telling();
    try {
      const written = await work.exportRun(
        run,
        (phase, done, total) => tell({stage: 'exporting', phase, done, total}),
        stop.signal,
      );
      finish(written.status === 'failed' ? {stage: 'failed', lines: written.lines} : {stage: 'exported', ...written});
    } finally {
      stop = undefined;
    }
  };

  const verify = async (typed: string): Promise<void> => {
    if (stop !== undefined) return;
    stop = new AbortController();
    const path = resolvePath(typed);
    show({stage: 'verifying', path, done: 0, total: 0});
    const tell = telling();
    try {
      const checked = await work.verify(
        path,
        (done, total) => tell({stage: 'verifying', path, done, total}),
        stop.signal,
      );
      finish({stage: 'verified', path, offset: 0, ...checked});
    } finally {
      stop = undefined;
    }
  };

  return {
    carryOut: async (effect) => {
      switch (effect.do) {
        case 'show-bundle':
          return show(effect.at);
        case 'export-bundle':
          return exportRun(effect.run);
        case 'verify-bundle':
          return verify(effect.path);
        case 'stop-bundle':
          return stop?.abort();
      }
    },
    close: () => stop?.abort(),
  };
};
