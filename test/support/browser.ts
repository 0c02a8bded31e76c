// How a test looks at a page in a real browser: Debian's chromium, headless, spoken to through a pipe.

import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Readable, Writable} from 'node:stream';

type Message = Readonly<{
  id?: number;
  method?: string;
  params?: Readonly<Record<string, unknown>>;
  result?: Readonly<Record<string, unknown>>;
  error?: Readonly<{message: string}>;
}>;

export type Browser = Readonly<{
  /** A method of the DevTools protocol, sent to the page. */
  send: (method: string, params?: object) => Promise<Readonly<Record<string, unknown>>>;
  /** What the page has told so far by this event. */
  events: (method: string) => readonly Readonly<Record<string, unknown>>[];
  /** Resolves with the first event of this kind from now on. */
  event: (method: string) => Promise<void>;
  /** The value of an expression in the page; a promise is awaited. */
  evaluate: (expression: string) => Promise<unknown>;
  close: () => Promise<void>;
}>;

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-pipe',
];

export const openBrowser = async (): Promise<Browser> => {
  const profile = mkdtempSync(join(tmpdir(), 'arc-'));
  const child = spawn('chromium', [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const [input, output] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  const waiting = new Map<number, (message: Message) => void>();
  const seen: Message[] = [];
  const listeners = new Set<(message: Message) => void>();
  let rest = '';
  output.setEncoding('utf8').on('data', (text: string) => {
    const parts = `${rest}${text}`.split('\0');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const message = JSON.parse(part) as Message;
      if (message.id === undefined) {
        seen.push(message);
        for (const listener of listeners) listener(message);
      } else waiting.get(message.id)?.(message);
    }
  });
  let last = 0;
  let session: string | undefined;
  const send: Browser['send'] = (method, params = {}) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, ({result, error}) =>
        error === undefined ? resolve(result ?? {}) : reject(new Error(`${method}: ${error.message}`)),
      );
      input.write(
        `${JSON.stringify({id: last, method, params, ...(session === undefined ? {} : {sessionId: session})})}\0`,
      );
    });
  const {targetInfos} = (await send('Target.getTargets')) as {targetInfos: {targetId: string; type: string}[]};
  const targetId = targetInfos.find(({type}) => type === 'page')?.targetId;
  const attached = await send('Target.attachToTarget', {targetId, flatten: true});
  session = attached['sessionId'] as string;
  for (const domain of ['Page', 'Runtime', 'Network', 'Log', 'Audits']) await send(`${domain}.enable`);
  return {
    send,
    events: (method) => seen.flatMap((message) => (message.method === method ? [message.params ?? {}] : [])),
    event: (method) =>
      new Promise((resolve) => {
        const listener = (message: Message): void => {
          if (message.method !== method) return;
          listeners.delete(listener);
          resolve();
        };
        listeners.add(listener);
      }),
    evaluate: async (expression) => {
      const answer = (await send('Runtime.evaluate', {expression, awaitPromise: true, returnByValue: true})) as {
        result?: {value?: unknown};
        exceptionDetails?: {text: string; exception?: {description?: string}};
      };
      const {exceptionDetails} = answer;
      if (exceptionDetails !== undefined)
        throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return answer.result?.value;
    },
    close: async () => {
      input.write(`${JSON.stringify({id: 0, method: 'Browser.close'})}\0`);
      await ended;
      rmSync(profile, {recursive: true, force: true, maxRetries: 5});
    },
  };
};
