// Where does npm find what a checkout has packed, without a network? In a registry on this machine that has nothing else.

import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdirSync, readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {basename, dirname, join} from 'node:path';

type Manifest = Readonly<{name: string; version: string}>;

export type Registry = AsyncDisposable & Readonly<{url: string}>;

const archiveOf = (folder: string, into: string): Buffer => {
  const path = join(into, `${basename(folder)}.tgz`);
  // -1: what is downloaded from here is never kept, and 60 MB of server programs take a tenth of the time.
  execFileSync('tar', ['-C', dirname(folder), '-I', 'gzip -1', '-cf', path, basename(folder)]);
  return readFileSync(path);
};

/**
 * @param folders packages that it offers
 * @param scratch a folder for their archives
 */
export const serveRegistry = async (folders: readonly string[], scratch: string): Promise<Registry> => {
  mkdirSync(scratch, {recursive: true});
  const offered = new Map(
    folders.map((folder) => {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
      return [manifest.name, {manifest, archive: archiveOf(folder, scratch)}];
    }),
  );
  const server = createServer((request, response) => {
    const [name = '', isArchive] = decodeURIComponent(request.url ?? '')
      .slice(1)
      .split('/-/');
    const found = offered.get(name);
    if (found === undefined) {
      response.writeHead(404, {'content-type': 'application/json'}).end('{}');
      return;
    }
    const {manifest, archive} = found;
    if (isArchive !== undefined) {
      response.end(archive);
      return;
    }
    const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
    const dist = {tarball: `http://${request.headers.host}/${name}/-/it.tgz`, integrity};
    response.setHeader('content-type', 'application/json').end(
      JSON.stringify({
        name,
        'dist-tags': {latest: manifest.version},
        versions: {[manifest.version]: {...manifest, dist}},
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
