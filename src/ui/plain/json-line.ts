// How an event is written as one line of NDJSON that no terminal takes for a command.

import {unseen} from '../text/visible.ts';

/** JSON leaves DEL, C1 controls, separators, bidi controls and everything unseen as it is; escaped it means the same. */
const escaped = (characters: string): string =>
  Array.from(
    {length: characters.length},
    (_, at) => `\\u${characters.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');

/** The JSON, with everything escaped that would act on a terminal; line breaks between its values stay. */
export const safeJson = (json: string): string => json.replace(unseen, escaped);

export const jsonLine = (value: unknown): string => safeJson(JSON.stringify(value));
