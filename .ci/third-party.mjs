// Whose code went into the bundle, and under which licence?

import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';

/** The innermost package that a bundled file belongs to; undefined for our own. */
const packageOf = (input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0];

const isLicence = (name) => /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i.test(name);

const entryOf = (folder) => {
  const {name, version, license, homepage, repository, author} = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const texts = readdirSync(folder)
    .filter(isLicence)
    .toSorted()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  // A few packages carry no text of their licence: then at least its name, and whose it is.
  const owner = typeof author === 'string' ? author : author?.name;
  const origin = homepage ?? (typeof repository === 'string' ? repository : repository?.url);
  const said = texts.length > 0 ? texts : [`${license}, ${[owner, origin].filter(Boolean).join(', ')}`];
  return [`${name} ${version} (${license})`, said.join('\n\n')];
};

/**
 * @param root the repository; paths of the metafile begin there
 * @param metafile esbuild's account of one build
 */
export const thirdParty = (root, metafile) => {
  const folders = new Set(
    Object.keys(metafile.inputs)
      .map(packageOf)
      .filter((folder) => folder !== undefined),
  );
  // By name: npm installs a version of a package several times over.
  const entries = new Map([...folders].map((folder) => entryOf(join(root, folder))));
  const rule = '='.repeat(80);
  return [
    'The files in dist contain code of these packages.',
    ...[...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, text]) => `${rule}\n${name}\n\n${text}`),
    '',
  ].join('\n\n');
};
