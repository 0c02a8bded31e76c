// In how many ways can a secret be written down, by shells, formats and languages that quote it?

/** Shorter values would mask ordinary words: a password `abc` must not turn every `abc` into a hole. */
export const SHORTEST = 6;

const percent = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
const lowerPercent = (text: string): string => text.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());

const json = (text: string): string => JSON.stringify(text).slice(1, -1);
/** As Python's json.dumps and many loggers write it. */
const asciiJson = (text: string): string =>
  json(text).replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
const xml = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);

/** A backslash before each of these signs: repr of Python, double quotes of a shell, libpq's strings and .pgpass. */
const escaped = (text: string, signs: RegExp): string => text.replaceAll(signs, (sign) => `\\${sign}`);

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * Base64 of the secret in the middle of something else, at each of the three offsets. The first and last characters also
 * hold bits of the neighbours: only those in between are the secret's own.
 */
const base64 = (bytes: Uint8Array): readonly string[] =>
  [0, 1, 2].map((offset) => {
    const padded = btoa(String.fromCharCode(...new Uint8Array(offset), ...bytes));
    return padded.slice(offset === 0 ? 0 : offset + 1, Math.floor(((offset + bytes.length) * 8) / 6));
  });

const forUrls = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_');

/** UTF-16, little end first: what programs of Windows and of Java write to a file, and hand to base64. */
const utf16 = (text: string): Uint8Array =>
  new Uint8Array(
    Array.from({length: text.length}, (_, at) => text.charCodeAt(at)).flatMap((unit) => [unit & 255, unit >> 8]),
  );

/**
 * The same bytes as they are read from a pipe. Each sign of ASCII stands beside a NUL; the other bytes of a longer
 * alphabet depend on their neighbours, so only the parts between them can be recognised.
 */
const utf16AsRead = (secret: string): readonly string[] =>
  secret
    .split(/[^\p{ASCII}]/u)
    .filter((part) => part.length >= SHORTEST)
    .map((part) => [...part].join('\u0000'));

/** Spellings in an alphabet that programs wrap over lines wherever a line is full. */
const wrappable = (secret: string): readonly string[] =>
  [bytesOf(secret), utf16(secret)].flatMap((bytes) => {
    const encoded = base64(bytes).filter((text) => text.length >= SHORTEST + 2);
    return [...encoded, ...encoded.map(forUrls), hex(bytes), hex(bytes).toUpperCase()];
  });

const written = (secret: string): readonly string[] => {
  const percented = percent(secret);
  return [
    secret,
    percented,
    lowerPercent(percented),
    encodeURIComponent(secret),
    encodeURI(secret),
    percented.replaceAll('%20', '+'),
    json(secret),
    asciiJson(secret),
    json(secret).replaceAll('/', '\\/'),
    secret.replaceAll("'", "''"),
    secret.replaceAll("'", "'\\''"),
    secret.replaceAll("'", `'"'"'`),
    escaped(secret, /[\\']/g),
    escaped(secret, /[\\"$`]/g),
    escaped(secret, /[\\:]/g),
    escaped(secret, /[^\w@%+=:,./\u0080-\uffff-]/g),
    escaped(secret, /[^\w\u0080-\uffff]/g),
    xml(secret),
    xml(secret).replaceAll('&apos;', '&#39;'),
    xml(secret).replaceAll('&apos;', '&#x27;'),
    ...utf16AsRead(secret),
    ...wrappable(secret),
  ];
};

const wellFormed = (secrets: readonly string[]): readonly string[] =>
  secrets.filter((secret) => secret.length >= SHORTEST).map((secret) => secret.toWellFormed());

const longestFirst = (spellings: readonly string[]): readonly string[] =>
  // Nothing with a line break is ever found: the lines are.
  [...new Set(spellings)].filter((text) => !text.includes('\n')).toSorted((a, b) => b.length - a.length);

/**
 * Every spelling of these secrets, longest first. A secret of several lines is also each of its lines, since output is
 * looked at line by line; what is too short to be told from an ordinary word is left to the rules, which know a password
 * by its place.
 */
export const spellingsOf = (secrets: readonly string[]): readonly string[] => {
  const whole = wellFormed(secrets);
  const lines = whole.flatMap((secret) => secret.split(/\r?\n/)).filter((line) => line.trim().length >= SHORTEST);
  return longestFirst([...whole, ...lines].flatMap(written));
};

/** Those that may be found over several lines: base64 and hexadecimal. */
export const wrappableSpellingsOf = (secrets: readonly string[]): readonly string[] =>
  longestFirst(wellFormed(secrets).flatMap(wrappable));
