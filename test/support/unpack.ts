// How does a test look into an archive where it is not about the program that unpacks it?

import {mkdirSync, writeFileSync} from 'node:fs';
import {buffer} from 'node:stream/consumers';
import {dirname, join} from 'node:path';
import {openPromise} from 'yauzl';

/** Every file of the archive below this folder; names that lead out of it are refused by yauzl. */
export const unpack = async (archive: string, folder: string): Promise<void> => {
  const zip = await openPromise(archive);
  for await (const entry of zip.eachEntry()) {
    const path = join(folder, entry.fileName);
    if (entry.fileName.endsWith('/')) {
      mkdirSync(path, {recursive: true});
      continue;
    }
    mkdirSync(dirname(path), {recursive: true});
    writeFileSync(path, await buffer(await zip.openReadStreamPromise(entry)));
  }
};
