// A transaction pooler in a hundred lines: every message of a client may be answered by another server session.

import {createConnection, createServer, type Server, type Socket} from 'node:net';

const READY_FOR_QUERY = 0x5a;

/** Splits a stream of the server's messages (type byte, length, body) into whole ones. */
const messages = (onMessage: (message: Buffer) => void): ((chunk: Buffer) => void) => {
  let held = Buffer.alloc(0);
  return (chunk) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 5 && held.length >= held.readUInt32BE(1) + 1) {
      const end = held.readUInt32BE(1) + 1;
      onMessage(held.subarray(0, end));
      held = held.subarray(end);
    }
  };
};

const BACKEND_KEY = 0x4b;

/** A pooler names itself in the place of the server's process. */
const withOwnKey = (message: Buffer): Buffer => {
  if (message[0] !== BACKEND_KEY) return message;
  const own = Buffer.from(message);
  own.writeInt32BE(1_234_567, 5);
  return own;
};

/** Serves one client with two server sessions, taken in turn after each ReadyForQuery, as a busy pooler would. */
const serve = (client: Socket, connect: () => Socket, isIdle: boolean): void => {
  const servers = isIdle ? [connect()] : [connect(), connect()];
  let current = 0;
  let started = 0;
  let greeting: Buffer | undefined;
  for (const [at, server] of servers.entries()) {
    server.on('error', () => client.destroy());
    server.on(
      'data',
      messages((message) => {
        const isReady = message[0] === READY_FOR_QUERY;
        if (started < servers.length) {
          // Both sessions log in; the client only hears the first one, and of its being ready once both are.
          if (at === 0 && isReady) greeting = message;
          else if (at === 0) client.write(isIdle ? withOwnKey(message) : message);
          if (isReady) started += 1;
          if (started === servers.length && greeting !== undefined) client.write(greeting);
          return;
        }
        client.write(message);
        if (isReady) current = (current + 1) % servers.length;
      }),
    );
  }
  let isStartup = true;
  client.on('error', () => undefined);
  client.on('close', () => servers.forEach((server) => server.destroy()));
  client.on('data', (chunk: Buffer) => {
    if (isStartup) {
      isStartup = false;
      for (const server of servers) server.write(chunk);
    } else servers[current]?.write(chunk);
  });
};

export type Pooler = Readonly<{host: string; port: number; close: () => Promise<void>}>;

/**
 * @param target the socket path of the real server.
 * @param isIdle nobody else is served: each transaction gets the same server session again.
 */
export const startPooler = async (target: string, {isIdle = false} = {}): Promise<Pooler> => {
  const server: Server = createServer((client) => serve(client, () => createConnection(target), isIdle));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the pooler listens on no port');
  return {
    host: '127.0.0.1',
    port: address.port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
};
