// Whose keys does a list of signers have that count at a moment? The format is that of ssh-keygen(1), ALLOWED SIGNERS.
//
// ssh-keygen skips a line that it cannot read, so nobody is counted by one; what an option says it takes by its name in any case.

import {createHash} from 'node:crypto';
import type {Instant} from '../../core/ids.ts';
import {NAMESPACE} from '../../core/signing.ts';
import type {ListedKey, UncountedLine} from '../../core/signers/standing.ts';

type Line = Readonly<{principals: readonly string[]; options: ReadonlyMap<string, string>; key: string}>;

const TYPE = /^(?:ssh-|ecdsa-sha2-|sk-)[\w@.-]+$/;

/** Words as ssh-keygen splits them: at blanks that no quotation mark encloses. */
const wordsOf = (line: string): readonly string[] => line.match(/(?:"[^"]*"|[^\s"])+/g) ?? [];

const unquoted = (text: string): string => text.replace(/^"(.*)"$/, '$1');

/** The blob begins with the name of its type, which the line repeats. */
const fingerprintOf = (type: string, base64: string): string | undefined => {
  const blob = Buffer.from(base64, 'base64');
  const isWhole = /^[A-Za-z0-9+/]+={0,2}$/.test(base64) && blob.length > 4;
  if (!isWhole || blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('latin1') !== type) return undefined;
  // Longer than its type: a key is in it.
  if (blob.length <= 8 + type.length) return undefined;
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
};

const optionsOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    (text.match(/(?:"[^"]*"|[^,"])+/g) ?? []).map((option) => {
      const [name = '', ...value] = option.split('=');
      const said = value.join('=');
      // A value without its quotation marks is no option that ssh-keygen knows, and neither is this.
      const isQuoted = said === '' || /^".*"$/.test(said);
      return [isQuoted ? name.toLowerCase() : option, unquoted(said)];
    }),
  );

const KNOWN = new Set(['cert-authority', 'namespaces', 'valid-after', 'valid-before']);

const lineOf = (text: string): Line | undefined => {
  const [principals = '', ...rest] = wordsOf(text);
  const [options, [type = '', base64 = '']] = TYPE.test(rest[0] ?? '') ? ['', rest] : [rest[0] ?? '', rest.slice(1)];
  const key = fingerprintOf(type, base64);
  const said = optionsOf(options);
  if (key === undefined || [...said.keys()].some((name) => !KNOWN.has(name))) return undefined;
  return {principals: unquoted(principals).split(','), options: said, key};
};

/** `20261124`, `202611240210` or `20261124021000`, in UTC with a `Z`, else in the time of this machine; NaN for anything else. */
const timeOf = (text: string): number => {
  const [, y, mo, d, h = '00', mi = '00', s = '00', zone] =
    /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z?)$/.exec(text) ?? [];
  return y === undefined ? Number.NaN : Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}${zone ?? ''}`);
};

/** `*` and `?` in a pattern, `!` before one that shuts out. */
const matches = (patterns: string, name: string): boolean => {
  const is = (pattern: string): boolean => {
    const escaped = pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    return new RegExp(`^${escaped}$`).test(name);
  };
  const all = patterns.split(',');
  const isShutOut = all.some((pattern) => pattern.startsWith('!') && is(pattern.slice(1)));
  return !isShutOut && all.some((pattern) => !pattern.startsWith('!') && is(pattern));
};

const isName = (principal: string): boolean => principal !== '' && !/^!|[*?]/.test(principal);

const whyNot = ({principals, options}: Line, at: Instant): UncountedLine['because'] | undefined => {
  const now = Date.parse(at);
  const [after, before] = ['valid-after', 'valid-before'].map((name) => options.get(name));
  if (options.has('cert-authority')) return 'authority';
  if ([after, before].some((time) => time !== undefined && Number.isNaN(timeOf(time)))) return 'malformed';
  if (before !== undefined && timeOf(before) < now) return 'expired';
  if (after !== undefined && timeOf(after) > now) return 'not-yet';
  const namespaces = options.get('namespaces');
  if (namespaces !== undefined && !matches(namespaces, NAMESPACE)) return 'other-namespace';
  return principals.some(isName) ? undefined : 'pattern';
};

export type ListedSigners = Readonly<{keys: readonly ListedKey[]; uncounted: readonly UncountedLine[]}>;

export const listedSigners = (text: string, at: Instant): ListedSigners => {
  const judged = text.split(/\r?\n/).flatMap((raw, index) => {
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const line = lineOf(trimmed);
    const because = line === undefined ? 'malformed' : whyNot(line, at);
    return [{line: index + 1, of: line, because}];
  });
  return {
    keys: judged.flatMap(({of, because}) =>
      of === undefined || because !== undefined ? [] : [{principals: of.principals.filter(isName), key: of.key}],
    ),
    uncounted: judged.flatMap(({line, because}) => (because === undefined ? [] : [{line, because}])),
  };
};
