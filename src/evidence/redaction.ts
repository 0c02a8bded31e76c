// How secrets are kept out of everything that is stored or shown: before the first byte is written.

export type Redactor = Readonly<{
  /** Takes the next piece of a stream; returns what may be written. The end of an unfinished line is held back. */
  push: (text: string) => string;
  /** What was held back, redacted. */
  end: () => string;
  /** How many secrets were masked so far. */
  count: () => number;
}>;

export const MASK = '[redacted]';

/** Shorter values would mask ordinary words: a password `abc` must not turn every `abc` into a hole. */
const SHORTEST = 6;

/** 8 KiB: longer than any credential; an endless line without a break is let go in pieces of this size. */
const CARRY = 8192;

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The ways in which a known secret may be written: raw, percent-encoded, as JSON, as SQL, as base64 at any offset. */
const spellings = (secret: string): readonly string[] => {
  const bytes = new TextEncoder().encode(secret);
  const base64 = [0, 1, 2].map((offset) => {
    const padded = btoa(String.fromCharCode(...new Uint8Array(offset), ...bytes));
    // The first and last characters also hold bits of the neighbours; only those in between are the secret's own.
    const skip = offset === 0 ? 0 : offset + 1;
    return padded.slice(skip, Math.floor(((offset + bytes.length) * 8) / 6));
  });
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll("'", "''"),
    ...base64.filter((text) => text.length >= SHORTEST + 2),
  ];
};

/** `://user:password@` in any URL, whoever's it is: the user stays, the password goes. */
const USERINFO = /(?<=:\/\/[^\s/:@'"]{0,256}:)[^\s/@'"]{1,1024}(?=@)/g;
/** `password=...` of a libpq connection string, and PGPASSWORD. */
const ASSIGNMENT =
  /(?<=\b(?:password|PGPASSWORD|passwd)\s{0,4}=\s{0,4})(?:'(?:[^'\\]|\\.){1,1024}'|[^\s'&;]{1,1024})/gi;

/** Masks the secrets in one whole text. */
export const redactText = (text: string, secrets: readonly string[]): Readonly<{text: string; count: number}> => {
  let count = 0;
  const mask = (): string => {
    count += 1;
    return MASK;
  };
  const known = secrets
    .filter((secret) => secret.length >= SHORTEST)
    .flatMap(spellings)
    .toSorted((a, b) => b.length - a.length);
  const literal = known.length === 0 ? text : text.replaceAll(new RegExp(known.map(escape).join('|'), 'g'), mask);
  const gated = /:\/\/|passw/i.test(literal)
    ? literal.replaceAll(USERINFO, mask).replaceAll(ASSIGNMENT, mask)
    : literal;
  return {text: gated, count};
};

/** A redactor for one stream. A secret that arrives in pieces is masked as one, as long as it has no line break. */
export const createRedactor = (secrets: readonly string[]): Redactor => {
  let held = '';
  let count = 0;
  const release = (text: string): string => {
    const done = redactText(text, secrets);
    count += done.count;
    return done.text;
  };
  return {
    push: (text) => {
      held += text;
      const line = held.lastIndexOf('\n') + 1;
      const upTo = line > 0 ? line : Math.max(0, held.length - CARRY);
      if (upTo === 0) return '';
      const ready = held.slice(0, upTo);
      held = held.slice(upTo);
      return release(ready);
    },
    end: () => {
      const rest = held;
      held = '';
      return release(rest);
    },
    count: () => count,
  };
};
