// Where the player of recordings lies that a report carries along: beside the built tool, or among a checkout's packages.

import {readFileSync} from 'node:fs';

const places = ['./', '../../node_modules/asciinema-player/dist/bundle/'] as const;

const textOf = (name: string): string => {
  for (const place of places) {
    try {
      return readFileSync(new URL(`${place}${name}`, import.meta.url), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new Error(`${name} is not there: the tool was not installed as a whole`);
};

/** Its first line names its licence, which stays with it. */
export const playerFiles = (): Readonly<{script: string; style: string}> => ({
  script: textOf('asciinema-player.min.js'),
  style: textOf('asciinema-player.css'),
});
