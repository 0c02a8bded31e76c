// Which statements does a program send? A relay on this machine between it and a database of ours reads them in passing.
//
// What a Python file will run is nowhere written down, and the server's log is not ours to switch on. Only for databases
// that the tool has made for itself: it takes no TLS, and never stands before a target.

import {mkdtemp, rm} from 'node:fs/promises';
import {createServer, connect, type Server, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {RelaySocket} from './postgres/child-environment.ts';

export type Tap = Readonly<{
  at: RelaySocket;
  close: () => Promise<void>;
}>;

const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
/** 1 MiB: a statement that is longer is copied data, not a definition. */
const LONGEST = 1_048_576;

const text = (bytes: Buffer, from: number): string => {
  const end = bytes.indexOf(0, from);
  return bytes.subarray(from, end < 0 ? undefined : end).toString('utf8');
};

/** The SQL of a simple query, or of a statement that is parsed for later. */
const statementIn = (type: string, body: Buffer): string | undefined => {
  if (body.length > LONGEST) return undefined;
  if (type === 'Q') return text(body, 0);
  // The statement's own name stands before its SQL.
  return type === 'P' ? text(body, body.indexOf(0) + 1) : undefined;
};

/** Reads a client's side of the protocol, whatever pieces it comes in. */
const reader = (forward: (bytes: Buffer) => void, refuse: () => void, told: (sql: string) => void) => {
  let pending = Buffer.alloc(0);
  let isStarted = false;
  return (bytes: Buffer): void => {
    pending = Buffer.concat([pending, bytes]);
    for (;;) {
      const head = isStarted ? 1 : 0;
      if (pending.length < head + 4) return;
      const size = head + pending.readInt32BE(head);
      if (pending.length < size) return;
      const message = pending.subarray(0, size);
      pending = pending.subarray(size);
      if (isStarted) {
        const sql = statementIn(String.fromCharCode(message[0] ?? 0), message.subarray(5));
        if (sql !== undefined && sql.trim() !== '') told(sql);
      } else {
        const code = size >= 8 ? message.readInt32BE(4) : 0;
        if (code === SSL_REQUEST || code === GSS_REQUEST) {
          refuse();
          continue;
        }
        isStarted = true;
      }
      forward(message);
    }
  };
};

const listening = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });

/** Any number: it is a part of the socket's name. */
const PORT = 5432;

/** @returns undefined where the database wants TLS, which is not taken off for this. */
export const openTap = async (
  {
    PGHOST = '',
    PGHOSTADDR: host = PGHOST,
    PGPORT: port = '5432',
    PGSSLMODE: sslmode = 'prefer',
  }: Readonly<Record<string, string>>,
  told: (sql: string) => void,
): Promise<Tap | undefined> => {
  if (!['disable', 'allow', 'prefer'].includes(sslmode)) return undefined;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    // Whoever hangs up first takes the other side along; what went wrong is said by the program itself.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    const upstream = keep(
      host.startsWith('/') ? connect({path: `${host}/.s.PGSQL.${port}`}) : connect({host, port: Number(port)}),
    );
    keep(client).on(
      'data',
      reader(
        (bytes) => void upstream.write(bytes),
        () => void client.write('N'),
        told,
      ),
    );
    upstream.on('data', (bytes) => void client.write(bytes));
    client.once('close', () => upstream.end());
    upstream.once('close', () => client.end());
  });
  // A folder that only we can enter: a scratch server trusts whoever reaches its socket, and holds the target's rows.
  const folder = await mkdtemp(join(tmpdir(), 'ar-tap-'));
  const at = {host: folder, port: PORT};
  await listening(server, join(folder, `.s.PGSQL.${PORT}`));
  return {
    at,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
      await rm(folder, {recursive: true, force: true});
    },
  };
};
