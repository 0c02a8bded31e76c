// Which part of a recording is embedded in a report: what a player shows of it, as whole lines, within a limit.

import type {Excerpt} from './source.ts';

export type Embedded = Readonly<{
  text: string;
  /** False when only its beginning is here. */
  isWhole: boolean;
}>;

/** What a player has a use for; our own records are for other programs, and lie in the bundle. */
const shown = new Set(['o', 'r', 'm', 'x']);

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    // A line that was cut, by the limit or by a crash: what stands before it plays.
    return undefined;
  }
};

/**
 * asciicast v3 tells the time since the event before, so that of a record that is taken out goes to the next one.
 * @param visible shows what hides (bidi controls, zero-width signs); what acts on a terminal stays, since the player is one.
 */
export const embedded = (excerpt: Excerpt, limit: number, visible: (text: string) => string): Embedded | undefined => {
  const lines = new TextDecoder().decode(excerpt.head).split('\n');
  const head = parsed(lines[0] ?? '') as Readonly<Record<string, unknown>> | undefined;
  const {version, term} = head ?? {};
  if (version !== 3 || typeof term !== 'object' || term === null) return undefined;
  // Only what is needed: a title is somebody's text, and the player would show it.
  const {cols, rows} = term as Readonly<{cols?: unknown; rows?: unknown}>;
  const kept = [JSON.stringify({version: 3, term: {cols: Number(cols) || 100, rows: Number(rows) || 30}})];
  let size = kept[0]?.length ?? 0;
  let waited = 0;
  for (const line of lines.slice(1)) {
    const event = parsed(line) as readonly [number, string, string] | undefined;
    if (!Array.isArray(event) || typeof event[0] !== 'number' || typeof event[2] !== 'string') continue;
    waited += event[0];
    if (!shown.has(event[1])) continue;
    const text = JSON.stringify([Math.round(waited * 1e6) / 1e6, event[1], visible(event[2])]);
    if (size + text.length > limit) return kept.length === 1 ? undefined : {text: kept.join('\n'), isWhole: false};
    kept.push(text);
    size += text.length + 1;
    waited = 0;
  }
  if (kept.length === 1) return undefined;
  return {text: kept.join('\n'), isWhole: excerpt.head.byteLength === excerpt.bytes};
};
