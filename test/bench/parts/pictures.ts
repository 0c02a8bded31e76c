// How long does anything else wait while twelve pictures are drawn?

import {spawnSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import type {Part} from '../part.ts';

type Lag = Readonly<{tookMs: number; p99Ms: number; longestMs: number}>;
type Drawn = Readonly<{idle: Lag; busy: Lag; pngs: number; beforeMb: number; peakMb: number; afterMb: number}>;

/** 20 ms: what watches a child looks every 25 ms. 100 ms: a key that waits longer is noticed. */
const GOALS = {p99Ms: 20, longestMs: 100};

const entry = fileURLToPath(new URL('../entry/pictures.ts', import.meta.url));

export const part: Part = {
  minutes: 3,
  run: ({add}) => {
    const ran = spawnSync(process.execPath, [entry], {encoding: 'utf8'});
    if (ran.status !== 0) throw new Error(ran.stderr);
    const {idle, busy, pngs, beforeMb, peakMb, afterMb} = JSON.parse(ran.stdout) as Drawn;
    if (pngs === 0) throw new Error('no font here has every sign: apt-get install fonts-dejavu-core');
    const memory = [beforeMb, peakMb, afterMb].map((mb) => `${Math.round(mb)} MB`).join(', ');
    add({
      what: 'lag of the loop while twelve pictures are drawn, p99',
      measured: busy.p99Ms,
      beside: {what: 'an idle loop', measured: idle.p99Ms},
      goal: {value: GOALS.p99Ms},
      remark: `${pngs} in ${(busy.tookMs / 1000).toFixed(1)} s`,
    });
    add({
      what: 'lag of the loop while twelve pictures are drawn, longest',
      measured: busy.longestMs,
      beside: {what: 'an idle loop', measured: idle.longestMs},
      goal: {value: GOALS.longestMs},
      remark: `memory before, at most, after: ${memory}`,
    });
  },
};
