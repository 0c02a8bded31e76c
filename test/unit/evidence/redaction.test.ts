// Does no spelling of a secret get through, however the stream is cut, and does ordinary text stay as it is?

import {describe, expect, it} from 'vitest';
import {MASK, createRedactor, redactText} from '../../../src/evidence/redaction.ts';

const SECRET = `p@ss w'rd/é"\\%`;

const base64At = (offset: number): string =>
  Buffer.concat([Buffer.alloc(offset, 'x'), Buffer.from(SECRET, 'utf8'), Buffer.from('yyyy')]).toString('base64');

/** How a secret can be written, and what of the spelling must not be found afterwards. */
const spellings: Readonly<Record<string, readonly [text: string, gone: string]>> = {
  raw: [`key ${SECRET} end`, SECRET],
  'percent-encoded': [`/x?k=${encodeURIComponent(SECRET)}&y=1`, encodeURIComponent(SECRET)],
  'in JSON': [`{"k": ${JSON.stringify(SECRET)}}`, JSON.stringify(SECRET).slice(1, -1)],
  'quoted for SQL': [`ALTER ROLE x PASSWORD '${SECRET.replaceAll("'", "''")}'`, SECRET.replaceAll("'", "''")],
  'base64 at offset 0': [`basic ${base64At(0)} end`, base64At(0).slice(0, 17)],
  'base64 at offset 1': [`basic ${base64At(1)} end`, base64At(1).slice(2, 18)],
  'base64 at offset 2': [`basic ${base64At(2)} end`, base64At(2).slice(3, 18)],
  'password of a URL': ['psql postgresql://deploy:s3cr3t-not-known@db:5432/shop done', 's3cr3t-not-known'],
  'password of any URL': ['fetch https://robot:t0ken@registry.example/x', 't0ken'],
  'in a connection string': ["host=db password='it''s' user=x", "it''s"],
  'in the environment': ['PGPASSWORD=letmein pg_dump', 'letmein'],
};

const through = (pieces: readonly string[]): Readonly<{text: string; count: number}> => {
  const redactor = createRedactor([SECRET]);
  const text = pieces.map(redactor.push).join('') + redactor.end();
  return {text, count: redactor.count()};
};

describe.each(Object.entries(spellings))('a secret %s', (_name, [text, gone]) => {
  it('is masked in a whole text', () => {
    const redacted = redactText(text, [SECRET]);
    expect(redacted.text).toContain(MASK);
    expect(redacted.text).not.toContain(gone);
    expect(redacted.count).toBeGreaterThan(0);
  });

  it('is masked at every boundary at which two pieces can meet, to the same text', () => {
    const whole = redactText(text, [SECRET]);
    for (let cut = 0; cut <= text.length; cut += 1) {
      expect(through([text.slice(0, cut), text.slice(cut)]), `cut at ${cut}`).toEqual(whole);
    }
  });

  it('is masked when it comes character by character', () => {
    expect(through([...text]).text).toBe(redactText(text, [SECRET]).text);
  });

  it('is masked in the middle of lines before and after it', () => {
    const {text: redacted} = through([`first\n${text}`, '\nlast\n']);
    expect(redacted).not.toContain(gone);
    expect(redacted.startsWith('first\n')).toBe(true);
    expect(redacted.endsWith('\nlast\n')).toBe(true);
  });
});

describe('base64 of a secret', () => {
  it.each([0, 1, 2])("at offset %i loses every character that is the secret's alone, and no neighbour", (offset) => {
    const bits = {before: offset * 8, until: (offset + Buffer.byteLength(SECRET)) * 8};
    const whole = base64At(offset);
    const expected = `${whole.slice(0, Math.ceil(bits.before / 6))}${MASK}${whole.slice(Math.floor(bits.until / 6))}`;
    expect(redactText(whole, [SECRET]).text).toBe(expected);
  });
});

describe('ordinary text', () => {
  it.each([
    'SELECT count(*) FROM attempt;\n',
    'NOTICE: password authentication is not used here\n',
    'http://example.com/a:b/c@d\n',
    'user@host:/path and 한국어 and emoji 🙂\n',
    'ratio 3:4 @ 5\n',
    'a passwordless login\n',
    '://\n',
    '',
  ])('stays as it is: %j', (text) => {
    expect(redactText(text, [SECRET])).toEqual({text, count: 0});
    expect(through([...text])).toEqual({text, count: 0});
  });

  it('is not full of holes because somebody has a short password', () => {
    expect(redactText('abc abcd', ['abc', 'abcd', ''])).toEqual({text: 'abc abcd', count: 0});
  });

  it('of a URL keeps its user and its host', () => {
    expect(redactText('postgresql://deploy:s3cr3t@db/shop', []).text).toBe(`postgresql://deploy:${MASK}@db/shop`);
  });

  it('without line breaks is let go in time, so that memory does not grow with the output', () => {
    const redactor = createRedactor([SECRET]);
    let out = '';
    let held = 0;
    for (let nth = 0; nth < 200; nth += 1) {
      out += redactor.push('x'.repeat(997));
      held = Math.max(held, (nth + 1) * 997 - out.length);
    }
    expect(held).toBeLessThanOrEqual(8192 + 997);
    expect(out + redactor.end()).toBe('x'.repeat(200 * 997));
  });
});

describe('a secret in an endless line', () => {
  it('is masked wherever it lies in the piece that is let go', () => {
    // The held-back end is 8 KiB: a secret that begins before it and ends in it must not be torn into two harmless halves.
    for (let before = 8192 - 40; before <= 8192 + 40; before += 1) {
      const redactor = createRedactor([SECRET]);
      const text =
        redactor.push(`${'x'.repeat(before)}${SECRET}`) + redactor.push('y'.repeat(8192 + 20)) + redactor.end();
      expect(text, `after ${before} characters`).not.toContain(SECRET);
      expect(text).toBe(`${'x'.repeat(before)}${MASK}${'y'.repeat(8192 + 20)}`);
    }
  });
});
