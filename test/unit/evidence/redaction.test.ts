// Does no spelling of a secret get through, however the stream is cut, and does ordinary text stay as it is?

import {describe, expect, it} from 'vitest';
import {
  MASK,
  compileRedaction,
  createRedactor,
  redactText as redacted,
  redactValues,
} from '../../../src/evidence/redaction.ts';

const SECRET = `p@ss w'rd/é"\\%&<$x`;

/** The second is written in UTF-16 as well. */
const KNOWN = [SECRET, 'hunter2!'];

const redactText = (of: string, secrets: readonly string[]) => {
  const {text, count} = redacted(of, secrets);
  return {text, count};
};

const base64At = (offset: number): string =>
  Buffer.concat([Buffer.alloc(offset, 'x'), Buffer.from(SECRET, 'utf8'), Buffer.from('yyyy')]).toString('base64');

/** How a secret can be written, and what of the spelling must not be found afterwards. */
const spellings: Readonly<Record<string, readonly [text: string, gone: string]>> = {
  raw: [`key ${SECRET} end`, SECRET],
  'percent-encoded': [`/x?k=${encodeURIComponent(SECRET)}&y=1`, encodeURIComponent(SECRET)],
  'in JSON': [`{"k": ${JSON.stringify(SECRET)}}`, JSON.stringify(SECRET).slice(1, -1)],
  'quoted for SQL': [`ALTER ROLE x PASSWORD '${SECRET.replaceAll("'", "''")}'`, SECRET.replaceAll("'", "''")],
  'base64 at offset 0': [`basic ${base64At(0)} end`, base64At(0).slice(0, 23)],
  'base64 at offset 1': [`basic ${base64At(1)} end`, base64At(1).slice(2, 23)],
  'base64 at offset 2': [`basic ${base64At(2)} end`, base64At(2).slice(3, 23)],
  'in a form': [`a=1&k=${new URLSearchParams({k: SECRET}).toString().slice(2)}&b`, 'p%40ss+w%27rd'],
  'in JSON of ASCII': [`{"k": "${JSON.stringify(SECRET).slice(1, -1).replace('é', '\\u00e9')}"}`, '\\u00e9'],
  'in XML': [`<p>p@ss w&apos;rd/é&quot;\\%&amp;&lt;$x</p>`, '&lt;$x'],
  'in single quotes of a shell': [`psql '${SECRET.replaceAll("'", "'\\''")}' end`, "w'\\''rd"],
  'in double quotes of a shell': [`psql "${SECRET.replaceAll(/[\\"$`]/g, '\\$&')}" end`, '\\$x'],
  'as bash prints it with %q': [`psql p@ss\\ w\\'rd/é\\"\\\\%\\&\\<\\$x end`, "w\\'rd"],
  'as Python prints it': [`args: ('${SECRET.replaceAll(/[\\']/g, '\\$&')}',)`, "w\\'rd"],
  'as .pgpass has it': [`*:*:*:u:${SECRET.replaceAll(/[\\:]/g, '\\$&')}`, "ss w'rd"],
  'in hexadecimal': [`\\x${Buffer.from(SECRET).toString('hex')}`, Buffer.from(SECRET).toString('hex')],
  'in hexadecimal capitals': [
    Buffer.from(SECRET).toString('hex').toUpperCase(),
    Buffer.from(SECRET).toString('hex').toUpperCase(),
  ],
  'in UTF-16': ['key \u0000h\u0000u\u0000n\u0000t\u0000e\u0000r\u00002\u0000!\u0000 end', 'u\u0000n\u0000t'],
  'in base64 of UTF-16': [
    `-EncodedCommand ${Buffer.from(SECRET, 'utf16le').toString('base64')} end`,
    Buffer.from(SECRET, 'utf16le').toString('base64').slice(0, 40),
  ],
  'in base64 for URLs': [
    `t=${Buffer.from(SECRET).toString('base64url')}`,
    Buffer.from(SECRET).toString('base64url').slice(0, 20),
  ],
  'password of a URL': ['psql postgresql://deploy:s3cr3t-not-known@db:5432/shop done', 's3cr3t-not-known'],
  'password of any URL': ['fetch https://robot:t0ken@registry.example/x', 't0ken'],
  'in a connection string': ["host=db password='it''s' user=x", "it''s"],
  'in the environment': ['PGPASSWORD=letmein pg_dump', 'letmein'],
  'in another variable': ['export DB_PASSWORD=abc', 'abc'],
  'that is short, in a URL': ['postgresql://deploy:a@db:5432/shop done', ':a@'],
  'that a linter takes for a placeholder': ['postgresql://deploy:password@db/shop', ':password@'],
  'with an @ in a URL': ['postgresql://deploy:p@ss@db/shop', 'p@ss'],
  'with a slash in a URL': ['postgresql+psycopg://deploy:pa/ss@db/shop', 'pa/ss'],
  'in a key of JSON': ['{"user": "x", "password": "letmein", "port": 1}', 'letmein'],
  'in a key of YAML': ['  password: letmein', 'letmein'],
  'in a string of JSON': [String.raw`{"env": "{\"password\": \"letmein\"}"}`, 'letmein'],
  'in a parameter of a URL': ['postgresql://db/shop?password=letmein&sslmode=require', 'letmein'],
  'of ALTER ROLE': ["ALTER ROLE deploy PASSWORD 'letmein' VALID UNTIL 'infinity'", 'letmein'],
  'in a header': ['> Authorization: Basic ZGVwbG95OmFi', 'ZGVwbG95OmFi'],
  'of a bearer': ['curl -H "X: Bearer 0123456789abcdef0123"', '0123456789abcdef0123'],
  'that is a JSON web token': ['jwt eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl end', 'eyJzdWIiOiIx'],
  'of AWS': ['key AKIAIOSFODNN7EXAMPLE aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'K7MDENG'],
  'of Google': [`key AIza${'x'.repeat(35)} end`, 'AIzaxxx'],
  'of Azure': ['DefaultEndpointsProtocol=https;AccountName=a;AccountKey=Zm9vYmFy==;EndpointSuffix=x', 'Zm9vYmFy=='],
  'of Slack': ['xoxb-1234567890-abcdefghij', 'abcdefghij'],
  'of GitHub': [`token ghp_${'a1'.repeat(18)} end`, 'a1a1a1'],
  'of a URL without a user': [`git clone https://ghp_${'a1'.repeat(18)}@host/x`, 'a1a1a1'],
};

