// Where does this system keep its fonts?

import {homedir} from 'node:os';
import {join} from 'node:path';

/** Where fontconfig, macOS and Windows keep them. */
export const fontFolders = (env: Readonly<Record<string, string | undefined>>): readonly string[] => {
  const home = env['HOME'] ?? homedir();
  return [
    '/usr/share/fonts',
    '/usr/local/share/fonts',
    join(env['XDG_DATA_HOME'] ?? join(home, '.local', 'share'), 'fonts'),
    join(home, '.fonts'),
    '/System/Library/Fonts',
    '/Library/Fonts',
    join(home, 'Library', 'Fonts'),
    join(env['WINDIR'] ?? 'C:\\Windows', 'Fonts'),
  ];
};
