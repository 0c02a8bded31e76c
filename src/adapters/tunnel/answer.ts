// Does a PostgreSQL server answer behind this port? Its first byte says so; an open port alone says nothing of the far end.

import {connect, createServer} from 'node:net';

/** PostgreSQL's SSLRequest: eight bytes that every server since 1999 answers with one letter, and no login follows. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** 5 s: a database behind a bad line answers within that. */
const ANSWER_MS = 5000;

export type Answer = 'answered' | 'closed' | 'refused' | 'silent';

export const askPort = (port: number): Promise<Answer> =>
  new Promise((resolve) => {
    let isOpen = false;
    const socket = connect({host: '127.0.0.1', port});
    const done = (answer: Answer): void => {
      clearTimeout(limit);
      socket.destroy();
      resolve(answer);
    };
    const limit = setTimeout(() => done('silent'), ANSWER_MS);
    socket.once('connect', () => {
      isOpen = true;
      socket.write(SSL_REQUEST);
    });
    socket.once('data', () => done('answered'));
    socket.once('close', () => done(isOpen ? 'closed' : 'refused'));
    socket.on('error', () => undefined);
  });

/** A port of loopback that is free now. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
