// When is a run's inbox looked into? At once when something comes, and every second, since not every disk tells.

import {watch, type FSWatcher} from 'node:fs';
import {join} from 'node:path';
import {INBOX} from '../../core/inbox/inbox.ts';

/** 1 s: an approver waits for it, and a look is one listing of a folder that is nearly always empty. */
const LOOK_MS = 1000;

/**
 * @param run the run's directory.
 * @param look is not called again before it has ended.
 * @returns ends the watch.
 */
export const watchInbox = (run: string, look: () => Promise<void>): (() => void) => {
  let isLooking = false;
  let isOver = false;
  let watcher: FSWatcher | undefined;
  const once = (): void => {
    if (isLooking || isOver) return;
    isLooking = true;
    void look().finally(() => {
      isLooking = false;
    });
  };
  const listen = (): void => {
    if (watcher !== undefined || isOver) return;
    try {
      watcher = watch(join(run, INBOX), {persistent: false}, once);
      watcher.on('error', () => {
        watcher?.close();
        watcher = undefined;
      });
    } catch {
      // There is no inbox yet, or this system has no more watches to give: the clock does it alone.
    }
  };
  const timer = setInterval(() => {
    listen();
    once();
  }, LOOK_MS);
  timer.unref();
  listen();
  return () => {
    isOver = true;
    clearInterval(timer);
    watcher?.close();
  };
};
