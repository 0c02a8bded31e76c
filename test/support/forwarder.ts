// How does a test reach its database by a TCP address, when the server listens on a socket only?

import {connect, createServer, type Socket} from 'node:net';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import type {TestDatabase} from './postgres.ts';

/** @returns the database's URL by 127.0.0.1 and a port of the test's own. */
export const byTcp = async ({host, port, user, name}: TestDatabase): Promise<string> => {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(join(host, `.s.PGSQL.${port}`));
    for (const socket of [near, far]) open.add(socket);
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the forwarder listens on no port');
  return `postgresql://${user}@127.0.0.1:${address.port}/${name}?sslmode=disable`;
};
