// How does a test cut the line between tool and server at one message of the change, and see what either side makes of it?
//
// Stands between both, splits the stream of either direction into the messages of protocol 3, and counts them from the
// BEGIN of a change to the answer to its COMMIT. Everything before and after that, and every other session, just passes.

import {createConnection, createServer, type Socket} from 'node:net';
import type {TestDatabase} from './postgres.ts';

/**
 * `before`, `half`, `after`: the line is dead, for every session, right before the message, in the middle of it or after
 * it, and stays dead. `silent`: the message arrives, then our side is dead, and the server is not told about the change's
 * own session.
 * `held`: the message and all after it never arrive, and nobody hangs up; new sessions pass.
 */
export type CutHow = 'before' | 'half' | 'after' | 'silent' | 'held';
/** `at` counts from 1; with `text` the cut is at the server's message that has this tag, wherever it comes. */
export type Cut = Readonly<{at: number; how: CutHow; text?: string}>;

export type WireMessage = Readonly<{from: 'tool' | 'server'; type: string; text: string}>;

export type Wire = AsyncDisposable &
  Readonly<{
    /** The database as the tool reaches it through the wire. */
    database: TestDatabase;
    arm: (cut: Cut) => void;
    /** The line is dead now, for every session, and stays dead. */
    cut: () => void;
    /** Whether an armed cut has happened. */
    isCut: () => boolean;
    /** The counted messages since `arm`, or since the wire was made. */
    counted: () => readonly WireMessage[];
    /** Every message that the tool sent, of every session. */
    sent: () => readonly string[];
    /** New sessions pass again; what was silent is closed, so that the server notices. */
    mend: () => void;
  }>;

const BEGIN = /^BEGIN ISOLATION LEVEL/;

/** The statement of a Query or Parse message, the tag of a CommandComplete. */
const textOf = (type: string, message: Buffer): string => {
  const strings = message.subarray(5).toString('utf8').split('\0');
  if (type === 'P') return strings[1] ?? '';
  return type === 'Q' || type === 'C' ? (strings[0] ?? '') : '';
};

/** Splits a stream into whole messages; the first of the tool has no type. */
const splitter = (hasStartup: boolean, onMessage: (message: Buffer) => void): ((chunk: Buffer) => void) => {
  let held: Buffer = Buffer.alloc(0);
  let isStartup = hasStartup;
  return (chunk) => {
    held = Buffer.concat([held, chunk]);
    for (;;) {
      const head = isStartup ? 0 : 1;
      if (held.length < head + 4) return;
      const end = head + held.readUInt32BE(head);
      if (held.length < end) return;
      isStartup = false;
      const message = held.subarray(0, end);
      held = held.subarray(end);
      onMessage(message);
    }
  };
};

export const startWire = async (to: TestDatabase): Promise<Wire> => {
  const pairs = new Set<readonly [Socket, Socket]>();
  const silent = new Set<Socket>();
  let cut: Cut | undefined;
  let isDead = false;
  let happened = false;
  let counted: WireMessage[] = [];
  const sent: string[] = [];

  const die = (untold?: Socket): void => {
    isDead = true;
    if (untold !== undefined) silent.add(untold);
    for (const [tool, target] of pairs) {
      tool.destroy();
      if (target !== untold) target.end();
    }
  };

  const serve = (tool: Socket): void => {
    if (isDead) return void tool.destroy();
    // Message by message, the line would otherwise wait 40 ms for each.
    tool.setNoDelay(true);
    const target = createConnection(`${to.host}/.s.PGSQL.${to.port}`);
    const pair = [tool, target] as const;
    pairs.add(pair);
    let counts = false;
    let isHeld = false;
    let isStarted = false;

    const pass = (from: 'tool' | 'server', message: Buffer): void => {
      const into = from === 'tool' ? target : tool;
      const type = from === 'tool' && !isStarted ? '' : String.fromCharCode(message[0] ?? 0);
      if (from === 'tool') isStarted = true;
      const text = textOf(type, message);
      if (from === 'tool' && text !== '') sent.push(text);
      if (from === 'tool' && BEGIN.test(text)) counts = true;
      if (isHeld || into.destroyed) return;
      if (!counts) return void into.write(message);
      counted.push({from, type, text});
      if (from === 'server' && type === 'Z' && counted.at(-2)?.text === 'COMMIT') counts = false;
      const isHere =
        cut !== undefined && (cut.at === counted.length || (from === 'server' && cut.text === text && type === 'C'));
      if (cut === undefined || !isHere) return void into.write(message);
      happened = true;
      const {how} = cut;
      cut = undefined;
      switch (how) {
        case 'held':
          isHeld = true;
          return;
        case 'before':
          return die();
        case 'half':
          into.end(message.subarray(0, Math.floor(message.length / 2)));
          return die();
        case 'after':
          into.end(message);
          if (from === 'tool') return die();
          // The tool is to have read it: its own end follows the message.
          isDead = true;
          into.once('finish', () => die());
          return;
        case 'silent':
          if (from === 'tool') target.write(message);
          return die(target);
      }
    };

    tool.on(
      'data',
      splitter(true, (message) => pass('tool', message)),
    );
    target.on(
      'data',
      splitter(false, (message) => pass('server', message)),
    );
    for (const socket of pair) socket.on('error', () => undefined);
    tool.on('close', () => {
      if (!silent.has(target)) target.end();
    });
    target.on('close', () => {
      pairs.delete(pair);
      silent.delete(target);
      if (!isHeld) tool.end();
    });
  };

  const server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the wire listens on no port');
  const mend = (): void => {
    isDead = false;
    for (const target of silent) target.end();
  };
  return {
    database: {...to, url: `postgresql://${to.user}@127.0.0.1:${address.port}/${to.name}?sslmode=disable`},
    arm: (next) => {
      cut = next;
      happened = false;
      counted = [];
    },
    cut: () => die(),
    isCut: () => happened,
    counted: () => counted,
    sent: () => sent,
    mend,
    [Symbol.asyncDispose]: async () => {
      mend();
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};