const through = (pieces: readonly string[]): Readonly<{text: string; count: number}> => {
  const redactor = createRedactor(KNOWN);
  const text = pieces.map(redactor.push).join('') + redactor.end();
  return {text, count: Object.values(redactor.redactions()).reduce((sum, one) => sum + one, 0)};
};

describe.each(Object.entries(spellings))('a secret %s', (_name, [text, gone]) => {
  it('is masked in a whole text', () => {
    const redacted = redactText(text, KNOWN);
    expect(redacted.text).toContain(MASK);
    expect(redacted.text).not.toContain(gone);
    expect(redacted.count).toBeGreaterThan(0);
  });

  it('is masked at every boundary at which two pieces can meet, to the same text', () => {
    const whole = redactText(text, KNOWN);
    for (let cut = 0; cut <= text.length; cut += 1) {
      expect(through([text.slice(0, cut), text.slice(cut)]), `cut at ${cut}`).toEqual(whole);
    }
  });

  it('is masked when it comes character by character', () => {
    expect(through([...text]).text).toBe(redactText(text, KNOWN).text);
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

describe('a secret that a program wrapped over lines', () => {
  const utf16 = Buffer.from(SECRET, 'utf16le');
  const spelled: Readonly<Record<string, string>> = {
    'base64 at offset 0': Buffer.from(`${SECRET}yyyy`).toString('base64'),
    'base64 at offset 1': Buffer.from(`xxxx${SECRET}yyyy`).toString('base64'),
    'base64 at offset 2': Buffer.from(`xx${SECRET}yyyy`).toString('base64'),
    'base64 of UTF-16': utf16.toString('base64'),
    hexadecimal: Buffer.from(`ab${SECRET}yy`).toString('hex'),
    'hexadecimal of UTF-16': utf16.toString('hex'),
  };
  /** What a reader who joins the lines still sees of it: never more than five signs of its own in a row. */
  const expectGone = (spelling: string, text: string, what: string): void => {
    const joined = text.replaceAll(/\s/g, '');
    const own = spelling.slice(4, -8);
    for (let at = 0; at + 6 <= own.length; at += 1) expect(joined, what).not.toContain(own.slice(at, at + 6));
  };

  it.each(Object.entries(spelled))(
    'is masked at every width, and wherever the stream is cut: %s',
    (_name, spelling) => {
      const widths = Array.from({length: spelling.length - 4}, (_, at) => at + 6);
      for (const width of process.env['LONG'] === '1' ? widths : [6, 7, 19, spelling.length - 1]) {
        for (const indent of ['', '    ']) {
          const lines = spelling.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
          const text = `key:\n${lines.map((line) => `${indent}${line}\n`).join('')}and a line after it\n`;
          expectGone(spelling, redactText(text, KNOWN).text, `${width}, whole`);
          for (let cut = 0; cut <= text.length; cut += 1) {
            const {text: streamed} = through([text.slice(0, cut), text.slice(cut)]);
            expectGone(spelling, streamed, `width ${width}, cut at ${cut}`);
            expect(streamed.endsWith('and a line after it\n')).toBe(true);
          }
          expectGone(spelling, through([...text]).text, `${width}, sign by sign`);
        }
      }
    },
  );

  it('keeps no line back that only looks like base64', () => {
    const redactor = createRedactor(KNOWN);
    const line = '/usr/lib/postgresql/15/bin/pg_dump\n';
    expect(redactor.push(line)).toBe(line);
  });

  it('keeps back no more than the line in which it may have begun, and lets go of it at the end', () => {
    const redactor = createRedactor(KNOWN);
    const begun = Buffer.from(SECRET).toString('base64').slice(0, 12);
    expect(redactor.push(`before\n${begun}\n`)).toBe('before\n');
    expect(redactor.push('no, something else\n')).toBe(`${begun}\nno, something else\n`);
    expect(redactor.push(`${begun}\n`) + redactor.end()).toBe(`${begun}\n`);
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
    'http://example.com:8080/path@v2\n',
    'SELECT password::text, secret_at FROM logins\n',
    'postgresql://db:5432/shop and mail to a@b\n',
    'the bearer of this letter, responsibilities\n',
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
    'git clone ssh://git@host/x\n',
    '://\n',
    '',
  ])('stays as it is: %j', (text) => {
    expect(redactText(text, KNOWN)).toEqual({text, count: 0});
    expect(through([...text])).toEqual({text, count: 0});
  });

  it('is not full of holes because somebody has a short password', () => {
    expect(redactText('abc abcd', ['abc', 'abcd', ''])).toEqual({text: 'abc abcd', count: 0});
  });

  it('of a URL keeps its user and its host', () => {
    expect(redactText('postgresql://deploy:s3cr3t@db/shop', []).text).toBe(`postgresql://deploy:${MASK}@db/shop`);
  });

  it('without line breaks is let go in time, so that memory does not grow with the output', () => {
    const redactor = createRedactor(KNOWN);
    let out = '';
    let held = 0;
    for (let nth = 0; nth < 200; nth += 1) {
      out += redactor.push('x'.repeat(997));
      held = Math.max(held, (nth + 1) * 997 - out.length);
    }
    expect(held).toBeLessThanOrEqual(2 * 8192 + 997);
    expect(out + redactor.end()).toBe('x'.repeat(200 * 997));
  });
});

describe('a secret in an endless line', () => {
  // 8 KiB stay behind, and nothing is let go before there are twice as many: the cut then falls 8 KiB before the end.
  it.each(['a known one', 'the password of a URL'])('is masked wherever the cut falls: %s', (kind) => {
    const [text, rest] = kind === 'a known one' ? [SECRET, MASK] : ['://u:pw-nobody-knows@h', `://u:${MASK}@h`];
    for (let after = 8192 - 60; after <= 8192 + 20; after += 1) {
      const redactor = createRedactor(KNOWN);
      const [before, behind] = ['x'.repeat(9000), ' '.repeat(after)];
      const out = redactor.push(`${before}${text}`) + redactor.push(behind) + redactor.end();
      expect(out, `${after} before the end`).toBe(`${before}${rest}${behind}`);
    }
  });

  it('does not cost a character of two halves its other half', () => {
    for (const shift of ['', 'x']) {
      const redactor = createRedactor([]);
      const text = shift + '\u{1f642}'.repeat(20_000);
      expect(redactor.push(text) + redactor.end()).toBe(text);
    }
  });
});

describe('a private key', () => {
  const key = `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n${'MIIEpAIBAAKCAQEA/+\n'.repeat(20)}-----END RSA PRIVATE KEY-----\n`;
  const whole = `before\n${key}after.\n`;
  const rest = `before\n-----BEGIN RSA PRIVATE KEY-----${MASK}-----END RSA PRIVATE KEY-----\nafter.\n`;

  it('is masked as one, over all its lines, wherever it is cut', () => {
    expect(redactText(whole, [])).toEqual({text: rest, count: 1});
    for (let cut = 0; cut <= whole.length; cut += 1) {
      expect(through([whole.slice(0, cut), whole.slice(cut)]), `cut at ${cut}`).toEqual({text: rest, count: 1});
    }
    expect(through([...whole]).text).toBe(rest);
  });

  it('on one line, as a service account has it, is masked', () => {
    const {text} = redactText(JSON.stringify({private_key: key, id: 'x'}), []);
    expect(text).not.toContain('MIIE');
    expect(JSON.parse(text)).toHaveProperty('id', 'x');
  });

  it('without an end hides no more than what may belong to it', () => {
    expect(through(['-----BEGIN PRIVATE KEY-----\n', 'MIIE\n', 'and then: (this)\n', 'that\n']).text).toBe(
      `-----BEGIN PRIVATE KEY-----${MASK}(this)\nthat\n`,
    );
  });
});

describe('a secret of several lines', () => {
  const secret = 'first-line-of-it\nsecond-line-of-it';
  it.each(['first-line-of-it', 'second-line-of-it', Buffer.from(secret).toString('base64'), JSON.stringify(secret)])(
    'is masked by %j',
    (text) => expect(redactText(text, [secret]).text.replaceAll(/"|A==$/g, '')).toBe(MASK),
  );
});

describe('what was masked', () => {
  it('is counted by its rule', () => {
    const redactor = createRedactor(['hunter2secret']);
    redactor.push('hunter2secret hunter2secret\npassword=x\n');
    redactor.push('://u:p@h');
    redactor.end();
    expect(redactor.redactions()).toEqual({'known-secret': 2, password: 1, 'url-password': 1});
  });

  it('is not masked again', () => {
    const once = redactText('password=letmein ://u:letmein@h Authorization: Basic letmein', []);
    expect(redactText(once.text, [])).toEqual({text: once.text, count: 0});
  });

  it('in JSON leaves JSON, with the same keys', () => {
    const value = {a: ['x hunter2secret', 1, null], 'password=b': {c: true}, d: 'plain'};
    const known = compileRedaction(['hunter2secret']);
    expect(redactValues(value, known)).toEqual({...value, a: [`x ${MASK}`, 1, null]});
    expect(redactValues(value, compileRedaction([]))).toBe(value);
  });
});

describe('a hostile megabyte', () => {
  const pieces = [
    '://a:',
    '://a:@',
    'postgresql://a:',
    'postgresql://a:x',
    '://',
    'password=',
    "password='",
    'password="\\',
    'password ',
    'authorization: basic ',
    'bearer ',
    'bearer x1',
    'eyJ',
    'eyJ-',
    'eyJaaaaaaaa.',
    'AKIA',
    'AIza',
    'ya29.',
    '?sig=',
    'xoxb-',
    'hooks.slack.com/services/',
    'ghp_',
    'github_pat_',
    'sk-',
    'glpat-',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN A B C ',
    'hunter2secre',
    'aHVudGVy',
    'token:"',
    'secret=&',
    "pwd='\\",
    'x',
    ' ',
    '\\',
    "'",
    '"',
    '@',
    ':',
  ];
  it.each(pieces)('of %j takes no time that grows with the square of its length', (piece) => {
    const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
    const known = compileRedaction(['hunter2secret', SECRET]);
    // A search that goes back over what it has read takes minutes for a million signs; the figure itself is the bench's.
    const mostMs = 2000;
    let bestMs = Number.POSITIVE_INFINITY;
    for (let nth = 0; nth < 3 && bestMs > mostMs; nth += 1) {
      const redactor = createRedactor(known);
      const before = process.cpuUsage();
      for (let at = 0; at < text.length; at += 65_536) redactor.push(text.slice(at, at + 65_536));
      redactor.end();
      const {user, system} = process.cpuUsage(before);
      bestMs = Math.min(bestMs, (user + system) / 1000);
    }
    expect(bestMs).toBeLessThan(mostMs);
  });
});
