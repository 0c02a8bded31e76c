// How what is typed on a terminal reaches the screen: every key once, in its order, however busy the process was meanwhile.

import {Readable} from 'node:stream';
import {isPasteBegun, keysWithoutEnd, typedKeys} from './typed-keys.ts';

/** 20 ms: the bytes of one key come together; longer, and Esc would feel slow. */
const REST_OF_KEY_MS = 20;

export type KeyInput = Readonly<{
  /** Stands in the terminal's place for whoever reads keys. */
  stdin: NodeJS.ReadStream;
  /** Stops reading, so that what is typed from now on is for another program. Called once nobody listens any more. */
  letGo: () => Promise<void>;
}>;

const aMoment = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

export const keyInput = (terminal: NodeJS.ReadStream): KeyInput => {
  const keys = new Readable({encoding: 'utf8', read: () => undefined});
  let rest = '';
  let timer: NodeJS.Timeout | undefined;
  let look: NodeJS.Immediate | undefined;

  const forgetWait = (): void => {
    clearTimeout(timer);
    clearImmediate(look);
  };

  /** What is begun is a key of its own when nothing has come behind it. */
  const awaitRest = (): void => {
    timer = setTimeout(() => {
      // A process that was busy comes here before it has looked at the terminal, where the rest may lie already.
      look = setImmediate(() => {
        const begun = rest;
        rest = '';
        keys.push(keysWithoutEnd(begun));
      });
    }, REST_OF_KEY_MS);
  };

  const read = (): void => {
    forgetWait();
    let read = rest;
    for (let chunk: unknown = terminal.read(); chunk !== null; chunk = terminal.read()) read += String(chunk);
    const typed = typedKeys(read);
    rest = typed.rest;
    if (typed.keys !== '') keys.push(typed.keys);
    if (rest !== '' && !isPasteBegun(rest)) awaitRest();
  };

  const ended = (): void => void keys.push(null);
  terminal.once('end', ended);

  const setRawMode = (isRaw: boolean): void => {
    terminal.setRawMode(isRaw);
    terminal.off('readable', read);
    if (isRaw) {
      terminal.setEncoding('utf8');
      terminal.on('readable', read);
      return;
    }
    // Half a key is nobody's.
    forgetWait();
    rest = '';
  };

  const stdin = Object.assign(keys, {
    isTTY: terminal.isTTY,
    setRawMode: (isRaw: boolean) => {
      setRawMode(isRaw);
      return stdin;
    },
    ref: () => {
      terminal.ref();
      return stdin;
    },
    unref: () => {
      terminal.unref();
      return stdin;
    },
  }) as unknown as NodeJS.ReadStream;

  return {
    stdin,
    /**
     * The terminal goes on reading ahead, and would take what is typed for somebody else. Only a stream that flows can be
     * paused, and it flows once it has noticed that nobody listens; a listener makes it read again afterwards.
     */
    letGo: async () => {
      await aMoment();
      terminal.resume();
      await aMoment();
      terminal.pause();
    },
  };
};
